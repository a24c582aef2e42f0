"""Planes of labels with a palette, as Pillow and the formats with a palette of 256 entries take them."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..._checks import check_list, refusal, to_float
from ...indexed import IndexedFrames, IndexedImage
from ...palette import BYTE_COLORS, Palette
from ...pixels.alpha import HALF
from ...pixels.intensities import to_8bit
from ..image import ImageFile

#: Seconds that a frame is shown: the same for all, or one for each.
Durations = float | Sequence[float]
#: That of a frame if neither the source nor the user says it.
_DURATION = 0.1
#: What formats of animations take.
_SHORTEST, _LONGEST = 0.02, 600.0


@dataclass(frozen=True, eq=False)
class Planes:
    """Planes of labels as a format with a palette holds them.

    Attributes
    ----------
    labels : ndarray of shape (T, H, W), uint8
    colors : list of ndarray of shape (K, 3), uint8
        One for each plane, all of one length; the same array if they share it.
    clear : int or None
        The index that stands for "no data", if there is any.
    alphas : ndarray of shape (K,), uint8, or None
        Of the first palette, if a colour that is seen is not opaque.
    """

    labels: npt.NDArray[np.uint8]
    colors: list[npt.NDArray[np.uint8]]
    clear: int | None
    alphas: npt.NDArray[np.uint8] | None = None

    @property
    def transparency(self) -> dict[str, Any]:
        """What Pillow takes: one index, or the alpha of each colour."""
        if self.alphas is not None:
            return {"transparency": self.alphas.tobytes()}
        return {} if self.clear is None else {"transparency": self.clear}


def make_planes(indexed: IndexedImage | IndexedFrames, *, graded: bool = True, own: bool = False) -> Planes:
    """Return an indexed image as planes.

    "No data" is the palette's own colour of alpha 0, or else one further colour, the last.

    Parameters
    ----------
    indexed : IndexedImage or IndexedFrames
    graded : bool
        Whether colours may be half transparent. Otherwise those below one half become "no data", the others opaque.
    own : bool
        Whether the colours are those of the palette's own RGB, for a file that gets its profile; sRGB by default.

    Parameters
    ----------
    indexed : IndexedImage
    own : bool
        Whether the colours are those of the palette's own RGB, for a file that gets its profile; sRGB by default.

    Raises
    ------
    ValueError
        If there are more than 256 colours, or pixels without data beside 256.
    """
    palettes = [indexed.palette] if isinstance(indexed, IndexedImage) else list(indexed.palettes)
    if (count := len(palettes[0])) > BYTE_COLORS:
        raise ValueError(f"a file with a palette must have at most {BYTE_COLORS} colours, got {count}")
    labels = np.asarray(indexed.labels)
    planes = labels.reshape(-1, *labels.shape[-2:])
    valid = None if indexed.valid is None else np.asarray(indexed.valid).reshape(planes.shape)
    if not graded and any(palette.is_graded for palette in palettes):
        valid = _cut(planes, valid, palettes)
    colors = [to_8bit(palette.exact) if own else palette.colors for palette in palettes]
    clear = _find_clear(palettes)
    alphas = palettes[0].alphas if graded and palettes[0].is_graded else None
    if valid is not None and not valid.all():
        if clear is None:
            clear = len(colors[0])
            check_room(clear)
            colors = [np.concatenate([each, np.zeros((1, 3), np.uint8)]) for each in colors]
            alphas = None if alphas is None else np.append(alphas, np.uint8(0))
        planes = np.where(valid, planes, np.uint8(clear))
    return Planes(planes, colors * len(planes) if len(colors) == 1 else colors, clear, alphas)


def check_room(n_colors: int) -> None:
    """Raise ValueError if a palette leaves no index for pixels without data."""
    if n_colors >= BYTE_COLORS:
        raise ValueError(
            f"pixels without data need one of the {BYTE_COLORS} indices, so the palette must have at most "
            f"{BYTE_COLORS - 1} colours, got {n_colors}"
        )


def _find_clear(palettes: Sequence[Palette]) -> int | None:
    """Return the first index whose colour is not seen, in all palettes, or None."""
    clear = np.flatnonzero(np.all([palette.alphas == 0 for palette in palettes], axis=0))
    return int(clear[0]) if len(clear) else None


def _cut(
    planes: npt.NDArray[np.uint8], valid: npt.NDArray[np.bool_] | None, palettes: Sequence[Palette]
) -> npt.NDArray[np.bool_]:
    several = palettes if len(palettes) > 1 else [*palettes] * len(planes)
    seen = np.stack([(its.alphas >= HALF)[plane] for plane, its in zip(planes, several, strict=True)])
    return seen if valid is None else seen & valid


def find_icc(indexed: IndexedImage) -> dict[str, bytes]:
    """Return the option with which Pillow writes the profile of a palette, if it has one."""
    profile = indexed.palette.profile
    return {} if profile is None else {"icc_profile": profile.icc}


def make_image(plane: npt.NDArray[np.uint8], colors: npt.NDArray[np.uint8]) -> Image.Image:
    """Return one plane of labels, (H, W), as a Pillow image with a palette."""
    image = Image.fromarray(np.ascontiguousarray(plane))
    image.putpalette(colors.tobytes())
    return image


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
