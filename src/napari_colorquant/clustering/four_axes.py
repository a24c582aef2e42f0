"""The nearest centre on up to four axes, and Lloyd's step there: for colours with alpha, which three do not hold."""

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.progress import checkpoint
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
    labels, distances = np.empty(len(points), label_type(len(centers))), np.empty(len(points), np.float32)
    columns, rows = _four_axes(points.T), _four_axes(centers.T).T

    def task(start: int, stop: int) -> None:
        _search(*columns[:, start:stop], np.ascontiguousarray(rows), labels[start:stop], distances[start:stop])

    map_blocks(task, len(points), _BLOCK)
    return labels, distances


def refine_on_four(
    points: Colors, weights: Weights, centers: Colors, iterations: int, *, n_fixed: int = 0, rest: float = 1e-3
) -> Colors:
    """Move centres to the means of their clusters, at most `iterations` times.

    Parameters
    ----------
    points, weights : ndarray of shape (N, A) and (N,), float32
    centers : ndarray of shape (K, A), float32
        Where to start; the first `n_fixed` never move.
    iterations : int
    n_fixed : int
    rest : float
        End when a step lowers the distortion by less than this share.

    Returns
    -------
    centers : ndarray of shape (K, A), float32
        Of clusters without points, the points that are served worst.
    """
    centers, before = centers.astype(np.float32), np.inf
    for _ in range(iterations):
        checkpoint()
        labels, distances = nearest_of_four(points, centers)
        costs = distances * weights
        error = float(costs.sum(dtype=np.float64))
        sums = np.bincount(labels, weights, minlength=len(centers))
        filled = np.flatnonzero(sums[n_fixed:] > 0) + n_fixed
        for axis in range(points.shape[1]):
            totals = np.bincount(labels, weights.astype(np.float64) * points[:, axis], minlength=len(centers))
            centers[filled, axis] = totals[filled] / sums[filled]
        empty = np.setdiff1d(np.arange(n_fixed, len(centers)), filled)
        if len(empty):
            worst = np.argsort(-costs, kind="stable")[: len(empty)]
            centers[empty[: len(worst)]] = points[worst]
        elif before - error <= rest * error:
            break
        before = error
    return centers


def _four_axes(columns: Colors) -> Colors:
    """Return columns, (A, N), with zeros as the missing ones of four."""
    four = np.zeros((4, columns.shape[1]), np.float32)
    four[: len(columns)] = columns
    return four


@kernel
def _search(x, y, z, w, centers, labels, distances):  # type: ignore[no-untyped-def]
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
