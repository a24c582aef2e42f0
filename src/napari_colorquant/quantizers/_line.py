"""The palette of lowest error for colours along a line, grays above all: the case in which it can be found exactly."""

import numpy as np
import numpy.typing as npt

from .._runtime.jit import inner_kernel, kernel
from .._typing import Colors, Weights
from ..clustering.lloyd import refine
from ..clustering.refine_on_four import refine_on_four

#: Colours lie along a line if none is farther from it than this share of its length.
_THIN = 1e-4
#: So many colours are looked at before all are.
_GLANCE = 64
#: More places along the line are gathered in as many equal parts, if these are so many times the palette colours.
_MOST, _TIMES = 1 << 10, 4
#: Steps over all colours that end it then, on four axes.
_STEPS = 4


def divide_line(colors: Colors, weights: Weights, n_colors: int) -> Colors | None:
    """Return the means of the clusters whose squared error is the lowest that there is.

    Along a line each cluster is a stretch, so all divisions can be compared, by dynamic programming in which the
    bounds of a stretch only ever move one way. Of more than 1,024 different colours this is done for as many equal
    parts of the line; steps over all colours end it.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        On 3 or 4 axes.
    weights : ndarray of shape (N,), float32
    n_colors : int

    Returns
    -------
    palette : ndarray of shape (n_colors, A), float32, or None
        In the order of the line. None where colours lie along no line, or are too few or too many for this.

    References
    ----------
    .. [1] Wu X. Optimal quantization by matrix searching. J. Algorithms 12(4), 1991, 663-673.
       doi:10.1016/0196-6774(91)90039-2
    .. [2] Wang H., Song M. Ckmeans.1d.dp: optimal k-means clustering in one dimension by dynamic programming.
       The R Journal 3(2), 2011, 29-33. doi:10.32614/RJ-2011-015
    """
    places = np.empty(len(colors))
    if not all(_project(np.ascontiguousarray(colors[::step]), places) for step in (max(1, len(colors) // _GLANCE), 1)):
        return None
    is_rough = len(colors) > _MOST
    index = _number_parts(places) if is_rough else np.unique(places, return_inverse=True)[1]
    pixels = np.bincount(index, weights)
    if len(pixels) <= n_colors or (is_rough and len(pixels) < _TIMES * n_colors):
        return None
    means = np.bincount(index, weights * places) / pixels
    stretches = _find_stretches(means, pixels, n_colors)
    palette = np.empty((n_colors, colors.shape[1]), np.float32)
    _find_means(colors, weights, index, stretches, palette)
    if not is_rough:
        return palette
    return refine(colors, weights, palette) if colors.shape[1] < 4 else refine_on_four(colors, weights, palette, _STEPS)


@kernel
def _project(colors, places):  # type: ignore[no-untyped-def]
    # Write where colours lie along the line from the first to the farthest from it; False if one lies beside it.
    farthest, length = 0, 0.0
    for i in range(len(colors)):
        square = 0.0
        for axis in range(colors.shape[1]):
            square += (np.float64(colors[i, axis]) - colors[0, axis]) ** 2
        if square > length:
            farthest, length = i, square
    length = np.sqrt(length)
    for i in range(len(colors)):
        square, places[i] = 0.0, 0.0
        for axis in range(colors.shape[1]):
            away = np.float64(colors[i, axis]) - colors[0, axis]
            square += away * away
            places[i] += away * (np.float64(colors[farthest, axis]) - colors[0, axis]) / length
        if square - places[i] ** 2 > (_THIN * length) ** 2:
            return False
    return length > 0


def _number_parts(places: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return which of `_MOST` equal parts of the line each place is in, (N,), counting those that are not empty."""
    low, high = places.min(), places.max()
    parts = np.minimum((places - low) * (_MOST / (high - low)), _MOST - 1).astype(np.int64)
    numbers = np.cumsum(np.bincount(parts) > 0) - 1
    index: npt.NDArray[np.int64] = numbers[parts]
    return index


@kernel
def _find_means(colors, weights, index, stretches, palette):  # type: ignore[no-untyped-def]
    # The mean of each cluster; `index` says which place of the line a colour has, a stretch ends where the next begins.
    count, axes = palette.shape
    sums, totals, cluster = np.zeros((count, axes)), np.zeros(count), np.zeros(stretches[count], np.int64)
    for k in range(count):
        cluster[stretches[k] : stretches[k + 1]] = k
    for i in range(len(colors)):
        k = cluster[index[i]]
        totals[k] += weights[i]
        for axis in range(axes):
            sums[k, axis] += np.float64(weights[i]) * colors[i, axis]
    for k in range(count):
        for axis in range(axes):
            palette[k, axis] = sums[k, axis] / totals[k]


@kernel
def _find_stretches(places, weights, count):  # type: ignore[no-untyped-def]
    # The first place of each of `count` stretches of sorted places, and the number of places.
    size = len(places)
    middle, total = 0.0, 0.0
    for i in range(size):
        middle += places[i] * weights[i]
        total += weights[i]
    middle /= total
    sums = np.zeros((3, size + 1))
    for i in range(size):
        away = places[i] - middle
        sums[0, i + 1] = sums[0, i] + weights[i]
        sums[1, i + 1] = sums[1, i] + weights[i] * away
        sums[2, i + 1] = sums[2, i] + weights[i] * away * away
    starts, bounds = np.zeros((count + 1, size + 1), np.uint16), np.empty(count + 1, np.int64)
    _divide(sums, np.full((2, size + 1), np.inf), starts)
    bounds[count] = size
    for k in range(count, 0, -1):
        bounds[k - 1] = starts[k, bounds[k]]
    return bounds


@inner_kernel
def _divide(sums, costs, starts):  # type: ignore[no-untyped-def]
    # starts[k, i] is where the last of k stretches of the first i places begins; costs, of two rows in turn, is what
    # they cost, at first infinite. A start lies between that of one stretch less and that of one place more.
    size = starts.shape[1] - 1
    costs[0, 0] = 0.0
    for k in range(1, len(starts)):
        before, now = costs[(k - 1) & 1], costs[k & 1]
        last = size - 1
        for i in range(size, k - 1, -1):
            best, start = np.inf, k - 1
            for j in range(max(int(starts[k - 1, i]), k - 1), min(last, i - 1) + 1):
                weight, moment = sums[0, i] - sums[0, j], sums[1, i] - sums[1, j]
                cost = before[j] + max(sums[2, i] - sums[2, j] - moment * moment / weight, 0.0)
                if cost < best:
                    best, start = cost, j
            now[i], starts[k, i] = best, start
            last = start
