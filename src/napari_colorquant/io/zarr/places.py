"""Where Zarr arrays and groups lie, in folders and in zip files; without the library, which comes with an extra."""

import os
import zipfile
from pathlib import Path

MARKS = ("zarr.json", ".zarray", ".zgroup")


def is_zarr(path: str | os.PathLike[str]) -> bool:
    """Return True if `path` is a folder or a zip file that holds a Zarr array or group, or a place in such a file."""
    if os.path.isfile(path):  # as nearly all that are asked about
        return zipfile.is_zipfile(path) and find_root(os.fspath(path)) is not None
    if any((Path(path) / mark).is_file() for mark in MARKS):
        return True
    file, _ = split_zip(path)
    return file is not None and find_root(file) is not None


def split_zip(path: str | os.PathLike[str]) -> tuple[str | None, str]:
    """Return the zip file that `path` names or leads into, or None, and the place in it."""
    for folder in (Path(path), *Path(path).parents):
        if folder.is_file():
            if not zipfile.is_zipfile(folder):
                return None, ""
            return os.fspath(folder), Path(path).relative_to(folder).as_posix().removeprefix(".")
        if folder.exists():
            return None, ""
    return None, ""


def find_root(file: str) -> str | None:
    """Return where the outermost array or group of a zip file lies, or None if there is none."""
    try:
        with zipfile.ZipFile(file) as opened:
            found = [name for name in opened.namelist() if name.rpartition("/")[2] in MARKS]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return None
    return min((name.rpartition("/")[0] for name in found), key=lambda name: name.count("/") + bool(name), default=None)


def find_stored_size(path: str | os.PathLike[str]) -> int:
    """Return how many bytes lie in the folder or the zip file of a Zarr."""
    file, _ = split_zip(path)
    if file is not None:
        return os.path.getsize(file)
    return sum(os.path.getsize(each) for each in Path(path).rglob("*") if each.is_file())
