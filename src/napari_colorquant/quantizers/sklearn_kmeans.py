"""K-means by scikit-learn: the reference that other methods are measured against."""

import warnings
from typing import Annotated, Any

import numpy as np

from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.complete import distinct_rows

#: Iterations between two checkpoints: scikit-learn itself cannot be stopped.
_SLICE = 10


def sklearn_kmeans(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    seeding: Annotated[str, {"choices": ("k-means++", "random")}] = "k-means++",
    runs: Annotated[int, {"min": 1, "max": 20}] = 1,
    iterations: Annotated[int, {"min": 1, "max": 1000}] = 300,
    tolerance: Annotated[float, {"min": 0.0, "max": 0.1}] = 1e-4,
    seed: Annotated[int, {"min": 0, "max": 2**31 - 1}] = 0,
) -> Colors:
    """Let scikit-learn's KMeans find the palette; slow, for comparison.

    Parameters
    ----------
    seeding : {"k-means++", "random"}
        How the first centres are drawn from the colours.
    runs : int
        Number of runs from different seeds, of which the best is kept.
    iterations : int
        Most iterations of one run.
    tolerance : float
        A run ends when the centres move less than this, relative to the colours' variance.
    seed : int
        Seed of the random numbers.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        The centres of the clusters.

    References
    ----------
    .. [1] Lloyd S. Least squares quantization in PCM. IEEE Trans. Inf. Theory 28(2), 1982. doi:10.1109/TIT.1982.1056489
    .. [2] Pedregosa F. et al. Scikit-learn: machine learning in Python. JMLR 12, 2011.
    """
    best, least = np.empty((0, colors.shape[1]), np.float32), np.inf
    for run in range(runs):
        centers: Colors | str = seeding
        inertia = np.inf
        for first in range(0, iterations, _SLICE):
            checkpoint((run + first / iterations) / runs)
            count = min(_SLICE, iterations - first)
            centers, inertia, used = _fit(colors, weights, n_colors, centers, count, tolerance, seed + run)
            if used < count:
                break
        if inertia < least:
            best, least = np.asarray(centers, np.float32), inertia
    return distinct_rows(best)  # where many colours nearly coincide, so do centres


def _fit(
    colors: Colors, weights: Weights, n_colors: int, start: Any, iterations: int, tolerance: float, seed: int
) -> tuple[Colors, float, int]:
    """Run scikit-learn from `start` (centres, or how to draw them); return centres, inertia and iterations used."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    model = KMeans(n_colors, init=start, n_init=1, max_iter=iterations, tol=tolerance, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # few distinct centres are no news to the user
        model.fit(colors, sample_weight=weights)
    return model.cluster_centers_, float(model.inertia_), int(model.n_iter_)
