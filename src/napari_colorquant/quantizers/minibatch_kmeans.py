"""K-means on small random batches, by scikit-learn (Sculley 2010)."""

import warnings
from typing import Annotated

import numpy as np

from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.complete import distinct_rows


def minibatch_kmeans(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    batch_size: Annotated[int, {"min": 64, "max": 65536}] = 4096,
    steps: Annotated[int, {"min": 1, "max": 10000}] = 100,
    seed: Annotated[int, {"min": 0, "max": 2**31 - 1}] = 0,
) -> Colors:
    """Let scikit-learn's MiniBatchKMeans learn the palette from small random batches.

    Parameters
    ----------
    batch_size : int
        Pixels drawn for one step.
    steps : int
        Number of batches; more bring the palette closer to that of k-means.
    seed : int
        Seed of the random numbers.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        The centres of the clusters.

    References
    ----------
    .. [1] Sculley D. Web-scale k-means clustering. WWW 2010. doi:10.1145/1772690.1772862
    .. [2] Pedregosa F. et al. Scikit-learn: machine learning in Python. JMLR 12, 2011.
    """
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits

    random = np.random.default_rng(seed)
    reached = np.cumsum(weights, dtype=np.float64)
    model = MiniBatchKMeans(n_colors, batch_size=batch_size, n_init=1, random_state=seed)
    # A batch is too small a job for two threads: waiting for each other, they took ten times as long.
    with warnings.catch_warnings(), threadpool_limits(1, user_api="openmp"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # few distinct centres are no news to the user
        for step in range(steps):
            checkpoint(step / steps)
            # Batches of pixels: a colour is drawn as often as it is shown, hence every draw weighs alike.
            drawn = np.searchsorted(reached, random.random(max(batch_size, n_colors)) * reached[-1], side="right")
            model.partial_fit(colors[drawn])
    return distinct_rows(np.asarray(model.cluster_centers_, np.float32))
