"""The size of a pixel that a file tells and napari has not taken over: its own reader leaves it in a TIFF."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from napari.layers import Image, Layer

from ...io.formats import IMAGE_FORMATS
from .sources import find_source

#: Height and width of a pixel, and the name of their unit.
PixelSize = tuple[tuple[float, float], str]


def find_file_scale(viewer: Any, layer: Layer | None) -> PixelSize | None:
    """Return the size of a pixel that the file of an image layer tells, if the layer itself has none.

    None for a layer that has a unit or a scale, that came from no TIFF, or whose file does not tell it; and where a
    layer is turned or sheared, which could not be brought along.
    """
    if layer is None or not all(_is_straight(each) for each in viewer.layers if _is_in_pixels(each)):
        return None
    return _size_in_file(layer)


def take_file_scale(viewer: Any, size: PixelSize) -> None:
    """Give every layer without a unit a pixel size, so that all stay where they are beside each other.

    An image gets that of its own file, where this tells one, and what was made of it gets the same; all others
    get `size`.
    """
    layers = [layer for layer in viewer.layers if _is_in_pixels(layer)]
    sizes = [_size_in_file(layer) or _size_in_file(find_source(viewer, layer)) or size for layer in layers]
    for layer, (sides, unit) in zip(layers, sizes, strict=True):
        factors = np.ones(layer.ndim)
        factors[-2:] = sides
        affine = np.array(layer.affine.affine_matrix)
        affine[:-1, -1] *= factors
        layer.units = (*layer.units[:-2], unit, unit)
        layer.scale, layer.translate = np.asarray(layer.scale) * factors, np.asarray(layer.translate) * factors
        layer.affine = affine
    viewer.reset_view()


def _size_in_file(layer: Any) -> PixelSize | None:
    path = layer.source.path if isinstance(layer, Image) else None
    if path is None or not str(path).lower().endswith(IMAGE_FORMATS["tiff"].suffixes):
        return None
    if not _is_in_pixels(layer) or not np.allclose(layer.scale[-2:], 1):
        return None
    try:
        return _read(str(path), Path(path).stat().st_mtime_ns)
    except OSError:  # the file has gone
        return None


@lru_cache(maxsize=64)
def _read(path: str, _: int) -> PixelSize | None:
    from ...io.tiff.pixel_size import read_pixel_size  # tifffile is loaded with the first file, not with the panel

    return read_pixel_size(path)


def _is_in_pixels(layer: Layer) -> bool:
    return all(str(unit) == "pixel" for unit in layer.units[-2:])


def _is_straight(layer: Layer) -> bool:
    linear = (np.asarray(layer.affine.affine_matrix)[:-1, :-1], layer.rotate)
    return all(np.allclose(each, np.eye(layer.ndim)) for each in linear) and not np.any(layer.shear)
