"""Rare and fixed colours: palette entries that are kept, and around which the design is built.

A quantizer minimises the total error, so it gives nothing to a colour of three pixels. Here entries
of its palette are traded: the two whose merging costs least make room for the colour that is worst
served, for as long as that pays. `rare` decides how much a colour's number of pixels still counts.
"""

import numpy as np
import numpy.typing as npt

from .._typing import Colors, Weights
from ..clustering.bins import fill_bins
from ..clustering.nearest import nearest_with_distance

#: Bins per axis (as bits) on which salience is judged: near colours are judged together.
_BITS = 5
#: The largest share of the palette that is given to rare colours.
_MOST = 0.5


def make_room(palette: Colors, fixed: Colors) -> Colors:
    """Return `palette` with its nearest entry replaced by each fixed colour; the fixed ones come first.

    Parameters
    ----------
    palette : ndarray of shape (K, A), float32
        A design of K colours.
    fixed : ndarray of shape (F, A), float32
        F <= K colours that must be in it, as coordinates.
    """
    free = palette
    for color in fixed:
        if len(free) + len(fixed) > len(palette):
            free = np.delete(free, int(((free - color) ** 2).sum(axis=1).argmin()), axis=0)
    return np.concatenate([fixed, free])


def find_rare(colors: Colors, weights: Weights, palette: Colors, rare: float, n_fixed: int = 0) -> tuple[Colors, int]:
    """Trade palette entries for small, salient colours.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        Distinct colours.
    weights : ndarray of shape (N,), float32
        Their numbers of pixels.
    palette : ndarray of shape (K, A), float32
        A design, whose first `n_fixed` entries must stay.
    rare : float
        0 changes nothing. At r, a group of w pixels counts as w ** (1 - r), on both sides of a trade:
        at 1 only distances count, however few the pixels. Up to r / 2 of the palette is traded.
    n_fixed : int
        Number of entries that are not traded.

    Returns
    -------
    palette : ndarray of shape (K, A), float32
        Fixed entries, rare ones, then the others.
    n_kept : int
        How many of them are fixed or rare.
    """
    bins = fill_bins(colors, weights, _BITS)
    pixels = bins.weights.astype(np.float64)
    kept, free = palette[:n_fixed], palette[n_fixed:]
    for _ in range(int(rare * _MOST * len(palette))):
        if len(free) < 2:
            break
        labels, distances = nearest_with_distance(bins.means, np.concatenate([kept, free]))
        gains = pixels ** (1.0 - rare) * distances
        worst = int(gains.argmax())
        sums = np.bincount(labels, pixels, minlength=len(palette))[len(kept) :].astype(np.float64)
        pair, cost = cheapest_merge(free, sums, rare)
        if gains[worst] <= cost:
            break
        merged = merge(free, sums, pair)
        # The most frequent colour of the bin: a colour of the image, not a mean that nothing shows.
        inside = np.flatnonzero(bins.index == worst)
        kept = np.concatenate([kept, colors[inside[int(weights[inside].argmax())]][None]])
        free = np.concatenate([np.delete(free, pair, axis=0), merged])
    return np.concatenate([kept, free]), len(kept)


def cheapest_merge(free: Colors, sums: npt.NDArray[np.float64], rare: float) -> tuple[list[int], float]:
    """Return the two entries that are cheapest to merge and what it costs (Ward's criterion, weights to 1 - rare)."""
    weights = np.maximum(sums, 1e-12)
    squares = ((free[:, None] - free[None]) ** 2).sum(axis=2)
    costs = squares * (weights[:, None] * weights[None] / (weights[:, None] + weights[None])) ** (1.0 - rare)
    costs[np.tril_indices(len(free))] = np.inf
    first, second = np.unravel_index(int(costs.argmin()), costs.shape)
    return [int(first), int(second)], float(costs[first, second])


def merge(free: Colors, sums: npt.NDArray[np.float64], pair: list[int]) -> Colors:
    """Return the mean of two entries, (1, A), by the weights of their clusters."""
    shares = np.maximum(sums[pair], 1e-12)
    merged: Colors = np.average(free[pair], axis=0, weights=shares)[None].astype(np.float32)
    return merged
