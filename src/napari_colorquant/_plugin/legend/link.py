"""The legend of a viewer: which layer it is about, and that it says what the layer says now."""

from typing import Any

from napari.layers import Labels
from qtpy.compat import isalive
from qtpy.QtCore import QObject

from ..widgets.debouncer import Debouncer
from .overlay import LegendOverlay
from .rows import Amount, By, legend_rows
from .visual import register

#: Its name among the overlays of the canvas.
NAME = "colorquant_legend"
_LATER_MS = 50


class Legend(QObject):
    """Keeps the overlay in step with a Labels layer. One for each window, see `find_legend`.

    Parameters
    ----------
    viewer : napari.Viewer
    parent : QObject
        The window, with which it ends.

    Attributes
    ----------
    layer : Labels or None
        What the legend is about.
    overlay : LegendOverlay
        Its position, size, columns and box are free to set.
    """

    def __init__(self, viewer: Any, parent: QObject) -> None:
        super().__init__(parent)
        register()
        self._viewer = viewer
        self.layer: Labels | None = None
        self.amount: Amount = "share"
        self.by: By = "color"
        self.overlay = LegendOverlay()
        setattr(viewer.canvas.overlays, NAME, self.overlay)
        self._later = Debouncer(self.refresh, _LATER_MS, self)
        viewer.layers.events.removed.connect(self._on_removed)

    @property
    def is_shown(self) -> bool:
        """True while there is a legend on the canvas."""
        return bool(self.overlay.visible)

    def show(self, layer: Labels | None) -> None:
        """Show the legend of a layer; None hides it."""
        if self.layer is not None:
            for event in self._events(self.layer):
                event.disconnect(self._on_changed)
        self.layer = layer
        if layer is not None:
            for event in self._events(layer):
                event.connect(self._on_changed)
        self.refresh()

    def choose(self, *, amount: Amount | None = None, by: By | None = None) -> None:
        """Show other amounts, or classes in place of colours."""
        self.amount, self.by = amount or self.amount, by or self.by
        self.refresh()

    def refresh(self) -> None:
        """Say what the layer says now."""
        layer = self.layer
        self.overlay.rows = () if layer is None else legend_rows(layer, self.amount, self.by)
        self.overlay.visible = layer is not None and bool(layer.visible)

    @staticmethod
    def _events(layer: Labels) -> tuple[Any, ...]:
        events = layer.events
        return events.features, events.colormap, events.visible, events.scale, events.units

    def _on_changed(self, _: Any = None) -> None:
        if isalive(self):
            self._later.throttle()

    def _on_removed(self, event: Any) -> None:
        if isalive(self) and event.value is self.layer:
            self.show(None)


def find_legend(viewer: Any) -> Legend:
    """Return the legend of a viewer's window, made at the first call."""
    window = viewer.window._qt_window
    found = window.findChildren(Legend)
    return found[0] if found else Legend(viewer, window)
