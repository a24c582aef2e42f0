"""Bins: a coarse grid over the colours whose filled cells, with their true means, stand for them.

Most methods need only a few thousand points to find a good palette, whatever the image's size. The
cells are cubes, since distance counts alike along every axis, and their number does not depend on
the number of axes: on one axis the same number of cells is a fine ruler.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._jit import kernel
from .._typing import Colors, Weights

#: So few colours stand for themselves: a grid would only blur them (256 grays fill 32 cells of a cube).
FEW = 1 << 12


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


def coarsen(colors: Colors, weights: Weights, bits: int, least: int = 1, few: int = FEW) -> Bins:
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
    low, high = bounding_box(colors)
    for finer in range(bits, 8):
        bins = _fill_grid(colors, weights, low, high, finer)
        if len(bins.means) >= least:
            break
    return bins


def bounding_box(colors: Colors) -> tuple[Colors, Colors]:
    """Return the smallest and the largest coordinate on each axis, each (A,) float32."""
    low, high = colors[0].copy(), colors[0].copy()
    _bound(colors, low, high)
    return low, high


def cubic_grid(extent: Colors, bits: int) -> tuple[float, npt.NDArray[np.int64]]:
    """Return the side of the cubes that cut a box into about ``2 ** (3 * bits)``, and their number on each axis.

    Parameters
    ----------
    extent : ndarray of shape (A,), float32
        The sides of the box, >= 0. An axis thinner than a cube gets one cell.
    bits : int
        A third of the binary logarithm of the number of cubes.
    """
    extent = extent.astype(np.float64)
    wide = np.sort(extent[extent > 0])[::-1]
    if not len(wide):
        return 1.0, np.ones(len(extent), np.int64)
    for axes in range(len(wide), 0, -1):  # leave out the thinnest axes until each has at least one cube
        side = float(np.exp((np.log(wide[:axes]).sum() - 3 * bits * np.log(2.0)) / axes))
        if side <= wide[axes - 1]:
            break
    shape = np.maximum(np.rint(extent / side), 1).astype(np.int64)
    return side, shape


def _merge_duplicates(colors: Colors, weights: Weights) -> Bins:
    order = np.lexsort(colors.T[::-1])
    ordered = colors[order]
    is_new = np.r_[True, (ordered[1:] != ordered[:-1]).any(axis=1)]
    index = np.empty(len(colors), np.int32)
    index[order] = np.cumsum(is_new) - 1
    sums = np.bincount(index, weights)
    return Bins(np.ascontiguousarray(ordered[is_new]), sums.astype(np.float32), index)


def _fill_grid(colors: Colors, weights: Weights, low: Colors, high: Colors, bits: int) -> Bins:
    side, shape = cubic_grid(high - low, bits)
    cells = np.empty(len(colors), np.int32)
    sums = np.zeros((int(np.prod(shape)), colors.shape[1] + 1))
    _fill_cells(colors, weights, low, side, shape, cells, sums)
    filled = np.flatnonzero(sums[:, 0] > 0)
    rank = np.empty(len(sums), np.int32)
    rank[filled] = np.arange(len(filled))
    sums = sums[filled]
    means = np.clip(sums[:, 1:] / sums[:, :1], low, high).astype(np.float32)
    return Bins(means, sums[:, 0].astype(np.float32), rank[cells])


@kernel
def _bound(colors, low, high):  # type: ignore[no-untyped-def]
    for i in range(len(colors)):
        for axis in range(colors.shape[1]):
            low[axis] = min(low[axis], colors[i, axis])
            high[axis] = max(high[axis], colors[i, axis])


@kernel
def _fill_cells(colors, weights, low, side, shape, cells, sums):  # type: ignore[no-untyped-def]
    axes = colors.shape[1]
    for i in range(len(colors)):
        cell = 0
        for axis in range(axes):
            step = np.int64((np.float64(colors[i, axis]) - low[axis]) / side)
            cell = cell * shape[axis] + min(step, shape[axis] - 1)
        cells[i] = cell
        weight = np.float64(weights[i])
        sums[cell, 0] += weight
        for axis in range(axes):
            sums[cell, axis + 1] += weight * colors[i, axis]
