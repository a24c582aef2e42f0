"""Labels on their way into a file: lazy ones computed once, in bounded memory; all with progress."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.progress import stage
from ..pixels.arrays import is_lazy, load

#: The name of this stage of the work.
WRITING = "Writing the labels"
#: Labels that are computed at once, or one row of chunks, if that has more.
_TOGETHER = 1 << 24


def find_spans(arrays: Sequence[Any]) -> list[tuple[float, float]]:
    """Return which part of the whole, 0..1, each array is, one after the other."""
    edges = np.cumsum([0, *(array.size for array in arrays)]) / max(1, sum(array.size for array in arrays))
    return list(pairwise(edges.tolist()))


def compute_bands(
    array: Any, span: tuple[float, float] = (0.0, 1.0), *, rgb: bool = False
) -> Iterator[npt.NDArray[np.uint8]]:
    """Compute an array row of chunks by row of chunks; one in memory goes plane by plane.

    Parameters
    ----------
    array : array of shape (..., H, W), uint8, or with `rgb` (..., H, W, 3)
    span : tuple of float
        The part of the whole work, 0..1, that this is.

    Yields
    ------
    band : ndarray of shape (h, W) or (h, W, 3), uint8
        From the top to the bottom of one plane after the other. Small bands are computed together,
        so that all threads have work.
    """
    down = array.ndim - 2 - rgb  # the axis of rows
    if not is_lazy(array):
        planes = list(np.ndindex(*array.shape[:down]))
        part = (span[1] - span[0]) / len(planes)
        for number, plane in enumerate(planes):
            with stage(WRITING, span[0] + number * part, span[0] + (number + 1) * part):
                yield array[plane]
        return
    from ..pixels.lazy_arrays import settle_graph  # needs the extra, as the array itself

    array = settle_graph(array)
    edges = np.cumsum([0, *array.chunks[down]]).tolist()
    places = [(*plane, slice(*rows)) for plane in np.ndindex(*array.shape[:down]) for rows in pairwise(edges)]
    together = max(1, _TOGETHER // (max(array.chunks[down]) * math.prod(array.shape[down + 1 :])))
    done = 0.0
    for some in (places[i : i + together] for i in range(0, len(places), together)):
        bands = [array[place] for place in some]
        part = sum(band.size for band in bands) / array.size * (span[1] - span[0])
        with stage(WRITING, span[0] + done, span[0] + done + part):
            computed = load(*bands)
        done += part
        yield from map(np.asarray, computed)
