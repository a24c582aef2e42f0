"""Results on several levels as napari layers: what is not looked at is not computed."""

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
from napari.layers import Image

from ..._typing import label_type
from ...indexed import IndexedFrames, IndexedImage
from ...pipeline.pyramid import make_levels
from ...pixels.arrays import load
from .frames import add_palettes
from .image_levels import is_large_plane, shape_without_channels
from .indexed_layers import to_labels_layer, to_palette_layer, to_rgb_layer
from .layer_values import LayerDataTuple, to_label_values, to_rgb_values

#: The smallest level of a pyramid is the layer's thumbnail: up to so many pixels, it is computed with the run.
_THUMBNAIL = 1 << 22


def make_layers(
    mapped: Sequence[IndexedImage] | Sequence[IndexedFrames], source: Image, kind: str, frame: int = 0
) -> list[LayerDataTuple]:
    """Return a result as layers: the image, as a pyramid if it has levels or is large, and its palette.

    Parameters
    ----------
    mapped : sequence of IndexedImage or IndexedFrames
        The levels, the largest first.
    source : Image
        The layer that was quantized.
    kind : {"labels", "rgb"}
        What the image is shown as.
    frame : int
        The number of the frame that is shown, whose palette comes first.
    """
    first = with_frame(mapped[0], frame)
    result_id = uuid.uuid4().hex
    if kind == "rgb":
        _, values, layer_type = to_rgb_layer(_one_pixel(first), source, result_id)
        arrays = [to_rgb_values(each) for each in mapped]
    else:
        whole, values, layer_type = to_labels_layer(first, source, result_id)
        arrays = [whole, *(to_label_values(with_frame(each, 0)) for each in mapped[1:])]
    palette = to_palette_layer(first, source, result_id)
    arrays = _as_pyramid(arrays, kind == "rgb", source.multiscale, mapped[0].is_lazy)
    is_pyramid = len(arrays) > 1 or source.multiscale
    image = (arrays, {**values, "multiscale": True}, layer_type) if is_pyramid else (arrays[0], values, layer_type)
    made = [image, palette]
    if isinstance(mapped[0], IndexedFrames):
        add_palettes(made, mapped[0], frame)
    return made


def with_frame(mapped: IndexedImage | IndexedFrames, frame: int) -> IndexedImage:
    """Return the whole stack with the palette of the frame that is shown."""
    if isinstance(mapped, IndexedImage):
        return mapped
    frame = min(frame, len(mapped.palettes) - 1)
    return IndexedImage(
        mapped.labels, mapped.palettes[frame], mapped.recipe, mapped.valid, mapped.alpha, mapped.recolored
    )


def _as_pyramid(arrays: list[Any], is_rgb: bool, is_pyramid: bool, is_lazy: bool) -> list[Any]:
    """Return the levels to show; their smallest is computed, since napari looks at the whole of it."""
    shape = shape_without_channels(arrays[0], is_rgb)
    if not is_pyramid and (is_lazy or is_large_plane(shape)):
        arrays = make_levels(arrays[0], rgb=is_rgb)
    return [*arrays[:-1], *load(arrays[-1])] if is_lazy and arrays[-1].size <= _THUMBNAIL else arrays


def _one_pixel(indexed: IndexedImage) -> IndexedImage:
    dtype = label_type(len(indexed.palette))
    return IndexedImage(np.zeros((1,) * len(indexed.shape), dtype), indexed.palette, indexed.recipe)
