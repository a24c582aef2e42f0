"""K-means on four axes: for colours with an alpha of their own, which three do not hold."""

import numpy as np

from .._typing import Colors, Weights
from ..clustering.four_axes import nearest_of_four
from ..clustering.settle_on_four import settle_on_four
from ._line import divide_line
from ._seeding import scattered
from .maximin import farthest_points
from .pca import split_clusters, split_weighted
from .pnn import merge_to

#: Of up to so many colours for each palette colour, those pairs are merged that cost least. Of more, so many times as
#: many clusters as are wanted are found by splitting, and these are merged: without any step after it, 4 % less error
#: than by splitting alone. The time of merging grows with the square of their number.
_FEW_EACH, _TIMES, _MOST_MERGED = 3, 2, 1 << 11
#: So few entries are settled from splitting alone, too, and the better ones taken: 0.4 % less error on the average, and
#: up to 5 %. Only where there are so many pixels that to count them takes longer than this.
_FEW_ENTRIES, _MANY_PIXELS = 32, 1 << 14


def kmeans_on_four(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    seeding: str = "wu",
    exchanges: int = 4,
    iterations: int = 4,
    exact_passes: int = 1,
    seed: int = 0,
) -> Colors:
    """Do what `kmeans` does for colours on four axes, (N, 4), of which there are few.

    In place of Wu's boxes, clusters are split across their longest axis, twice as many as are wanted, and then merged
    by pairs. All steps go over all colours.

    Returns
    -------
    palette : ndarray of shape (K, 4), float32
        K is smaller than `n_colors` if there are not so many distinct colours.
    """
    if seeding == "wu" and exchanges > 0 and (best := divide_line(colors, weights, n_colors)) is not None:
        return best
    starts = [_choose(colors, weights, n_colors, seeding, seed)]
    if seeding == "wu" and n_colors <= _FEW_ENTRIES and weights.sum() >= _MANY_PIXELS:
        starts.append(split_clusters(colors, weights, n_colors))
    settled = [settle_on_four(colors, weights, start, iterations + exact_passes, exchanges) for start in starts]
    return settled[0] if len(settled) == 1 else min(settled, key=lambda each: _measure(colors, weights, each))


def _choose(colors: Colors, weights: Weights, n_colors: int, seeding: str, seed: int) -> Colors:
    if seeding == "maximin":
        return farthest_points(colors, weights, n_colors)
    if seeding == "kmeans++":
        return scattered(colors, weights, n_colors, np.random.default_rng(seed))
    if seeding == "pca" or _TIMES * n_colors > _MOST_MERGED:
        return split_clusters(colors, weights, n_colors)
    if len(colors) <= _FEW_EACH * n_colors:
        return merge_to(colors, weights, n_colors)
    return merge_to(*split_weighted(colors, weights, _TIMES * n_colors), n_colors)


def _measure(colors: Colors, weights: Weights, centers: Colors) -> float:
    distances = nearest_of_four(colors, centers)[1]
    return float((distances * weights).sum(dtype=np.float64))
