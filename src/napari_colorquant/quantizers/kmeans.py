"""K-means: split, merge and settle on the means of small boxes, then a step over all colours."""

from typing import Annotated

from .._typing import Colors, Weights
from ..clustering.complete import complete
from ..clustering.exchange import exchange
from ..clustering.grid import cell_means, fill_grid
from ..clustering.lloyd import lloyd
from ..clustering.points import COARSE_BLOCK, Points, coarsen, side_of_runs, widened
from ._few import are_few, kmeans_of_few
from ._line import divide_line
from ._seeding import SEEDINGS, seed_palette
from .wu import split_grid

#: How far the steps on cells overshoot; needs about half the steps of Lloyd's own.
_RELAXATION = 1.8
#: With so many points for each colour, it is as well seen where colours are missing as with five times as many.
_MANY = 64
#: So many more rounds of exchanges on cells, for up to so many palette colours: they cost little there.
_MORE, _MANY_COLORS = 2, 128
#: More palette colours are not exchanged: each is compared with each other one.
_MOST = 1 << 13
#: Up to so many palette colours are exchanged as well on a coarse grid.
_FEW = 32


def kmeans(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    seeding: Annotated[str, {"choices": SEEDINGS}] = "wu",
    exchanges: Annotated[int, {"min": 0, "max": 1000}] = 4,
    iterations: Annotated[int, {"min": 0, "max": 1000}] = 4,
    exact_passes: Annotated[int, {"min": 0, "max": 1000}] = 1,
    seed: Annotated[int, {"min": 0, "max": 2**31 - 1}] = 0,
) -> Colors:
    """K-means from Wu's palette, with exchanges: low squared error in a few milliseconds; the default.

    The work is done on the means of small boxes of colours, or on the colours themselves if they are few: first
    palette colours are taken from where they matter least to where they matter most, then all move to the means of
    their clusters in steps that overshoot. A step over all colours ends it. Of colours along a line, as grays are, the
    palette of the lowest error is found exactly, unless another seeding or no exchanges are asked for.

    Parameters
    ----------
    seeding : {"wu", "pca", "kmeans++", "maximin"}
        Where the palette starts: Wu's boxes, halves along principal axes, random colours far from each
        other, or always the farthest colour. Of up to 2,048 colours, and where there are few for each palette colour,
        "wu" splits across longest axes in place of boxes, and merges by pairs, see `pnn`.
    exchanges : int
        At most so many rounds of splitting some clusters and merging others; 0 leaves plain k-means.
    iterations : int
        At most so many steps on the means of the boxes after that.
    exact_passes : int
        Steps over all colours after that.
    seed : int
        For the random seeding.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        Weighted means of the clusters.

    References
    ----------
    .. [1] Lloyd S. Least squares quantization in PCM. IEEE Trans. Inf. Theory 28(2), 1982.
       doi:10.1109/TIT.1982.1056489
    .. [2] Kaukoranta T., Franti P., Nevalainen O. Iterative split-and-merge algorithm for vector
       quantization codebook generation. Opt. Eng. 37(10), 1998. doi:10.1117/1.601814
    .. [3] Kanungo T. et al. An efficient k-means clustering algorithm. IEEE TPAMI 24(7), 2002.
       doi:10.1109/TPAMI.2002.1017616
    .. [4] Equitz W. A new vector quantization clustering algorithm. IEEE Trans. ASSP 37(10), 1989.
       doi:10.1109/29.35395
    .. [5] Wu X. Optimal quantization by matrix searching. J. Algorithms 12(4), 1991.
       doi:10.1016/0196-6774(91)90039-2
    """
    if are_few(len(colors), n_colors):
        how = {"exchanges": exchanges, "iterations": iterations, "exact_passes": exact_passes, "seed": seed}
        return kmeans_of_few(colors, weights, n_colors, seeding=seeding, **how)
    if seeding == "wu" and exchanges > 0 and (best := divide_line(colors, weights, n_colors)) is not None:
        return best
    points = Points.from_colors(colors, weights)
    coarse = coarsen(points, n_colors)
    coarser = widened(coarsen(coarse, n_colors, _MANY), n_colors)
    palette = seed_palette(coarser, n_colors, seeding, seed)
    if n_colors <= _MOST:
        palette = exchange(coarser, palette, exchanges)
    if iterations:
        palette = lloyd(coarse, palette, iterations, relaxation=_RELAXATION, rest=1e-4)
    if exact_passes:
        palette = lloyd(points, palette, exact_passes)
    return palette


def kmeans_of_cells(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    seeding: str = "wu",
    exchanges: int = 4,
    iterations: int = 4,
    exact_passes: int = 1,
    seed: int = 0,
) -> Colors:
    """Do the same for the means of small cells, of which there are few: all steps after the exchanges go over all.

    Of up to 128 colours there are two more rounds of exchanges. So the error is that of `kmeans` on the colours
    themselves.
    """
    more = _MORE if exchanges and n_colors <= _MANY_COLORS else 0
    if are_few(len(colors), n_colors):
        how = {"iterations": iterations, "exact_passes": exact_passes, "seed": seed}
        return kmeans_of_few(colors, weights, n_colors, seeding=seeding, exchanges=exchanges + more, **how)
    if n_colors <= _FEW and seeding == "wu":  # Wu's own grid will do for the exchanges, too
        grid = fill_grid(colors, weights)
        means = Points.from_colors(*cell_means(grid), side_of_runs(n_colors), COARSE_BLOCK)
        seeds = complete(split_grid(grid, n_colors), means.colors, means.weights, n_colors)
        points = Points.from_colors(colors, weights, side_of_runs(n_colors))
    else:
        means = coarsen(Points.from_colors(colors, weights), n_colors)
        seeds = seed_palette(coarsen(means, n_colors, _MANY), n_colors, seeding, seed)
        means = widened(means, n_colors)
        points = Points.from_colors(colors, weights, side_of_runs(n_colors))
    palette = exchange(means, seeds, exchanges + more) if n_colors <= _MOST else seeds
    return lloyd(points, palette, iterations + exact_passes, relaxation=_RELAXATION, rest=1e-5)
