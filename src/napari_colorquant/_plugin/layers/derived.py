"""Layers that are made of a result, such as its error map: whose they are, and whether they still hold."""

from typing import Any

from napari.layers import Labels, Layer

from .provenance import KEY, read_metadata

#: What such layers are, beside the roles of a result's own layers.
ERROR, CLASSES, SHAPES, STROKES = "error", "classes", "shapes", "strokes"
_STALE = " (out of date)"


def derived_metadata(result: Labels, role: str) -> dict[str, Any]:
    """Return the metadata of a layer to be that is made of a result."""
    return {KEY: {**(read_metadata(result) or {}), "role": role, "result_id": str(result.unique_id)}}


def find_derived(viewer: Any, result: Layer, role: str) -> Layer | None:
    """Return the layer of that role that was made of a result, or None.

    A run gives its result layer another id, and a session that is opened again other layers: one of both is kept.
    """
    own = read_metadata(result)
    for layer in viewer.layers:
        found = read_metadata(layer)
        if found is None or found["role"] != role:
            continue
        if found.get("result_id") == str(result.unique_id) or (own is not None and found["id"] == own["id"]):
            return layer
    return None


def list_derived(viewer: Any, result: Layer) -> list[Layer]:
    """Return all layers that were made of a result."""
    found = (find_derived(viewer, result, role) for role in (ERROR, CLASSES))
    return [layer for layer in found if layer is not None]


def mark_stale(layer: Layer) -> None:
    """Hide a layer whose result is another now, and say so in its name."""
    layer.visible = False
    if not is_stale(layer):
        layer.name = f"{layer.name}{_STALE}"


def mark_fresh(layer: Layer) -> None:
    """Take back what `mark_stale` has written; whether the layer is visible is left to the user."""
    if is_stale(layer):
        layer.name = layer.name.removesuffix(_STALE)


def is_stale(layer: Layer) -> bool:
    """Return True if the name of a layer says that it is out of date."""
    return str(layer.name).endswith(_STALE)
