"""A Labels layer for strokes: examples of palette entries, painted over a result, from which colours are learnt."""

import colorsys
from typing import Any

import numpy as np
import numpy.typing as npt
from napari.layers import Labels, Layer

from ...indexed import IndexedImage
from .colormaps import rgba_colormap
from .derived import STROKES, derived_metadata, find_derived
from .layer_values import LayerDataTuple, to_label_values
from .placement import copy_placement

#: The brush is one in so many of the shorter side of the image.
_BRUSHES = 60
_TURN = 0.6180339887498949


def to_strokes_layer(indexed: IndexedImage, result: Labels) -> LayerDataTuple:
    """Return an empty Labels layer whose label k + 1 is the palette entry k, over a result.

    Strokes are vivid: in the colours of their entries they could not be seen over what has those.
    """
    values = {
        "name": f"{result.name} strokes",
        "colormap": rgba_colormap(_vivid(len(indexed.palette))),
        "features": _name_entries(indexed),
        "opacity": 1.0,
        "metadata": derived_metadata(result, STROKES),
        **copy_placement(result),
    }
    return np.zeros_like(to_label_values(indexed)), values, "labels"


def find_strokes(viewer: Any, result: Labels) -> Labels | None:
    """Return the layer of strokes on a result, or None."""
    layer = find_derived(viewer, result, STROKES)
    return layer if isinstance(layer, Labels) and layer.data.shape == result.data.shape else None


def begin_strokes(viewer: Any, indexed: IndexedImage, result: Labels, entry: int, *, has_source: bool) -> Labels:
    """Let the brush paint strokes of an entry, on the layer of strokes, which is made if there is none.

    The result is hidden meanwhile, if its image is there to be seen.
    """
    layer = find_strokes(viewer, result)
    if layer is None:
        layer = Layer.create(*to_strokes_layer(indexed, result))
        viewer.layers.insert(viewer.layers.index(result) + 1, layer)
    layer.visible = True
    result.visible = not has_source  # examples are chosen by what the image shows
    viewer.layers.selection.active = layer
    layer.selected_label = entry + 1
    layer.brush_size = max(3, min(indexed.shape[-2:]) // _BRUSHES)
    layer.mode = "paint"
    return layer


def follow_palette(viewer: Any, indexed: IndexedImage, result: Labels) -> None:
    """Let the status bar name the entries of strokes as they are called now; give new ones a colour."""
    if (layer := find_strokes(viewer, result)) is not None:
        if len(layer.features) != len(indexed.palette):
            layer.colormap = rgba_colormap(_vivid(len(indexed.palette)))
        layer.features = _name_entries(indexed)


def _name_entries(indexed: IndexedImage) -> dict[str, Any]:
    palette = indexed.palette
    names = [name or code for name, code in zip(palette.names, palette.hex, strict=True)]
    return {"index": np.arange(1, len(palette) + 1), "name": np.array(names)}


def _vivid(count: int) -> npt.NDArray[np.float32]:
    """Return colours that differ from their neighbours by the golden section of the circle of hues, (K, 4)."""
    hues = np.arange(count) * _TURN % 1
    colors = [(*colorsys.hsv_to_rgb(hue, 1.0, 1.0 - 0.3 * (place % 2)), 1.0) for place, hue in enumerate(hues)]
    return np.array(colors, np.float32)
