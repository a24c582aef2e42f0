"""Centres for a dither: moved outward, so that their mixtures reach the colours at the rim, too."""

import numpy as np
import numpy.typing as npt

from .._typing import Colors
from ..clustering.nearest import nearest_with_distance
from ..recipe import Recipe
from .counted import CountedColors

#: How far a centre moves away from the mean of its surroundings, as a part of the way from there to it.
_AMOUNT = 0.7


def move_apart(counted: CountedColors, centers: Colors, fixed: Colors, recipe: Recipe) -> Colors:
    """Return the centres of a palette that is to be dithered.

    The centre of a cluster is the best single colour for it, but a dither mixes: what lies between palette
    colours it can show, and nothing beyond them. So each centre moves away from the mean of its neighbours,
    as far as its next one lies. Among others on all sides that mean is where it is already, and it stays; at the
    rim it moves outward. No farther than the colours that are its own lie from it on average: one that stands
    for a flat colour stays on it.

    Parameters
    ----------
    counted : CountedColors
    centers : ndarray of shape (K, A), float32
        Those that the quantizer found.
    fixed : ndarray of shape (F, A), float32
        Colours that are in the palette, too, and stay.
    recipe : Recipe
        Its dither: none, or one of strength 0, moves nothing, a weak one less.

    Returns
    -------
    centers : ndarray of shape (K, A), float32
        In the same order.
    """
    strength = _strength_of(recipe)
    every = np.concatenate([fixed, centers])
    if strength == 0 or len(every) < 2 or not len(centers):
        return centers
    squares = np.square(every[:, None] - every).sum(axis=-1, dtype=np.float64)
    gaps = np.partition(squares, 1, axis=1)[:, 1:2]
    near = np.exp(-squares / np.maximum(2 * gaps, np.finfo(np.float32).tiny))
    steps = _AMOUNT * strength * (every - near @ every / near.sum(axis=1, keepdims=True))
    lengths = np.linalg.norm(steps, axis=1)
    steps *= np.minimum(1, _measure_reach(counted, every) / np.maximum(lengths, np.finfo(np.float32).tiny))[:, None]
    moved: Colors = (every + steps).astype(np.float32)[len(fixed) :]
    return moved


def _strength_of(recipe: Recipe) -> float:
    _, options = recipe.dither_method()
    return 0.0 if recipe.dither == "none" else float(options.get("strength", 1.0))


def _measure_reach(counted: CountedColors, centers: Colors) -> npt.NDArray[np.float64]:
    """Return how far the colours of each centre lie from it on average, (K,); 0 where it has none."""
    labels, distances = nearest_with_distance(counted.coordinates, centers)
    sums = np.bincount(labels, counted.weights, minlength=len(centers))
    totals = np.bincount(labels, counted.weights * np.sqrt(distances), minlength=len(centers))
    reach: npt.NDArray[np.float64] = totals / np.maximum(sums, np.finfo(np.float32).tiny)
    return reach
