"""Breathing k-means: add some colours where the error is large, take as many away, and again (Fritzke 2020)."""

from __future__ import annotations  # np.random would be imported with them

from typing import Annotated

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.complete import complete
from ..clustering.lloyd import lloyd, lloyd_step
from ..clustering.points import Points, coarsen, widened
from ._seeding import SEEDINGS, seed_palette

#: Lloyd's steps between breaths: at most so many, and until one lowers the distortion by less than this share.
_STEPS, _REST = 20, 1e-3
#: How far from its cluster's mean a new colour starts, as a share of the cluster's radius.
_OFFSET = 0.1
_EXACT_PASSES = 3


def breathing_kmeans(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    depth: Annotated[int, {"min": 1, "max": 128}] = 5,
    seeding: Annotated[str, {"choices": SEEDINGS}] = "wu",
    seed: Annotated[int, {"min": 0, "max": 2**31 - 1}] = 0,
) -> Colors:
    """Breathing k-means: leaves poor local minima by adding and removing several colours at a time.

    The work is done on the means of small boxes of colours; steps over all colours end it.

    Parameters
    ----------
    depth : int
        Colours added and removed in the first breath; one less after each breath that was in vain.
    seeding : {"wu", "pca", "kmeans++", "maximin"}
        Where the palette starts.
    seed : int
        For the random seeding, and the directions in which new colours start.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        Weighted means of the clusters.

    References
    ----------
    .. [1] Fritzke B. Breathing k-means: superior k-means solutions through dynamic k-values. 2020.
       arXiv:2006.15666
    """
    points = Points.from_colors(colors, weights)
    coarse = widened(coarsen(points, n_colors), n_colors)
    palette = _breathe(coarse, seed_palette(coarse, n_colors, seeding, seed), depth, seed)
    palette = lloyd(points, palette, _EXACT_PASSES)
    return palette


def _breathe(points: Points, palette: Colors, depth: int, seed: int) -> Colors:
    rng = np.random.default_rng(seed)
    n_colors, deepest = len(palette), depth
    best = lloyd(points, palette, _STEPS, rest=_REST)
    sums = lloyd_step(points, best)
    while depth > 0:
        checkpoint(1 - depth / deepest)
        wide = lloyd(points, _inhaled(best, sums, depth, rng), _STEPS, rest=_REST)
        trial = complete(_exhaled(points, wide, len(wide) - n_colors), points.colors, points.weights, n_colors)
        trial = lloyd(points, trial, _STEPS, rest=_REST)
        trial_sums = lloyd_step(points, trial)
        if trial_sums[:, 4].sum() < sums[:, 4].sum() * (1 - 1e-6):
            best, sums = trial, trial_sums
        else:
            depth -= 1
    return best


def _inhaled(palette: Colors, sums: npt.NDArray[np.float64], depth: int, rng: np.random.Generator) -> Colors:
    """Add a colour beside each of the `depth` colours whose clusters add most to the distortion."""
    worst = np.argsort(-sums[:, 4], kind="stable")[:depth]
    radius = np.sqrt(sums[worst, 4] / np.maximum(sums[worst, 0], np.finfo(np.float64).tiny))
    offsets = rng.standard_normal((len(worst), 3)) * _OFFSET * radius[:, None]
    return np.concatenate(
        [palette, (palette[worst] + offsets * np.ptp(palette, axis=0).astype(bool)).astype(np.float32)]
    )


def _exhaled(points: Points, palette: Colors, count: int) -> Colors:
    """Remove the `count` colours that are missed least, but not two neighbours at once if that can be helped."""
    utility = np.zeros(len(palette))
    _add_utilities(points.colors, points.weights, palette, utility)
    distances = ((palette[:, None].astype(np.float64) - palette) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    removed: list[int] = []
    frozen: set[int] = set()
    order = [int(k) for k in np.argsort(utility, kind="stable")]
    for k in order:
        if len(removed) < count and k not in frozen:
            removed.append(k)
            frozen.add(int(np.argmin(distances[k])))
    spare = [k for k in order if k not in removed]
    return np.delete(palette, removed + spare[: count - len(removed)], axis=0)


@kernel
def _add_utilities(colors, weights, palette, utility):  # type: ignore[no-untyped-def]
    # How much the distortion would grow without a colour: its points would go to their second nearest.
    for i in range(len(weights)):
        first, second, label = np.inf, np.inf, 0
        for k in range(len(palette)):
            dx, dy, dz = colors[i, 0] - palette[k, 0], colors[i, 1] - palette[k, 1], colors[i, 2] - palette[k, 2]
            distance = np.float64(dx * dx + dy * dy + dz * dz)
            if distance < first:
                first, second, label = distance, first, k
            elif distance < second:
                second = distance
        utility[label] += weights[i] * (second - first)
