"""The choice "Visible layers" of the panel: what it stands for now, and when that becomes something else."""

from typing import Any

from napari.layers import Image
from qtpy.compat import isalive
from qtpy.QtCore import QObject, Signal

from ..layers.visible_layers import VisibleLayers, find_visible_layers

#: What of a layer decides how it is displayed, by napari's names of the events.
_EVENTS = (
    "visible", "opacity", "blending", "colormap", "contrast_limits", "gamma",
    "data", "scale", "translate", "rotate", "shear", "affine", "units",
)  # fmt: skip


class VisibleImages(QObject):
    """Follows the visible image layers of a viewer.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    parent : QObject

    Attributes
    ----------
    is_on : bool
        Whether anything is followed; False at first.
    changed : Signal
        The layers, or how one of them is displayed, are others than `read` has last returned.
    """

    changed = Signal()

    def __init__(self, viewer: Any, parent: QObject) -> None:
        super().__init__(parent)
        self._viewer = viewer
        self._last: VisibleLayers | None = None
        self.is_on = False
        layers = viewer.layers
        for event in (layers.events.inserted, layers.events.removed, layers.events.reordered):
            event.connect(self._on_event)
        layers.events.inserted.connect(self._on_inserted)
        for layer in layers:
            self._watch(layer)

    def read(self) -> VisibleLayers | None:
        """Return the visible layers, the same object while nothing about them changes; None if there are none."""
        found = find_visible_layers(self._viewer)
        if found is None or self._last is None or not found.is_like(self._last):
            self._last = found
        return self._last

    def describe(self) -> str:
        """Return one line: what is blended, from the bottom to the top, and what is not."""
        found = self.read()
        if found is None:
            return "No image layer is visible."
        text = "As displayed: " + " + ".join(layer.name for layer in found.layers)
        if found.left_out:
            plural = "lies" if len(found.left_out) == 1 else "lie"
            text += f". Left out: {', '.join(layer.name for layer in found.left_out)} ({plural} elsewhere)"
        return text

    def _watch(self, layer: Any) -> None:
        if isinstance(layer, Image):
            for name in _EVENTS:
                getattr(layer.events, name).connect(self._on_event)

    def _on_inserted(self, event: Any) -> None:
        if isalive(self):
            self._watch(event.value)

    def _on_event(self, _: Any = None) -> None:
        if isalive(self) and self.is_on:
            before = self._last
            if self.read() is not before:
                self.changed.emit()
