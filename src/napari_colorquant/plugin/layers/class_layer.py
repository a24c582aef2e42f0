"""The classes of a palette as a Labels layer of their own, each in the mean of its colours."""

from typing import Any

import numpy as np
from napari.layers import Labels, Layer

from ...indexed import IndexedImage
from ...measure.table import class_map
from ...spaces import SPACES
from .colormaps import rgba_colormap
from .indexed_layers import KEY, LayerDataTuple, copy_placement, read_metadata

_ROLE = "classes"


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
    palette = indexed.palette
    members = [[i for i, group in enumerate(palette.classes) if group == name] for name in names]
    features = {
        "index": np.arange(1, len(names) + 1),
        "class": np.array(names),
        "share": np.array([float(palette.weights[group].sum()) for group in members]),
    }
    values = {
        "name": f"{result.name} classes",
        "colormap": rgba_colormap(np.array([_mean_rgba(indexed, group) for group in members])),
        "features": features,
        "opacity": 1.0,
        "metadata": {KEY: {**(read_metadata(result) or {}), "role": _ROLE}},
        **copy_placement(result),
    }
    return classes.astype(np.uint8 if len(names) < 256 else np.uint16), values, "labels"


def show_class_map(viewer: Any, indexed: IndexedImage, result: Labels) -> Labels:
    """Add the class map of a result directly above it, or bring the one that is there up to date."""
    data, values, kind = to_class_layer(indexed, result)
    own = read_metadata(result)
    for layer in viewer.layers:
        found = read_metadata(layer)
        same = found is not None and own is not None and found["id"] == own["id"] and found["role"] == _ROLE
        if isinstance(layer, Labels) and same:
            layer.colormap, layer.data, layer.features = values["colormap"], data, values["features"]
            return layer
    added: Labels = Layer.create(data, values, kind)
    active = viewer.layers.selection.active
    viewer.layers.insert(viewer.layers.index(result) + 1, added)
    viewer.layers.selection.active = active
    return added


def _mean_rgba(indexed: IndexedImage, group: list[int]) -> Any:
    oklab, shares = SPACES["oklab"], indexed.palette.weights[group]
    weights = shares if shares.sum() > 0 else np.ones(len(group))
    mean = np.average(oklab.from_srgb(indexed.palette.colors[group]), axis=0, weights=weights)
    rgb = oklab.to_srgb8(mean[None].astype(np.float32))[0]
    return np.array([*(rgb / 255), 1.0], np.float32)
