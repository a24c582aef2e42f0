"""Points on up to four axes, as colours with alpha have them: their nearest centres, and the sums of clusters."""

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import Colors, Labels, Weights, label_type

#: Points in one task, and those that one pass over the centres serves.
_BLOCK = 1 << 13
_STRIP = 256


def nearest_of_four(points: Colors, centers: Colors) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Return the index of the nearest centre of each point, the lowest on a tie, and its squared distance.

    Parameters
    ----------
    points : ndarray of shape (N, A), float32
        On 1 to 4 axes.
    centers : ndarray of shape (K, A), float32
        1 <= K <= 65,536.

    Returns
    -------
    labels : ndarray of shape (N,), uint8 or uint16
    distances : ndarray of shape (N,), float32
    """
    return nearest_in_columns(four_columns(points), np.ascontiguousarray(four_columns(centers).T))


def nearest_in_columns(columns: Colors, centers: Colors) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Return the same for points whose axes lie side by side, (4, N), and centres on four, (K, 4)."""
    count = columns.shape[1]
    labels, distances = np.empty(count, np.uint16), np.empty(count, np.float32)

    def task(start: int, stop: int) -> None:
        search_on_four(*columns[:, start:stop], centers, labels[start:stop], distances[start:stop])

    if count <= _BLOCK:
        task(0, count)
    else:
        map_blocks(task, count, _BLOCK)
    return labels.astype(label_type(len(centers)), copy=False), distances


def four_columns(points: Colors) -> Colors:
    """Return points (N, A) as columns, (4, N) float32, with zeros as the missing ones of four."""
    four = np.zeros((4, len(points)), np.float32)
    four[: points.shape[1]] = points.T
    return four


def weighted_rows(points: Colors, weights: Weights) -> npt.NDArray[np.float64]:
    """Return points (N, A) with zeros as the missing ones of four axes, and their weight at the end, (N, 5) float64."""
    rows = np.zeros((len(points), 5))
    rows[:, : points.shape[1]], rows[:, 4] = points, weights
    return rows


@kernel
def search_on_four(x, y, z, w, centers, labels, distances):  # type: ignore[no-untyped-def]
    """Write the nearest centre of points, whose axes are (N,) each, and its squared distance."""
    # The centres in the outer loop lets LLVM vectorise the inner one.
    best, index = np.empty(_STRIP, np.float32), np.empty(_STRIP, np.int32)
    bits = best.view(np.int32)  # see `search` of three axes
    for start in range(0, len(x), _STRIP):
        size = min(_STRIP, len(x) - start)
        xs, ys, zs, ws = (
            x[start : start + size],
            y[start : start + size],
            z[start : start + size],
            w[start : start + size],
        )
        best[:] = np.float32(np.inf)
        index[:] = 0
        for k in range(len(centers)):
            cx, cy, cz, cw = centers[k, 0], centers[k, 1], centers[k, 2], centers[k, 3]
            label = np.int32(k)
            for i in range(size):
                dx, dy, dz, dw = xs[i] - cx, ys[i] - cy, zs[i] - cz, ws[i] - cw
                distance = np.float32(dx * dx + dy * dy + dz * dz + dw * dw).view(np.int32)
                so_far = bits[i]
                bits[i] = min(so_far, distance)
                index[i] = label if distance < so_far else index[i]
        for i in range(size):
            labels[start + i] = index[i]
            distances[start + i] = best[i]


@kernel
def sum_on_four(columns, weights, labels, distances, sums):  # type: ignore[no-untyped-def]
    """Add the weight, weighted coordinates and weighted squared distances of points to their cluster's, (K, 6)."""
    for i in range(len(labels)):
        k, w = labels[i], np.float64(weights[i])
        sums[k, 0] += w
        for axis in range(4):
            sums[k, 1 + axis] += w * columns[axis, i]
        sums[k, 5] += w * distances[i]
