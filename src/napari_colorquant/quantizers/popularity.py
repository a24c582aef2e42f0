"""Popularity: the fullest bins of a histogram (Heckbert 1982)."""

from typing import Annotated

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.bins import fill_bins
from ..clustering.grid import bounding_box

#: More colours are not chosen apart from each other, one by one.
_MOST = 1 << 10


def popularity(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    bits: Annotated[int, {"min": 1, "max": 7}] = 5,
    separation: Annotated[float, {"min": 0.0, "max": 1.0}] = 0.35,
) -> Colors:
    """Take the colours that most pixels have; right for flat graphics, while photographs lose small colours.

    Parameters
    ----------
    bits : int
        Fineness of the histogram: about ``2 ** (3 * bits)`` bins cover the colours' box; on the
        RGB cube, `bits` per channel.
    separation : float
        Smallest distance between palette colours, where 1 is the diagonal of the cubes that as many
        would fill the colours' box, 0 to 1. It keeps one broad hue from taking the whole palette; 0
        is Heckbert's method. Halved as often as needed to find `n_colors` colours; not for more than 1,024.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        The mean of each bin, fullest first.

    References
    ----------
    .. [1] Heckbert P. Color image quantization for frame buffer display. SIGGRAPH 1982. doi:10.1145/965145.801294
    """
    bins = fill_bins(colors, weights, bits, least=n_colors, few=n_colors)
    ranked = bins.means[np.argsort(-bins.weights, kind="stable")]
    low, high = bounding_box(colors)
    apart = separation * float(np.linalg.norm(high - low)) / n_colors ** (1 / 3)
    chosen = ranked[:n_colors] if apart == 0 or n_colors > _MOST else _choose_apart(ranked, n_colors, apart)
    return chosen


def _choose_apart(ranked: Colors, n_colors: int, apart: float) -> Colors:
    """Return the first `n_colors` of `ranked` that are `apart` from each other, or half of that, and so on."""
    n_colors = min(n_colors, len(ranked))
    chosen: list[int] = []
    gaps: npt.NDArray[np.float64] = np.full(len(ranked), np.inf)
    while len(chosen) < n_colors:
        checkpoint(len(chosen) / n_colors)
        free = np.flatnonzero(gaps >= apart)
        if not len(free):
            apart /= 2
            continue
        chosen.append(int(free[0]))
        np.minimum(gaps, np.linalg.norm(ranked - ranked[free[0]], axis=1), out=gaps)
    return ranked[chosen]
