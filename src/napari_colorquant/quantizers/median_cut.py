"""Median cut: halve the boxes of colours across their longest sides (Heckbert 1982)."""

import heapq
from typing import Annotated

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.bins import Bins, enough_bins, fill_bins

Members = npt.NDArray[np.intp]


def median_cut(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    split_at: Annotated[str, {"choices": ("median", "mean")}] = "median",
    choose: Annotated[str, {"choices": ("longest", "heaviest", "both")}] = "both",
    bits: Annotated[int, {"min": 4, "max": 7}] = 6,
) -> Colors:
    """Halve the box that is long and heavy, across its longest side, again and again.

    Parameters
    ----------
    split_at : {"median", "mean"}
        Where to cut the longest side. The median gives both halves as many pixels (Heckbert); the
        mean isolates rare, distant colours and leaves a lower error.
    choose : {"longest", "heaviest", "both"}
        Which box is next: the one with the longest side, with the most pixels, or with the largest
        product of the two, which leaves the lowest squared error.
    bits : int
        Fineness of the bins that are cut: about ``2 ** (3 * bits)`` cover the colours' box.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        The mean of each box.

    References
    ----------
    .. [1] Heckbert P. Color image quantization for frame buffer display. SIGGRAPH 1982. doi:10.1145/965145.801294
    """
    bins = fill_bins(colors, weights, bits, least=enough_bins(n_colors))
    heap = [_as_entry(bins, np.arange(len(bins.means)), choose)]
    while len(heap) < n_colors and heap[0][0] < 0:
        checkpoint(len(heap) / n_colors)
        _, _, axis, members = heapq.heappop(heap)
        for part in _split(bins, members, axis, split_at):
            heapq.heappush(heap, _as_entry(bins, part, choose))
    means = [np.average(bins.means[box], axis=0, weights=bins.weights[box].astype(float)) for *_, box in heap]
    return np.array(means, np.float32)


def _as_entry(bins: Bins, members: Members, choose: str) -> tuple[float, int, int, Members]:
    """Return a box for the heap: minus its urgency, its first bin (unique: no ties), its longest axis, its bins."""
    inside = bins.means[members]
    sides = inside.max(axis=0) - inside.min(axis=0)
    axis = int(np.argmax(sides))
    urgency = 1.0 if choose == "heaviest" else float(sides[axis])
    if choose != "longest":
        urgency *= float(bins.weights[members].sum(dtype=np.float64))
    return -urgency if len(members) > 1 else 0.0, int(members[0]), axis, members


def _split(bins: Bins, members: Members, axis: int, split_at: str) -> tuple[Members, Members]:
    # Equal coordinates stay together, so that the boxes do not overlap whatever the order of the colours.
    along = bins.means[members, axis]
    shares = bins.weights[members].astype(np.float64)
    if split_at == "mean":
        left = along < np.average(along.astype(np.float64), weights=shares)
        return members[left], members[~left]
    order = np.argsort(along, kind="stable")
    reached = np.cumsum(shares[order])
    median = along[order[np.searchsorted(reached, reached[-1] / 2)]]
    left = along <= median if median < along.max() else along < median
    return members[left], members[~left]
