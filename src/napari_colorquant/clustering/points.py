"""Weighted colours gathered in small boxes, and these in larger ones, so that whole boxes can be assigned at once."""

from __future__ import annotations  # of functions within functions, they would be worked out in every call

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import inner_kernel, kernel
from .._runtime.threads import map_blocks
from .._typing import Colors, Weights
from .grid import SHORTEST, bounding_box
from .nearest import three_axes

#: A run's box is at most this share of the colours' extent: just above 5 bits, by whose cells an image's
#: colours come sorted.
FINE = 1.06 / 32
#: The same for the means of cells of a grid of 32 cells a side: two cells.
COARSE = 2.12 / 32
#: And of what many of Lloyd's steps go over: to look at a box takes as long as at some twenty points in it. Among more
#: than so many palette colours, smaller boxes rule out more of them.
_WIDE, _WIDE_AMONG_MANY, _MANY_COLORS = 4.24 / 32, 3.18 / 32, 64
#: A run that has more than one of so many shares of all runs' distortion is cut.
_SHARES = 8192
#: At least so many means for each palette colour, or they are no use.
FEW = 16
#: Points in a run: what the kernels' scratch arrays hold.
RUN = 256
#: Runs are ordered by cells of which there are so many along each axis, along a curve that fills eight
#: neighbours before the next eight; these eight make a group.
_SIDE = 16
_SPREAD = np.array([sum((i >> bit & 1) << 3 * bit for bit in range(4)) for i in range(_SIDE)], np.uint16)
#: Points in one task; fixed, so that sums come out the same on any number of threads.
BLOCK = 1 << 14
#: The same for means of runs, of which fewer lie in a run that goes to one cluster as a whole.
COARSE_BLOCK = 1 << 12


@dataclass(frozen=True, eq=False)
class Points:
    """Weighted colours in runs of near ones, the runs in groups, each with its box and moments.

    Attributes
    ----------
    colors : ndarray of shape (N, 3), float32
        The coordinates; missing axes are zeros.
    weights : ndarray of shape (N,), float32
    spans : ndarray of shape (R, 2), int64
        The first point of each run, and the one after its last.
    boxes : ndarray of shape (R, 6), float32
        Middle and half extent of each run's box.
    moments : ndarray of shape (R, 5), float64
        Weight, weighted coordinates and weighted squares of each run.
    groups, group_boxes, group_moments : ndarray of shape (G, 2), (G, 6), (G, 5)
        The same of groups of runs.
    blocks : tuple of (first group, last group)
        What one task works on.
    """

    colors: Colors
    weights: Weights
    spans: npt.NDArray[np.int64]
    boxes: npt.NDArray[np.float32]
    moments: npt.NDArray[np.float64]
    groups: npt.NDArray[np.int64]
    group_boxes: npt.NDArray[np.float32]
    group_moments: npt.NDArray[np.float64]
    blocks: tuple[tuple[int, int], ...]

    @property
    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """What the kernels take."""
        return (self.colors, self.weights, self.spans, self.boxes, self.moments,
                self.groups, self.group_boxes, self.group_moments)  # fmt: skip

    @classmethod
    def from_colors(cls, colors: Colors, weights: Weights, box: float = FINE, block: int = BLOCK) -> Points:
        """Return the points of colours (N, A), at least one.

        `box` is the largest side of a run, as a share of the extent, and `block` the points in a task.
        """
        colors, weights = three_axes(colors), np.ascontiguousarray(weights, np.float32)
        low, high = bounding_box(colors)
        extent = max(float((high - low).max()), SHORTEST)
        limit = np.float32(box * extent)

        def task(start: int, stop: int) -> tuple[npt.NDArray[Any], ...]:
            most = stop - start
            spans, boxes, moments = np.empty((most, 2), np.int64), np.empty((most, 6), np.float32), np.empty((most, 5))
            used = _find_runs(colors, weights, start, stop, limit, spans, boxes, moments)
            return spans[:used].copy(), boxes[:used].copy(), moments[:used].copy()  # few of as many as might be

        parts = map_blocks(task, len(colors), BLOCK)
        spans, boxes, moments = parts[0] if len(parts) == 1 else (np.concatenate(c) for c in zip(*parts, strict=True))
        return cls(colors, weights, *_grouped(spans, boxes, moments, low, extent, block))


