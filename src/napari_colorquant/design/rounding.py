"""From centres to palette colours: rounded, distinct, and as many as were asked for."""

import numpy as np

from .._typing import Colors, Levels
from ..clustering.nearest import nearest_with_distance
from ..pixels.keys import levels_to_keys, unique_colors
from ..spaces import Metric
from .counted import CountedColors


def round_centers(counted: CountedColors, centers: Colors, wanted: int, fixed: Levels, metric: Metric) -> Levels:
    """Return the palette colours of centres.

    Rounding to levels, clipping to the gamut, or a space with fewer axes can make two entries equal:
    then the colours that fit worst take their places.

    Parameters
    ----------
    counted : CountedColors
    centers : ndarray of shape (K, A), float32
    wanted : int
        Number of palette colours.
    fixed : ndarray of shape (F, 3), levels of ``counted.depth``
        Come first, as they are.
    metric : Metric

    Returns
    -------
    palette : ndarray of shape (wanted, 3), levels of ``counted.depth``
        Without repeats; fewer only if there are not so many distinct colours.
    """
    rounded = fixed[:0]
    if len(centers):
        rounded = metric.mix(centers, counted.coordinates, counted.colors, counted.counts, counted.depth)
    palette: Levels = unique_colors(np.concatenate([fixed, rounded]))
    levels = counted.levels
    while len(palette) < wanted:
        distances = nearest_with_distance(counted.coordinates, metric.coordinates(palette))[1]
        loss = distances * counted.counts
        loss[np.isin(levels_to_keys(levels), levels_to_keys(palette))] = -1.0
        worst = np.argsort(-loss, kind="stable")[: max(1, (wanted - len(palette)) // 2)]
        worst = worst[loss[worst] >= 0]
        if not len(worst):
            break
        palette = unique_colors(np.concatenate([palette, levels[worst]]))
    return palette
