"""One file as an image, or many as the frames of one image."""

import os
from collections.abc import Sequence
from pathlib import Path

from ..._runtime.progress import checkpoint
from ...pixels.lazy_arrays import stack_arrays
from ..zarr_folders import is_zarr
from ._image import LargeImage
from ._tiff import find_files, read_tiff
from ._zarr import read_zarr


def read_file(path: str | os.PathLike[str]) -> LargeImage:
    """Open a Zarr folder or a TIFF file; see `read_lazy`."""
    if not os.path.exists(path):
        raise FileNotFoundError(f"an image must exist, got {os.fspath(path)}")
    return read_zarr(path) if is_zarr(path) else read_tiff(path)


def read_frames(paths: Sequence[str | os.PathLike[str]]) -> LargeImage:
    """Open files as the frames of one image, in the order in which they are given; see `read_lazy`."""
    if not paths:
        raise ValueError("an image must have at least one file, got an empty list")
    first = read_file(paths[0])
    if not is_zarr(paths[0]) and len(files := find_files(paths[0])) > 1:
        _check_whole(paths, files)
        return first
    images = [first]
    for path in paths[1:]:
        checkpoint(len(images) / len(paths))
        images.append(read_file(path))
        _check_alike(images[-1], path, first, paths[0])
    levels = tuple(stack_arrays(frames) for frames in zip(*(image.levels for image in images), strict=True))
    axis = "t" if "t" not in first.axes else f"axis{len(first.axes)}"
    return LargeImage(
        levels=levels,
        rgb=first.rgb,
        axes=(axis, *first.axes),
        scales=tuple((1.0, *scale) for scale in first.scales),
        units=("", *first.units),
    )


def _check_whole(paths: Sequence[str | os.PathLike[str]], files: Sequence[str]) -> None:
    """Raise unless `paths` are the files over which an OME-TIFF says its image is spread: each of them opens it all."""
    if {Path(path).resolve() for path in paths} != {Path(file).resolve() for file in files}:
        raise ValueError(
            f"{os.fspath(paths[0])} is a part of an image in {len(files)} files, which must all be given "
            f"and no others, got {len(paths)} files"
        )


def _check_alike(
    image: LargeImage, path: str | os.PathLike[str], first: LargeImage, first_path: str | os.PathLike[str]
) -> None:
    expected, given = _describe(first), _describe(image)
    if given != expected:
        raise ValueError(f"{os.fspath(path)} must be as {os.fspath(first_path)}, {expected}, got {given}")


def _describe(image: LargeImage) -> str:
    """Return what frames must have in common: shapes, kind of number, and whether they have channels."""
    shapes = ", ".join(" x ".join(map(str, level.shape)) for level in image.levels)
    return f"{shapes} {image.levels[0].dtype}" + (" with channels" if image.rgb else "")
