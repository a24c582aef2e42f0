"""The arrays of an image layer: its levels, in memory or lazy, and whether they are large."""

from typing import Any

import numpy as np
from napari.layers import Image

from ...pixels.arrays import as_levels_array, is_lazy
from ...pixels.composite import Composite

#: Planes of more pixels are shown as a pyramid: napari looks at the whole of a single level again and again.
LARGE_PLANE = 1 << 26


def full_resolution(layer: Image) -> Any:
    """Return the array of an image layer; the finest level of a multiscale one."""
    return layer.data[0] if layer.multiscale else layer.data


def is_large(layer: Image) -> bool:
    """Return True if a result of `layer` is shown as a pyramid, or its pixels are not in memory."""
    image = full_resolution(layer)
    return layer.multiscale or is_stored(layer) or is_large_plane(shape_without_channels(image, layer.rgb))


def is_stored(layer: Image) -> bool:
    """Return True if the pixels of `layer` are not in memory: they are read, or computed, when they are looked at."""
    image = full_resolution(layer)
    return not isinstance(image, Composite) and is_lazy(as_levels_array(image))


def is_large_plane(shape: tuple[int, ...]) -> bool:
    """Return True for planes of so many pixels that they are shown as a pyramid."""
    return int(np.prod(shape[-2:], dtype=np.int64)) > LARGE_PLANE


def shape_without_channels(image: Any, rgb: bool) -> tuple[int, ...]:
    """Return the shape of an array without its channels, (..., H, W)."""
    return tuple(image.shape[:-1] if rgb else image.shape)


def read_levels(layer: Image) -> list[Any]:
    """Return the levels of an image layer, the largest first, each in memory or as a dask array."""
    return [as_levels_array(level) for level in (layer.data if layer.multiscale else [layer.data])]


def read_levels_to_sample(layer: Image, n_pixels: int) -> list[Any]:
    """Return the levels, and of what would have to be computed one of about `n_pixels` pixels more."""
    image, levels = full_resolution(layer), read_levels(layer)
    return [*levels, as_levels_array(image.thin_out(n_pixels))] if isinstance(image, Composite) else levels


def content_key(layer: Image) -> Any:
    """Return what the pixels of an image layer depend on, to compare; of blended layers, how they are displayed."""
    return getattr(layer, "key", None) or (layer.unique_id, id(layer.data))
