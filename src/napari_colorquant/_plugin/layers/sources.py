"""What belongs to a result layer: the image it was made from, its palette layer, the size of its pixels."""

from typing import Any

import numpy as np
from napari.layers import Image, Labels, Layer, Points

from ..._typing import label_type
from ...indexed import IndexedImage
from .image_levels import full_resolution
from .indexed_layers import to_indexed
from .provenance import LOOKS, peek_metadata, read_metadata, read_palette, read_recipe
from .visible_layers import is_input, recall_layers


def find_source(viewer: Any, layer: Layer) -> Image | None:
    """Return the image layer that a result was made from, or None; of blended layers, what they were then.

    In a session that is opened again the layers have other ids: then the image of the same name and
    shape is taken.
    """
    found = read_metadata(layer)
    if found is None:
        return None
    if LOOKS in found:
        return recall_layers(viewer, found[LOOKS])
    images = [each for each in viewer.layers if is_input(each)]
    for image in images:
        if str(image.unique_id) == found["source_id"]:
            return image
    for image in images:
        if image.name == found["source"] and plane_shape(image) == tuple(layer.data.shape):
            return image
    return None


def find_palette_layer(viewer: Any, layer: Layer) -> Points | None:
    """Return the Points layer that shows the palette of a result, or None."""
    found = peek_metadata(layer)
    if found is None:
        return None
    for other in reversed(viewer.layers):
        its = peek_metadata(other) if isinstance(other, Points) else None
        if its is not None and its["role"] == "palette" and its["id"] == found["id"]:
            return other
    return None


def plane_shape(image: Image) -> tuple[int, ...]:
    """Return the shape of an image layer without its channels."""
    shape = tuple(full_resolution(image).shape)
    return shape[:-1] if image.rgb else shape


def read_result(layer: Labels) -> IndexedImage:
    """Return the indexed image of a result, as `to_indexed` does; its labels stay lazy if the layer's are.

    Raises
    ------
    ValueError
        If the layer is not ours, or holds a label that the palette does not have.
    """
    if isinstance(layer.data, np.ndarray):
        return to_indexed(layer)
    values = layer.data[0] if layer.multiscale else layer.data
    valid = values > 0
    palette = read_palette(layer)
    labels = (values - valid).astype(label_type(len(palette)))
    return IndexedImage(labels, palette, read_recipe(layer), valid)


def is_one_plane(layer: Labels) -> bool:
    """Return True for a result in memory that is neither a stack nor a pyramid."""
    return layer.ndim == 2 and not layer.multiscale and isinstance(layer.data, np.ndarray)


def pixel_size(layer: Layer) -> tuple[float, float]:
    """Return the height and width of a pixel, in the layer's units."""
    height, width = (abs(float(side)) for side in np.asarray(layer.scale)[-2:])
    return height, width


def unit_of(layer: Layer) -> str:
    """Return the short name of the layer's unit of length in the plane: "px", "µm", "mm"."""
    short = ["px" if str(unit) == "pixel" else f"{unit:~}" for unit in layer.units[-2:]]
    name = short[0] if short[0] == short[1] else "·".join(short)
    return name or "px"
