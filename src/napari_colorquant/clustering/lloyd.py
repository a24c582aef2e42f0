"""Lloyd's step over clusters of weighted colours, exact and pruned.

Points are kept in runs that lie in small boxes, and these in groups. A box looks only at the palette
colours that can be nearest to a point in it; where that is a single one, the box's moments stand for
its points (Kanungo et al. 2002, with two levels instead of a tree).
"""

from __future__ import annotations  # of functions within functions, they would be worked out in every call

import numpy as np
import numpy.typing as npt

from .._runtime.jit import inner_kernel, kernel
from .._runtime.progress import checkpoint
from .._runtime.threads import map_blocks
from .._typing import Colors, Weights
from .complete import add_worst
from .nearest import find_candidates, three_axes
from .points import RUN, Points, side_of_runs

#: Points times colours that take less time than to ask another thread for help.
_SMALL = 1 << 19
_UNLABELLED = np.empty(0, np.int32)


def lloyd_step(points: Points, palette: Colors, labels: npt.NDArray[np.int32] = _UNLABELLED) -> npt.NDArray[np.float64]:
    """Return the moments of each palette colour's cluster.

    Parameters
    ----------
    points : Points
    palette : ndarray of shape (K, 3), float32
    labels : ndarray of shape (N,), int32, optional
        Is filled with the cluster of each point.

    Returns
    -------
    sums : ndarray of shape (K, 5), float64
        Weight, weighted coordinates, and weighted squared distances to the palette colour.
    """
    columns = np.ascontiguousarray(palette.T, np.float32)

    def task(start: int, stop: int) -> npt.NDArray[np.float64]:
        sums = np.zeros((len(palette), 5))
        for first, last in points.blocks[start:stop]:
            sum_clusters(*points.arrays, columns, first, last, sums, labels)
        return sums

    count = len(points.blocks)
    is_small = len(points.weights) * len(palette) < _SMALL
    first, *others = [task(i, i + 1) for i in range(count)] if is_small else map_blocks(task, count, 1)
    for sums in others:
        first += sums
    return first


def measure_distortion(points: Points, palette: Colors) -> float:
    """Return the sum of weighted squared distances to the nearest palette colours."""
    return float(lloyd_step(points, palette)[:, 4].sum())


def lloyd(
    points: Points, palette: Colors, iterations: int, *, n_fixed: int = 0, relaxation: float = 1.0, rest: float = 0.0
) -> Colors:
    """Move palette colours to the means of their clusters, again and again.

    Parameters
    ----------
    points : Points
    palette : ndarray of shape (K, 3), float32
    iterations : int
        At most so many steps.
    n_fixed : int
        The first so many palette colours stay where they are.
    relaxation : float
        How far to step towards the mean: 1 is Lloyd's step, up to 2 overshoots and so needs fewer
        steps. The last step is always plain.
    rest : float
        End when a step lowers the distortion by less than this share.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        Empty clusters are given to the worst-fitted colours.
    """
    palette = palette.astype(np.float32)
    before = np.inf
    last = iterations - 1
    for iteration in range(iterations):
        checkpoint()
        sums = lloyd_step(points, palette)
        error = float(sums[:, 4].sum())
        settled = before - error <= rest * error
        step = 1.0 if settled or iteration == last else relaxation
        palette = _moved(points, palette, sums, step, n_fixed)
        if settled:
            break
        before = error
    return palette


def refine(colors: Colors, weights: Weights, palette: Colors, n_fixed: int = 0, iterations: int = 3) -> Colors:
    """Improve a palette by Lloyd's steps over all colours, with some entries held fixed.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        Distinct colours on 1 to 3 axes.
    weights : ndarray of shape (N,), float32
    palette : ndarray of shape (K, A), float32
        Where to start.
    n_fixed : int
        The first so many entries never move.
    iterations : int
        Number of steps.

    Returns
    -------
    palette : ndarray of shape (K, A), float32
        In the order of the one given.
    """
    points = Points.from_colors(colors, weights, side_of_runs(len(palette)))
    moved = lloyd(points, three_axes(palette), iterations, n_fixed=n_fixed)
    return np.ascontiguousarray(moved[:, : colors.shape[1]])


def _moved(points: Points, palette: Colors, sums: npt.NDArray[np.float64], step: float, n_fixed: int) -> Colors:
    palette = palette.copy()
    if move(palette, sums, step, n_fixed):
        empty = np.flatnonzero(sums[n_fixed:, 0] <= 0) + n_fixed
        others = np.delete(palette, empty, axis=0)
        added = add_worst(others, points.colors, points.weights, len(palette))[len(others) :]
        palette[empty[: len(added)]] = added
    return palette


