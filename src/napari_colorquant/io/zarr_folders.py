"""How a folder is told to be a Zarr array or group, without the library that reads it."""

import os
from pathlib import Path

#: Files of which a Zarr folder has one.
MARKS = ("zarr.json", ".zarray", ".zgroup")


def is_zarr(path: str | os.PathLike[str]) -> bool:
    """Return True if `path` is a folder that holds a Zarr array or group."""
    return any((Path(path) / mark).is_file() for mark in MARKS)
