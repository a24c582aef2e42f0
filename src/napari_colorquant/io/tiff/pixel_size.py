"""How large a pixel of a TIFF is, without reading any."""

import os
import struct

from tifffile import TiffFileError

from ..image import find_sides
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
        None if the file does not tell it, or is damaged.

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
    return find_sides(facts.sizes, facts.units)
