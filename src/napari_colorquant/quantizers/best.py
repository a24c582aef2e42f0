"""The lowest squared error in the time that a careful quantizer may take: genetic k-means, sized to the palette."""

from .._typing import Colors, Weights
from ..clustering.lloyd import measure_distortion
from ..clustering.points import Points
from ._few import are_few
from ._line import divide_line
from .genetic_kmeans import genetic_kmeans
from .kmeans import kmeans


def best(colors: Colors, weights: Weights, n_colors: int, /) -> Colors:
    """Lowest squared error for a tenth to a quarter of a second: what to pick when the palette matters.

    Genetic k-means; the fewer the colours, the more palettes are tried, as each is sooner settled. Of up to 2,048
    colours the palette of `kmeans` is taken where it is better; of grays, and other colours along a line, that of the
    lowest error.
    """
    if (found := divide_line(colors, weights, n_colors)) is not None:
        return found
    population, generations, exchanges = next(size for most, size in _SIZES.items() if n_colors <= most)
    found = genetic_kmeans(
        colors, weights, n_colors, population=population, generations=generations, exchanges=exchanges
    )
    if not are_few(len(colors), n_colors):
        return found
    points = Points.from_colors(colors, weights)
    return min(found, kmeans(colors, weights, n_colors), key=lambda each: measure_distortion(points, each))


#: Up to so many colours: the population, its generations and the rounds of exchanges.
_SIZES = {
    32: (5, 4, 5),
    128: (4, 2, 10),
    256: (4, 1, 12),
}
