"""Squares of a picture, pixel beside pixel, in which is seen what an eye makes of a palette."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt

from .._typing import RGB8
from ..pixels.memory import Pixels
from ..pixels.source import Source
from ..recipe import Recipe
from .eye_planes import read_counts, spread_planes

#: So many pixels are looked at, of a larger plane in so many squares along a side.
_PIXELS, _ACROSS = 1 << 17, 4


@dataclass(frozen=True, eq=False)
class Square:
    """A part of a picture, pixel beside pixel.

    Attributes
    ----------
    colors : ndarray of shape (H, W, 3), uint8
        Encoded RGB of the recipe's profile.
    counts : ndarray of shape (H, W), float32
        What each pixel counts for, in 0..1; 0 where there is no data.
    """

    colors: RGB8
    counts: npt.NDArray[np.float32]


def take_squares(sources: Iterable[Source], recipe: Recipe) -> list[Square]:
    """Return squares in which the palette's effect is to be seen; none where the recipe does not ask for that.

    Parameters
    ----------
    sources : iterable of Source
    recipe : Recipe
        Its objective is one for the eye, and its palette is designed.

    Returns
    -------
    squares : list of Square
        Of at most four planes, evenly from the first to the last one, 16 squares each that lie evenly over it and
        have about 131,072 pixels together; or the whole of planes that have no more. They do not depend on chunks.
    """
    if not are_seen(recipe):
        return []
    chosen = spread_planes(sources)
    squares = [
        _read(source.take((*index, *area)).load())
        for source, index in chosen
        for area in _spread(source.shape[-2:], _PIXELS // len(chosen))
    ]
    return [square for square in squares if square.counts.any()]


def are_seen(recipe: Recipe) -> bool:
    """Return True if the palette is to be designed for what an eye makes of the picture."""
    return recipe.sight is not None and recipe.palette is None


def _spread(shape: tuple[int, ...], n_pixels: int) -> list[tuple[slice, slice]]:
    height, width = shape
    if height * width <= n_pixels:
        return [(slice(0, height), slice(0, width))]
    side = int(np.sqrt(n_pixels)) // _ACROSS
    return list(product(_middles(height, side), _middles(width, side)))


def _middles(length: int, side: int) -> list[slice]:
    """Return the middles, of `side` pixels at most, of equal parts of a length."""
    parts = min(_ACROSS, -(-length // side))
    ends = [length * part // parts for part in range(parts + 1)]
    starts = [max(low, (low + high - side) // 2) for low, high in pairwise(ends)]
    return [slice(start, min(start + side, high)) for start, high in zip(starts, ends[1:], strict=True)]


def _read(pixels: Pixels) -> Square:
    return Square(pixels.read_rgb(), read_counts(pixels, pixels.read_valid()))
