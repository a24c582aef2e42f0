"""A part of an image that stands for the whole: what a quick design or a quick measurement looks at."""

from itertools import product
from typing import Any

import numpy as np

from .memory import Place
from .source import Source

#: Pixels of a sample by default: the share of a colour is then found to within a permille.
SAMPLE_PIXELS = 1 << 22
#: A lazy image is looked at in so many places at least: of a slide, any one of them may be bare glass.
_PLACES = 16
#: Where these lie in one chunk, they are in different ones of so many parts along rows and columns.
_CUTS = 4


def sample_source(source: Source, n_pixels: int = SAMPLE_PIXELS) -> list[Source]:
    """Return parts of an image that lie evenly over it and hold about `n_pixels` pixels together.

    Parameters
    ----------
    source : Source
        Its mask and importance are sampled with it, and its limits stay those of the whole.
    n_pixels : int
        How many pixels are wanted, > 0.

    Returns
    -------
    parts : list of Source
        Of an image in memory one view: every second, third ... row and column, of all frames. Of a
        lazy image some of its chunks as they are stored, so that nothing is read in vain, or squares of
        16 of them where they are large; nothing is computed. All of it where it has no more pixels than that.

    Raises
    ------
    ValueError
        If `n_pixels` is not positive.
    """
    if n_pixels < 1:
        raise ValueError(f"n_pixels must be > 0, got {n_pixels}")
    if source.size <= n_pixels:
        return [source]
    places = _spread_chunks(source, n_pixels) if source.is_lazy else [_thin_out(source.shape, n_pixels)]
    return [source.take(place) for place in places]


def _thin_out(shape: tuple[int, ...], n_pixels: int) -> Place:
    """Return the index of every n-th row and column of all frames."""
    ratio, (height, width) = np.prod(shape, dtype=np.int64) / n_pixels, shape[-2:]
    across = min(width, int(np.ceil(np.sqrt(ratio))))
    down = min(height, int(np.ceil(ratio / across)))
    across = min(width, int(np.ceil(ratio / down)))  # of a single row or column, more along the other axis
    return (..., *(slice((step - 1) // 2, None, step) for step in (down, across)))


def _spread_chunks(source: Any, n_pixels: int) -> list[Place]:
    sizes = source.chunks
    grid = [len(each) for each in sizes]
    largest = int(np.prod([max(each) for each in sizes], dtype=np.int64))
    starts = [np.concatenate([[0], np.cumsum(each)]) for each in sizes]
    chunks = _spread(grid, max(_PLACES, n_pixels // largest))
    share, windows = n_pixels // len(chunks), -(-_PLACES // len(chunks))
    places: list[Place] = []
    for chunk in chunks:
        area = [(int(start[i]), int(start[i + 1])) for start, i in zip(starts, chunk, strict=True)]
        if np.prod([stop - start for start, stop in area], dtype=np.int64) <= share:
            places.append(tuple(slice(*bounds) for bounds in area))
        else:
            places += _open_windows(area, max(share, 1), windows)
    return places


def _open_windows(area: list[tuple[int, int]], n_pixels: int, wanted: int) -> list[Place]:
    """Return about `wanted` squares in planes of a part of an image that hold `n_pixels` together, far from each other.

    They are whole squares, so that what is seen with its surroundings, as a dither sees it, looks as it does elsewhere.
    """
    lengths = [stop - start for start, stop in area]
    split = [*lengths[:-2], *(min(_CUTS, length) for length in lengths[-2:])]
    windows = _spread(split, wanted)
    side = max(1, int(np.sqrt(n_pixels / len(windows))))
    places = []
    for window in windows:
        place = []
        for (start, stop), parts, i in zip(area, split, window, strict=True):
            first, last = start + (stop - start) * i // parts, start + (stop - start) * (i + 1) // parts
            middle = first + max(0, (last - first - side) // 2)
            place.append(slice(middle, min(middle + side, last)))
        places.append(tuple(place))
    return places


def _spread(grid: list[int], wanted: int) -> list[tuple[int, ...]]:
    """Return about `wanted` places of a grid, evenly spread: a coarser grid within it, as square as it can be."""
    steps = [1] * len(grid)
    while np.prod([-(-count // step) for count, step in zip(grid, steps, strict=True)], dtype=np.int64) > wanted:
        counts = [-(-count // step) for count, step in zip(grid, steps, strict=True)]
        steps[int(np.argmax(counts))] += 1
    axes = [range(min(step // 2, (count - 1) // 2), count, step) for count, step in zip(grid, steps, strict=True)]
    return list(product(*axes))
