"""The promise of every quantizer: exactly as many distinct colours as asked for, while there are that many."""

import numpy as np

from .._typing import Colors, Weights
from ..nearest import nearest_with_distance
from ._bins import bounding_box, coarsen


def few_colors(colors: Colors, n_colors: int) -> Colors | None:
    """Return the distinct colours in lexicographic order if there are at most `n_colors`, else None.

    Every quantizer asks this first: then the colours are their own palette.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        Coordinates, perhaps with duplicates (a lever at 0 makes colours coincide).
    n_colors : int
        Number of palette colours wanted, >= 1.
    """
    size = 4 * n_colors  # a photograph shows more than n_colors in its first rows: look no further
    while True:
        distinct = np.unique(colors[:size] + np.float32(0), axis=0)  # + 0 makes -0 and 0 one
        if len(distinct) > n_colors:
            return None
        if size >= len(colors):
            return np.ascontiguousarray(distinct)
        size *= 8


def complete(palette: Colors, colors: Colors, weights: Weights, n_colors: int) -> Colors:
    """Return `palette` inside the colours' box, without duplicates, filled up to `n_colors`.

    Parameters
    ----------
    palette : ndarray of shape (K, A)
        The colours that a method found, any K >= 0; at most the first `n_colors` distinct ones stay.
    colors, weights : ndarray of shape (N, A) and (N,), float32
        What the palette is for, with more than `n_colors` distinct colours (see `few_colors`).
    n_colors : int
        Number of palette colours wanted, >= 1.

    Returns
    -------
    palette : ndarray of shape (n_colors, A), float32
        The distinct rows in their order, then what costs most so far, worst first: means of fine bins,
        and single colours once those are used up.
    """
    low, high = bounding_box(colors)
    clipped = np.clip(np.asarray(palette, np.float32), low, high) + np.float32(0)
    first = np.sort(np.unique(clipped, axis=0, return_index=True)[1])[:n_colors]
    distinct = np.ascontiguousarray(clipped[first])
    if len(distinct) == n_colors:
        return distinct
    if not len(distinct):
        mean = np.average(colors, axis=0, weights=weights.astype(np.float64))
        distinct = np.clip(mean.astype(np.float32), low, high)[np.newaxis]
    bins = coarsen(colors, weights, bits=6)
    distinct = _add_worst(distinct, bins.means, bins.weights, n_colors)
    return _add_worst(distinct, colors, weights, n_colors)


def _add_worst(palette: Colors, colors: Colors, weights: Weights, n_colors: int) -> Colors:
    """Add the colours that cost most, up to `n_colors` entries or until every colour is in the palette."""
    if len(palette) == n_colors:
        return palette
    distances = nearest_with_distance(colors, palette)[1]
    while len(palette) < n_colors and distances[worst := np.argmax(distances * weights)] > 0:
        added = colors[worst, np.newaxis]
        palette = np.concatenate([palette, added])
        np.minimum(distances, nearest_with_distance(colors, added)[1], out=distances)
    return palette
