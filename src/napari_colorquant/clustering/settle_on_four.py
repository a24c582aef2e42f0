"""Lloyd's steps and exchanges on up to four axes, over few points: few colours, opaque ones or with alpha.

It is one kernel: of an icon's few colours each step takes a microsecond, and as long to be called.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .._runtime.jit import inner_kernel, kernel
from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from .exchange import swap_clusters
from .four_axes import four_columns, search_on_four, sum_on_four
from .refine_on_four import refine_on_four

#: Lloyd's steps after each round of exchanges.
_STEPS = 2
#: How far all but the last of them overshoot.
_RELAXATION = 1.5
#: Steps before the exchanges end when one lowers the distortion by less than this share.
_REST = 1e-3
#: More centres are not exchanged: each is compared with each other one. Instead, they take at least so many steps.
_MOST, _STEPS_ALONE = 1 << 11, 12


def settle_on_four(
    points: Colors, weights: Weights, starts: Sequence[Colors], steps: int, rounds: int, *, n_fixed: int = 0
) -> Colors:
    """Move centres to the means of their clusters, and from where they matter least to where they matter most.

    Parameters
    ----------
    points, weights : ndarray of shape (N, A) and (N,), float32
        On 1 to 4 axes; one thread goes over all of them in each step.
    starts : sequence of ndarray of shape (K, A), float32
        Where to start; the first `n_fixed` never move. Of several, that is taken which leads to the least distortion.
    steps : int
        At most so many of Lloyd's steps come first, and as many after exchanges.
    rounds : int
        At most so many rounds of exchanges, see `exchange`. One that does not lower the distortion is undone, and the
        next makes half as many exchanges. None for more than 2,048 centres.
    n_fixed : int

    Returns
    -------
    centers : ndarray of shape (K, A), float32
        Those of clusters without points are where they matter most.
    """
    if len(starts[0]) > _MOST:
        return refine_on_four(points, weights, starts[0], max(steps, _STEPS_ALONE), n_fixed=n_fixed)
    checkpoint()
    moved = np.zeros((len(starts), len(starts[0]), 4), np.float32)
    for place, start in zip(moved, starts, strict=True):
        place[:, : start.shape[1]] = start
    columns = four_columns(points)
    errors = [_settle(columns, weights, place, n_fixed, steps, rounds) for place in moved]
    return np.ascontiguousarray(moved[errors.index(min(errors)), :, : points.shape[1]])


@kernel
def _settle(columns, weights, centers, n_fixed, steps, rounds):  # type: ignore[no-untyped-def]
    # The distortion in the end.
    count = len(centers)
    labels, trial_labels = np.empty(len(weights), np.uint16), np.empty(len(weights), np.uint16)
    distances, sums, trial_sums = np.empty(len(weights), np.float32), np.empty((count, 6)), np.empty((count, 6))
    error = _take_steps(columns, weights, centers, labels, distances, sums, n_fixed, steps)
    most, tried = max((count - n_fixed) // 2, 1), np.zeros(count, np.bool_)
    has_moved = False
    for _ in range(rounds):
        gains, halves = np.zeros(count), np.zeros((count, 2, 5))
        _split_clusters(columns, weights, labels, sums, gains, halves)
        for k in range(count):
            if tried[k]:
                gains[k] = -1.0
        first, trial = 0, centers.copy()
        for k in range(1, count):
            if gains[k] > gains[first]:
                first = k
        most = swap_clusters(trial, sums, gains, halves, most, n_fixed)
        if most == 0:
            break
        for step in range(_STEPS):
            _assign(columns, weights, trial, trial_labels, distances, trial_sums)
            relaxation = _RELAXATION if step < _STEPS - 1 else 1.0
            _move(columns, weights, trial, distances, trial_sums, n_fixed, relaxation)
        lowered = _assign(columns, weights, trial, trial_labels, distances, trial_sums)
        if lowered < error:
            error, has_moved = lowered, True
            for k in range(count):
                for axis in range(4):
                    centers[k, axis] = trial[k, axis]
            labels, trial_labels = trial_labels, labels
            sums, trial_sums = trial_sums, sums
            tried[:] = False
        else:
            tried[first] = most == 1
            most = max(most // 2, 1)
    if has_moved:
        error = _take_steps(columns, weights, centers, labels, distances, sums, n_fixed, steps)
    return error


@inner_kernel
def _take_steps(columns, weights, centers, labels, distances, sums, n_fixed, steps):  # type: ignore[no-untyped-def]
    # Lloyd's; the distortion in the end, of which labels and sums tell.
    error = _assign(columns, weights, centers, labels, distances, sums)
    for _ in range(steps):
        before = error
        _move(columns, weights, centers, distances, sums, n_fixed, 1.0)
        error = _assign(columns, weights, centers, labels, distances, sums)
        if before - error <= _REST * error:
            break
    return error


@inner_kernel
def _assign(columns, weights, centers, labels, distances, sums):  # type: ignore[no-untyped-def]
    # The distortion; where the points belong and the sums of their clusters go into the arguments.
    search_on_four(columns[0], columns[1], columns[2], columns[3], centers, labels, distances)
    sums[:] = 0.0
    sum_on_four(columns, weights, labels, distances, sums)
    error = 0.0
    for k in range(len(sums)):
        error += sums[k, 5]
    return error


@inner_kernel
def _move(columns, weights, centers, distances, sums, n_fixed, relaxation):  # type: ignore[no-untyped-def]
    # Clusters without points get those that are served worst.
    for k in range(n_fixed, len(centers)):
        if sums[k, 0] > 0:
            for axis in range(4):
                away = sums[k, 1 + axis] / sums[k, 0] - centers[k, axis]
                centers[k, axis] += relaxation * away
            continue
        worst, most = 0, np.float32(-1.0)
        for i in range(len(distances)):
            if distances[i] * weights[i] > most:
                worst, most = i, distances[i] * weights[i]
        distances[worst] = 0.0
        for axis in range(4):
            centers[k, axis] = columns[axis, worst]


@inner_kernel
def find_longest(spread, axis):  # type: ignore[no-untyped-def]
    """Write the longest axis, not of unit length, of which the upper half of the sums of squares, (4, 4), is given."""
    start = 0
    for i in range(4):
        for j in range(i):
            spread[i, j] = spread[j, i]
        if spread[i, i] > spread[start, start]:
            start = i
    for i in range(4):
        axis[i] = spread[start, i]
    a, b, c, d = axis[0], axis[1], axis[2], axis[3]
    for _ in range(8):  # power iteration
        size = max(abs(a), abs(b), abs(c), abs(d))
        if size <= 0:
            break
        a, b, c, d = a / size, b / size, c / size, d / size
        for i in range(4):
            axis[i] = spread[i, 0] * a + spread[i, 1] * b + spread[i, 2] * c + spread[i, 3] * d
        a, b, c, d = axis[0], axis[1], axis[2], axis[3]


@inner_kernel
def _split_clusters(columns, weights, labels, sums, gains, halves):  # type: ignore[no-untyped-def]
    # Cut each cluster through its mean, across the axis along which it spreads most; halves hold weight and mean of
    # both sides, they and the gains are zeros before.
    count = len(sums)
    means, spread, longest = np.zeros((count, 4)), np.zeros((count, 4, 4)), np.zeros((count, 4))
    for k in range(count):
        if sums[k, 0] > 0:
            for axis in range(4):
                means[k, axis] = sums[k, 1 + axis] / sums[k, 0]
    for i in range(len(labels)):
        k, w = labels[i], np.float64(weights[i])
        for axis in range(4):
            away = w * (columns[axis, i] - means[k, axis])
            for other in range(axis, 4):
                spread[k, axis, other] += away * (columns[other, i] - means[k, other])
    for k in range(count):
        find_longest(spread[k], longest[k])
    for i in range(len(labels)):
        k, w, along = labels[i], np.float64(weights[i]), 0.0
        for axis in range(4):
            along += longest[k, axis] * (columns[axis, i] - means[k, axis])
        side = 1 if along > 0 else 0
        halves[k, side, 0] += w
        for axis in range(4):
            halves[k, side, 1 + axis] += w * (columns[axis, i] - means[k, axis])
    for k in range(count):
        if halves[k, 0, 0] > 0 and halves[k, 1, 0] > 0:
            for side in range(2):
                for axis in range(4):
                    away = halves[k, side, 1 + axis]
                    gains[k] += away * away / halves[k, side, 0]
                    halves[k, side, 1 + axis] = means[k, axis] + away / halves[k, side, 0]
