"""Wu's quantizer: split the box of largest variance where that helps most, on cumulative moments (Wu 1991)."""

import numpy as np

from .._runtime.buffers import work_buffer
from .._runtime.jit import inner_kernel, kernel
from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.grid import Grid, bits_for, fill_grid


def wu(colors: Colors, weights: Weights, n_colors: int, /) -> Colors:
    """Wu's variance-minimizing boxes: a low squared error for a few milliseconds.

    Colours are gathered on a grid of about 32 cells a side. The box with the largest sum of squared
    distances to its mean is split by the plane that lowers that sum most, until there are enough.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        Weighted means of the boxes, the first split first.

    References
    ----------
    .. [1] Wu X. Efficient statistical computations for optimal color quantization. Graphics Gems II,
       Academic Press 1991, 126-133. doi:10.1016/B978-0-08-050754-5.50035-9
    """
    checkpoint(0.0)
    return split_grid(fill_grid(colors, weights, bits_for(n_colors)), n_colors)


def split_grid(grid: Grid, n_colors: int) -> Colors:
    """Return the means of up to `n_colors` boxes of a grid, (K, 3) float32; K is smaller if its cells are fewer."""
    with work_buffer("cumulated", (*(cells + 1 for cells in grid.shape), 5), np.float64) as sums:
        sums[0], sums[:, 0], sums[:, :, 0] = 0.0, 0.0, 0.0
        _cumulate(grid.moments.reshape(*grid.shape, 5), sums)
        boxes, moments, error = np.zeros((n_colors, 6), np.int64), np.zeros((n_colors, 5)), np.zeros(n_colors)
        boxes[0, 1::2] = grid.shape
        used = _split_boxes(sums, boxes, moments, error)
    return (moments[:used, 1:4] / moments[:used, :1]).astype(np.float32)


@kernel
def _cumulate(moments, sums):  # type: ignore[no-untyped-def]
    # After this, sums[x, y, z] holds the moments of all cells below (x, y, z); where one of these is 0, it holds zeros.
    nx, ny, nz, _ = sums.shape
    area = np.empty(5 * nz)
    for x in range(1, nx):
        for i in range(5 * nz):
            area[i] = 0.0
        for y in range(1, ny):
            for m in range(5):
                line = 0.0
                for z in range(1, nz):
                    line += moments[x - 1, y - 1, z - 1, m]
                    area[m * nz + z] += line
                    sums[x, y, z, m] = sums[x - 1, y, z, m] + area[m * nz + z]


@inner_kernel
def _box_moments(sums, box, result):  # type: ignore[no-untyped-def]
    x0, x1, y0, y1, z0, z1 = box[0], box[1], box[2], box[3], box[4], box[5]
    for m in range(5):
        result[m] = (
            (sums[x1, y1, z1, m] - sums[x1, y1, z0, m])
            - (sums[x1, y0, z1, m] - sums[x1, y0, z0, m])
            - (sums[x0, y1, z1, m] - sums[x0, y1, z0, m])
            + (sums[x0, y0, z1, m] - sums[x0, y0, z0, m])
        )


@inner_kernel
def _measure_box(sums, box, moments):  # type: ignore[no-untyped-def]
    # Write the moments of a box; return its sum of squared distances to the mean.
    _box_moments(sums, box, moments)
    if moments[0] <= 0:
        return 0.0
    x, y, z = moments[1], moments[2], moments[3]
    return max(moments[4] - (x * x + y * y + z * z) / moments[0], 0.0)


@inner_kernel
def _best_plane(sums, box, whole, part, half):  # type: ignore[no-untyped-def]
    # The plane that leaves the least error in the two halves: the axis, and the cell index where it cuts.
    best, best_axis, best_cut = -1.0, -1, 0
    for axis in range(3):
        for side in range(6):
            half[side] = box[side]
        for cut in range(box[2 * axis] + 1, box[2 * axis + 1]):
            half[2 * axis + 1] = cut
            _box_moments(sums, half, part)
            weight = part[0]
            if weight <= 0:
                continue
            rest = whole[0] - weight
            if rest <= 0:
                break
            x, y, z = part[1], part[2], part[3]
            gain = (x * x + y * y + z * z) / weight
            x, y, z = whole[1] - x, whole[2] - y, whole[3] - z
            gain += (x * x + y * y + z * z) / rest
            if gain > best:
                best, best_axis, best_cut = gain, axis, cut
    return best_axis, best_cut


@kernel
def _split_boxes(sums, boxes, moments, error):  # type: ignore[no-untyped-def]
    # Split the first box, then that of the largest error, until there are as many as there is room for; return how
    # many there are.
    part, half = np.empty(5), np.empty(6, np.int64)  # not from the caller: LLVM knows that they overlap with nothing
    error[0] = _measure_box(sums, boxes[0], moments[0])
    used = 1
    while used < len(boxes):
        worst, most = 0, error[0]
        for box in range(1, used):
            if error[box] > most:
                worst, most = box, error[box]
        if most < 0:  # all boxes are single cells
            break
        axis, cut = _best_plane(sums, boxes[worst], moments[worst], part, half)
        if axis < 0:
            error[worst] = -1.0
            continue
        for side in range(6):  # a row copied at once would compile numba's check of shapes, for two seconds
            boxes[used, side] = boxes[worst, side]
        boxes[worst, 2 * axis + 1] = cut
        boxes[used, 2 * axis] = cut
        for box in (worst, used):
            error[box] = _measure_box(sums, boxes[box], moments[box])
        used += 1
    return used
