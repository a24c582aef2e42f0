"""Bins: a coarse grid over the colours whose filled cells, with their true means, stand for them.

Most methods need only a few thousand points to find a good palette, whatever the image's size. The
cells are cubes, since distance counts alike along every axis, and their number does not depend on
the number of axes: on one axis the same number of cells is a fine ruler.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._typing import Colors, Weights
from .grid import bounding_box, fill_grid

#: So few colours stand for themselves: a grid would only blur them (256 grays fill 32 cells of a cube).
FEW = 1 << 12
#: No limit on the cells along an axis: they are not gone through one by one.
_ANY = (1 << 21, 1 << 21, 1 << 21)


@dataclass(frozen=True, eq=False)
class Bins:
    """Points that stand for many colours.

    Attributes
    ----------
    means : ndarray of shape (B, A), float32
        The weighted mean of the colours in each bin; distinct.
    weights : ndarray of shape (B,), float32
        The sum of their weights.
    index : ndarray of shape (N,), int32
        The bin of each colour.
    """

    means: Colors
    weights: Weights
    index: npt.NDArray[np.int32]


def fill_bins(colors: Colors, weights: Weights, bits: int, least: int = 1, few: int = FEW) -> Bins:
    """Sort colours into the filled cells of a cubic grid over their bounding box.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        Coordinates on 1 to 3 axes, N >= 1.
    weights : ndarray of shape (N,), float32
        Weight of each colour, > 0.
    bits : int
        The box is cut into about ``2 ** (3 * bits)`` cubes, 1 to 7: at 5 and on the RGB cube, 32 a side.
    least : int
        Number of bins below which a finer grid is taken, up to 7 bits: a picture of few hues fills few cells.
    few : int
        Up to so many colours are not binned.

    Returns
    -------
    bins : Bins
        In the order of the grid, first axis slowest; 1 <= B <= N.
    """
    if len(colors) <= few:
        return _merge_duplicates(colors, weights)
    for finer in range(bits, 8):
        bins = _from_grid(colors, weights, finer)
        if len(bins.means) >= least:
            break
    return bins


def enough_bins(n_colors: int) -> int:
    """Return how many bins there must be for so many palette colours: of up to 256, any number will do."""
    return 1 if n_colors <= 256 else 2 * n_colors


def _merge_duplicates(colors: Colors, weights: Weights) -> Bins:
    order = np.lexsort(colors.T[::-1])
    ordered = colors[order]
    is_new = np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)]
    index = np.empty(len(colors), np.int32)
    index[order] = np.cumsum(is_new) - 1
    sums = np.bincount(index, weights)
    return Bins(np.ascontiguousarray(ordered[is_new]), sums.astype(np.float32), index)


def _from_grid(colors: Colors, weights: Weights, bits: int) -> Bins:
    cells = np.empty(len(colors), np.int32)
    moments = fill_grid(colors, weights, bits, _ANY, cells).moments
    filled = np.flatnonzero(moments[:, 0] > 0)
    rank = np.empty(len(moments), np.int32)
    rank[filled] = np.arange(len(filled))
    sums = moments[filled, : 1 + colors.shape[1]]
    means = np.clip(sums[:, 1:] / sums[:, :1], *bounding_box(colors)).astype(np.float32)
    return Bins(means, sums[:, 0].astype(np.float32), rank[cells])
