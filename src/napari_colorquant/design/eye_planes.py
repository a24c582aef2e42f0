"""Planes of an image as an eye sees them: what a palette that is found with its dots is fitted to."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._typing import Colors, Valid
from ..mapping.dithers._eye import to_opponent
from ..palette import BYTE_COLORS
from ..pixels.memory import Pixels
from ..pixels.source import Source
from ..recipe import Recipe

#: So many pixels are looked at, of so many planes at most.
_PIXELS, _PLANES = 1 << 19, 4
#: A dark pixel's light counts for more, as steps of lightness are smaller there: the root of what it counts for is
#: (luminance + the first) to the power of the second.
_DARK, _STEEP = np.float32(0.05), np.float32(-0.5)


@dataclass(frozen=True, eq=False)
class EyePlane:
    """A plane of an image as its palette is fitted to it.

    Attributes
    ----------
    original : ndarray of shape (H, W, 3), float32
        Luminance and opponent colours.
    counts : ndarray of shape (H, W), float32
        The root of what each pixel counts for; 0 where there is no data.
    valid : ndarray of shape (H, W), bool, or None
    """

    original: Colors
    counts: npt.NDArray[np.float32]
    valid: Valid | None = None

    def thinned(self, step: int) -> "EyePlane":
        """Return every `step`-th row and column."""
        place = np.s_[step // 2 :: step, step // 2 :: step] if min(self.counts.shape) > step // 2 else np.s_[:1, :1]
        valid = None if self.valid is None else np.ascontiguousarray(self.valid[place])
        return EyePlane(np.ascontiguousarray(self.original[place]), np.ascontiguousarray(self.counts[place]), valid)


def take_planes(sources: Iterable[Source], recipe: Recipe) -> list[EyePlane]:
    """Return the planes that a palette is fitted to; none where the recipe does not ask for that.

    Parameters
    ----------
    sources : iterable of Source
    recipe : Recipe
        A dither that has an option `joint`, which is on, and a palette of at most 256 colours that is designed.

    Returns
    -------
    planes : list of EyePlane
        At most four, evenly from the first to the last one, of about half a million pixels together: of larger
        ones every second, third ... row and column. They do not depend on chunks.
    """
    if not is_joint(recipe):
        return []
    chosen = spread_planes(sources)
    return [_read_plane(source, index, _PIXELS // len(chosen)) for source, index in chosen]


def spread_planes(sources: Iterable[Source]) -> list[tuple[Source, tuple[int, ...]]]:
    """Return at most four planes of images, evenly from the first to the last one, each as an image and an index."""
    places = [(source, index) for source in sources for index in np.ndindex(*source.shape[:-2])]
    return [places[i] for i in np.linspace(0, len(places) - 1, min(len(places), _PLANES)).round().astype(int)]


def is_joint(recipe: Recipe) -> bool:
    """Return True if the palette is to be refined together with the dots of its dither."""
    method, options = recipe.dither_method()
    is_few = recipe.n_colors == "auto" or int(recipe.n_colors) <= BYTE_COLORS
    is_asked = "joint" in method.options and bool(options.get("joint", True)) and options.get("strength", 1.0) > 0
    return recipe.palette is None and is_few and is_asked


def _read_plane(source: Source, index: tuple[int, ...], n_pixels: int) -> EyePlane:
    height, width = source.shape[-2:]
    step = int(np.ceil(np.sqrt(height * width / n_pixels)))
    rows, columns = (slice(min((step - 1) // 2, length - 1), None, step) for length in (height, width))
    pixels: Pixels = source.take((*index, rows, columns)).load()
    original, valid = to_opponent(pixels.read_rgb()), pixels.read_valid()
    counts = (original[..., 0] + _DARK) ** _STEEP * np.sqrt(read_counts(pixels, valid))
    return EyePlane(original, counts, valid)


def read_counts(pixels: Pixels, valid: Valid | None) -> npt.NDArray[np.float32]:
    """Return what each pixel counts for, (..., H, W) float32 in 0..1; 0 where it is not `valid`."""
    counts = np.ones(pixels.shape, np.float32)
    if pixels.importance is not None:
        counts = (pixels.importance / max(float(pixels.importance.max()), 1.0)).astype(np.float32)
    if valid is not None:
        counts[~valid] = 0
    return counts
