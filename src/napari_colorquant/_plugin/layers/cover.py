"""What lies over a result, and how the result comes to be seen."""

from typing import Any

import numpy as np
from napari.layers import Image, Labels, Layer

from .derived import list_derived, mark_stale
from .provenance import read_metadata


def place_over(viewer: Any, layer: Any, place: int) -> int:
    """Return the place in the viewer's list from `place` upwards at which nothing covers what `layer` covers.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    layer : Layer or VisibleLayers
        It need not be in the viewer.
    place : int
        The lowest place that will do.
    """
    above = enumerate(viewer.layers)
    return max([place, *(index + 1 for index, each in above if index >= place and _covers(each, layer))])


def reveal(viewer: Any, layer: Layer) -> None:
    """Let a result be seen that is new in its layer: shown, over all images, without what was made of the old one."""
    for each in list_derived(viewer, layer):
        mark_stale(each)
    if not layer.visible:  # or napari draws it once more
        layer.visible = True
    index = viewer.layers.index(layer)
    place = place_over(viewer, layer, index + 1)
    if place > index + 1:
        viewer.layers.move(index, place)


def _covers(upper: Layer, lower: Any) -> bool:
    """Return True if a layer can hide another: what is painted by hand or drawn does not, it belongs on top."""
    found = read_metadata(upper)
    paints = isinstance(upper, Image) or (isinstance(upper, Labels) and found is not None)
    is_preview = found is not None and found["role"] == "preview"
    if upper is lower or not (paints and upper.visible and upper.opacity > 0) or is_preview:
        return False
    (low, high), (its_low, its_high) = (np.asarray(each.extent.world)[:, -2:] for each in (upper, lower))
    return bool(np.all((low < its_high) & (its_low < high)))
