"""PCA bipartition: split the worst cluster across its principal axis, again and again (Orchard, Bouman 1991)."""

import numpy as np

from .._runtime.jit import inner_kernel, kernel
from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.exchange import principal_axis
from ..clustering.points import Points, coarsen


def pca(colors: Colors, weights: Weights, n_colors: int, /) -> Colors:
    """Binary splitting along principal axes: a little better than Wu's boxes, a little slower.

    The cluster with the largest sum of squared distances to its mean is cut across its principal
    axis, where that lowers the sum most. The work is done on the means of small boxes of colours.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        Weighted means of the clusters.

    References
    ----------
    .. [1] Orchard M., Bouman C. Color quantization of images. IEEE Trans. Signal Process. 39(12), 1991.
       doi:10.1109/78.107417
    """
    checkpoint(0.0)
    coarse = coarsen(Points.from_colors(colors, weights), n_colors)
    return split_clusters(coarse.colors, coarse.weights, n_colors)


def split_clusters(colors: Colors, weights: Weights, n_colors: int) -> Colors:
    """Return the means of up to `n_colors` clusters.

    Parameters
    ----------
    colors : ndarray of shape (N, 3), float32
    weights : ndarray of shape (N,), float32
    n_colors : int

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        K is smaller than `n_colors` if there are not so many distinct colours.
    """
    palette = np.empty((n_colors, 3), np.float32)
    points = np.column_stack([colors, weights]).astype(np.float64)
    used = _split(points, np.empty_like(points), palette)
    return palette[:used]


@inner_kernel
def _measure(points, start, stop, mean, spread):  # type: ignore[no-untyped-def]
    # The weight of a cluster; its mean and its sums of squares about it go into the arguments.
    weight, sx, sy, sz = 0.0, 0.0, 0.0, 0.0
    for i in range(start, stop):
        w = points[i, 3]
        weight += w
        sx += w * points[i, 0]
        sy += w * points[i, 1]
        sz += w * points[i, 2]
    mean[0], mean[1], mean[2] = sx / weight, sy / weight, sz / weight
    spread[:] = 0.0
    for i in range(start, stop):
        x, y, z, w = points[i, 0] - mean[0], points[i, 1] - mean[1], points[i, 2] - mean[2], points[i, 3]
        spread[0] += w * x * x
        spread[1] += w * y * y
        spread[2] += w * z * z
        spread[3] += w * x * y
        spread[4] += w * x * z
        spread[5] += w * y * z
    return weight


@inner_kernel
def _best_cut(points, start, stop, mean, axis, slots):  # type: ignore[no-untyped-def]
    # Where along the axis a cut lowers the squared distances along it most, to 1/256 of the range.
    low, high = np.inf, -np.inf
    for i in range(start, stop):
        place = (points[i, 0] - mean[0]) * axis[0]
        place += (points[i, 1] - mean[1]) * axis[1] + (points[i, 2] - mean[2]) * axis[2]
        low, high = min(low, place), max(high, place)
    slots[:] = 0.0
    count = len(slots)
    scale = count / (high - low) if high > low else 0.0
    total = 0.0
    for i in range(start, stop):
        place = (points[i, 0] - mean[0]) * axis[0]
        place += (points[i, 1] - mean[1]) * axis[1] + (points[i, 2] - mean[2]) * axis[2]
        slot = min(int((place - low) * scale), count - 1)
        slots[slot, 0] += points[i, 3]
        slots[slot, 1] += points[i, 3] * place
        total += points[i, 3]
    weight, moment, best, cut = 0.0, 0.0, -1.0, 0
    for slot in range(count - 1):
        weight += slots[slot, 0]
        moment += slots[slot, 1]
        # The whole cluster's moment about its mean is 0, so the two halves' moments are opposite.
        gain = moment * moment / weight + moment * moment / (total - weight) if 0 < weight < total else 0.0
        if gain > best:
            best, cut = gain, slot
    return low, scale, cut


@inner_kernel
def _partition(points, scratch, start, stop, mean, axis, low, scale, cut, last):  # type: ignore[no-untyped-def]
    # Keep the order within both halves, so that neighbours stay neighbours.
    left, right = start, start
    for i in range(start, stop):
        place = (points[i, 0] - mean[0]) * axis[0]
        place += (points[i, 1] - mean[1]) * axis[1] + (points[i, 2] - mean[2]) * axis[2]
        if min(int((place - low) * scale), last) <= cut:
            points[left] = points[i]
            left += 1
        else:
            scratch[right] = points[i]
            right += 1
    points[left:stop] = scratch[start:right]
    return left


@kernel
def _split(points, scratch, palette):  # type: ignore[no-untyped-def]
    count = len(palette)
    spans, means, spreads = np.zeros((count, 2), np.int64), np.zeros((count, 3)), np.zeros((count, 6))
    error, slots, axis = np.zeros(count), np.zeros((256, 2)), np.zeros(3)
    spans[0, 1] = len(points)
    _measure(points, 0, len(points), means[0], spreads[0])
    error[0] = spreads[0, 0] + spreads[0, 1] + spreads[0, 2]
    used = 1
    while used < count:
        worst = np.argmax(error[:used])
        if error[worst] <= 0:
            break
        x, y, z = principal_axis(spreads[worst])
        length = max(np.sqrt(x * x + y * y + z * z), 1e-300)
        axis[0], axis[1], axis[2] = x / length, y / length, z / length
        start, stop = spans[worst, 0], spans[worst, 1]
        low, scale, cut = _best_cut(points, start, stop, means[worst], axis, slots)
        middle = _partition(points, scratch, start, stop, means[worst], axis, low, scale, cut, len(slots) - 1)
        if middle in (start, stop):
            error[worst] = 0.0
            continue
        spans[worst, 1], spans[used, 0], spans[used, 1] = middle, middle, stop
        for cluster in (worst, used):
            _measure(points, spans[cluster, 0], spans[cluster, 1], means[cluster], spreads[cluster])
            error[cluster] = spreads[cluster, 0] + spreads[cluster, 1] + spreads[cluster, 2]
        used += 1
    for k in range(used):
        for j in range(3):
            palette[k, j] = means[k, j]
    return used
