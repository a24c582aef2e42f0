"""One way to write an indexed image: the suffix names the format, whose entry in the table does it."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .._checks import check_choice, check_flag, check_instance, check_integer, check_list, check_path, refusal
from .._runtime.atomic import check_writable
from ..indexed import IndexedFrames, IndexedImage
from ..palette import MAX_COLORS
from ..pixels.arrays import find_files
from ..pixels.rgb_profile import RgbProfile
from .clear_index import clear_first
from .enlarge import MOST, enlarge_place
from .enlarge import enlarge as make_larger
from .formats import find_writer, list_suffixes
from .image import ImageFile
from .output_profile import find_target_profile
from .pictures.planes import Durations
from .zarr.places import is_zarr


def write_indexed(
    indexed: IndexedImage | IndexedFrames | Sequence[IndexedImage],
    path: str | os.PathLike[str],
    like: ImageFile | None = None,
    *,
    overwrite: bool = False,
    duration: Durations | None = None,
    enlarge: int = 1,
    transparent: str = "last",
    profile: Any = None,
) -> None:
    """Write an indexed image in the format of a suffix; a file appears whole or not at all.

    Parameters
    ----------
    indexed : IndexedImage, or list of them, or IndexedFrames
        A list holds the levels of a pyramid, the largest first; formats without levels take the first.
        Frames with palettes of their own are written where the format has that: GIF, and WebP in colour.
    path : path-like
        Its suffix is that of a format in `IMAGE_FORMATS` that is written.
    like : ImageFile, optional
        Where the labels come from: its axes, units and timing are theirs, as far as the format keeps them.
    overwrite : bool
        Whether what exists may be replaced.
    duration : float or sequence of float, optional
        Seconds that each frame of an animation is shown; those of `like`, or 0.1, by default.
    enlarge : int
        Each pixel becomes a square of so many pixels a side, 1 to 64; the size of a pixel in units shrinks with it.
    transparent : {"last", "first"}
        Which index tells, in a PNG or GIF, that there is no data: the one after the colours, or 0, as engines of
        games want it. A palette that has a colour of alpha 0 says so itself.
    profile : {"keep", "srgb"}, path-like, bytes or RgbProfile, optional
        The RGB in which colours are written, and whose ICC profile the file gets. "keep": that in which the image
        came, the palette's own or the `source_profile` of `like`; sRGB if it came in that. "srgb": sRGB, without
        a profile. Or an ICC profile, or a file of one. By default "keep" in formats that hold profiles (PNG,
        TIFF), for images of a palette's colours, and sRGB in all others, as in a palette of 8 bits of linear light.

    Raises
    ------
    ValueError
        If the suffix is another, the image does not fit the format, or its pixels are still to be read from `path`;
        if a profile is asked for, and the format holds none, or it is not one of RGB by curves and a matrix.
    FileExistsError, OSError
        If the file exists, or cannot be written.

    See Also
    --------
    read_image : Read any image.
    write_palette : Write the palette alone.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from napari_colorquant import quantize, read_image, write_indexed
    >>> path = Path(tempfile.mkdtemp()) / "a.png"
    >>> indexed = quantize(np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8), 2)
    >>> write_indexed(indexed, path)
    >>> path.read_bytes()[1:4]
    b'PNG'
    """
    is_one = isinstance(indexed, (IndexedImage, IndexedFrames))
    levels: list[Any] = [indexed] if is_one else list(check_list("indexed", indexed))
    if not levels or not (is_one or all(isinstance(level, IndexedImage) for level in levels)):
        raise refusal("indexed", "be an IndexedImage or a list of them, or IndexedFrames", indexed, TypeError)
    if like is not None:
        check_instance("like", like, ImageFile)
    check_path("path", path)
    check_flag("overwrite", overwrite)
    check_integer("enlarge", enlarge, 1, MOST)
    check_choice("transparent", transparent, ("last", "first"))
    format_ = find_writer(path)
    if isinstance(indexed, IndexedFrames) and not format_.frame_palettes:
        suffixes = ", ".join(list_suffixes(written=True, frame_palettes=True))
        raise ValueError(f"a palette for each frame must be written as {suffixes}, got {os.fspath(path)!r}")
    _check_colors(levels[0], format_.most_colors, path)
    assert format_.write is not None
    _check_inputs(levels, path)
    if not format_.chunks:  # those that are have a place for both, and are read back as they were
        levels = [_as_written(level) for level in levels]
    target = find_target_profile(profile, levels[0], like, format_)
    if format_.writes_profile or profile == "srgb":  # others show a palette in sRGB, and keep what more it knows
        levels = [_in_profile(level, target) for level in levels]
    larger = [make_larger(level, enlarge) for level in levels]
    if transparent == "first" and format_.gap_index and not format_.chunks:
        larger = [clear_first(level) for level in larger]
    format_.write(larger, os.fspath(path), enlarge_place(like, enlarge), overwrite, duration)


def _check_colors(indexed: IndexedImage | IndexedFrames, most: int, path: str | os.PathLike[str]) -> None:
    count = len(indexed.palette if isinstance(indexed, IndexedImage) else indexed.palettes[0])
    if count > most and indexed.recolored is None:
        suffixes = ", ".join(list_suffixes(written=True, most_colors=MAX_COLORS))
        raise ValueError(
            f"{os.fspath(path)!r} must have at most {most} colours, got {count}; more are written as {suffixes}"
        )


def _as_written(level: Any) -> Any:
    """Return an indexed image in the colours that a device is told."""
    if isinstance(level, IndexedFrames):
        return replace(level, palettes=tuple(palette.as_written() for palette in level.palettes))
    written = level.palette.as_written()
    return level if written is level.palette else replace(level, palette=written)


def _in_profile(level: Any, profile: RgbProfile | None) -> Any:
    """Return an indexed image whose palette is held in an RGB; palettes of frames are written in sRGB."""
    if isinstance(level, IndexedFrames) or level.palette.profile == profile:
        return level
    return replace(level, palette=level.palette.in_profile(profile))


def _check_inputs(levels: Sequence[IndexedImage | IndexedFrames], path: str | os.PathLike[str]) -> None:
    """Raise ValueError if a lazy image is read from what is to be written: it would be gone for good."""
    arrays = [array for level in levels for array in (level.labels, level.valid, level.alpha, level.recolored)]
    if not (files := find_files(*arrays)):
        return
    target = Path(os.path.realpath(path))
    for file in files:
        source = Path(os.path.realpath(file))
        if target in (source, *source.parents) or source in target.parents:
            raise refusal("path", "be none of the files that the lazy labels are read from", os.fspath(path))


def check_target(path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Raise what `write_indexed` would raise for `path` before its first byte; worth calling before long work."""
    if not (find_writer(path).folder and os.path.isdir(path) and is_zarr(path)):
        check_writable(path, overwrite=overwrite)
    elif not overwrite:
        raise FileExistsError(f"output must not exist unless it may be overwritten, got {os.fspath(path)}")


def is_large_name(path: str | os.PathLike[str]) -> bool:
    """Return True if `path` is named as a file that is written chunk by chunk."""
    return os.fspath(path).lower().endswith(list_suffixes(written=True, chunks=True))
