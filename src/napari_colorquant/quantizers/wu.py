"""Wu's quantizer: split the box of largest variance where that helps most, on cumulative moments (Wu 1991)."""

import numpy as np

from .._runtime.buffers import work_buffer
from .._runtime.jit import kernel
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
    palette = np.empty((n_colors, 3), np.float32)
    with work_buffer("cumulated", (*(cells + 1 for cells in grid.shape), 5), np.float64) as sums:
        sums[0], sums[:, 0], sums[:, :, 0] = 0.0, 0.0, 0.0
        _cumulate(grid.moments.reshape(*grid.shape, 5), sums)
        used = _split_boxes(sums, palette)
    return palette[:used]


@kernel
def _cumulate(moments, sums):  # type: ignore[no-untyped-def]
    # After this, sums[x, y, z] holds the moments of all cells below (x, y, z); where one of these is 0, it holds zeros.
    nx, ny, nz, _ = sums.shape
    area = np.empty((nz, 5))
    for x in range(1, nx):
        area[:] = 0.0
        for y in range(1, ny):
            for m in range(5):
                line = 0.0
                for z in range(1, nz):
                    line += moments[x - 1, y - 1, z - 1, m]
                    area[z, m] += line
                    sums[x, y, z, m] = sums[x - 1, y, z, m] + area[z, m]


@kernel
def _moment(sums, x0, x1, y0, y1, z0, z1, m):  # type: ignore[no-untyped-def]
    return (
        (sums[x1, y1, z1, m] - sums[x1, y1, z0, m])
        - (sums[x1, y0, z1, m] - sums[x1, y0, z0, m])
        - (sums[x0, y1, z1, m] - sums[x0, y1, z0, m])
        + (sums[x0, y0, z1, m] - sums[x0, y0, z0, m])
    )


@kernel
def _box_moments(sums, box, result):  # type: ignore[no-untyped-def]
    for m in range(5):
        result[m] = _moment(sums, box[0], box[1], box[2], box[3], box[4], box[5], m)


@kernel
def _error(moments):  # type: ignore[no-untyped-def]
    if moments[0] <= 0:
        return 0.0
    x, y, z = moments[1], moments[2], moments[3]
    return max(moments[4] - (x * x + y * y + z * z) / moments[0], 0.0)


@kernel
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
def _split_boxes(sums, palette):  # type: ignore[no-untyped-def]
    count = len(palette)
    boxes = np.zeros((count, 6), np.int64)
    moments, error = np.zeros((count, 5)), np.zeros(count)
    part, half = np.empty(5), np.empty(6, np.int64)
    for axis in range(3):
        boxes[0, 2 * axis + 1] = sums.shape[axis] - 1
    _box_moments(sums, boxes[0], moments[0])
    error[0] = _error(moments[0])
    used = 1
    while used < count:
        worst = np.argmax(error[:used])
        if error[worst] < 0:  # all boxes are single cells
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
            _box_moments(sums, boxes[box], moments[box])
            error[box] = _error(moments[box])
        used += 1
    for k in range(used):
        for axis in range(3):
            palette[k, axis] = moments[k, 1 + axis] / moments[k, 0]
    return used
