"""Indexed images larger than memory in files: OME-Zarr, TIFF and OME-TIFF, written chunk by chunk.

Needs the extra ``large``: dask and zarr.
"""

import os
from pathlib import Path
from typing import Any

from .image import ImageFile
from .tiff.writing import write_tiff
from .zarr.writing import write_zarr


def write_labels(
    path: str | os.PathLike[str], indexed: Any, like: ImageFile | None = None, *, overwrite: bool = False
) -> None:
    """Write an indexed image to `path`, which appears under its name only when all of it is written.

    Parameters
    ----------
    path : path-like
        ``.zarr``: a label image as OME-Zarr 0.5 has it, with the palette as its colours, and beside
        it the array ``recolored`` (..., H, W, 3) where pixels keep a part of their own. ``.tif`` or
        ``.tiff``: an image with a colour table, in tiles, or in true colour where pixels keep a part
        of their own; ``.ome.tif`` is an OME-TIFF. Where pixels have no data they have the label 0,
        and colour k the label k + 1, which the metadata say; else colour k has the label k.
    indexed : IndexedImage, or list of them
        Labels in memory or lazy; a list holds the levels of a pyramid, the largest first.
    like : ImageFile, optional
        Where the labels come from: its axes and scales are theirs.
    overwrite : bool
        Whether what exists may be replaced.

    Raises
    ------
    ValueError
        If the suffix is another.
    FileExistsError
        If `path` exists and may not be replaced.
    """
    levels = list(indexed) if isinstance(indexed, (list, tuple)) else [indexed]
    writers = {".zarr": write_zarr, ".tif": write_tiff, ".tiff": write_tiff}
    suffix = Path(path).suffix.lower()
    if suffix not in writers:
        raise ValueError(f"the suffix must be one of {', '.join(writers)}, got {suffix!r}")
    writers[suffix](path, levels, like, overwrite=overwrite)
