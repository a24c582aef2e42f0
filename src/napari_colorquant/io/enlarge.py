"""An indexed picture several times as large, each pixel a square: for pixel art, slides and screens."""

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from ..indexed import IndexedFrames, IndexedImage
from .image import ImageFile

Level = TypeVar("Level", IndexedImage, IndexedFrames)
#: How many times as large a picture can be written.
MOST = 64


def enlarge(indexed: Level, factor: int) -> Level:
    """Return an indexed image with squares of ``factor`` x ``factor`` pixels in place of each; lazily where it is lazy.

    Parameters
    ----------
    indexed : IndexedImage or IndexedFrames
    factor : int
        1 to 64; 1 returns the image itself.
    """
    if factor == 1:
        return indexed
    parts = (indexed.labels, indexed.valid, indexed.alpha, indexed.recolored)
    labels, valid, alpha, recolored = (
        None if array is None else _repeat(array, factor, len(indexed.shape) - 2) for array in parts
    )
    return replace(indexed, labels=labels, valid=valid, alpha=alpha, recolored=recolored)


def enlarge_place(like: ImageFile | None, factor: int) -> ImageFile | None:
    """Return what a file says of its pixels for pixels of which ``factor`` fit along one of before."""
    if like is None or factor == 1:
        return like
    scales = tuple((*scale[:-2], *(size / factor for size in scale[-2:])) for scale in like.scales)
    # The outer edge stays where it is, so the centre of the first pixel comes nearer to it.
    shifts = [size * (1 - 1 / factor) / 2 for size in like.scales[0][-2:]]
    near = tuple(place - shift for place, shift in zip(like.origin[-2:], shifts, strict=False))
    return replace(like, scales=scales, origin=(*like.origin[:-2], *near))


def _repeat(array: Any, factor: int, rows: int) -> Any:
    return np.repeat(np.repeat(array, factor, axis=rows), factor, axis=rows + 1)  # of dask arrays, this is dask's
