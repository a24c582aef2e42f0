"""Clusters of weighted colours: Lloyd's step, exact and pruned, and what all k-means methods share.

Points are kept in runs that lie in small boxes. A run looks only at the palette colours that can be
nearest to a point of its box; where that is a single one, the run's moments stand for its points
(Kanungo et al. 2002, with one level instead of a tree).
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from .._jit import kernel
from .._typing import Colors, Weights
from ..nearest import nearest_with_distance, three_axes
from ..progress import checkpoint
from ..threads import map_blocks

#: A run's box is at most this share of the colours' largest extent: just above 5 bits, whose cells the
#: colours of an image come sorted by.
_BOX = 1.06 / 32
#: Points in a run: what the kernels' scratch arrays hold.
_RUN = 256
#: Points in one task; fixed, so that sums come out the same on any number of threads.
_BLOCK = 1 << 15


@dataclass(frozen=True, eq=False)
class Points:
    """Weighted colours in runs of near ones, with each run's box and moments.

    Attributes
    ----------
    axes : ndarray of shape (3, N), float32
        The coordinates, axis by axis; missing axes are zeros.
    weights : ndarray of shape (N,), float32
    starts : ndarray of shape (R + 1,), int64
        Where the runs start.
    boxes : ndarray of shape (R, 6), float32
        Middle and half extent of each run's box.
    moments : ndarray of shape (R, 5), float64
        Weight, weighted coordinates and weighted squares of each run.
    blocks : tuple of (first run, last run)
        What one task works on.
    """

    axes: npt.NDArray[np.float32]
    weights: Weights
    starts: npt.NDArray[np.int64]
    boxes: npt.NDArray[np.float32]
    moments: npt.NDArray[np.float64]
    blocks: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, colors: Colors, weights: Weights) -> "Points":
        """Return the points of colours (N, A), in their order."""
        colors, weights = three_axes(colors), np.ascontiguousarray(weights, np.float32)
        limit = np.float32(_BOX * float(np.max(colors.max(axis=0) - colors.min(axis=0))))
        axes = np.empty((3, len(colors)), np.float32)

        def task(start: int, stop: int) -> tuple[npt.NDArray[Any], ...]:
            most = stop - start
            ends, boxes, moments = np.empty(most, np.int64), np.empty((most, 6), np.float32), np.empty((most, 5))
            used = _find_runs(colors[start:stop], weights[start:stop], limit, axes[:, start:stop], ends, boxes, moments)
            return ends[:used] + start, boxes[:used], moments[:used]

        parts = map_blocks(task, len(colors), _BLOCK)
        ends, boxes, moments = (np.concatenate(column) for column in zip(*parts, strict=True))
        edges = np.cumsum([0, *(len(part[0]) for part in parts)]).tolist()
        starts = np.concatenate([[0], ends]).astype(np.int64)
        return cls(axes, weights, starts, boxes, moments, tuple(pairwise(edges)))


def lloyd_step(points: Points, palette: Colors) -> npt.NDArray[np.float64]:
    """Return the moments of each palette colour's cluster.

    Parameters
    ----------
    points : Points
    palette : ndarray of shape (K, 3), float32

    Returns
    -------
    sums : ndarray of shape (K, 5), float64
        Weight, weighted coordinates, and weighted squared distances to the palette colour.
    """
    columns = np.ascontiguousarray(palette.T, np.float32)

    def task(start: int, stop: int) -> npt.NDArray[np.float64]:
        sums = np.zeros((len(palette), 5))
        for block in range(start, stop):
            first, last = points.blocks[block]
            _sum_clusters(points.axes, points.weights, points.starts, points.boxes, points.moments,
                          columns, first, last, sums)  # fmt: skip
        return sums

    first, *others = map_blocks(task, len(points.blocks), 1)
    for sums in others:
        first += sums
    return first


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
        checkpoint(iteration / iterations)
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
    moved = lloyd(Points.of(colors, weights), three_axes(palette), iterations, n_fixed=n_fixed)
    return np.ascontiguousarray(moved[:, : colors.shape[1]])


def distinct_up_to(colors: Colors, limit: int) -> Colors:
    """Return the distinct rows of colours in ascending order if there are at most `limit`, else `limit` + 1 of them."""
    axes = colors.shape[1]
    found = np.empty((limit + 1, 3), np.float32)
    used = _find_distinct(three_axes(colors), found)
    rows = found[:used, :axes]
    return np.ascontiguousarray(rows[np.lexsort(rows.T[::-1])])


def finish(palette: Colors, colors: Colors, weights: Weights, n_colors: int) -> Colors:
    """Return a palette of exactly `n_colors` distinct colours.

    Parameters
    ----------
    palette : ndarray of shape (K, A), float32
        At most `n_colors` colours, perhaps some of them equal.
    colors, weights : ndarray
        More than `n_colors` distinct colours.
    n_colors : int

    Returns
    -------
    palette : ndarray of shape (n_colors, A), float32
        The distinct ones, in order, and the worst-fitted colours in place of those that are missing.
    """
    palette = np.ascontiguousarray(palette, np.float32) + np.float32(0)  # -0 and 0 are one coordinate
    _, kept = np.unique(palette, axis=0, return_index=True)
    palette = palette[np.sort(kept)]
    while len(palette) < n_colors:
        palette = np.concatenate([palette, _worst_fitted(colors, weights, palette, n_colors - len(palette))])
    return np.ascontiguousarray(palette)


def _worst_fitted(colors: Colors, weights: Weights, palette: Colors, count: int) -> Colors:
    """Return up to `count` colours, at least one: the one that adds most to the distortion of each cluster."""
    labels, distances = nearest_with_distance(colors, palette)
    shares = np.where(distances > 0, distances * weights, -1.0)
    if shares.max() < 0:  # every colour is nearly a palette colour; take any that is none
        known = {row.tobytes() for row in palette}
        return np.stack([row for row in colors + np.float32(0) if row.tobytes() not in known][:1])
    order = np.argsort(-shares, kind="stable")
    _, first = np.unique(labels[order], return_index=True)
    chosen = order[np.sort(first)]
    return colors[chosen[shares[chosen] >= 0][:count]]


def _moved(points: Points, palette: Colors, sums: npt.NDArray[np.float64], step: float, n_fixed: int) -> Colors:
    filled = sums[:, 0] > 0
    filled[:n_fixed] = False
    moved = palette.astype(np.float64)
    moved[filled] += step * (sums[filled, 1:4] / sums[filled, :1] - moved[filled])
    palette = moved.astype(np.float32)
    empty = np.flatnonzero(sums[n_fixed:, 0] <= 0) + n_fixed
    if len(empty):
        others = np.delete(palette, empty, axis=0)
        colors = np.ascontiguousarray(points.axes.T)
        chosen = _worst_fitted(colors, points.weights, others if len(others) else palette, len(empty))
        palette[empty[: len(chosen)]] = chosen
    return palette


@kernel
def _find_distinct(colors, found):  # type: ignore[no-untyped-def]
    used = 0
    for i in range(len(colors)):
        new = True
        for k in range(used - 1, -1, -1):  # the last ones first: neighbours in the list are often equal
            if colors[i, 0] == found[k, 0] and colors[i, 1] == found[k, 1] and colors[i, 2] == found[k, 2]:
                new = False
                break
        if new:
            for axis in range(3):
                found[used, axis] = colors[i, axis] + np.float32(0)
            used += 1
            if used == len(found):
                break
    return used


@kernel
def _find_runs(colors, weights, limit, axes, ends, boxes, moments):  # type: ignore[no-untyped-def]
    count = len(colors)
    used, start = 0, 0
    while start < count:
        x0, y0, z0 = colors[start, 0], colors[start, 1], colors[start, 2]
        x1, y1, z1 = x0, y0, z0
        w, sx, sy, sz, squares = 0.0, 0.0, 0.0, 0.0, 0.0
        stop = start
        while stop < count and stop - start < _RUN:
            x, y, z = colors[stop, 0], colors[stop, 1], colors[stop, 2]
            lx, ly, lz, hx, hy, hz = min(x0, x), min(y0, y), min(z0, z), max(x1, x), max(y1, y), max(z1, z)
            if hx - lx > limit or hy - ly > limit or hz - lz > limit:
                break
            x0, y0, z0, x1, y1, z1 = lx, ly, lz, hx, hy, hz
            weight = np.float64(weights[stop])
            w += weight
            sx += weight * x
            sy += weight * y
            sz += weight * z
            squares += weight * (np.float64(x) * x + np.float64(y) * y + np.float64(z) * z)
            axes[0, stop], axes[1, stop], axes[2, stop] = x, y, z
            stop += 1
        ends[used] = stop
        half = np.float32(0.5)
        boxes[used, 0], boxes[used, 1], boxes[used, 2] = (x0 + x1) * half, (y0 + y1) * half, (z0 + z1) * half
        boxes[used, 3], boxes[used, 4], boxes[used, 5] = (x1 - x0) * half, (y1 - y0) * half, (z1 - z0) * half
        moments[used, 0], moments[used, 1], moments[used, 2] = w, sx, sy
        moments[used, 3], moments[used, 4] = sz, squares
        used += 1
        start = stop
    return used


@kernel
def _candidates(box, px, py, pz, low, high, chosen):  # type: ignore[no-untyped-def]
    # The palette colours that may be nearest somewhere in the box: those whose least distance to it
    # is not above the smallest largest one. Bits of positive floats order like integers, whose
    # minimum LLVM vectorises.
    count = len(px)
    x, y, z, hx, hy, hz = box[0], box[1], box[2], box[3], box[4], box[5]
    zero = np.float32(0)
    for k in range(count):
        ax, ay, az = abs(px[k] - x), abs(py[k] - y), abs(pz[k] - z)
        dx, dy, dz = ax + hx, ay + hy, az + hz
        high[k] = dx * dx + dy * dy + dz * dz
        dx, dy, dz = ax - hx, ay - hy, az - hz
        dx = dx if dx > zero else zero
        dy = dy if dy > zero else zero
        dz = dz if dz > zero else zero
        low[k] = dx * dx + dy * dy + dz * dz
    bits = high.view(np.int32)
    least = bits[0]
    for k in range(count):
        least = min(least, bits[k])
    high.view(np.int32)[0] = least
    bound = high[0] * np.float32(1.00001)
    used = 0
    for k in range(count):
        chosen[used] = k
        used += low[k] <= bound
    return used


@kernel
def _sum_clusters(axes, weights, starts, boxes, moments, palette, first, last, sums):  # type: ignore[no-untyped-def]
    colors = palette.shape[1]
    px, py, pz = palette[0], palette[1], palette[2]
    low, high = np.empty(colors, np.float32), np.empty(colors, np.float32)
    chosen = np.empty(colors + 1, np.int64)
    x, y, z = np.empty(_RUN, np.float32), np.empty(_RUN, np.float32), np.empty(_RUN, np.float32)
    best, index = np.empty(_RUN, np.float32), np.empty(_RUN, np.int32)
    for run in range(first, last):
        used = _candidates(boxes[run], px, py, pz, low, high, chosen)
        start, stop = starts[run], starts[run + 1]
        if used == 1:
            k = chosen[0]
            w, sx, sy, sz = moments[run, 0], moments[run, 1], moments[run, 2], moments[run, 3]
            cx, cy, cz = np.float64(px[k]), np.float64(py[k]), np.float64(pz[k])
            sums[k, 0] += w
            sums[k, 1] += sx
            sums[k, 2] += sy
            sums[k, 3] += sz
            squares = w * (cx * cx + cy * cy + cz * cz) - 2 * (cx * sx + cy * sy + cz * sz)
            sums[k, 4] += max(moments[run, 4] + squares, 0.0)
            continue
        count = stop - start
        for i in range(count):
            x[i] = axes[0, start + i]
            y[i] = axes[1, start + i]
            z[i] = axes[2, start + i]
            best[i] = np.float32(np.inf)
            index[i] = 0
        for place in range(used):
            k = chosen[place]
            cx, cy, cz = px[k], py[k], pz[k]
            label = np.int32(k)
            for i in range(count):
                dx = x[i] - cx
                dy = y[i] - cy
                dz = z[i] - cz
                distance = dx * dx + dy * dy + dz * dz
                nearer = distance < best[i]
                best[i] = distance if nearer else best[i]
                index[i] = label if nearer else index[i]
        for i in range(count):
            k = index[i]
            weight = np.float64(weights[start + i])
            sums[k, 0] += weight
            sums[k, 1] += weight * x[i]
            sums[k, 2] += weight * y[i]
            sums[k, 3] += weight * z[i]
            sums[k, 4] += weight * best[i]
