"""Lloyd's steps on up to four axes, over many points, by all threads."""

import numpy as np

from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
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
        labels, distances = nearest_in_columns(columns, moved)
        sums = np.zeros((len(moved), 6))
        sum_on_four(columns, weights, labels, distances, sums)
        error, is_filled = sums[:, 5].sum(), sums[n_fixed:, 0] > 0
        filled, empty = (np.flatnonzero(which) + n_fixed for which in (is_filled, ~is_filled))
        moved[filled] = sums[filled, 1:5] / sums[filled, :1]
        if len(empty):
            worst = np.argsort(-distances * weights, kind="stable")[: len(empty)]
            moved[empty[: len(worst)]] = columns[:, worst].T
        elif before - error <= rest * error:
            break
        before = error
    return np.ascontiguousarray(moved[:, : points.shape[1]])
