"""Lloyd's steps on up to four axes, over many points: for colours with alpha, which three do not hold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from .._typing import Colors, Labels, Weights
from .four_axes import four_columns, nearest_in_columns, sum_on_four


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
        sum_on_four(columns, weights, labels, distances, sums)
        return cls(centers, labels, distances, sums)

    @property
    def error(self) -> float:
        return float(self.sums[:, 5].sum())

    def means(self, n_fixed: int) -> Colors:
        """Return the means of the clusters; those that are fixed or empty stay."""
        moved, filled = self.centers.copy(), np.flatnonzero(self.sums[n_fixed:, 0] > 0) + n_fixed
        moved[filled] = self.sums[filled, 1:5] / self.sums[filled, :1]
        return moved
