"""The one layer in which Live shows its previews: hidden and used again, rather than removed and added.

Removed layers are dear: the window builds everything that stands above them anew, and napari 0.9
deletes their OpenGL objects in whichever context is current, which some drivers do not forgive.
"""

import weakref
from typing import Any

from napari.layers import Image, Layer

from ..layers.cover import place_over
from ..layers.provenance import KEY, VERSION
from ..layers.results import assign
from ..layers.visible_layers import layers_of
from ..tasks.preview_task import Preview


class PreviewLayer:
    """The layer of the previews of one viewer, made when there is something to show.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel

    Attributes
    ----------
    source_id : object
        The unique id of the image whose preview it shows, or showed last.
    """

    def __init__(self, viewer: Any) -> None:
        self._viewer = viewer
        self._layer: weakref.ref[Layer] | None = None
        self.source_id: Any = None

    @property
    def layer(self) -> Layer | None:
        """The layer, if it is in the viewer."""
        layer = None if self._layer is None else self._layer()
        return layer if layer is not None and layer in self._viewer.layers else None

    @property
    def is_shown(self) -> bool:
        """True while it can be seen."""
        layer = self.layer
        return layer is not None and bool(layer.visible)

    def show(self, source: Image, made: Preview) -> None:
        """Show a preview of an image, above all that belongs to that image."""
        layer = self.layer
        if layer is None:
            self._add(source, made)
            return
        if self.source_id != source.unique_id:
            self._move_to(source, layer)
        for name, value in made.seen.placement.items():
            assign(layer, name, value)
        layer.data = made.rgb
        if not layer.visible:
            layer.visible = True

    def hide(self) -> None:
        """Get out of the way of the full result."""
        if (layer := self.layer) is not None:
            layer.visible = False

    def remove(self) -> None:
        """Leave nothing behind."""
        if (layer := self.layer) is not None:
            self._viewer.layers.remove(layer)

    def _add(self, source: Image, made: Preview) -> None:
        layers = self._viewer.layers
        active = layers.selection.active
        layer = Image(made.rgb, rgb=True, **_description(source), **made.seen.placement)
        layers.insert(self._place(source), layer)
        layers.selection.active = active
        self._layer, self.source_id = weakref.ref(layer), source.unique_id

    def _move_to(self, source: Image, layer: Layer) -> None:
        layers = self._viewer.layers
        layers.move(layers.index(layer), self._place(source))
        for name, value in _description(source).items():
            setattr(layer, name, value)
        self.source_id = source.unique_id

    def _place(self, source: Image) -> int:
        place = 1 + max(place for place, each in enumerate(self._viewer.layers) if _belongs(each, source))
        return place_over(self._viewer, source, place)


def _description(source: Image) -> dict[str, Any]:
    """Return name and metadata of a preview; no source_id, since it is no result."""
    metadata = {"version": VERSION, "id": "preview", "role": "preview", "source": source.name, "source_id": ""}
    return {"name": f"{source.name} preview", "metadata": {KEY: metadata}}


def _belongs(layer: Layer, source: Image) -> bool:
    found = layer.metadata.get(KEY, {})
    return layer in layers_of(source) or (
        found.get("source_id") == str(source.unique_id) and found.get("role") != "palette"
    )
