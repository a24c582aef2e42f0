"""Images larger than memory in files: Zarr, OME-Zarr, TIFF and OME-TIFF, read chunk by chunk.

Needs the extra ``large``: dask and zarr.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from .._runtime.progress import checkpoint
from ..pixels.lazy_arrays import from_stored, stack_arrays
from .color_profiles import as_srgb
from .formats import read_file
from .image import ImageFile
from .tiff import MARKS
from .tiff.chunks import read_tiff_lazily
from .tiff.reading import find_files
from .zarr.places import is_zarr
from .zarr.reading import read_zarr


def read_lazy(path: str | os.PathLike[str] | Sequence[str | os.PathLike[str]]) -> ImageFile:
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
    image : ImageFile
        Its levels are dask arrays, the largest first, with three or four channels last. Those of a
        list have an axis "t" before all others, and no chunk holds parts of two files. RGB stays that of
        the file, see `ImageFile.profile`; that of files which differ in it is made sRGB.

    Raises
    ------
    ValueError
        If it is no such file, is damaged, or has another number of channels than 1, 3 or 4; if a
        file of a list differs from the first. A part that is damaged is found when it is computed.
    OSError
        If it cannot be opened, or a file over which it is spread is missing.
    """
    return _read_frames(path) if isinstance(path, (list, tuple)) else _read_file(path)  # type: ignore[arg-type]


def _read_file(path: str | os.PathLike[str]) -> ImageFile:
    """Open a Zarr folder, a TIFF, or any other image file, which is then one chunk; see `read_lazy`."""
    if is_zarr(path):
        return read_zarr(path)
    if not os.path.exists(path):
        raise FileNotFoundError(f"an image must exist, got {os.fspath(path)}")
    if _is_tiff(path):
        return read_tiff_lazily(path)
    with open(path, "rb") as file:
        image = read_file(file, os.fspath(path))
    return image.with_facts(levels=tuple(from_stored(level, -1) for level in image.levels))


def _is_tiff(path: str | os.PathLike[str]) -> bool:
    """Return True if a file begins like a TIFF."""
    with open(path, "rb") as file:
        return file.read(4) in MARKS


def _read_frames(paths: Sequence[str | os.PathLike[str]]) -> ImageFile:
    """Open files as the frames of one image, in the order in which they are given; see `read_lazy`."""
    if not paths:
        raise ValueError("an image must have at least one file, got an empty list")
    first = _read_file(paths[0])
    if not is_zarr(paths[0]) and _is_tiff(paths[0]) and len(files := find_files(paths[0])) > 1:
        _check_whole(paths, files)
        return first
    images = [first]
    for path in paths[1:]:
        checkpoint(len(images) / len(paths))
        images.append(_read_file(path))
        _check_alike(images[-1], path, first, paths[0])
    if len({image.profile for image in images}) > 1:
        images = [as_srgb(image).with_facts(source_profile=None) for image in images]
        first = images[0]
    levels = tuple(stack_arrays(frames) for frames in zip(*(image.levels for image in images), strict=True))
    axis = "t" if "t" not in first.axes else f"axis{len(first.axes)}"
    return first.with_facts(
        levels=levels,
        axes=(axis, *first.axes),
        scales=tuple((1.0, *scale) for scale in first.scales),
        units=("", *first.units),
        origin=(0.0, *first.origin),
    )


def _check_whole(paths: Sequence[str | os.PathLike[str]], files: Sequence[str]) -> None:
    """Raise unless `paths` are the files over which an OME-TIFF says its image is spread: each of them opens it all."""
    if {Path(path).resolve() for path in paths} != {Path(file).resolve() for file in files}:
        raise ValueError(
            f"{os.fspath(paths[0])} is a part of an image in {len(files)} files, which must all be given "
            f"and no others, got {len(paths)} files"
        )


def _check_alike(
    image: ImageFile, path: str | os.PathLike[str], first: ImageFile, first_path: str | os.PathLike[str]
) -> None:
    expected, given = _describe(first), _describe(image)
    if given != expected:
        raise ValueError(f"{os.fspath(path)} must be as {os.fspath(first_path)}, {expected}, got {given}")


def _describe(image: ImageFile) -> str:
    """Return what frames must have in common: shapes, kind of number, and which channels they have."""
    shapes = ", ".join(" x ".join(map(str, level.shape)) for level in image.levels)
    place = f" with channels along axis {image.axes.index('c')}" if "c" in image.axes else ""
    return f"{shapes} {image.levels[0].dtype}" + (" with channels" if image.rgb else "") + place
