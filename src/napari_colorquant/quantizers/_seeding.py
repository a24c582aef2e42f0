"""Where k-means may start: four ways to choose the first palette."""

import numpy as np

from .._typing import Colors
from ..clusters.distinct import complete
from ..clusters.grid import fill_grid
from ..clusters.points import Points
from .maximin import farthest_points
from .pca import split_clusters
from .wu import split_grid

SEEDINGS = ("wu", "pca", "kmeans++", "maximin")


def seed_palette(points: Points, n_colors: int, seeding: str, seed: int) -> Colors:
    """Return `n_colors` distinct seeds, (K, 3) float32; fewer only if the points have fewer distinct colours."""
    return complete(_choose(points, n_colors, seeding, seed), points.colors, points.weights, n_colors)


def _choose(points: Points, n_colors: int, seeding: str, seed: int) -> Colors:
    means, weights = points.colors, points.weights
    if seeding == "wu":
        return split_grid(fill_grid(means, weights), n_colors)
    n_colors = min(n_colors, len(means))
    if seeding == "maximin":
        return farthest_points(means, weights, n_colors)
    if seeding == "pca":
        return split_clusters(means, weights, n_colors)[0]
    return scattered(means, weights, n_colors, np.random.default_rng(seed))


def scattered(means: Colors, weights: Colors, n_colors: int, rng: np.random.Generator) -> Colors:
    """Return k-means++ seeds: each drawn with a chance of weight times squared distance to the seeds so far."""
    points = means.astype(np.float64)
    chosen = np.empty(n_colors, np.int64)
    chosen[0] = np.searchsorted(np.cumsum(weights, dtype=np.float64), rng.random() * weights.sum(dtype=np.float64))
    nearest = np.full(len(points), np.inf)
    for k in range(1, n_colors):
        np.minimum(nearest, ((points - points[chosen[k - 1]]) ** 2).sum(axis=1), out=nearest)
        chances = np.cumsum(nearest * weights)
        chosen[k] = min(int(np.searchsorted(chances, rng.random() * chances[-1], side="right")), len(points) - 1)
    return means[chosen]
