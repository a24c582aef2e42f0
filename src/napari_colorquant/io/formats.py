"""The image formats: one table from which follows what can be read and written, everywhere.

A new format is one file with its functions, and one row here. Python, the command line, the window's
reader and writer, the folders that are gone through and the lists in the README follow from it.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._runtime.atomic import check_writable
from ..indexed import IndexedImage
from ..registry import Registry
from .gif import write_gif
from .png import write_indexed_png, write_rgb_png
from .zarr_folders import is_zarr

#: Writes the levels of an indexed image, the largest first; see `ImageFormat.write`.
Write = Callable[..., None]


@dataclass(frozen=True)
class ImageFormat:
    """One format of image files.

    Attributes
    ----------
    name : str
        Its name in lists.
    suffixes : tuple of str
        The ends of its files' names, lower case, with the dot.
    summary : str
        One line: what it holds.
    write : callable or None
        ``write(levels, path, like, overwrite=...)`` writes the levels of an `IndexedImage`, whole or not
        at all; `like` is the `LargeImage` that they come from, or None. None if the format is only read.
    frames : bool
        Whether stacks are written.
    chunks : bool
        Whether it is read and written chunk by chunk, so that an image may be larger than memory.
    depth : int
        Bits of a channel that are read.
    alpha, profile, units : bool
        Whether transparency, colour profiles, and the size of a pixel are read.
    folder : bool
        Whether it is a folder, and no file.
    in_window : bool
        Whether napari offers it for saving a Labels layer; TIFF and Zarr are left to napari's own writers.
    extra : str
        What has to be installed beside the package.
    """

    name: str
    suffixes: tuple[str, ...]
    summary: str
    write: Write | None = None
    frames: bool = False
    chunks: bool = False
    depth: int = 8
    alpha: bool = True
    profile: bool = False
    units: bool = False
    folder: bool = False
    in_window: bool = False
    extra: str = ""


def _write_png(levels: Sequence[IndexedImage], path: Any, like: Any = None, *, overwrite: bool = False) -> None:
    if levels[0].is_recolored:
        write_rgb_png(levels[0].to_rgb(), path, overwrite=overwrite)
    else:
        write_indexed_png(levels[0], path, overwrite=overwrite)


def _write_gif(levels: Sequence[IndexedImage], path: Any, like: Any = None, *, overwrite: bool = False) -> None:
    if levels[0].is_recolored:
        raise ValueError(f"an image of many colours must be written as .png, .tif or .zarr, got {os.fspath(path)!r}")
    write_gif(levels[0], path, overwrite=overwrite)


def _write_large(levels: Sequence[IndexedImage], path: Any, like: Any = None, *, overwrite: bool = False) -> None:
    from .large import write_labels  # needs an extra

    write_labels(path, levels, like, overwrite=overwrite)


IMAGE_FORMATS: Registry[ImageFormat] = Registry(
    "image format",
    ImageFormat("png", (".png",), "Indexed; true colour with keep", _write_png, profile=True, in_window=True),
    ImageFormat("gif", (".gif",), "Indexed; a stack as an animation", _write_gif, frames=True, in_window=True),
    ImageFormat(
        "tiff", (".tif", ".tiff"), "Tiles with a colour table, pyramids, stacks; OME-TIFF is read", _write_large,
        frames=True, chunks=True, depth=64, profile=True, units=True, extra="large",
    ),
    ImageFormat(
        "zarr", (".zarr",), "OME-Zarr labels with their palette, pyramids, stacks; Zarr 2 and 3 are read", _write_large,
        frames=True, chunks=True, depth=64, alpha=False, units=True, folder=True, extra="large",
    ),
    ImageFormat("jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"), "Photographs, also CMYK", alpha=False, profile=True),
    ImageFormat("webp", (".webp",), "Pictures and animations", profile=True),
    ImageFormat("bmp", (".bmp", ".dib"), "Windows bitmaps", alpha=False),
    ImageFormat("jpeg2000", (".jp2", ".j2k", ".jpc", ".jpf", ".jpx", ".j2c"), "JPEG 2000", profile=True),
    ImageFormat("netpbm", (".ppm", ".pgm", ".pbm", ".pnm", ".pfm"), "Portable maps", depth=32, alpha=False),
    ImageFormat(
        "pillow",
        (".apng", ".avif", ".avifs", ".tga", ".icb", ".vda", ".vst", ".psd", ".pcx", ".dds", ".ico", ".cur", ".icns",
         ".sgi", ".rgb", ".rgba", ".bw", ".ras", ".im", ".msp", ".xbm", ".xpm", ".qoi", ".blp", ".ftc", ".ftu", ".dcx",
         ".fli", ".flc", ".gbr", ".fit", ".fits", ".mpo", ".spi", ".pcd", ".pxr", ".iim", ".wal"),
        "Whatever else Pillow reads",
    ),
)  # fmt: skip


def find_format(path: str | os.PathLike[str]) -> ImageFormat | None:
    """Return the format that the suffix of `path` stands for, or None."""
    suffix = Path(path).suffix.lower()
    return next((entry for entry in IMAGE_FORMATS.values() if suffix in entry.suffixes), None)


def written_suffixes() -> tuple[str, ...]:
    """Return the suffixes under which indexed images are written."""
    return tuple(suffix for entry in IMAGE_FORMATS.values() if entry.write is not None for suffix in entry.suffixes)


def find_writer(path: str | os.PathLike[str]) -> ImageFormat:
    """Return the format in which an indexed image is written to `path`; ValueError if there is none."""
    entry = find_format(path)
    if entry is None or entry.write is None:
        known = ", ".join(written_suffixes())
        raise ValueError(f"an indexed image must be written as one of {known}, got {os.fspath(path)!r}")
    return entry


def write_indexed(
    indexed: IndexedImage | Sequence[IndexedImage],
    path: str | os.PathLike[str],
    like: Any = None,
    *,
    overwrite: bool = False,
) -> None:
    """Write an indexed image in the format of the suffix of `path`; whole or not at all.

    Parameters
    ----------
    indexed : IndexedImage, or sequence of them
        A sequence holds the levels of a pyramid, the largest first; formats without levels take that.
    path : path-like
        Ends in .png, .gif, .tif, .tiff or .zarr.
    like : LargeImage, optional
        Where the image comes from: its axes, pixel sizes and units go along where the format has them.
    overwrite : bool
        Whether what exists may be replaced.

    Raises
    ------
    ValueError
        If the suffix is another, or the image does not fit the format.
    FileExistsError, OSError
        If the file exists, or cannot be written.
    """
    levels = [indexed] if isinstance(indexed, IndexedImage) else list(indexed)
    write = find_writer(path).write
    assert write is not None
    write(levels, path, like, overwrite=overwrite)


def check_target(path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Raise what `write_indexed` would raise for `path` before its first byte; worth calling before long work."""
    if not (find_writer(path).folder and os.path.isdir(path) and is_zarr(path)):
        check_writable(path, overwrite=overwrite)
    elif not overwrite:
        raise FileExistsError(f"output must not exist unless it may be overwritten, got {os.fspath(path)}")


def list_images(folder: str | os.PathLike[str]) -> list[Path]:
    """Return the images in a folder (not in those below it) by name; ValueError if there is none."""
    found = sorted(_images_in(Path(folder)))
    if not found:
        raise ValueError(f"a folder must hold image files, got {os.fspath(folder)}")
    return found


def _images_in(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        entry = find_format(path)
        if (entry is not None and not entry.folder and path.is_file()) or is_zarr(path):
            yield path
