"""Image layers that napari takes for something else than a person sees in the file, and how that is put right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from napari.layers import Image, Layer
from napari.layers.utils.stack_utils import stack_to_images

from .provenance import read_metadata

#: Up to so many pixels a side, napari takes three or four values a pixel for as many columns.
_SMALL = 30
#: So many planes may be the channels of one image; more are frames or slices.
_MOST_CHANNELS = 5


@dataclass(frozen=True)
class Misreading:
    """What is odd about a layer.

    Attributes
    ----------
    text : str
        What it is taken for, and what it might be.
    action : str
        What mends it, in two or three words.
    mend : callable
        Does so in the viewer that it is called with.
    """

    text: str
    action: str
    mend: Callable[[Any], None]


def find_misreading(layer: Layer | None, *, has_channels: bool) -> Misreading | None:
    """Return what is odd about an image layer, or None.

    Parameters
    ----------
    layer : Layer or None
    has_channels : bool
        Whether the picture is of a kind that has channels, such as fluorescence.
    """
    if not isinstance(layer, Image) or layer.rgb or layer.multiscale or read_metadata(layer) is not None:
        return None
    shape = tuple(layer.data.shape)
    if len(shape) > 2 and shape[-1] in (3, 4) and min(shape[-3:-1]) <= _SMALL and layer.dtype in (np.uint8, np.uint16):
        height, width, samples = shape[-3:]
        kind = "red, green, blue" if samples == 3 else "red, green, blue and alpha"
        return Misreading(
            f"napari took this small picture of {width} × {height} pixels for {height} gray planes, {samples} wide. "
            f"Its last axis looks like {kind}.",
            "Show it in colour",
            lambda viewer: _replace(viewer, layer, [_in_color(layer)]),
        )
    axis = next((axis for axis, count in enumerate(shape[:-2]) if 2 <= count <= _MOST_CHANNELS), None)
    if has_channels and axis is not None:
        return Misreading(
            f"This is one gray image of {shape[axis]} planes. If they are its channels, take them apart: each gets a "
            "colour, and those that are visible are quantized as one image.",
            "Take channels apart",
            lambda viewer: _replace(viewer, layer, stack_to_images(layer, axis)),
        )
    return None


def _in_color(layer: Image) -> Image:
    """Return a layer whose last axis is that of its colours."""
    kept = {name: getattr(layer, name)[:-1] for name in ("scale", "translate", "axis_labels", "units")}
    return Image(layer.data, rgb=True, name=layer.name, metadata=layer.metadata, **kept)


def _replace(viewer: Any, layer: Image, others: list[Image]) -> None:
    place = viewer.layers.index(layer)
    viewer.layers.remove(layer)
    for each in others:
        each._set_source(layer.source)  # the file that names of results, pixel sizes and command lines come from
    for number, each in enumerate(others):
        viewer.layers.insert(place + number, each)
    viewer.layers.selection.active = others[-1]
    viewer.reset_view()
