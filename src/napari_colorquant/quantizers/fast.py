"""The error that a few milliseconds buy, for live previews: Wu's palette, moved on the cells of its own grid."""

from .._typing import Colors, Weights
from ..clustering.grid import bits_for, cell_means, fill_grid
from ..clustering.lloyd import lloyd
from ..clustering.points import COARSE_BLOCK, Points, side_of_runs
from .wu import split_grid

#: Lloyd's steps, and how far all but the last overshoot.
_STEPS, _RELAXATION = 3, 1.8


def fast(colors: Colors, weights: Weights, n_colors: int, /) -> Colors:
    """Wu's palette and a few steps of k-means: for live previews."""
    grid = fill_grid(colors, weights, bits_for(n_colors))
    points = Points.from_colors(*cell_means(grid), side_of_runs(n_colors), COARSE_BLOCK)
    palette = lloyd(points, split_grid(grid, n_colors), _STEPS, relaxation=_RELAXATION)
    return palette
