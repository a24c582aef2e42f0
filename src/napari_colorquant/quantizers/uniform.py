"""Uniform: the cells of a regular grid, whatever the image shows in them."""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.bins import enough_bins, fill_bins
from ..clustering.grid import bounding_box

Levels = npt.NDArray[np.int64]

#: No grid has more levels than this on an axis: 3 axes of it still fit an integer of 64 bits.
_FINEST = 1 << 16


def uniform(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    place: Annotated[str, {"choices": ("mean", "center")}] = "mean",
) -> Colors:
    """Lay a regular grid over the colours and take its cells, fullest first.

    The cells are cubes, as small as they can be without more of them holding colours than the
    palette has entries: 6 x 6 x 6 at 256 if colours are everywhere. What is left of the palette
    goes to the colours that fit worst.

    Parameters
    ----------
    place : {"mean", "center"}
        What stands for a cell: the mean of its colours, or its centre, as in the fixed palettes of
        8-bit displays, which leaves a higher error.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        One colour for each cell that holds colours, fullest first.

    References
    ----------
    .. [1] Heckbert P. Color image quantization for frame buffer display. SIGGRAPH 1982. doi:10.1145/965145.801294
    """
    bins = fill_bins(colors, weights, bits=6, least=enough_bins(n_colors))
    low, high = bounding_box(bins.means)
    levels = _choose_levels(bins.means, low, high, n_colors)
    filled, index = np.unique(_find_cells(bins.means, low, high, levels), return_inverse=True)
    shares = np.bincount(index, bins.weights)
    if place == "mean":
        columns = [np.bincount(index, column * bins.weights.astype(np.float64)) for column in bins.means.T]
        points = np.column_stack(columns) / shares[:, np.newaxis]
    else:
        points = low + (high - low) * (np.column_stack(np.unravel_index(filled, tuple(levels))) + 0.5) / levels
    palette = points[np.argsort(-shares, kind="stable")].astype(np.float32)
    return palette


def _choose_levels(colors: Colors, low: Colors, high: Colors, n_colors: int) -> Levels:
    """Return the number of levels on each axis of the finest grid with at most `n_colors` filled cells."""
    longest_side = max(float((high - low).max()), 1e-30)

    def levels_for(longest: int) -> Levels:
        levels: Levels = np.rint((high - low) * (longest / longest_side)).astype(np.int64)
        return np.maximum(levels, 1)

    def fits(longest: int) -> bool:
        return len(np.unique(_find_cells(colors, low, high, levels_for(longest)))) <= n_colors

    fine = 2
    while fine < _FINEST and fits(fine):
        fine *= 2
    coarse = fine // 2
    while fine - coarse > 1:
        checkpoint(coarse / fine)
        middle = (coarse + fine) // 2
        coarse, fine = (middle, fine) if fits(middle) else (coarse, middle)
    return levels_for(coarse)


def _find_cells(colors: Colors, low: Colors, high: Colors, levels: Levels) -> Levels:
    steps = (colors - low) / np.maximum(high - low, np.float32(1e-30)).astype(np.float64) * levels
    cells = np.minimum(steps.astype(np.int64), levels - 1)
    flat: Levels = np.ravel_multi_index(tuple(cells.T), tuple(levels))
    return flat
