"""Planes of labels with a palette, as Pillow and the formats with a palette of 256 entries take them."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..._checks import check_list, refusal, to_float
from ...indexed import IndexedFrames, IndexedImage
from ...palette import MAX_COLORS
from ...pixels.intensities import to_8bit
from ..image import ImageFile

#: Seconds that a frame is shown: the same for all, or one for each.
Durations = float | Sequence[float]
#: That of a frame if neither the source nor the user says it.
_DURATION = 0.1
#: What formats of animations take.
_SHORTEST, _LONGEST = 0.02, 600.0


def make_planes(
    indexed: IndexedImage, *, own: bool = False
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], int | None]:
    """Return labels (T, H, W), colours, and the index that stands for "no data", the last, if there is any.

    Parameters
    ----------
    indexed : IndexedImage
    own : bool
        Whether the colours are those of the palette's own RGB, for a file that gets its profile; sRGB by default.

    Raises
    ------
    ValueError
        If pixels without data stand beside 256 colours.
    """
    colors = to_8bit(indexed.palette.exact) if own else indexed.palette.colors
    planes, (colors,), clear = _make_planes(indexed, [colors])
    return planes, colors, clear


def make_frames(
    indexed: IndexedImage | IndexedFrames,
) -> tuple[npt.NDArray[np.uint8], list[npt.NDArray[np.uint8]], int | None]:
    """Return what `make_planes` does, but the colours of each frame, all of one length; one array if they share it.

    Raises
    ------
    ValueError
        If pixels without data stand beside 256 colours.
    """
    palettes = [indexed.palette] if isinstance(indexed, IndexedImage) else indexed.palettes
    planes, colors, clear = _make_planes(indexed, [palette.colors for palette in palettes])
    return planes, colors * len(planes) if len(colors) == 1 else colors, clear


def find_icc(indexed: IndexedImage) -> dict[str, bytes]:
    """Return the option with which Pillow writes the profile of a palette, if it has one."""
    profile = indexed.palette.profile
    return {} if profile is None else {"icc_profile": profile.icc}


def make_image(plane: npt.NDArray[np.uint8], colors: npt.NDArray[np.uint8]) -> Image.Image:
    """Return one plane of labels, (H, W), as a Pillow image with a palette."""
    image = Image.fromarray(np.ascontiguousarray(plane))
    image.putpalette(colors.tobytes())
    return image


def _make_planes(
    indexed: IndexedImage | IndexedFrames, colors: list[npt.NDArray[np.uint8]]
) -> tuple[npt.NDArray[np.uint8], list[npt.NDArray[np.uint8]], int | None]:
    labels = np.asarray(indexed.labels)
    planes = labels.reshape(-1, *labels.shape[-2:])
    if indexed.valid is None or np.all(valid := np.asarray(indexed.valid)):
        return planes, colors, None
    clear = len(colors[0])
    if clear == MAX_COLORS:
        raise ValueError(
            f"pixels without data need one of the {MAX_COLORS} indices, so the palette must have at most "
            f"{MAX_COLORS - 1} colours, got {clear}"
        )
    planes = np.where(valid.reshape(planes.shape), planes, np.uint8(clear))
    return planes, [np.concatenate([each, np.zeros((1, 3), np.uint8)]) for each in colors], clear


def spread_durations(duration: Durations, count: int) -> list[float]:
    """Return the seconds that each of `count` frames is shown.

    Raises
    ------
    ValueError
        If one is out of 0.02..600 seconds, or there is another number of them.
    """
    several = (
        check_list("duration", duration) if isinstance(duration, (list, tuple, np.ndarray)) else [duration] * count
    )
    seconds = [to_float("duration", each) for each in several]
    if len(seconds) != count:
        raise ValueError(f"duration must be one for each of {count} frames, got {len(seconds)}")
    for value, given in zip(seconds, several, strict=True):
        if not _SHORTEST <= value <= _LONGEST:
            raise refusal("duration", f"lie in {_SHORTEST:g}..{_LONGEST:g} seconds", given)
    return seconds


def as_animation(write: Callable[..., None], *, any_colors: bool = False) -> Callable[..., None]:
    """Return the writer of levels, as the table of formats has it, of a format of frames.

    Parameters
    ----------
    write : callable
        ``write(indexed, path, overwrite=..., duration=..., loops=...)``.
    any_colors : bool
        Whether the format holds more colours than those of a palette.
    """

    def write_levels(
        levels: Sequence[Any], path: str, like: ImageFile | None, overwrite: bool, duration: Durations | None
    ) -> None:
        if levels[0].recolored is not None and not any_colors:
            raise ValueError(
                "an image whose pixels keep a part of their own must be written as .png, .webp, .tif or .zarr, "
                f"got {path!r}"
            )
        write(levels[0], path, overwrite=overwrite, **_find_timing(math.prod(levels[0].shape[:-2]), like, duration))

    return write_levels


def _find_timing(count: int, like: ImageFile | None, duration: Durations | None) -> dict[str, Any]:
    """Return seconds and repeats of `count` frames: what is asked for, else what the source has, if they are its."""
    loops = like.loops if like is not None and like.durations else 0
    if duration is None and like is not None and len(like.durations) == count:
        duration = [min(max(seconds, _SHORTEST), _LONGEST) for seconds in like.durations]
    return {"duration": _DURATION if duration is None else duration, "loops": loops}
