"""Palette design: from counted colours to the palette, in any space, by any quantizer.

The quantizer sees coordinates and weights only. What surrounds it is here: colours that must stay,
rounding to 8 bits, distinctness, and the order of the entries.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._typing import RGB8, Colors, Labels, Weights
from ..clustering.lloyd import refine
from ..clustering.nearest import nearest_with_distance
from ..mapping.nearest_colors import label_coordinates
from ..palette import Palette, parse_colors
from ..pixels.counts import ColorCounts
from ..pixels.keys import rgb_to_keys
from ..recipe import Recipe
from .rare import find_rare, make_room


@dataclass(frozen=True, eq=False)
class Design:
    """A palette and how the counted colours map onto it.

    Attributes
    ----------
    palette : Palette
        The colours, the largest share first.
    labels : ndarray of shape (N,), uint8
        The palette index of each counted colour.
    """

    palette: Palette
    labels: Labels


def design(counts: ColorCounts, recipe: Recipe, n_colors: int | None = None) -> Design:
    """Design the palette of counted colours.

    Parameters
    ----------
    counts : ColorCounts
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
    colors, weights = counts.colors(), counts.weights()
    fixed = parse_colors(recipe.fixed) if recipe.fixed else np.empty((0, 3), np.uint8)
    coordinates = recipe.metric.coordinates(colors)
    if colors.dtype == np.uint8 and len(colors) + len(fixed) <= wanted:
        return _finish(_unique_rows(np.concatenate([fixed, colors])), coordinates, weights, recipe)
    centers = _run_quantizer(coordinates, colors, weights, wanted, fixed, recipe)
    rounded = recipe.metric.mix(centers, coordinates, colors, weights) if len(centers) else fixed[:0]
    palette = make_distinct(np.concatenate([fixed, rounded]), coordinates, colors, weights, wanted, recipe)
    return _finish(palette, coordinates, weights, recipe)


def share_of(labels: Labels, weights: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.float64]:
    """Return the share of each of `count` labels, summing to 1."""
    sums = np.zeros(max(count, 256), np.int64)
    _add_weights(labels, weights, sums)
    shares: npt.NDArray[np.float64] = sums[:count] / max(int(sums.sum()), 1)
    return shares


def _run_quantizer(
    coordinates: Colors, colors: RGB8 | Colors, weights: npt.NDArray[np.int64], wanted: int, fixed: RGB8, recipe: Recipe
) -> Colors:
    """Return the centres that follow the fixed ones: those of the quantizer, with room for rare colours."""
    if len(fixed) == wanted:
        return coordinates[:0]
    counted = recipe.metric.weigh(colors, weights)
    centers = _find_centers(coordinates, counted, wanted, recipe)
    if not len(fixed) and recipe.rare == 0:
        return centers
    centers, n_kept = make_room(centers, recipe.metric.coordinates(fixed)), len(fixed)
    if recipe.rare > 0:
        centers, n_kept = find_rare(coordinates, counted, centers, recipe.rare, n_kept)
    return refine(coordinates, counted, centers, n_kept)[len(fixed) :]


def _find_centers(coordinates: Colors, weights: Weights, wanted: int, recipe: Recipe) -> Colors:
    method, options = recipe.quantizer_method()
    apart = recipe.metric.split(coordinates)
    if wanted == 1 or not apart.any() or apart.all():
        centers: Colors = method(coordinates, weights, wanted, **options)
        return centers
    others: Colors = method(np.ascontiguousarray(coordinates[~apart]), weights[~apart], wanted - 1, **options)
    return np.concatenate([others, coordinates[apart][:1]])


def make_distinct(
    palette: RGB8,
    coordinates: Colors,
    colors: RGB8 | Colors,
    weights: npt.NDArray[np.int64],
    wanted: int,
    recipe: Recipe,
) -> RGB8:
    """Return `palette` without repeats, filled up to `wanted` with the image's worst-fitted colours.

    Rounding to 8 bits, clipping to the gamut, or a space with fewer axes can make two entries equal.
    """
    palette = _unique_rows(palette)
    eight_bit = to_rgb8(colors)
    while len(palette) < wanted:
        distances = nearest_with_distance(coordinates, recipe.metric.coordinates(palette))[1]
        loss = distances * weights
        loss[np.isin(rgb_to_keys(eight_bit), rgb_to_keys(palette))] = -1.0
        worst = np.argsort(-loss, kind="stable")[: max(1, (wanted - len(palette)) // 2)]
        worst = worst[loss[worst] >= 0]
        if not len(worst):
            break
        palette = _unique_rows(np.concatenate([palette, eight_bit[worst]]))
    return palette


def to_rgb8(colors: RGB8 | Colors) -> RGB8:
    """Return colours, uint8 or float32 in 0..1, as uint8."""
    rounded: RGB8 = colors if colors.dtype == np.uint8 else np.rint(colors * 255).astype(np.uint8)  # type: ignore[assignment]
    return rounded


def _finish(colors: RGB8, coordinates: Colors, weights: npt.NDArray[np.int64], recipe: Recipe) -> Design:
    labels = label_coordinates(coordinates, colors, recipe.metric)
    shares = share_of(labels, weights, len(colors))
    order = np.lexsort((rgb_to_keys(colors), -shares))  # the largest share first, ties by colour
    rank = np.empty(len(colors), np.uint8)
    rank[order] = np.arange(len(colors))
    palette = Palette(np.ascontiguousarray(colors[order]), shares=shares[order])
    locked = tuple(code in recipe.fixed for code in palette.hex)
    return Design(replace(palette, locked=locked), rank[labels])


def _unique_rows(colors: RGB8) -> RGB8:
    """Return the rows without repeats, in the order of their first occurrence."""
    first = np.unique(rgb_to_keys(colors), return_index=True)[1]
    return np.ascontiguousarray(colors[np.sort(first)])


@kernel
def _add_weights(labels, weights, sums):  # type: ignore[no-untyped-def]
    for i in range(len(labels)):
        sums[labels[i]] += weights[i]
