"""Online k-means: move the nearest palette colour a little towards one pixel after another (MacQueen 1967)."""

from typing import Annotated

import numpy as np

from .._runtime.jit import kernel
from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.grid import fill_grid
from .wu import split_grid

#: Pixels shown in one call of the kernel, between two questions whether to go on.
_STRIDE = 1 << 15
#: At most so many pixels are shown for a share of 1; more would change nothing.
_MOST = 1 << 20


def online_kmeans(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    seeding: Annotated[str, {"choices": ("wu", "incremental")}] = "wu",
    share: Annotated[float, {"min": 0.01, "max": 10.0}] = 1.0,
    rate: Annotated[float, {"min": 0.5, "max": 1.0}] = 0.5,
) -> Colors:
    """MacQueen's k-means: one pass over the pixels, in a quasi-random order.

    Each pixel that is shown moves the nearest palette colour towards itself, by the share n**-rate
    when it is the n-th to do so.

    Parameters
    ----------
    seeding : {"wu", "incremental"}
        Start from Wu's boxes, or from the mean: then the palette is doubled again and again, with a
        pass after each doubling.
    share : float
        How many pixels are shown in a pass, as a share of all; of more than a million, as a share of that.
    rate : float
        How soon the palette calms down: 1 makes each colour the mean of all that moved it, 0.5 lets it
        forget where it started.


    References
    ----------
    .. [1] MacQueen J. Some methods for classification and analysis of multivariate observations. Proc.
       5th Berkeley Symp. 1967.
    .. [2] Thompson S., Celebi M.E., Buck K. Fast color quantization using MacQueen's k-means algorithm.
       J. Real-Time Image Process. 17, 2020. doi:10.1007/s11554-019-00914-6
    .. [3] Abernathy A., Celebi M.E. The incremental online k-means clustering algorithm and its
       application to color quantization. Expert Syst. Appl. 207, 2022. doi:10.1016/j.eswa.2022.117927
    """
    sums = np.cumsum(weights, dtype=np.float64)
    shown = int(np.ceil(share * min(max(float(sums[-1]), len(colors)), _MOST)))
    if seeding == "wu":
        palette = _passed(colors, sums, split_grid(fill_grid(colors, weights), n_colors), shown, rate)
    else:
        palette = (colors.T @ weights.astype(np.float64) / sums[-1])[None].astype(np.float32)
        while len(palette) < n_colors:
            palette = _passed(colors, sums, _doubled(palette, colors, n_colors), shown, rate)
    return palette


def _doubled(palette: Colors, colors: Colors, n_colors: int) -> Colors:
    """Add a twin to each palette colour, up to `n_colors` in all, a thousandth of the extent beside it."""
    twins = palette[: n_colors - len(palette)] + np.float32(0.001) * np.ptp(colors, axis=0)
    return np.concatenate([palette, twins])


def _passed(colors: Colors, sums: np.typing.NDArray[np.float64], palette: Colors, shown: int, rate: float) -> Colors:
    columns = np.ascontiguousarray(palette.T, np.float32)
    counts = np.ones(len(palette), np.int64)  # where it starts counts as a pixel, too
    for first in range(0, shown, _STRIDE):
        checkpoint(first / shown)
        _show(colors, sums, columns, counts, first, min(first + _STRIDE, shown), rate)
    order = np.argsort(-counts, kind="stable")  # the busiest first: they are the first to be doubled
    return np.ascontiguousarray(columns.T[order])


@kernel
def _show(colors, sums, palette, counts, first, last, rate):  # type: ignore[no-untyped-def]
    x, y, z = palette[0], palette[1], palette[2]
    distances = np.empty(len(x), np.float32)
    bits = distances.view(np.int32)  # of floats >= 0 they are in the same order, and LLVM vectorises their minimum
    for number in range(first, last):
        # Van der Corput's sequence (Sobol's in one dimension) over the sorted pixels: the bits reversed.
        place, digit, rest = 0.0, 0.5, number
        while rest > 0:
            if rest & 1:
                place += digit
            digit *= 0.5
            rest >>= 1
        i = min(np.searchsorted(sums, place * sums[-1], side="right"), len(colors) - 1)
        a, b, c = colors[i, 0], colors[i, 1], colors[i, 2]
        for k in range(len(x)):
            dx, dy, dz = x[k] - a, y[k] - b, z[k] - c
            distances[k] = dx * dx + dy * dy + dz * dz
        least = bits[0]
        for k in range(len(x)):
            least = min(least, bits[k])
        k = 0
        while bits[k] != least:
            k += 1
        counts[k] += 1
        step = np.float32(np.float64(counts[k]) ** -rate)
        x[k] += step * (a - x[k])
        y[k] += step * (b - y[k])
        z[k] += step * (c - z[k])
