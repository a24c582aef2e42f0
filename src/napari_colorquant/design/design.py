"""Palette design: from counted colours to the palette, in any space, by any quantizer.

The quantizer sees coordinates and weights only. What surrounds it are steps of their own: colours
that must stay, rounding, distinctness, and the order of the entries.
"""

from dataclasses import dataclass

import numpy as np

from .._typing import Labels, Levels
from ..mapping.nearest_colors import label_coordinates, sum_labels
from ..palette import Palette, parse_colors
from ..pixels.counting import Counts
from ..pixels.intensities import to_depth
from ..pixels.keys import levels_to_keys, unique_colors
from ..recipe import Recipe
from .centers import find_centers
from .counted import CountedColors
from .rounding import round_centers


@dataclass(frozen=True, eq=False)
class Design:
    """A palette and how the counted colours map onto it.

    Attributes
    ----------
    palette : Palette
        The colours, the largest share first.
    labels : ndarray of shape (N,), uint8
        The palette index of each counted colour.
    counted : CountedColors
        What it was designed for.
    """

    palette: Palette
    labels: Labels
    counted: CountedColors


def design(counts: Counts, recipe: Recipe, n_colors: int | None = None) -> Design:
    """Design the palette of counted colours.

    Parameters
    ----------
    counts : ColorCounts or DeepCounts
        The colours of one or more images.
    recipe : Recipe
        How; its ``palette`` is not looked at.
    n_colors : int, optional
        Instead of the recipe's.

    Returns
    -------
    design : Design
        With exactly min(n_colors, distinct colours) colours, fixed ones included.
    """
    wanted = int(recipe.n_colors) if n_colors is None else n_colors
    counted = CountedColors.from_counts(counts, recipe.metric)
    fixed = to_depth(parse_colors(recipe.fixed) if recipe.fixed else np.empty((0, 3), np.uint8), counted.depth)
    if counted.is_exact and len(counted) + len(fixed) <= wanted:
        colors = unique_colors(np.concatenate([fixed, counted.levels]))
    else:
        centers = find_centers(counted, wanted, fixed, recipe)
        colors = round_centers(counted, centers, wanted, fixed, recipe.metric)
    return _order(colors, counted, recipe, fixed)


def _order(colors: Levels, counted: CountedColors, recipe: Recipe, fixed: Levels) -> Design:
    """Return the design with the largest share first, ties by colour."""
    labels = label_coordinates(counted.coordinates, colors, recipe.metric)
    sums = sum_labels(labels, counted.counts, len(colors))
    shares = sums / max(int(sums.sum()), 1)
    keys = levels_to_keys(colors)
    order = np.lexsort((keys, -shares))
    rank = np.empty(len(colors), np.uint8)
    rank[order] = np.arange(len(colors))
    locked = np.isin(keys[order], levels_to_keys(fixed))
    palette = Palette.of_levels(colors[order], shares=shares[order], locked=tuple(locked.tolist()))
    return Design(palette, rank[labels], counted)
