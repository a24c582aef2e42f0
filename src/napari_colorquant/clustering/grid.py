"""A grid over the box of the colours, with the moments of each cell: few cells stand for many colours."""

from __future__ import annotations  # of functions within functions, they would be worked out in every call

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import Colors, Weights
from .nearest import three_axes

#: Bits an axis, for colours that fill a cube; as many cells in all whatever the shape.
BITS = 5
#: At most so many cells along an axis, if 1, 2 or 3 axes extend: some methods look at each plane between cells.
MOST = (4096, 256, 64)
#: A shorter extent counts as this: its inverse, times the cells of a grid, is still a number of 32 bits.
SHORTEST = 1e-30
_UNPLACED = np.empty(0, np.int32)


@dataclass(frozen=True, eq=False)
class Grid:
    """Moments of weighted colours in the cells of a grid over their bounding box.

    Attributes
    ----------
    shape : tuple of int
        Cells along each of the three axes; 1 where the colours do not extend.
    moments : ndarray of shape (cells, 5), float64
        For each cell, last axis fastest: the weight, the weighted sums of the three coordinates,
        and of their squares together.
    """

    shape: tuple[int, int, int]
    moments: npt.NDArray[np.float64]


def fill_grid(
    colors: Colors,
    weights: Weights,
    bits: int = BITS,
    most: tuple[int, int, int] = MOST,
    cells: npt.NDArray[np.int32] = _UNPLACED,
) -> Grid:
    """Return the moments of colours on a grid of about ``2 ** (3 * bits)`` nearly cubic cells.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        At least one colour, on 1 to 3 axes.
    weights : ndarray of shape (N,), float32
    bits : int
        1 to 7.
    most : tuple of int
        The largest number of cells along an axis if 1, 2 or 3 of them extend.
    cells : ndarray of shape (N,), int32, optional
        Is filled with the cell of each colour.
    """
    low, high = bounding_box(colors)
    low, extent = three_axes(low[None])[0], three_axes((high - low)[None])[0]
    shape = cubic_grid(extent, bits)
    shape = np.minimum(shape, most[max(int(np.count_nonzero(shape > 1)), 1) - 1])
    factors = (shape / np.maximum(extent.astype(np.float64), SHORTEST)).astype(np.float32)
    colors, weights = three_axes(colors), np.ascontiguousarray(weights, np.float32)
    nx, ny, nz = (int(count) for count in shape)

    def task(start: int, stop: int) -> npt.NDArray[np.float64]:
        moments = np.zeros((nx * ny * nz, 5))
        places = cells[start:stop]
        _add_moments(colors[start:stop], weights[start:stop], low, factors, nx, ny, nz, moments, places)
        return moments

    # Each task has a table of its own, so they are large.
    first, *others = map_blocks(task, len(colors), 8 << 3 * bits)
    for moments in others:
        first += moments
    return Grid((nx, ny, nz), first)


def bits_for(n_colors: int) -> int:
    """Return how fine a grid must be for so many palette colours: 5 bits, and 6 for more than 256."""
    return BITS if n_colors <= 256 else BITS + 1


def bounding_box(colors: Colors) -> tuple[Colors, Colors]:
    """Return the smallest and the largest coordinate on each axis, each (A,) float32."""
    low, high = colors[0].copy(), colors[0].copy()
    _bound(np.ascontiguousarray(colors), low, high)
    return low, high


def cubic_grid(extent: Colors, bits: int) -> npt.NDArray[np.int64]:
    """Return how many cubes lie along each axis of a box that is cut into about ``2 ** (3 * bits)``.

    Parameters
    ----------
    extent : ndarray of shape (A,), float32
        The sides of the box, >= 0. An axis thinner than a cube gets one cell.
    bits : int
        A third of the binary logarithm of the number of cubes.
    """
    extent = extent.astype(np.float64)
    shape = np.ones(len(extent), np.int64)
    wide = np.sort(extent[extent > 0])[::-1]
    for axes in range(len(wide), 0, -1):  # leave out the thinnest axes until each has at least one cube
        side = float(np.exp((np.log(wide[:axes]).sum() - 3 * bits * np.log(2.0)) / axes))
        if side <= wide[axes - 1]:
            shape = np.maximum(np.rint(extent / side), 1).astype(np.int64)
            break
    return shape


def cell_means(grid: Grid) -> tuple[Colors, Weights]:
    """Return the mean colour (M, 3) and the weight (M,) of each filled cell, near cells together.

    They are listed by blocks of four cells a side and, in these, by blocks of two, so that a run of
    consecutive means lies in a small box.
    """
    filled = int(np.count_nonzero(grid.moments[:, 0]))
    means, weights = np.empty((filled, 3), np.float32), np.empty(filled, np.float32)
    _list_means(grid.moments, *grid.shape, means, weights)
    return means, weights


@kernel
def _bound(colors, low, high):  # type: ignore[no-untyped-def]
    for axis in range(colors.shape[1]):
        least, most = low[axis], high[axis]
        for i in range(len(colors)):
            value = colors[i, axis]
            least = value if value < least else least
            most = value if value > most else most
        low[axis], high[axis] = least, most


@kernel
def _add_moments(colors, weights, low, factors, nx, ny, nz, moments, cells):  # type: ignore[no-untyped-def]
    placed = len(cells) > 0
    for i in range(len(colors)):
        x, y, z = colors[i, 0], colors[i, 1], colors[i, 2]
        ix = min(np.int64((x - low[0]) * factors[0]), nx - 1)
        iy = min(np.int64((y - low[1]) * factors[1]), ny - 1)
        iz = min(np.int64((z - low[2]) * factors[2]), nz - 1)
        cell = (ix * ny + iy) * nz + iz
        if placed:
            cells[i] = cell
        weight = np.float64(weights[i])
        moments[cell, 0] += weight
        moments[cell, 1] += weight * x
        moments[cell, 2] += weight * y
        moments[cell, 3] += weight * z
        moments[cell, 4] += weight * (np.float64(x) * x + np.float64(y) * y + np.float64(z) * z)


@kernel
def _list_means(moments, nx, ny, nz, means, weights):  # type: ignore[no-untyped-def]
    bx, by, bz = (nx + 3) // 4, (ny + 3) // 4, (nz + 3) // 4
    used = 0
    for block in range(bx * by * bz):
        x0, y0, z0 = block // (by * bz) * 4, block // bz % by * 4, block % bz * 4
        for place in range(64):  # the bits of place are xyzxyz
            ix = x0 + (place >> 5 & 1) * 2 + (place >> 2 & 1)
            iy = y0 + (place >> 4 & 1) * 2 + (place >> 1 & 1)
            iz = z0 + (place >> 3 & 1) * 2 + (place & 1)
            if ix >= nx or iy >= ny or iz >= nz:
                continue
            cell = (ix * ny + iy) * nz + iz
            weight = moments[cell, 0]
            if weight > 0:
                for axis in range(3):
                    means[used, axis] = moments[cell, 1 + axis] / weight
                weights[used] = weight
                used += 1
