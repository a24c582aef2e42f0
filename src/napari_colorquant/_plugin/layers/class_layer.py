"""The classes of a palette as a Labels layer of their own, each in the mean of its colours."""

from typing import Any

import numpy as np
import numpy.typing as npt
from napari.layers import Labels, Layer

from ...annotate.tables.features import class_colors, class_features
from ...annotate.tables.table import class_map
from ...indexed import IndexedImage
from .colormaps import rgba_colormap
from .derived import CLASSES, derived_metadata, find_derived, mark_fresh, mark_stale
from .layer_values import LayerDataTuple
from .placement import copy_placement


def to_class_layer(indexed: IndexedImage, result: Labels) -> LayerDataTuple:
    """Return which class each pixel belongs to, as a Labels layer: 1 for the first class, 0 for none.

    Parameters
    ----------
    indexed : IndexedImage
        At least one of its entries has a class; ValueError otherwise.
    result : Labels
        The layer that shows `indexed`.
    """
    classes, names = class_map(indexed)
    if not names:
        raise ValueError("a class map needs at least one class; put colours into classes first")
    values = {
        "name": f"{result.name} classes",
        "colormap": rgba_colormap(_opaque(class_colors(indexed.palette, names))),
        "features": class_features(indexed.palette, names),
        "opacity": 1.0,
        "metadata": derived_metadata(result, CLASSES),
        **copy_placement(result),
    }
    return classes.astype(np.uint8 if len(names) < 256 else np.uint16), values, "labels"


def show_class_map(viewer: Any, indexed: IndexedImage, result: Labels) -> Labels:
    """Add the class map of a result directly above it, or bring the one that is there up to date and into sight."""
    if find_derived(viewer, result, CLASSES) is not None:
        to_class_layer(indexed, result)  # which says what is missing
        layer = update_class_map(viewer, indexed, result)
        assert layer is not None
        layer.visible = True
        return layer
    added: Labels = Layer.create(*to_class_layer(indexed, result))
    active = viewer.layers.selection.active
    viewer.layers.insert(viewer.layers.index(result) + 1, added)
    viewer.layers.selection.active = active
    return added


def update_class_map(viewer: Any, indexed: IndexedImage, result: Labels) -> Labels | None:
    """Bring the class map of a result up to date and return it, if there is one; without classes it is out of date."""
    layer = find_derived(viewer, result, CLASSES)
    if layer is None:
        return None
    try:
        data, values, _ = to_class_layer(indexed, result)
    except ValueError:
        mark_stale(layer)
        return layer
    layer.colormap, layer.data, layer.features = values["colormap"], data, values["features"]
    layer.metadata = {**layer.metadata, **values["metadata"]}
    mark_fresh(layer)
    return layer


def _opaque(colors: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    return np.column_stack([colors / 255, np.ones(len(colors))]).astype(np.float32)
