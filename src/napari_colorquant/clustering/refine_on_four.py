"""Lloyd's steps and exchanges on up to four axes, over few points: for colours with alpha, which three do not hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._runtime.jit import inner_kernel, kernel
from .._runtime.progress import checkpoint
from .._typing import Colors, Labels, Weights
from .exchange import swap_clusters
from .four_axes import four_columns, nearest_in_columns

#: Lloyd's steps after each round of exchanges.
_STEPS = 2


def refine_on_four(
    points: Colors, weights: Weights, centers: Colors, iterations: int, *, n_fixed: int = 0, rest: float = 1e-3
) -> Colors:
    """Move centres to the means of their clusters, at most `iterations` times.

    Parameters
    ----------
    points, weights : ndarray of shape (N, A) and (N,), float32
        On 1 to 4 axes.
    centers : ndarray of shape (K, A), float32
        Where to start; the first `n_fixed` never move.
    iterations : int
    n_fixed : int
    rest : float
        End when a step lowers the distortion by less than this share.

    Returns
    -------
    centers : ndarray of shape (K, A), float32
        Of clusters without points, the points that are served worst.
    """
    columns = four_columns(points)
    moved, before = np.ascontiguousarray(four_columns(centers).T), np.inf
    for _ in range(iterations):
        checkpoint()
        clusters = _Clusters.of(columns, weights, moved)
        moved = clusters.means(n_fixed)
        empty = np.flatnonzero(clusters.sums[n_fixed:, 0] <= 0) + n_fixed
        if len(empty):
            worst = np.argsort(-clusters.distances * weights, kind="stable")[: len(empty)]
            moved[empty[: len(worst)]] = columns[:, worst].T
        elif before - clusters.error <= rest * clusters.error:
            break
        before = clusters.error
    return np.ascontiguousarray(moved[:, : points.shape[1]])


def exchange_on_four(points: Colors, weights: Weights, centers: Colors, rounds: int, *, n_fixed: int = 0) -> Colors:
    """Give centres from where they matter least to where they matter most, as `exchange` does on three axes.

    Parameters
    ----------
    points, weights : ndarray of shape (N, A) and (N,), float32
        On 1 to 4 axes.
    centers : ndarray of shape (K, A), float32
        Settled ones; the first `n_fixed` never move.
    rounds : int
        A round that does not lower the distortion is undone, and the next makes half as many exchanges.
    n_fixed : int

    Returns
    -------
    centers : ndarray of shape (K, A), float32
        Of the same distortion or less.
    """
    columns = four_columns(points)
    best = _Clusters.of(columns, weights, np.ascontiguousarray(four_columns(centers).T))
    most, tried = max((len(centers) - n_fixed) // 2, 1), np.zeros(len(centers), np.bool_)
    for _ in range(rounds):
        checkpoint()
        gains, halves = np.zeros(len(centers)), np.zeros((len(centers), 2, 5))
        _split_on_four(columns, weights, best.labels, best.sums, gains, halves)
        gains[tried] = -1.0
        first, trial = int(gains.argmax()), best.centers.copy()
        if (most := swap_clusters(trial, best.sums, gains, halves, most, n_fixed)) == 0:
            break
        clusters = _Clusters.of(columns, weights, trial)
        for _ in range(_STEPS):
            clusters = _Clusters.of(columns, weights, clusters.means(n_fixed))
        if clusters.error < best.error:
            best = clusters
            tried[:] = False
        else:
            tried[first] = most == 1
            most = max(most // 2, 1)
    return np.ascontiguousarray(best.centers[:, : points.shape[1]])


@dataclass(frozen=True, eq=False)
class _Clusters:
    """Centres (K, 4), label and squared distance of each point, and the sums of each cluster.

    These are its weight, weighted coordinates and weighted squared distances, (K, 6).
    """

    centers: Colors
    labels: Labels
    distances: npt.NDArray[np.float32]
    sums: npt.NDArray[np.float64]

    @classmethod
    def of(cls, columns: Colors, weights: Weights, centers: Colors) -> _Clusters:
        labels, distances = nearest_in_columns(columns, centers)
        sums = np.zeros((len(centers), 6))
        _sum_on_four(columns, weights, labels, distances, sums)
        return cls(centers, labels, distances, sums)

    @property
    def error(self) -> float:
        return float(self.sums[:, 5].sum())

    def means(self, n_fixed: int) -> Colors:
        """Return the means of the clusters; those that are fixed or empty stay."""
        moved, filled = self.centers.copy(), np.flatnonzero(self.sums[n_fixed:, 0] > 0) + n_fixed
        moved[filled] = self.sums[filled, 1:5] / self.sums[filled, :1]
        return moved


@kernel
def _sum_on_four(columns, weights, labels, distances, sums):  # type: ignore[no-untyped-def]
    for i in range(len(labels)):
        k, w = labels[i], np.float64(weights[i])
        sums[k, 0] += w
        for axis in range(4):
            sums[k, 1 + axis] += w * columns[axis, i]
        sums[k, 5] += w * distances[i]


@inner_kernel
def _find_longest(spread, axis):  # type: ignore[no-untyped-def]
    # Write the longest axis, not of unit length, of which the upper half of the sums of squares is given.
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


@kernel
def _split_on_four(columns, weights, labels, sums, gains, halves):  # type: ignore[no-untyped-def]
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
        _find_longest(spread[k], longest[k])
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
