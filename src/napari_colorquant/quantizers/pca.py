"""PCA bipartition: split the worst cluster across its principal axis, again and again (Orchard, Bouman 1991)."""

import numpy as np
import numpy.typing as npt

from .._runtime.jit import inner_kernel, kernel
from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.four_axes import weighted_rows
from ..clustering.points import Points, coarsen
from ..clustering.settle_on_four import find_longest

#: A cut is found to so many parts of a cluster's length; of one of few points, to so many for each.
_SLOTS, _FEWEST_SLOTS, _EACH = 256, 16, 4


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
    colors : ndarray of shape (N, A), float32
        On 1 to 4 axes.
    weights : ndarray of shape (N,), float32
    n_colors : int

    Returns
    -------
    palette : ndarray of shape (K, A), float32
        K is smaller than `n_colors` if there are not so many distinct colours.
    """
    found = split_rows(weighted_rows(colors, weights), n_colors)
    return np.ascontiguousarray(found[:, : colors.shape[1]], np.float32)


def split_rows(rows: npt.NDArray[np.float64], n_colors: int) -> npt.NDArray[np.float64]:
    """Return the same, (K, 5), of `weighted_rows`, (N, 5), which are put in another order."""
    found = np.empty((n_colors, 5))
    return found[: _split(rows, np.empty_like(rows), found)]


@inner_kernel
def _measure(points, start, stop, mean, spread):  # type: ignore[no-untyped-def]
    # The squared distances of a cluster to its mean; that, its weight, and its sums of squares about it go into the
    # arguments.
    weight, sx, sy, sz, sa = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(start, stop):
        w = points[i, 4]
        weight += w
        sx += w * points[i, 0]
        sy += w * points[i, 1]
        sz += w * points[i, 2]
        sa += w * points[i, 3]
    mean[0], mean[1], mean[2], mean[3], mean[4] = sx / weight, sy / weight, sz / weight, sa / weight, weight
    xx, yy, zz, aa, xy, xz, xa, yz, ya, za = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(start, stop):
        w = points[i, 4]
        x, y, z, a = points[i, 0] - mean[0], points[i, 1] - mean[1], points[i, 2] - mean[2], points[i, 3] - mean[3]
        wx, wy, wz = w * x, w * y, w * z
        xx += wx * x
        xy += wx * y
        xz += wx * z
        xa += wx * a
        yy += wy * y
        yz += wy * z
        ya += wy * a
        zz += wz * z
        za += wz * a
        aa += w * a * a
    spread[0, 0], spread[0, 1], spread[0, 2], spread[0, 3] = xx, xy, xz, xa
    spread[1, 1], spread[1, 2], spread[1, 3] = yy, yz, ya
    spread[2, 2], spread[2, 3], spread[3, 3] = zz, za, aa
    return xx + yy + zz + aa


@inner_kernel
def _find_places(points, start, stop, mean, axis, places):  # type: ignore[no-untyped-def]
    # Where along the axis each point of a cluster lies; the lowest and the highest of these places.
    low, high = np.inf, -np.inf
    for i in range(start, stop):
        place = (points[i, 0] - mean[0]) * axis[0] + (points[i, 1] - mean[1]) * axis[1]
        place += (points[i, 2] - mean[2]) * axis[2] + (points[i, 3] - mean[3]) * axis[3]
        places[i] = place
        low, high = min(low, place), max(high, place)
    return low, high


@inner_kernel
def _best_cut(points, start, stop, places, low, scale, slots):  # type: ignore[no-untyped-def]
    # After which slot along the axis a cut lowers the squared distances along it most.
    slots[:] = 0.0
    count = len(slots)
    total = 0.0
    for i in range(start, stop):
        slot = min(int((places[i] - low) * scale), count - 1)
        slots[slot, 0] += points[i, 4]
        slots[slot, 1] += points[i, 4] * places[i]
        total += points[i, 4]
    weight, moment, best, cut = 0.0, 0.0, -1.0, 0
    for slot in range(count - 1):
        weight += slots[slot, 0]
        moment += slots[slot, 1]
        # The whole cluster's moment about its mean is 0, so the two halves' moments are opposite.
        gain = moment * moment / weight + moment * moment / (total - weight) if 0 < weight < total else 0.0
        if gain > best:
            best, cut = gain, slot
    return cut


@inner_kernel
def _partition(points, scratch, start, stop, places, low, scale, cut, last):  # type: ignore[no-untyped-def]
    # Keep the order within both halves, so that neighbours stay neighbours.
    left, right = start, start
    for i in range(start, stop):
        if min(int((places[i] - low) * scale), last) <= cut:
            for column in range(5):
                points[left, column] = points[i, column]
            left += 1
        else:
            for column in range(5):
                scratch[right, column] = points[i, column]
            right += 1
    for i in range(start, right):
        for column in range(5):
            points[left + i - start, column] = scratch[i, column]
    return left


@kernel
def _split(points, scratch, found):  # type: ignore[no-untyped-def]
    count = len(found)
    spans, means, spreads = np.zeros((count, 2), np.int64), np.zeros((count, 5)), np.zeros((count, 4, 4))
    error, slots, axis, places = np.zeros(count), np.zeros((_SLOTS, 2)), np.zeros(4), np.empty(len(points))
    spans[0, 1] = len(points)
    error[0] = _measure(points, 0, len(points), means[0], spreads[0])
    used = 1
    while used < count:
        worst = np.argmax(error[:used])
        if error[worst] <= 0:
            break
        find_longest(spreads[worst], axis)
        length = max(np.sqrt(axis[0] ** 2 + axis[1] ** 2 + axis[2] ** 2 + axis[3] ** 2), 1e-300)
        for i in range(4):
            axis[i] /= length
        start, stop = spans[worst, 0], spans[worst, 1]
        low, high = _find_places(points, start, stop, means[worst], axis, places)
        size = min(_SLOTS, max(_FEWEST_SLOTS, _EACH * (stop - start)))
        scale = size / (high - low) if high > low else 0.0
        cut = _best_cut(points, start, stop, places, low, scale, slots[:size])
        middle = _partition(points, scratch, start, stop, places, low, scale, cut, size - 1)
        if middle in (start, stop):
            error[worst] = 0.0
            continue
        spans[worst, 1], spans[used, 0], spans[used, 1] = middle, middle, stop
        for cluster in (worst, used):
            start, stop = spans[cluster, 0], spans[cluster, 1]
            error[cluster] = _measure(points, start, stop, means[cluster], spreads[cluster])
        used += 1
    for k in range(used):
        for column in range(5):
            found[k, column] = means[k, column]
    return used