def coarsen(points: Points, n_colors: int, few: int = FEW) -> Points:
    """Return few points that stand for many: the mean of each run, or of the eight parts of a run that spreads much.

    Where a run adds more than its share to the distortion that is lost by this, it is cut in the
    middle along each axis; so an image of few, near colours keeps what matters of them. If even
    these are fewer than `few` for each of `n_colors` clusters, the points themselves are returned.
    """
    moments = points.moments
    cut = np.empty(len(moments), np.bool_)
    most = len(moments) + 7 * int(_find_spread(moments, _SHARES, cut))
    means, weights = np.empty((most, 3), np.float32), np.empty(most, np.float32)
    runs = points.spans, points.boxes, moments, cut
    used = _list_means(points.colors, points.weights, *runs, np.empty((8, 4)), means, weights)
    return Points.from_colors(means[:used], weights[:used], COARSE, COARSE_BLOCK) if used >= few * n_colors else points


def widened(points: Points, n_colors: int) -> Points:
    """Return the same points in runs over which Lloyd's steps take the least time; too large to be coarsened."""
    return Points.from_colors(points.colors, points.weights, side_of_runs(n_colors), COARSE_BLOCK)


def side_of_runs(n_colors: int) -> float:
    """Return the side of runs, as a share of the extent, that suits Lloyd's steps of so many palette colours."""
    return _WIDE if n_colors <= _MANY_COLORS else _WIDE_AMONG_MANY


def _grouped(spans: Any, boxes: Any, moments: Any, low: Colors, extent: float, block: int) -> tuple[Any, ...]:
    cells = np.empty(len(spans), np.uint16)
    _find_cells(boxes, low, np.float32(_SIDE / extent), _SPREAD, cells)
    order = np.argsort(cells, kind="stable")  # a radix sort, as these are short integers
    sorted_runs = np.empty_like(spans), np.empty_like(boxes), np.empty_like(moments)
    groups, group_boxes, group_moments = (np.empty_like(array) for array in (spans, boxes, moments))
    ends = np.empty(len(spans), np.int64)  # points up to the end of each group
    count = _group_runs(order, cells, spans, boxes, moments, *sorted_runs, groups, group_boxes, group_moments, ends)
    cuts = np.searchsorted(ends[:count], np.arange(block, int(ends[count - 1]), block)) + 1
    blocks = tuple(pairwise(sorted({0, *cuts.tolist(), count})))
    return *sorted_runs, groups[:count].copy(), group_boxes[:count].copy(), group_moments[:count].copy(), blocks


@kernel
def _find_runs(colors, weights, start, stop, limit, spans, boxes, moments):  # type: ignore[no-untyped-def]
    x0, y0, z0 = colors[start, 0], colors[start, 1], colors[start, 2]
    x1, y1, z1 = x0, y0, z0
    weight, sx, sy, sz, squares = 0.0, 0.0, 0.0, 0.0, 0.0
    used, first = 0, start
    for i in range(start, stop):
        a, b, c = colors[i, 0], colors[i, 1], colors[i, 2]
        # The box as it would be with this point.
        u0, u1 = a if a < x0 else x0, a if a > x1 else x1
        v0, v1 = b if b < y0 else y0, b if b > y1 else y1
        w0, w1 = c if c < z0 else z0, c if c > z1 else z1
        if u1 - u0 > limit or v1 - v0 > limit or w1 - w0 > limit or i - first == RUN:
            _end_run(first, i, x0, x1, y0, y1, z0, z1, spans[used], boxes[used])
            _write_moments(weight, sx, sy, sz, squares, moments[used])
            used += 1
            first = i
            weight, sx, sy, sz, squares = 0.0, 0.0, 0.0, 0.0, 0.0
            u0, u1, v0, v1, w0, w1 = a, a, b, b, c, c
        x0, x1, y0, y1, z0, z1 = u0, u1, v0, v1, w0, w1
        part = np.float64(weights[i])
        wide_a, wide_b, wide_c = np.float64(a), np.float64(b), np.float64(c)
        weight += part
        sx += part * wide_a
        sy += part * wide_b
        sz += part * wide_c
        squares += part * (wide_a * wide_a + wide_b * wide_b + wide_c * wide_c)
    _end_run(first, stop, x0, x1, y0, y1, z0, z1, spans[used], boxes[used])
    _write_moments(weight, sx, sy, sz, squares, moments[used])
    return used + 1


@inner_kernel
def _end_run(first, stop, x0, x1, y0, y1, z0, z1, span, box):  # type: ignore[no-untyped-def]
    half = np.float32(0.5)
    span[0], span[1] = first, stop
    box[0], box[1], box[2] = (x0 + x1) * half, (y0 + y1) * half, (z0 + z1) * half
    box[3], box[4], box[5] = (x1 - x0) * half, (y1 - y0) * half, (z1 - z0) * half


