"""Where k-means may start: four ways to choose the first palette."""

from __future__ import annotations  # np.random would be imported with them

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors
from ..clustering.complete import complete
from ..clustering.grid import BITS, Grid, bits_for, fill_grid
from ..clustering.points import Points
from .maximin import farthest_points
from .pca import split_clusters
from .wu import split_grid

#: So few points, for so few palette colours, have cells of their own on a grid of an eighth of the cells, and of these
#: at most so many along an axis if 1, 2 or 3 axes extend: Wu's boxes are found in a fifth of the time.
_FEW_POINTS, _FEW_COLORS, _MOST_OF_FEW = 1 << 10, 64, (1024, 256, 64)
SEEDINGS = ("wu", "pca", "kmeans++", "maximin")


def seed_palette(points: Points, n_colors: int, seeding: str, seed: int) -> Colors:
    """Return `n_colors` distinct seeds, (K, 3) float32; fewer only if the points have fewer distinct colours."""
    return complete(_choose(points, n_colors, seeding, seed), points.colors, points.weights, n_colors)


def _choose(points: Points, n_colors: int, seeding: str, seed: int) -> Colors:
    means, weights = points.colors, points.weights
    if seeding == "wu":
        return split_grid(_fill_for(means, weights, n_colors), n_colors)
    n_colors = min(n_colors, len(means))
    if seeding == "maximin":
        return farthest_points(means, weights, n_colors)
    if seeding == "pca":
        return split_clusters(means, weights, n_colors)
    return scattered(means, weights, n_colors, np.random.default_rng(seed))


def _fill_for(means: Colors, weights: Colors, n_colors: int) -> Grid:
    if len(means) <= _FEW_POINTS and n_colors <= _FEW_COLORS:
        return fill_grid(means, weights, BITS - 1, _MOST_OF_FEW)
    return fill_grid(means, weights, bits_for(n_colors))


def scattered(means: Colors, weights: Colors, n_colors: int, rng: np.random.Generator) -> Colors:
    """Return k-means++ seeds: each drawn with a chance of weight times squared distance to the seeds so far."""
    chosen = np.empty(n_colors, np.int64)
    chosen[0] = np.searchsorted(np.cumsum(weights, dtype=np.float64), rng.random() * weights.sum(dtype=np.float64))
    _scatter(means.astype(np.float64), weights, rng.random(n_colors - 1), chosen)
    return means[chosen]


@kernel
def _scatter(points, weights, draws, chosen):  # type: ignore[no-untyped-def]
    nearest, chances = np.full(len(points), np.inf), np.empty(len(points))
    for k in range(1, len(chosen)):
        last, total = points[chosen[k - 1]], 0.0
        for i in range(len(points)):
            distance = 0.0
            for axis in range(points.shape[1]):
                distance += (points[i, axis] - last[axis]) ** 2
            nearest[i] = distance if distance < nearest[i] else nearest[i]
            total += nearest[i] * weights[i]
            chances[i] = total
        chosen[k] = min(np.searchsorted(chances, draws[k - 1] * total, side="right"), len(points) - 1)
