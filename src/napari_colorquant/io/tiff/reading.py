"""TIFF, BigTIFF, OME-TIFF and ImageJ hyperstacks: what the file says, and its pixels in memory."""

import math
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import tifffile

from ..damage import without_log
from ..image import ImageFile
from ..own_metadata import find_timing
from ..pictures.pillow import read_picture, turn_upright
from ..pixel_limit import TooManyPixelsError, check_pixels
from .facts import TiffFacts, find_facts

#: JPEG as TIFF 6.0 had it at first, of which libtiff knows the kinds that exist.
_OLD_JPEG = 6


def read_tiff(file: BinaryIO | str, name: str) -> ImageFile:
    """Read the first series of images in a TIFF file; see `napari_colorquant.io.read.read_image`."""
    try:
        with open_tiff(file) as opened, telling_of_lengths(opened, name):
            check_size(opened, name)
            if not is_for_pillow(opened):
                check_complete(opened)
                series = opened.series[0]
                facts = find_facts(opened)
                return make_image([facts.meaning.decode(_samples_last(series.asarray(), facts.axes))], facts, name)
    except (MemoryError, FileNotFoundError, PermissionError, IsADirectoryError, TooManyPixelsError):
        raise
    except Exception as error:
        return _read_otherwise(file, name, error)
    return _read_otherwise(file, name, None)


def make_image(levels: Sequence[Any], facts: TiffFacts, name: str) -> ImageFile:
    """Return decoded levels, numpy or dask, as an image turned upright, with all that the file says of it."""
    axes = facts.decoded_axes
    if len(axes) != levels[0].ndim:
        raise ValueError(f"{name} must have a name for each of its {levels[0].ndim} axes, got {''.join(axes)}")
    rows = axes.index("y")
    sizes = dict(facts.sizes)
    if facts.orientation >= 5 and "x" in sizes and "y" in sizes:
        sizes["x"], sizes["y"] = sizes["y"], sizes["x"]
    if facts.orientation != 1 and axes[rows : rows + 2] == ("y", "x"):
        levels = [turn_upright(level, facts.orientation, rows) for level in levels]
    whole = [sizes.get(axis, 1.0) for axis in axes]
    scales = [(np.multiply(whole, np.divide(levels[0].shape, level.shape))).tolist() for level in levels]
    durations, loops = find_timing(facts.own)
    origin = dict(zip(axes, facts.own.get("origin", ()), strict=False))
    image = ImageFile.from_axes(
        levels, axes, scales, [facts.units.get(axis, "") for axis in axes],
        origin=[float(origin.get(axis, 0.0)) for axis in axes], format="tiff", notes=facts.notes,
        channels=facts.channels, durations=durations, loops=loops,
        profile=facts.meaning.rgb, source_profile=facts.meaning.rgb,
    )  # fmt: skip
    if not image.channels and len(facts.channels) == 1:
        image = replace(image, channels=facts.channels)
    return image


def _samples_last(stored: npt.NDArray[Any], axes: tuple[str, ...]) -> npt.NDArray[Any]:
    return np.moveaxis(stored, axes.index("s"), -1) if "s" in axes else stored[..., None]


def is_for_pillow(file: tifffile.TiffFile) -> bool:
    """Return True if tifffile cannot decode a file as it is installed, or would show but a part of equal pages."""
    page = file.series[0].keyframe
    if page.decode.__name__.startswith("decode_raise") or page.compression == _OLD_JPEG:
        return True
    if page.photometric == tifffile.PHOTOMETRIC.YCBCR and page.planarconfig != 1 and page.compression != 1:
        return True  # JPEG holds the planes together, whatever the tag says
    if len(file.series) == 1 or file.is_ome or file.is_imagej or file.series[0].is_pyramidal:
        return False
    if any(series.kind not in ("uniform", "generic") for series in file.series):
        return False
    # Pages of one size that are gray, in colour, or with alpha: together they are the frames.
    sizes = {(each.keyframe.imagelength, each.keyframe.imagewidth, str(each.dtype)) for each in file.series}
    return len(sizes) == 1


def _read_otherwise(file: BinaryIO | str, name: str, error: Exception | None) -> ImageFile:
    """Read what tifffile cannot read, with the codecs of Pillow; ValueError with the first reason if it cannot, too."""
    try:
        if isinstance(file, str):
            with open(file, "rb") as opened:
                return read_picture(opened, name)
        file.seek(0)
        return read_picture(file, name)
    except ValueError as other:
        reason = other if error is None else f"{name} must be a TIFF file that can be read: {error}"
        raise ValueError(str(reason)) from None


def check_size(file: tifffile.TiffFile, name: str) -> None:
    """Raise `TooManyPixelsError` if the first series of a file has too many pixels, or one of its tiles alone."""
    series, size = file.series[0], file.filehandle.size
    page = series.keyframe
    if series.is_multifile:
        size *= len(series)  # the other files are much like the first
    samples = page.samplesperpixel
    check_pixels(name, count_pixels(series.shape, samples), size)
    check_pixels(f"each tile or strip of {name}", count_pixels(page.chunks, samples * (page.planarconfig == 1)), size)


def count_pixels(shape: Sequence[int], samples: int) -> int:
    """Return how many pixels an array holds that has `samples` for each: of more than four, any four are one."""
    return math.prod(shape) // min(4, max(1, samples))


@contextmanager
def open_tiff(file: BinaryIO | str) -> Iterator[tifffile.TiffFile]:
    """Open a TIFF; a chain of pages that leads back into itself ends there."""
    with without_log("tifffile"), tifffile.TiffFile(file) as opened:
        len(opened.pages)  # looks along the whole chain, which iterating over it does not
        yield opened


@contextmanager
def telling_of_lengths(file: tifffile.TiffFile, name: str) -> Iterator[None]:
    """Let memory that lacks only because a file is said to be longer than it is be a ValueError: it is damaged."""
    try:
        yield
    except MemoryError:
        longest = max((max(page.databytecounts, default=0) for page in file.series[0] if page is not None), default=0)
        if longest > file.filehandle.size:
            raise ValueError(
                f"{name} must hold the {longest} bytes of its longest tile or strip, got {file.filehandle.size} in all"
            ) from None
        raise


def find_files(path: str | os.PathLike[str]) -> list[str]:
    """Return the files over which the first series of images in a TIFF file is spread: mostly that file alone."""
    with open_tiff(os.fspath(path)) as file:
        series = file.series[0]
        if not series.is_multifile:
            return [os.fspath(path)]
        return sorted({page.parent.filehandle.path for page in series if page is not None})


def check_complete(file: tifffile.TiffFile) -> None:
    """Raise if a file over which an OME-TIFF is spread is missing: tifffile would read zeros in its place."""
    series = file.series[0]
    named = re.findall(r'\bFileName="([^"]+)"', file.ome_metadata or "") if series.kind == "ome" else []
    folder = os.path.dirname(file.filehandle.path)
    missing = [name for name in dict.fromkeys(named) if not os.path.exists(os.path.join(folder, name))]
    # A file that was renamed names itself, under the old name, and lacks nothing.
    if missing and any(page is None for page in series):
        raise FileNotFoundError(
            f"{file.filehandle.path} must have all files of its image beside it, got no {missing[0]}"
        )
