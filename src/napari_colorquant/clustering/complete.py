"""The promise of every quantizer: exactly as many distinct colours as asked for, while there are that many."""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors, Weights
from .bins import fill_bins
from .grid import bounding_box
from .nearest import nearest_with_distance, three_axes

#: More colours than these are not compared one by one.
_COMPARED = 256


def few_colors(colors: Colors, n_colors: int) -> Colors | None:
    """Return the distinct colours in lexicographic order if there are at most `n_colors`, else None.

    Asked before any method runs: few colours are their own palette.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        Coordinates, perhaps with duplicates (an axis weight of 0 makes colours coincide).
    n_colors : int
        Number of palette colours wanted, >= 1.
    """
    found = np.empty((min(n_colors, _COMPARED) + 1, 3), np.float32)
    used = _find_distinct(three_axes(colors), found)
    rows = found[:used, : colors.shape[1]]
    if used > n_colors:
        return None
    if used > _COMPARED:  # so many that to sort all is quicker than to compare each with those before it
        rows = distinct_rows(colors + np.float32(0))
    if len(rows) > n_colors:
        return None
    return np.ascontiguousarray(rows[np.lexsort(rows.T[::-1])])


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
    distinct = distinct_rows(np.clip(np.asarray(palette, np.float32), low, high) + np.float32(0))[:n_colors]
    if len(distinct) == n_colors:
        return distinct
    if not len(distinct):
        mean = np.average(colors, axis=0, weights=weights.astype(np.float64))
        distinct = np.clip(mean.astype(np.float32), low, high)[np.newaxis]
    bins = fill_bins(colors, weights, bits=6)
    distinct = add_worst(distinct, bins.means, bins.weights, n_colors)
    distinct = add_worst(distinct, colors, weights, n_colors)
    if len(distinct) < n_colors:  # the rest is so near that squared distances vanish
        distinct = distinct_rows(np.concatenate([distinct, colors + np.float32(0)]))[:n_colors]
    return distinct


def add_worst(palette: Colors, colors: Colors, weights: Weights, n_colors: int) -> Colors:
    """Add the colours that cost most, one by one, up to `n_colors` entries or until no colour costs anything.

    `palette` (K, A), K >= 1, stays as it is; what is added follows, worst first. Of many that are missing, several
    are added at once.
    """
    if len(palette) == n_colors:
        return palette
    distances = nearest_with_distance(colors, palette)[1]
    while (missing := n_colors - len(palette)) > _COMPARED:
        costs = distances * weights
        dearest = np.argsort(-costs, kind="stable")[: missing // 2]
        added = distinct_rows(colors[dearest[costs[dearest] > 0]])
        if not len(added):
            return palette
        palette = np.concatenate([palette, added])
        np.minimum(distances, nearest_with_distance(colors, added)[1], out=distances)
    while len(palette) < n_colors and distances[worst := np.argmax(distances * weights)] > 0:
        added = colors[worst, np.newaxis]
        palette = np.concatenate([palette, added])
        np.minimum(distances, nearest_with_distance(colors, added)[1], out=distances)
    return palette


def distinct_rows(rows: Colors) -> Colors:
    """Return the distinct rows in the order of their first occurrence."""
    order = np.lexsort(rows.T[::-1])  # stable: equal rows stay in their order; five times as quick as np.unique
    ordered = rows[order]
    is_first = np.ones(len(rows), np.bool_)
    is_first[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return np.ascontiguousarray(rows[np.sort(order[is_first])])


@kernel
def _find_distinct(colors, found):  # type: ignore[no-untyped-def]
    used = 0
    for i in range(len(colors)):
        new = True
        for k in range(used - 1, -1, -1):  # the last ones first: neighbours in the list are often equal
            if colors[i, 0] == found[k, 0] and colors[i, 1] == found[k, 1] and colors[i, 2] == found[k, 2]:
                new = False
                break
        if new:
            for axis in range(3):
                found[used, axis] = colors[i, axis] + np.float32(0)  # -0 and 0 are one coordinate
            used += 1
            if used == len(found):
                break
    return used
