"""The centres of a palette: those that a quantizer finds, with room for fixed and for rare colours."""

import numpy as np

from .._typing import Colors, Levels
from ..clustering.lloyd import refine
from ..recipe import Recipe
from .counted import CountedColors
from .rare import find_rare, make_room


def find_centers(counted: CountedColors, wanted: int, fixed: Levels, recipe: Recipe) -> Colors:
    """Return the centres that follow the fixed colours.

    Parameters
    ----------
    counted : CountedColors
        More than `wanted` colours.
    wanted : int
        Number of palette colours, those that are fixed among them.
    fixed : ndarray of shape (F, 3), uint8 or uint16
        F <= `wanted` colours that stay as they are.
    recipe : Recipe
        The quantizer and the metric.

    Returns
    -------
    centers : ndarray of shape (wanted - F, A), float32
    """
    if len(fixed) == wanted:
        return counted.coordinates[:0]
    centers = _quantize(counted, wanted, recipe)
    if not len(fixed) and recipe.rare == 0:
        return centers
    centers, n_kept = make_room(centers, recipe.metric.coordinates(fixed)), len(fixed)
    if recipe.rare > 0:
        centers, n_kept = find_rare(counted.coordinates, counted.weights, centers, recipe.rare, n_kept)
    return refine(counted.coordinates, counted.weights, centers, n_kept)[len(fixed) :]


def _quantize(counted: CountedColors, wanted: int, recipe: Recipe) -> Colors:
    method, options = recipe.quantizer_method()
    coordinates, weights = counted.coordinates, counted.weights
    if counted.are_cells:
        options["are_cells"] = True
    apart = recipe.metric.split(coordinates)
    if wanted == 1 or not apart.any() or apart.all():
        centers: Colors = method(coordinates, weights, wanted, **options)
        return centers
    others: Colors = method(np.ascontiguousarray(coordinates[~apart]), weights[~apart], wanted - 1, **options)
    return np.concatenate([others, coordinates[apart][:1]])
