"""From centres to palette colours: rounded, distinct, and as many as were asked for."""

from __future__ import annotations  # of functions within functions, they would be worked out in every call

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

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
    return complete_levels(counted, np.concatenate([fixed, rounded]), wanted, metric)


def complete_levels(counted: CountedColors, levels: Levels, wanted: int, metric: Metric) -> Levels:
    """Return palette colours without repeats, with the colours that fit worst added until there are `wanted`."""
    palette: Levels = unique_colors(levels)

    def distances(known: Levels) -> npt.NDArray[np.float32]:
        return nearest_with_distance(counted.coordinates, metric.coordinates(known))[1]

    return fill_up(palette, wanted, counted.levels, counted.counts, distances)


def fill_up(
    palette: Levels,
    wanted: int,
    colors: Levels,
    counts: npt.NDArray[np.int64],
    distances: Callable[[Any], npt.NDArray[np.float32]],
) -> Levels:
    """Return a palette with the colours added that fit it worst, until there are `wanted`.

    Parameters
    ----------
    palette : ndarray of shape (K, 3) or (K, 4)
        Distinct colours.
    wanted : int
    colors : ndarray of shape (N, 3) or (N, 4)
        Those that may be added, levels as those of the palette.
    counts : ndarray of shape (N,), int64
        What each counts for.
    distances : callable
        The squared distance of each of `colors` to the nearest one of a palette, (N,).

    Returns
    -------
    palette : ndarray of shape (wanted, 3) or (wanted, 4)
        Fewer only if there are not so many distinct colours.
    """
    while len(palette) < wanted:
        loss = (distances(palette) if len(palette) else np.full(len(colors), np.inf)) * counts
        loss[np.isin(levels_to_keys(colors), levels_to_keys(palette))] = -1.0
        worst = np.argsort(-loss, kind="stable")[: max(1, (wanted - len(palette)) // 2)]
        worst = worst[loss[worst] >= 0]
        if not len(worst):
            break
        palette = unique_colors(np.concatenate([palette, colors[worst]]))
    return palette
