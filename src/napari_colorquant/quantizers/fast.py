"""The error that a few milliseconds buy, for live previews: k-means on cell means, without exact steps."""

from .._typing import Colors, Weights
from .kmeans import kmeans


def fast(colors: Colors, weights: Weights, n_colors: int, /) -> Colors:
    """Wu's palette and a few steps of k-means: for live previews.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        Distinct colours, as coordinates of one colour space on 1 to 3 axes.
    weights : ndarray of shape (N,), float32
        Number of pixels of each colour, > 0.
    n_colors : int
        Number of palette colours wanted, 1 to 256.

    Returns
    -------
    palette : ndarray of shape (K, A), float32
        K is the smaller of `n_colors` and the number of distinct colours.
    """
    return kmeans(colors, weights, n_colors, exchanges=0, iterations=3, exact_passes=0)