@kernel
def move(palette, sums, step, n_fixed):  # type: ignore[no-untyped-def]
    """Move palette colours (K, 3) by `step` times the way to their clusters' means; return how many have none.

    The first `n_fixed` stay.
    """
    empty = 0
    for k in range(n_fixed, len(palette)):
        if sums[k, 0] > 0:
            for axis in range(3):
                here = np.float64(palette[k, axis])
                palette[k, axis] = here + step * (sums[k, 1 + axis] / sums[k, 0] - here)
        else:
            empty += 1
    return empty


@inner_kernel
def _add_whole(moments, k, x, y, z, sums):  # type: ignore[no-untyped-def]
    w, sx, sy, sz = moments[0], moments[1], moments[2], moments[3]
    cx, cy, cz = np.float64(x), np.float64(y), np.float64(z)
    sums[k, 0] += w
    sums[k, 1] += sx
    sums[k, 2] += sy
    sums[k, 3] += sz
    sums[k, 4] += max(moments[4] + w * (cx * cx + cy * cy + cz * cz) - 2 * (cx * sx + cy * sy + cz * sz), 0.0)


@inner_kernel
def _set_labels(labels, start, stop, label):  # type: ignore[no-untyped-def]
    for i in range(start, stop):  # to set a slice at once takes longer to compile
        labels[i] = label


@kernel
def sum_clusters(  # type: ignore[no-untyped-def]
    colors, weights, spans, boxes, moments, groups, group_boxes, group_moments, palette, first, last, sums, labels
):
    """Add the moments of the points of groups `first` to `last` to the clusters of a palette (3, K).

    Also writes their labels, if `labels` is not empty.
    """
    labelled = len(labels) > 0
    count = palette.shape[1]
    px, py, pz = palette[0], palette[1], palette[2]
    squares, excess = np.empty(count + 7, np.float32), np.empty(count + 7, np.float32)
    near, chosen = np.empty(count + 1, np.int64), np.empty(count + 1, np.int64)
    qx, qy, qz = np.empty(count, np.float32), np.empty(count, np.float32), np.empty(count, np.float32)
    x, y, z = np.empty(RUN, np.float32), np.empty(RUN, np.float32), np.empty(RUN, np.float32)
    best, index = np.empty(RUN, np.float32), np.empty(RUN, np.int32)
    bits = best.view(np.int32)  # as in `search`, which takes longer to call than many a run to go through
    for group in range(first, last):
        nearby = find_candidates(group_boxes[group], px, py, pz, count, squares, excess, near)
        if nearby == 1:
            k = near[0]
            _add_whole(group_moments[group], k, px[k], py[k], pz[k], sums)
            if labelled:
                for run in range(groups[group, 0], groups[group, 1]):
                    _set_labels(labels, spans[run, 0], spans[run, 1], k)
            continue
        for place in range(nearby):
            k = near[place]
            qx[place], qy[place], qz[place] = px[k], py[k], pz[k]
        for run in range(groups[group, 0], groups[group, 1]):
            used = find_candidates(boxes[run], qx, qy, qz, nearby, squares, excess, chosen)
            if used == 1:
                place = chosen[0]
                _add_whole(moments[run], near[place], qx[place], qy[place], qz[place], sums)
                if labelled:
                    _set_labels(labels, spans[run, 0], spans[run, 1], near[place])
                continue
            start = spans[run, 0]
            size = spans[run, 1] - start
            for i in range(size):
                x[i] = colors[start + i, 0]
                y[i] = colors[start + i, 1]
                z[i] = colors[start + i, 2]
                best[i] = np.float32(np.inf)
                index[i] = 0
            for place in range(used):
                candidate = chosen[place]
                cx, cy, cz = qx[candidate], qy[candidate], qz[candidate]
                label = np.int32(near[candidate])
                for i in range(size):
                    dx = x[i] - cx
                    dy = y[i] - cy
                    dz = z[i] - cz
                    distance = np.float32(dx * dx + dy * dy + dz * dz).view(np.int32)
                    so_far = bits[i]
                    bits[i] = min(so_far, distance)
                    index[i] = label if distance < so_far else index[i]
            for i in range(size):
                k = index[i]
                weight = np.float64(weights[start + i])
                sums[k, 0] += weight
                sums[k, 1] += weight * x[i]
                sums[k, 2] += weight * y[i]
                sums[k, 3] += weight * z[i]
                sums[k, 4] += weight * best[i]
            if labelled:
                for i in range(size):
                    labels[start + i] = index[i]
