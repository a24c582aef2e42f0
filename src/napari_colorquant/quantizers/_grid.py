"""A grid over the box of the colours, with the moments of each cell: few cells stand for many colours."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._jit import kernel
from .._typing import Colors, Weights
from ..nearest import three_axes
from ..threads import map_blocks

#: About how many cells a grid has; 2**15 are 5 bits an axis for colours that fill a cube.
CELLS = 1 << 15
#: At most so many cells along an axis, for 1, 2 and 3 axes that extend.
_MOST = {0: 1, 1: 4096, 2: 256, 3: 64}
#: Colours in one task; each task has a table of its own, so they are large.
_BLOCK = 1 << 18


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


def fill_grid(colors: Colors, weights: Weights, cells: int = CELLS) -> Grid:
    """Return the moments of colours on a grid of about `cells` nearly cubic cells.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        At least one colour, on 1 to 3 axes.
    weights : ndarray of shape (N,), float32
    cells : int
        About how many cells the grid has.
    """
    colors = three_axes(colors)
    weights = np.ascontiguousarray(weights, np.float32)
    low, high = np.empty(3, np.float32), np.empty(3, np.float32)
    _bounds(colors, low, high)
    shape = _cells_per_axis(high.astype(np.float64) - low, cells)
    extent = np.maximum(high.astype(np.float64) - low, np.finfo(np.float32).tiny)
    factors = (np.array(shape) / extent).astype(np.float32)

    def task(start: int, stop: int) -> npt.NDArray[np.float64]:
        moments = np.zeros((int(np.prod(shape)), 5))
        _add_moments(colors[start:stop], weights[start:stop], low, factors, *shape, moments)
        return moments

    first, *others = map_blocks(task, len(colors), _BLOCK)
    for moments in others:
        first += moments
    return Grid(shape, first)


def cell_means(grid: Grid) -> tuple[Colors, Weights]:
    """Return the mean colour (M, 3) and the weight (M,) of each filled cell, near cells together.

    They are listed by blocks of four cells a side and, in these, by blocks of two, so that a run of
    consecutive means lies in a small box.
    """
    filled = int(np.count_nonzero(grid.moments[:, 0]))
    means, weights = np.empty((filled, 3), np.float32), np.empty(filled, np.float32)
    _list_means(grid.moments, *grid.shape, means, weights)
    return means, weights


def _cells_per_axis(extent: npt.NDArray[np.float64], cells: int) -> tuple[int, int, int]:
    extends = extent > 1e-6 * max(float(extent.max()), 1e-30)
    axes = int(np.count_nonzero(extends))
    if axes == 0:
        return (1, 1, 1)
    side = float(np.prod(extent[extends]) / cells) ** (1 / axes)
    counts = np.where(extends, np.clip(np.rint(extent / side), 1, _MOST[axes]), 1).astype(int)
    return (int(counts[0]), int(counts[1]), int(counts[2]))


@kernel
def _bounds(colors, low, high):  # type: ignore[no-untyped-def]
    for axis in range(3):
        least, most = colors[0, axis], colors[0, axis]
        for i in range(len(colors)):
            value = colors[i, axis]
            least = value if value < least else least
            most = value if value > most else most
        low[axis], high[axis] = least, most


@kernel
def _add_moments(colors, weights, low, factors, nx, ny, nz, moments):  # type: ignore[no-untyped-def]
    for i in range(len(colors)):
        x, y, z = colors[i, 0], colors[i, 1], colors[i, 2]
        ix = min(np.int64((x - low[0]) * factors[0]), nx - 1)
        iy = min(np.int64((y - low[1]) * factors[1]), ny - 1)
        iz = min(np.int64((z - low[2]) * factors[2]), nz - 1)
        cell = (ix * ny + iy) * nz + iz
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
