"""Images larger than memory in files: Zarr, OME-Zarr, TIFF and OME-TIFF, read and written chunk by chunk.

Needs the extra ``large``: dask, zarr and tifffile.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ._files import read_file, read_frames
from ._image import LargeImage
from ._tiff import write_tiff
from ._zarr import write_zarr

__all__ = ["LargeImage", "read_lazy", "write_labels"]


def read_lazy(path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> LargeImage:
    """Open an image without reading its pixels.

    Parameters
    ----------
    path : path-like, or list or tuple of them
        A Zarr array (version 2 or 3), an OME-Zarr image (0.1 to 0.5), a TIFF, BigTIFF, OME-TIFF or
        whatever series of images tifffile finds in one file. A list holds the frames of one image
        in their order, one file each, all of one shape and dtype; or all the files over which an
        OME-TIFF is spread, whose order that file knows.

    Returns
    -------
    image : LargeImage
        Its levels are dask arrays, the largest first, with three or four channels last. Those of a
        list have an axis "t" before all others, and no chunk holds parts of two files.

    Raises
    ------
    ValueError
        If it is no such file, is damaged, or has another number of channels than 1, 3 or 4; if a
        file of a list differs from the first. A part that is damaged is found when it is computed.
    OSError
        If it cannot be opened, or a file over which it is spread is missing.
    """
    return read_frames(path) if isinstance(path, (list, tuple)) else read_file(path)  # type: ignore[arg-type]


def write_labels(
    path: str | os.PathLike[str], indexed: Any, like: LargeImage | None = None, *, overwrite: bool = False
) -> None:
    """Write an indexed image to `path`, which appears under its name only when all of it is written.

    Parameters
    ----------
    path : path-like
        ``.zarr``: a label image as OME-Zarr 0.5 has it, with the palette as its colours, and beside
        it the array ``valid`` where pixels have no data, and ``recolored`` (..., H, W, 3) where they
        keep a part of their own. ``.tif`` or ``.tiff``: an image with a colour table, in tiles, or in
        true colour where pixels keep a part of their own; pixels without data have the label 0.
    indexed : IndexedImage, or list of them
        Labels in memory or lazy; a list holds the levels of a pyramid, the largest first.
    like : LargeImage, optional
        Where the labels come from: its axes and scales are theirs.
    overwrite : bool
        Whether what exists may be replaced.

    Raises
    ------
    FileExistsError
        If `path` exists and may not be replaced.
    """
    levels = list(indexed) if isinstance(indexed, (list, tuple)) else [indexed]
    (write_zarr if Path(path).suffix.lower() == ".zarr" else write_tiff)(path, levels, like, overwrite=overwrite)
