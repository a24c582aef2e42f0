"""The arrays of an image layer: its levels, in memory or lazy, and whether they are large."""

from typing import Any

import numpy as np
from napari.layers import Image

from ...pixels.memory import is_lazy

#: Planes of more pixels are shown as a pyramid: napari looks at the whole of a single level again and again.
LARGE_PLANE = 1 << 26


def full_resolution(layer: Image) -> Any:
    """Return the array of an image layer; the finest level of a multiscale one."""
    return layer.data[0] if layer.multiscale else layer.data


def is_large(layer: Image) -> bool:
    """Return True if a result of `layer` is shown as a pyramid, or its pixels are not in memory."""
    image = full_resolution(layer)
    in_memory = isinstance(image, np.ndarray) and not isinstance(image, np.memmap)
    return layer.multiscale or not in_memory or is_large_plane(shape_without_channels(image, layer.rgb))


def is_large_plane(shape: tuple[int, ...]) -> bool:
    """Return True for planes of so many pixels that they are shown as a pyramid."""
    return int(np.prod(shape[-2:], dtype=np.int64)) > LARGE_PLANE


def shape_without_channels(image: Any, rgb: bool) -> tuple[int, ...]:
    """Return the shape of an array without its channels, (..., H, W)."""
    return tuple(image.shape[:-1] if rgb else image.shape)


def read_levels(layer: Image) -> list[Any]:
    """Return the levels of an image layer, the largest first, each in memory or as a dask array."""
    return [_as_array(level) for level in (layer.data if layer.multiscale else [layer.data])]


def _as_array(level: Any) -> Any:
    if hasattr(level, "dims") and hasattr(level, "variable"):  # xarray's
        level = level.data
    if is_lazy(level) or (isinstance(level, np.ndarray) and not isinstance(level, np.memmap)):
        return level
    import dask.array as da

    return da.from_array(level, chunks=getattr(level, "chunks", None) or "auto", asarray=True)
