"""Several displayed images as one: blended from the bottom to the top as a viewer's canvas does, in 8-bit sRGB.

Like the canvas of OpenGL, the composite holds 8 bits after each layer, and an alpha that some blendings lower.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import RGB8
from .arrays import as_levels_array, is_lazy
from .displayed import RGBA, Blending, DisplayedImage

BLACK = (0, 0, 0)
#: Pixels that are blended at a time, by all layers one after the other, while they are in the cache.
_BLOCK = 1 << 16

_TRANSLUCENT, _ADDITIVE, _MINIMUM, _OPAQUE, _MULTIPLICATIVE, _FIRST_ADDITIVE, _FIRST_MINIMUM = range(7)
_RULES: dict[Blending, int] = {
    "translucent": _TRANSLUCENT,
    "translucent_no_depth": _TRANSLUCENT,  # layers lie in one plane: there is no depth to ask for
    "additive": _ADDITIVE,
    "minimum": _MINIMUM,
    "opaque": _OPAQUE,
    "multiplicative": _MULTIPLICATIVE,
}
#: The lowest layer does not blend with the background: what adds to nothing covers it, all others are translucent.
_FIRST_RULES: dict[Blending, int] = {"additive": _FIRST_ADDITIVE, "minimum": _FIRST_MINIMUM}


def composite(images: Sequence[DisplayedImage], *, background: Sequence[int] = BLACK) -> Any:
    """Return displayed images as one.

    Parameters
    ----------
    images : sequence of DisplayedImage
        From the bottom to the top; at least one. Those with fewer axes than the others lie in each of
        their frames.
    background : sequence of 3 ints
        In 0..255, what is seen where all is transparent.

    Returns
    -------
    colors : array of shape (..., H, W, 3), uint8
        Encoded sRGB. A dask array, of which nothing is computed, where one of the images is stored or
        lazy; its chunks are then those of the image.

    Raises
    ------
    ValueError
        If there is no image, or the shapes do not fit.
    """
    shape = composite_shape(images)
    arrays = [as_levels_array(image.array) for image in images]
    paint = partial(_paint, images=list(map(_without_pixels, images)), background=tuple(background))
    if not any(map(is_lazy, arrays)):
        return paint(*arrays, shape=shape)
    from .lazy_arrays import cut_over, map_chunks

    cut = cut_over(arrays, [len(image.shape) for image in images], shape)
    chunks = cut[0].chunks[: len(shape)]
    return map_chunks(partial(_paint_chunk, paint=paint, ndim=len(shape)), cut, chunks, np.uint8, 3)


def composite_shape(images: Sequence[DisplayedImage]) -> tuple[int, ...]:
    """Return the shape that displayed images have together, (..., H, W); ValueError if there is none."""
    if not len(images):
        raise ValueError("a composite must have at least one image, got none")
    shape = max((image.shape for image in images), key=len)
    for image in images:
        if image.shape != shape[len(shape) - len(image.shape) :]:
            raise ValueError(f"a displayed image must have the shape {shape} or its last axes, got {image.shape}")
    return shape


class Composite:
    """A composite of arrays in memory that is computed when it is read, then kept: to look at, an array.

    Parameters
    ----------
    images : sequence of DisplayedImage
        As in `composite`; ValueError if they do not fit.
    """

    dtype = np.dtype(np.uint8)

    def __init__(self, images: Sequence[DisplayedImage]) -> None:
        self.images: list[DisplayedImage] = list(images)
        self.shape: tuple[int, ...] = (*composite_shape(images), 3)
        self.ndim: int = len(self.shape)
        self.size: int = int(np.prod(self.shape, dtype=np.int64))
        self._pixels: RGB8 | None = None

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        """Return all of it."""
        if self._pixels is None:
            self._pixels = composite(self.images)
        pixels = np.asarray(self._pixels, dtype=dtype)
        return pixels.copy() if copy else pixels

    def __getitem__(self, index: Any) -> npt.NDArray[Any]:
        """Return the part at an index of integers and slices; only that is computed."""
        if self._pixels is not None:
            known: npt.NDArray[Any] = self._pixels[index]
            return known
        index = _expand(index, self.ndim)
        area = tuple(slice(each, each + 1 or None) if _is_number(each) else each for each in index[:-1])
        parts = [_cut(image, area) for image in self.images]
        numbers = tuple(0 if _is_number(each) else slice(None) for each in index[:-1])
        part: npt.NDArray[Any] = composite(parts)[(*numbers, index[-1])]
        return part

    def thin_out(self, n_pixels: int) -> "Composite":
        """Return the composite of every second, third ... row and column, of about `n_pixels` pixels; views."""
        step = max(1, int(np.ceil(np.sqrt(self.size / 3 / n_pixels))))
        return Composite([_cut(image, (slice(None, None, step),) * 2) for image in self.images])

    def __dask_tokenize__(self) -> Any:
        """Return what tells it from others; its pixels need not be read for that."""
        return type(self).__name__, id(self)


def _cut(image: DisplayedImage, area: tuple[Any, ...]) -> DisplayedImage:
    """Return the part of a displayed image in an area of the last axes of the composite."""
    ndim = len(image.shape)
    own = area[max(0, len(area) - ndim) :]
    every = (slice(None),) * (ndim - len(own))
    return _with_array(image, image.array[(*every, *own)])


def _without_pixels(image: DisplayedImage) -> DisplayedImage:
    """Return how an image is displayed, to send to other threads and machines."""
    return _with_array(image, np.empty((0, 0, 3)[: 3 if image.rgb else 2], image.array.dtype))


def _with_array(image: DisplayedImage, array: Any) -> DisplayedImage:
    return replace(image, array=array, limits=image.bounds)


def _expand(index: Any, ndim: int) -> tuple[Any, ...]:
    index = index if isinstance(index, tuple) else (index,)
    places = [place for place, each in enumerate(index) if each is Ellipsis] or [len(index)]
    before, after = index[: places[0]], index[places[0] + 1 :]
    return (*before, *(slice(None),) * (ndim - len(before) - len(after)), *after)


def _is_number(index: Any) -> bool:
    return isinstance(index, (int, np.integer))


def _paint_chunk(*chunks: npt.NDArray[Any], paint: Any, ndim: int, place: Any) -> RGB8:
    shape = np.broadcast_shapes(*(chunk.shape[:ndim] for chunk in chunks))
    painted: RGB8 = paint(*chunks, shape=shape)
    return painted


def _paint(
    *arrays: npt.NDArray[Any], images: list[DisplayedImage], background: tuple[int, ...], shape: tuple[int, ...]
) -> RGB8:
    """Return the composite of arrays in memory, each displayed as the image of its place in `images`."""
    height, width = shape[-2:]
    colors = np.empty((*shape, 3), np.uint8)
    whole = [
        np.broadcast_to(array, (*shape, *array.shape[array.ndim - image.rgb :]))
        for array, image in zip(arrays, images, strict=True)
    ]
    for place in np.ndindex(*shape[:-2]):

        def paint_rows(start: int, stop: int, place: tuple[int, ...] = place) -> None:
            canvas = np.full(((stop - start) * width, 4), (*background, 255), np.uint8)
            for number, (array, image) in enumerate(zip(whole, images, strict=True)):
                rows = array[place][start:stop].reshape(len(canvas), *array.shape[len(shape) :])
                rule = _RULES[image.blending]
                if not number:
                    rule = _FIRST_RULES.get(image.blending, _TRANSLUCENT)
                _blend(canvas, *image.shade(rows), rule)
            colors[place][start:stop] = canvas[:, :3].reshape(stop - start, width, 3)

        map_blocks(paint_rows, height, max(1, _BLOCK // max(width, 1)))
    return colors


@kernel
def _blend(canvas: npt.NDArray[np.uint8], rows: npt.NDArray[np.int32], table: RGBA, rule: int) -> None:
    """Blend the colours ``table[rows]`` onto a canvas of 8-bit colours and alpha, (N, 4)."""
    for pixel in range(len(rows)):
        row = rows[pixel]
        alpha = np.float64(table[row, 3])
        covered = canvas[pixel, 3] / 255.0
        for axis in range(3):
            # In 8-bit units: a whole number added to a fraction does not change how that is rounded.
            color, below = table[row, axis] * 255.0, np.float64(canvas[pixel, axis])
            if rule == _TRANSLUCENT:
                color = color * alpha + below * (1.0 - alpha)
            elif rule == _ADDITIVE:
                color = color * alpha + below * covered
            elif rule == _FIRST_ADDITIVE:
                color = color * alpha
            elif rule == _MINIMUM:
                color = min(color, below)
            elif rule == _MULTIPLICATIVE:
                color = color * below / 255.0
            canvas[pixel, axis] = np.uint8(min(color, 255.0) + 0.5)
        if rule == _OPAQUE:
            covered = alpha
        elif rule == _MINIMUM:
            covered = min(alpha, covered)
        else:
            covered = min(alpha + covered, 1.0)
        canvas[pixel, 3] = np.uint8(covered * 255.0 + 0.5)