@inner_kernel
def _write_moments(weight, sx, sy, sz, squares, moments):  # type: ignore[no-untyped-def]
    moments[0], moments[1], moments[2], moments[3], moments[4] = weight, sx, sy, sz, squares


@kernel
def _find_cells(boxes, low, factor, spread, cells):  # type: ignore[no-untyped-def]
    last = np.float32(len(spread) - 1)
    for run in range(len(boxes)):
        cell = np.int64(0)
        for axis in range(3):
            place = np.int64(min((boxes[run, axis] - low[axis]) * factor, last))
            cell |= np.int64(spread[place]) << (2 - axis)
        cells[run] = cell


@kernel
def _group_runs(  # type: ignore[no-untyped-def]
    order, cells, spans, boxes, moments,
    sorted_spans, sorted_boxes, sorted_moments, groups, group_boxes, group_moments, ends
):  # fmt: skip
    # Put the runs in order; those of the same eight cells become a group. Return the number of groups.
    used, points = 0, 0
    for place in range(len(order)):
        run = order[place]
        if place == 0 or cells[run] >> 3 != cells[order[place - 1]] >> 3:
            groups[used, 0] = place
            used += 1
        groups[used - 1, 1] = place + 1
        points += spans[run, 1] - spans[run, 0]
        ends[used - 1] = points
        sorted_spans[place, 0], sorted_spans[place, 1] = spans[run, 0], spans[run, 1]
        for i in range(6):
            sorted_boxes[place, i] = boxes[run, i]
        for i in range(5):
            sorted_moments[place, i] = moments[run, i]
    _measure_groups(groups[:used], sorted_boxes, sorted_moments, group_boxes, group_moments)
    return used


@inner_kernel
def _measure_groups(groups, boxes, moments, group_boxes, group_moments):  # type: ignore[no-untyped-def]
    half = np.float32(0.5)
    for group in range(len(groups)):
        for moment in range(5):
            group_moments[group, moment] = 0.0
        for run in range(groups[group, 0], groups[group, 1]):
            for moment in range(5):
                group_moments[group, moment] += moments[run, moment]
        for axis in range(3):
            low, high = np.float32(np.inf), np.float32(-np.inf)
            for run in range(groups[group, 0], groups[group, 1]):
                low = min(low, boxes[run, axis] - boxes[run, 3 + axis])
                high = max(high, boxes[run, axis] + boxes[run, 3 + axis])
            group_boxes[group, axis] = (low + high) * half
            group_boxes[group, 3 + axis] = (high - low) * half


@kernel
def _find_spread(moments, shares, cut):  # type: ignore[no-untyped-def]
    # Tell of each run whether it has more than its share of the distortion; return how many do.
    total, count = 0.0, 0
    for run in range(len(moments)):
        total += _find_loss(moments[run])
    for run in range(len(moments)):
        cut[run] = _find_loss(moments[run]) > total / shares
        count += cut[run]
    return count


@inner_kernel
def _find_loss(moments):  # type: ignore[no-untyped-def]
    return moments[4] - (moments[1] ** 2 + moments[2] ** 2 + moments[3] ** 2) / moments[0]


@kernel
def _list_means(colors, weights, spans, boxes, moments, cut, sums, means, mean_weights):  # type: ignore[no-untyped-def]
    used = 0  # `sums` (8, 4) is scratch
    for run in range(len(spans)):
        start, stop = spans[run, 0], spans[run, 1]
        if not cut[run]:
            for axis in range(3):
                means[used, axis] = moments[run, 1 + axis] / moments[run, 0]
            mean_weights[used] = moments[run, 0]
            used += 1
            continue
        x, y, z = boxes[run, 0], boxes[run, 1], boxes[run, 2]
        for part in range(8):
            for moment in range(4):
                sums[part, moment] = 0.0
        for i in range(start, stop):
            a, b, c = colors[i, 0], colors[i, 1], colors[i, 2]
            part = (4 if a > x else 0) + (2 if b > y else 0) + (1 if c > z else 0)
            weight = np.float64(weights[i])
            sums[part, 0] += weight
            sums[part, 1] += weight * a
            sums[part, 2] += weight * b
            sums[part, 3] += weight * c
        for part in range(8):
            if sums[part, 0] > 0:
                for axis in range(3):
                    means[used, axis] = sums[part, 1 + axis] / sums[part, 0]
                mean_weights[used] = sums[part, 0]
                used += 1
    return used
