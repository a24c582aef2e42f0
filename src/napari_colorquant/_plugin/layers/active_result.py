"""Which result is meant when a layer is active."""

from typing import Any

from napari.layers import Labels, Layer

from .provenance import COPY, LOOKS, read_metadata


def find_result(viewer: Any, active: Layer | None) -> Labels | None:
    """Return the result layer that belongs to the active layer.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    active : Layer or None
        A result, its palette, or the image (or one of those) that it was made from, which does not lead to a copy;
        None means any.

    Returns
    -------
    layer : Labels or None
        The topmost result that fits; None if there is none.
    """
    found = None if active is None else read_metadata(active)
    for layer in reversed(viewer.layers):
        its = read_metadata(layer) if isinstance(layer, Labels) else None
        if its is None or its["role"] != "labels":
            continue
        if active is None or layer is active:
            return layer
        if found is not None and found["id"] == its["id"]:
            return layer
        made_from = [its["source_id"], *(look["layer_id"] for look in its.get(LOOKS, ()))]
        if found is None and str(active.unique_id) in made_from and not its.get(COPY):
            return layer
    return None
