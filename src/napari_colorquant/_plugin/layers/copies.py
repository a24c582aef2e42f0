"""Copies of our layers: napari duplicates a layer with all of its metadata, our id among them.

Layers of one id are one result. So a copy gets an id of its own before anyone looks at it: it is the same picture with
the same colours, its palette can be edited, and neither its edits nor a run change what it was copied from.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from napari.layers import Layer

from .provenance import COPY, KEY, peek_metadata

#: What can be a copy, and what is copied with it.
_PARTNERS = {"labels": "palette", "palette": "labels", "rgb": None}


def part_copies(viewer: Any) -> None:
    """Give the copies of our layers in a viewer an id of their own; what is none stays as it is.

    Swatches that are copied with their picture, or after it, go with the copy; others are a palette of no image, as
    one from a file. A copy in colour is a picture like any other.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    """
    # What napari says that it has duplicated comes last; so does what lies above, where copies are put.
    layers = sorted(viewer.layers, key=lambda layer: layer.source.parent is not None)
    known: set[tuple[str, str]] = set()
    for layer in layers:
        found = peek_metadata(layer)
        if found is None or found["role"] not in _PARTNERS:
            continue
        if (found["id"], found["role"]) in known:
            _part(layer, found, layers)
        known.add((found["id"], found["role"]))


def _part(layer: Layer, found: dict[str, Any], layers: Sequence[Layer]) -> None:
    """Write into a copy, whose metadata `found` is, what it is from now on."""
    others = {key: value for key, value in layer.metadata.items() if key != KEY}
    if found["role"] == "rgb":
        layer.metadata = others
        return
    partner = _find_partner(found, layers)
    own = {"id": uuid.uuid4().hex if partner is None else partner["id"], COPY: found["id"]}
    if found["role"] == "palette" and partner is None:
        own |= {"source": "", "source_id": ""}
    layer.metadata = {**others, KEY: {**found, **own}}


def _find_partner(found: dict[str, Any], layers: Sequence[Layer]) -> dict[str, Any] | None:
    """Return the copied picture of copied swatches, or the swatches of a picture, that have no other yet."""
    ours = [its for layer in layers if (its := peek_metadata(layer)) is not None]
    taken = {its["id"] for its in ours if its["role"] == found["role"]}
    for its in ours:
        same = its.get(COPY) == found["id"] and its["palette"] == found["palette"]
        if same and its["role"] == _PARTNERS[found["role"]] and its["id"] not in taken:
            return its
    return None
