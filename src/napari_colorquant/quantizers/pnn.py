"""Pairwise nearest neighbours: merge the two clusters that cost least, again and again (Equitz 1989)."""

import heapq
from typing import Annotated

import numpy as np

from .._jit import kernel
from .._typing import Colors, Weights
from ..nearest import three_axes
from ..progress import checkpoint
from ._bins import coarsen
from ._distinct import complete, few_colors


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
    colors : ndarray of shape (N, A), float32
        Coordinates of the colours on 1 to 3 axes.
    weights : ndarray of shape (N,), float32
        Number of pixels of each colour, > 0.
    n_colors : int
        Number of palette colours wanted, 1 to 256.
    bits : int
        Fineness of the bins that are merged: about ``2 ** (3 * bits)`` cover the colours' box. One
        more lowers the error a little and takes about ten times as long.

    Returns
    -------
    palette : ndarray of shape (K, A), float32, K = min(n_colors, distinct colours)
        The mean of each cluster.

    References
    ----------
    .. [1] Equitz W. A new vector quantization clustering algorithm. IEEE Trans. ASSP 37(10), 1989.
       doi:10.1109/29.35395
    .. [2] Fränti P., Kaukoranta T. Fast implementation of the optimal PNN method. ICIP 1998.
       doi:10.1109/ICIP.1998.727119
    """
    if (few := few_colors(colors, n_colors)) is not None:
        return few
    bins = coarsen(colors, weights, bits)
    return complete(merge_to(bins.means, bins.weights, n_colors), colors, weights, n_colors)


def merge_to(colors: Colors, weights: Weights, n_colors: int) -> Colors:
    """Merge weighted points, at each step the pair that raises the distortion least, down to `n_colors`.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        Points on 1 to 3 axes; time grows with the square of N.
    weights : ndarray of shape (N,), float32
        Weight of each point, > 0.
    n_colors : int
        Number of points to keep, >= 1.

    Returns
    -------
    means : ndarray of shape (K, A), float32, K = min(n_colors, N)
        The weighted mean of the points in each cluster.
    """
    points = np.column_stack([three_axes(colors), weights]).astype(np.float64)
    start = len(points)
    while len(points) > n_colors:
        checkpoint((start - len(points)) / (start - n_colors))
        # In stages that halve the points: the dead are then cleared away, and somebody may ask for an end.
        _merge(points, len(points) - max(n_colors, len(points) // 2))
        points = points[points[:, 3] > 0]
    return np.ascontiguousarray(points[:, : colors.shape[1]], np.float32)


@kernel
def _merge(points, merges):  # type: ignore[no-untyped-def]
    """Merge `merges` pairs of `points` (x, y, z, weight) in place; the dead get weight 0.

    A point keeps its nearest partner among those after it. A merge can only raise the cost of any
    other pair, so a kept cost is a lower bound: it is found again only when it comes to the top.
    """
    count = len(points)
    x, y, z, weight = (points[:, 0].astype(np.float32), points[:, 1].astype(np.float32),
                       points[:, 2].astype(np.float32), points[:, 3].astype(np.float32))  # fmt: skip
    version = np.zeros(count, np.int64)
    partner = np.empty(count, np.int64)
    seen = np.empty(count, np.int64)  # the partner's version when it was found
    costs = np.empty(count, np.float32)
    queue = [(np.float32(np.inf), np.int64(-1))]
    for i in range(count - 1):
        partner[i] = _find_partner(i, x, y, z, weight, costs)
        seen[i] = 0
        queue.append((costs[partner[i]], np.int64(i)))
    heapq.heapify(queue)
    while merges > 0:
        _, i = heapq.heappop(queue)
        if points[i, 3] == 0:
            continue
        j = partner[i]
        if points[j, 3] > 0 and seen[i] == version[j]:
            total = points[i, 3] + points[j, 3]
            for axis in range(3):
                points[i, axis] = (points[i, axis] * points[i, 3] + points[j, axis] * points[j, 3]) / total
            points[i, 3], points[j, 3] = total, 0.0
            x[i], y[i], z[i], weight[i] = points[i, 0], points[i, 1], points[i, 2], total
            x[j] = np.float32(np.inf)  # infinitely far from now on
            version[i] += 1
            merges -= 1
        j = _find_partner(i, x, y, z, weight, costs)
        partner[i], seen[i] = j, version[j]
        heapq.heappush(queue, (costs[j], np.int64(i)))


@kernel
def _find_partner(i, x, y, z, weight, costs):  # type: ignore[no-untyped-def]
    # Two loops: the first vectorises, which the search for the smallest would prevent.
    xi, yi, zi, wi = x[i], y[i], z[i], weight[i]
    for j in range(i + 1, len(x)):
        dx, dy, dz = x[j] - xi, y[j] - yi, z[j] - zi
        costs[j] = (dx * dx + dy * dy + dz * dz) * (wi * weight[j] / (wi + weight[j]))
    best, least = i, np.float32(np.inf)
    for j in range(i + 1, len(x)):
        if costs[j] < least:
            best, least = j, costs[j]
    if best == i:
        costs[i] = np.float32(np.inf)
    return best
