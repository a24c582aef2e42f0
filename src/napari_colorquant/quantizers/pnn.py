"""Pairwise nearest neighbours: merge the two clusters that cost least, again and again (Equitz 1989)."""

import heapq
from typing import Annotated

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.bins import fill_bins
from ..clustering.four_axes import weighted_rows
from ..clustering.ward import find_partner

#: So many bins are enough for any number of colours: time grows with the square of their number.
_ENOUGH = 1 << 14


def pnn(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    bits: Annotated[int, {"min": 3, "max": 6}] = 5,
) -> Colors:
    """Merge the two clusters whose union costs least, until there are few enough.

    Parameters
    ----------
    bits : int
        Fineness of the bins that are merged: about ``2 ** (3 * bits)`` cover the colours' box. One
        more takes about ten times as long and seldom lowers the error. Finer ones are taken where
        fewer than 16 bins for a palette colour are filled.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        The mean of each cluster.

    References
    ----------
    .. [1] Equitz W. A new vector quantization clustering algorithm. IEEE Trans. ASSP 37(10), 1989.
       doi:10.1109/29.35395
    .. [2] Fränti P., Kaukoranta T. Fast implementation of the optimal PNN method. ICIP 1998.
       doi:10.1109/ICIP.1998.727119
    """
    bins = fill_bins(colors, weights, bits, least=max(2 * n_colors, min(16 * n_colors, _ENOUGH)))
    return merge_to(bins.means, bins.weights, n_colors)


def merge_to(colors: Colors, weights: Weights, n_colors: int) -> Colors:
    """Merge weighted points, at each step the pair that raises the distortion least, down to `n_colors`.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        Points on 1 to 4 axes; time grows with the square of N.
    weights : ndarray of shape (N,), float32
        Weight of each point, > 0.
    n_colors : int
        Number of points to keep, >= 1.

    Returns
    -------
    means : ndarray of shape (K, A), float32, K = min(n_colors, N)
        The weighted mean of the points in each cluster.
    """
    merged = merge_rows(weighted_rows(colors, weights), n_colors)
    return np.ascontiguousarray(merged[:, : colors.shape[1]], np.float32)


def merge_rows(rows: npt.NDArray[np.float64], n_colors: int) -> npt.NDArray[np.float64]:
    """Return the same, (K, 5), of `weighted_rows`, (N, 5), which do not stay as they are."""
    start = len(rows)
    while len(rows) > n_colors:
        checkpoint((start - len(rows)) / (start - n_colors))
        # In stages that halve the points: the merged points are then removed, and the work may be cancelled.
        _merge(rows, len(rows) - max(n_colors, len(rows) // 2))
        rows = rows[rows[:, 4] > 0]
    return rows


@kernel
def _merge(points, merges):  # type: ignore[no-untyped-def]
    """Merge `merges` pairs of `points` (x, y, z, a, weight) in place; the dead get weight 0.

    A point keeps its nearest partner among those after it. A merge can only raise the cost of any
    other pair, so a kept cost is a lower bound: it is found again only when it comes to the top.
    """
    count = len(points)
    x, y, z, a, weight = (points[:, 0].astype(np.float32), points[:, 1].astype(np.float32),
                          points[:, 2].astype(np.float32), points[:, 3].astype(np.float32),
                          points[:, 4].astype(np.float32))  # fmt: skip
    version = np.zeros(count, np.int64)
    partner = np.empty(count, np.int64)
    seen = np.empty(count, np.int64)  # the partner's version when it was found
    costs = np.empty(count, np.float32)
    queue = [(np.float32(np.inf), np.int64(-1))]
    for i in np.arange(count - 1):
        partner[i] = find_partner(i, x, y, z, a, weight, costs)
        seen[i] = 0
        queue.append((costs[i], np.int64(i)))
    heapq.heapify(queue)
    while merges > 0:
        i = heapq.heappop(queue)[1]
        if points[i, 4] == 0:
            continue
        j = partner[i]
        if points[j, 4] > 0 and seen[i] == version[j]:
            total = points[i, 4] + points[j, 4]
            for axis in range(4):
                points[i, axis] = (points[i, axis] * points[i, 4] + points[j, axis] * points[j, 4]) / total
            points[i, 4], points[j, 4] = total, 0.0
            x[i], y[i], z[i], a[i], weight[i] = points[i, 0], points[i, 1], points[i, 2], points[i, 3], total
            x[j] = np.float32(np.inf)  # infinitely far from now on
            version[i] += 1
            merges -= 1
        j = find_partner(i, x, y, z, a, weight, costs)
        partner[i], seen[i] = j, version[j]
        heapq.heappush(queue, (costs[i], np.int64(i)))
