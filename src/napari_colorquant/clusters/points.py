"""Weighted colours gathered in small boxes, and these in larger ones, so that whole boxes can be assigned at once."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from .._jit import kernel
from .._typing import Colors, Weights
from ..nearest import three_axes
from ..threads import map_blocks

#: A run's box is at most this share of the colours' extent: just above 5 bits, by whose cells an image's
#: colours come sorted.
FINE = 1.06 / 32
#: The same for the means of cells of a grid of 32 cells a side: two cells.
COARSE = 2.12 / 32
#: A run that has more than one of so many shares of all runs' distortion is cut.
_SHARES = 8192
#: At least so many means for each palette colour, or they are no use.
_FEW = 16
#: Points in a run: what the kernels' scratch arrays hold.
RUN = 256
#: Runs are ordered by cells of which there are so many along each axis, along a curve that fills eight
#: neighbours before the next eight; these eight make a group.
_SIDE = 16
_SPREAD = np.array([sum((i >> bit & 1) << 3 * bit for bit in range(4)) for i in range(_SIDE)], np.uint16)
#: Points in one task; fixed, so that sums come out the same on any number of threads.
BLOCK = 1 << 15


@dataclass(frozen=True, eq=False)
class Points:
    """Weighted colours in runs of near ones, the runs in groups, each with its box and moments.

    Attributes
    ----------
    axes : ndarray of shape (3, N), float32
        The coordinates, axis by axis; missing axes are zeros.
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

    axes: npt.NDArray[np.float32]
    weights: Weights
    spans: npt.NDArray[np.int64]
    boxes: npt.NDArray[np.float32]
    moments: npt.NDArray[np.float64]
    groups: npt.NDArray[np.int64]
    group_boxes: npt.NDArray[np.float32]
    group_moments: npt.NDArray[np.float64]
    blocks: tuple[tuple[int, int], ...]

    @property
    def colors(self) -> Colors:
        """The coordinates, point by point, (N, 3)."""
        return np.ascontiguousarray(self.axes.T)

    @property
    def arrays(self) -> tuple[npt.NDArray[Any], ...]:
        """What the kernels take."""
        return (self.axes, self.weights, self.spans, self.boxes, self.moments,
                self.groups, self.group_boxes, self.group_moments)  # fmt: skip

    @classmethod
    def of(cls, colors: Colors, weights: Weights, box: float = FINE, block: int = BLOCK) -> "Points":
        """Return the points of colours (N, A), at least one.

        `box` is the largest side of a run, as a share of the extent, and `block` the points in a task.
        """
        colors, weights = three_axes(colors), np.ascontiguousarray(weights, np.float32)
        axes = np.ascontiguousarray(colors.T)
        low = axes.min(axis=1)
        extent = max(float((axes.max(axis=1) - low).max()), float(np.finfo(np.float32).tiny))
        limit = np.float32(box * extent)

        def task(start: int, stop: int) -> tuple[npt.NDArray[Any], ...]:
            most = stop - start
            ends = np.empty(most, np.int64)
            used = _find_runs(axes[0, start:stop], axes[1, start:stop], axes[2, start:stop], limit, ends)
            spans = np.stack([np.concatenate([[0], ends[: used - 1]]), ends[:used]], axis=1) + start
            boxes, moments = np.empty((used, 6), np.float32), np.empty((used, 5))
            _measure_runs(axes, weights, spans, boxes, moments)
            return spans, boxes, moments

        parts = map_blocks(task, len(colors), BLOCK)
        spans, boxes, moments = (np.concatenate(column) for column in zip(*parts, strict=True))
        return cls(axes, weights, *_grouped(spans, boxes, moments, low, extent, block))


