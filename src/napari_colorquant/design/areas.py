"""What makes an image graphics: most of its pixels are areas of few colours."""

import numpy as np
import numpy.typing as npt

#: An area has so many pixels, and at least one in so many.
_AREA, _ONE_IN = 16, 400
#: A picture is graphics if so much of it is areas, the largest of which, its ground, is left out on both sides.
GRAPHICS = 0.5


def find_large(counts: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the places of the colours, (N,) pixels each, that have as many as an area."""
    return np.flatnonzero(counts >= max(_AREA, int(counts.sum()) / _ONE_IN))


def may_be_graphics(counts: npt.NDArray[np.int64]) -> bool:
    """Return False if an image is none, by the pixels of its cells, (N,): then few of these hold less than most."""
    return int(counts[find_large(counts)].sum()) >= GRAPHICS * int(counts.sum())
