"""A part of an image that stands for the whole: what a quick design or a quick measurement looks at."""

from itertools import product
from typing import Any

import numpy as np

from .._typing import ImageLike
from .memory import check_image, is_lazy

#: Pixels of a sample by default: the share of a colour is then found to within a permille.
SAMPLE_PIXELS = 1 << 22


def sample_image(image: ImageLike, n_pixels: int = SAMPLE_PIXELS, *, rgb: bool | None = None) -> list[Any]:
    """Return parts of an image that lie evenly over it and hold about `n_pixels` pixels together.

    Parameters
    ----------
    image : array_like
        (..., H, W), or (..., H, W, 3 or 4), numpy or dask.
    n_pixels : int
        How many pixels are wanted, > 0.
    rgb : bool, optional
        Whether the last axis holds channels.

    Returns
    -------
    parts : list of arrays
        Of an image in memory one view: every second, third ... row and column, of all frames. Of a
        dask image some of its chunks as they are stored, so that nothing is read in vain; nothing is
        computed. All of it where it has no more pixels than that.

    Raises
    ------
    ValueError
        If `n_pixels` is not positive.
    """
    if n_pixels < 1:
        raise ValueError(f"n_pixels must be > 0, got {n_pixels}")
    array: Any = image if is_lazy(image) else np.asarray(image)
    rgb = check_image(array.dtype, array.shape, rgb)
    shape = tuple(array.shape[:-1] if rgb else array.shape)
    total = int(np.prod(shape, dtype=np.int64))
    if total <= n_pixels:
        return [array]
    if is_lazy(array):
        return _sample_chunks(array, len(shape), n_pixels)
    ratio, (height, width) = total / n_pixels, shape[-2:]
    across = min(width, int(np.ceil(np.sqrt(ratio))))
    down = min(height, int(np.ceil(ratio / across)))
    across = min(width, int(np.ceil(ratio / down)))  # of a single row or column, more along the other axis
    rows, columns = (slice((step - 1) // 2, None, step) for step, size in ((down, height), (across, width)))
    return [array[(..., rows, columns, *((slice(None),) if rgb else ()))]]


def _sample_chunks(array: Any, ndim: int, n_pixels: int) -> list[Any]:
    sizes = array.chunks[:ndim]
    grid = [len(each) for each in sizes]
    largest = int(np.prod([max(each) for each in sizes], dtype=np.int64))
    wanted = max(1, n_pixels // largest)
    starts = [np.concatenate([[0], np.cumsum(each)]) for each in sizes]
    parts = []
    for place in _spread(grid, wanted):
        area = tuple(slice(int(start[i]), int(start[i + 1])) for start, i in zip(starts, place, strict=True))
        part = array[area]
        if largest > n_pixels:  # one chunk is more than enough: the middle of it
            side = max(1, int(np.sqrt(n_pixels)))
            part = part[tuple(slice(0, 1) for _ in range(ndim - 2)) + _middle(part.shape[ndim - 2 : ndim], side)]
        parts.append(part)
    return parts


def _spread(grid: list[int], wanted: int) -> list[tuple[int, ...]]:
    """Return about `wanted` places of a grid, evenly spread: a coarser grid within it, as square as it can be."""
    steps = [1] * len(grid)
    while np.prod([-(-count // step) for count, step in zip(grid, steps, strict=True)], dtype=np.int64) > wanted:
        counts = [-(-count // step) for count, step in zip(grid, steps, strict=True)]
        steps[int(np.argmax(counts))] += 1
    axes = [range(min(step // 2, (count - 1) // 2), count, step) for count, step in zip(grid, steps, strict=True)]
    return list(product(*axes))


def _middle(shape: tuple[int, ...], side: int) -> tuple[slice, ...]:
    return tuple(slice(max(0, (size - side) // 2), max(0, (size - side) // 2) + min(side, size)) for size in shape)