def coarsen(points: Points, n_colors: int) -> Points:
    """Return few points that stand for many: the mean of each run, or of the eight parts of a run that spreads much.

    Where a run adds more than its share to the distortion that is lost by this, it is cut in the
    middle along each axis; so an image of few, near colours keeps what matters of them. If even
    these are too few for `n_colors` clusters, the points themselves are returned.
    """
    moments = points.moments
    errors = moments[:, 4] - (moments[:, 1:4] ** 2).sum(axis=1) / moments[:, 0]
    cut = errors > errors.sum() / _SHARES
    most = len(moments) + 7 * int(np.count_nonzero(cut))
    means, weights = np.empty((most, 3), np.float32), np.empty(most, np.float32)
    used = _list_means(points.axes, points.weights, points.spans, points.boxes, moments, cut, means, weights)
    return Points.of(means[:used], weights[:used], COARSE, BLOCK // 8) if used >= _FEW * n_colors else points


def _grouped(spans: Any, boxes: Any, moments: Any, low: Any, extent: float, block: int) -> tuple[Any, ...]:
    x, y, z = _SPREAD[np.minimum((boxes[:, :3] - low) * np.float32(_SIDE / extent), _SIDE - 1).astype(np.uint8).T]
    cells = x << 2 | y << 1 | z
    order = np.argsort(cells, kind="stable")  # a radix sort, as these are short integers
    spans, boxes, moments, cells = spans[order], boxes[order], moments[order], cells[order] >> 3
    edges = np.concatenate([[0], np.flatnonzero(np.diff(cells)) + 1, [len(cells)]])
    groups = np.stack([edges[:-1], edges[1:]], axis=1)
    group_boxes, group_moments = np.empty((len(groups), 6), np.float32), np.empty((len(groups), 5))
    _measure_groups(groups, boxes, moments, group_boxes, group_moments)
    ends = np.cumsum(spans[:, 1] - spans[:, 0])[edges[1:] - 1]  # points up to the end of each group
    cuts = np.searchsorted(ends, np.arange(block, int(ends[-1]), block)) + 1
    blocks = tuple(pairwise(np.unique([0, *cuts.tolist(), len(groups)]).tolist()))
    return spans, boxes, moments, groups, group_boxes, group_moments, blocks


@kernel
def _find_runs(x, y, z, limit, ends):  # type: ignore[no-untyped-def]
    x0, y0, z0 = x[0], y[0], z[0]
    x1, y1, z1 = x0, y0, z0
    used, start = 0, 0
    for i in range(len(x)):
        a, b, c = x[i], y[i], z[i]
        x0, x1 = a if a < x0 else x0, a if a > x1 else x1
        y0, y1 = b if b < y0 else y0, b if b > y1 else y1
        z0, z1 = c if c < z0 else z0, c if c > z1 else z1
        if x1 - x0 > limit or y1 - y0 > limit or z1 - z0 > limit or i - start == RUN:
            ends[used] = i
            used += 1
            start = i
            x0, y0, z0 = a, b, c
            x1, y1, z1 = a, b, c
    ends[used] = len(x)
    return used + 1


@kernel
def _measure_runs(axes, weights, spans, boxes, moments):  # type: ignore[no-untyped-def]
    half = np.float32(0.5)
    for run in range(len(spans)):
        start, stop = spans[run, 0], spans[run, 1]
        x, y, z, w = axes[0, start:stop], axes[1, start:stop], axes[2, start:stop], weights[start:stop]
        x0, y0, z0 = x[0], y[0], z[0]
        x1, y1, z1 = x0, y0, z0
        weight, sx, sy, sz, squares = 0.0, 0.0, 0.0, 0.0, 0.0
        for i in range(len(w)):
            a, b, c = x[i], y[i], z[i]
            x0, x1 = a if a < x0 else x0, a if a > x1 else x1
            y0, y1 = b if b < y0 else y0, b if b > y1 else y1
            z0, z1 = c if c < z0 else z0, c if c > z1 else z1
            part = np.float64(w[i])
            wide_a, wide_b, wide_c = np.float64(a), np.float64(b), np.float64(c)
            weight += part
            sx += part * wide_a
            sy += part * wide_b
            sz += part * wide_c
            squares += part * (wide_a * wide_a + wide_b * wide_b + wide_c * wide_c)
        boxes[run, 0], boxes[run, 1], boxes[run, 2] = (x0 + x1) * half, (y0 + y1) * half, (z0 + z1) * half
        boxes[run, 3], boxes[run, 4], boxes[run, 5] = (x1 - x0) * half, (y1 - y0) * half, (z1 - z0) * half
        moments[run, 0], moments[run, 1], moments[run, 2] = weight, sx, sy
        moments[run, 3], moments[run, 4] = sz, squares


@kernel
def _measure_groups(groups, boxes, moments, group_boxes, group_moments):  # type: ignore[no-untyped-def]
    half = np.float32(0.5)
    for group in range(len(groups)):
        group_moments[group] = 0.0
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
def _list_means(axes, weights, spans, boxes, moments, cut, means, mean_weights):  # type: ignore[no-untyped-def]
    sums = np.empty((8, 4))
    used = 0
    for run in range(len(spans)):
        start, stop = spans[run, 0], spans[run, 1]
        if not cut[run]:
            for axis in range(3):
                means[used, axis] = moments[run, 1 + axis] / moments[run, 0]
            mean_weights[used] = moments[run, 0]
            used += 1
            continue
        x, y, z = boxes[run, 0], boxes[run, 1], boxes[run, 2]
        sums[:] = 0.0
        for i in range(start, stop):
            a, b, c = axes[0, i], axes[1, i], axes[2, i]
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
