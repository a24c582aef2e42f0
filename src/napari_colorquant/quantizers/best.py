"""The lowest error within the time that a careful quantizer may take: genetic k-means, sized to the palette."""

from .._typing import Colors, Weights
from .genetic_kmeans import genetic_kmeans


def best(colors: Colors, weights: Weights, n_colors: int, /) -> Colors:
    """Lowest error, for a tenth to a quarter of a second: what to pick when the palette matters.

    Genetic k-means; the fewer the colours, the more palettes are tried, as each is sooner settled.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        Distinct colours, as coordinates of one colour space on 1 to 3 axes.
    weights : ndarray of shape (N,), float32
        Number of pixels of each colour, > 0.
    n_colors : int
        Number of palette colours wanted, 1 to 256.

    Returns
    -------
    palette : ndarray of shape (K, A), float32
        K is the smaller of `n_colors` and the number of distinct colours.
    """
    population, generations, exchanges = next(size for most, size in _SIZES.items() if n_colors <= most)
    return genetic_kmeans(
        colors, weights, n_colors, population=population, generations=generations, exchanges=exchanges
    )


#: Up to so many colours: the population, its generations and the rounds of exchanges.
_SIZES = {
    32: (5, 4, 5),
    128: (4, 2, 10),
    256: (4, 1, 12),
}
