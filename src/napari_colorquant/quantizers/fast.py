"""The error that a few milliseconds buy, for live previews: Wu's palette, moved on the cells of its own grid."""

from .._typing import Colors, Weights
from ..clustering.complete import complete, few_colors
from ..clustering.grid import cell_means, fill_grid
from ..clustering.lloyd import lloyd
from ..clustering.points import COARSE, COARSE_BLOCK, Points
from .wu import split_grid

#: Lloyd's steps, and how far all but the last overshoot.
_STEPS, _RELAXATION = 3, 1.8


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
    if (few := few_colors(colors, n_colors)) is not None:
        return few
    grid = fill_grid(colors, weights)
    points = Points.of(*cell_means(grid), COARSE, COARSE_BLOCK)
    palette = lloyd(points, split_grid(grid, n_colors), _STEPS, relaxation=_RELAXATION)
    return complete(palette[:, : colors.shape[1]], colors, weights, n_colors)
