"""How large a pixel of a TIFF is, without reading any."""

import os
import struct

from tifffile import TiffFileError

from .facts import find_facts
from .reading import open_tiff


def read_pixel_size(path: str | os.PathLike[str]) -> tuple[tuple[float, float], str] | None:
    """Return height and width of a pixel of a TIFF and the name of their unit of length, as "micrometer".

    Parameters
    ----------
    path : str or path
        A TIFF: its first series of images counts.

    Returns
    -------
    size : ((float, float), str) or None
        None if the file does not tell it, tells other units for rows and columns, or is damaged.

    Raises
    ------
    OSError
        If the file cannot be opened.
    """
    try:
        with open_tiff(os.fspath(path)) as file:
            facts = find_facts(file)
    except (TiffFileError, ValueError, KeyError, IndexError, struct.error):
        return None
    sides = [facts.sizes.get(axis, 0.0) for axis in "yx"]
    units = {facts.units.get(axis, "") for axis in "yx"}
    if min(sides) <= 0 or len(units) > 1 or not (unit := units.pop()):
        return None
    return (sides[0], sides[1]), unit
