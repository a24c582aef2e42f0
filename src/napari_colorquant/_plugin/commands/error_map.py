"""How far each pixel is from what became of it, as an image layer that follows its result."""

from typing import Any

import numpy as np
import numpy.typing as npt
from napari.layers import Image, Labels, Layer
from napari.utils.notifications import show_error
from qtpy.compat import isalive
from qtpy.QtCore import QObject

from ..layers.derived import ERROR, derived_metadata, find_derived, mark_fresh
from ..layers.layer_values import LayerDataTuple
from ..layers.placement import copy_placement
from ..layers.provenance import read_metadata
from ..layers.sources import find_source
from ..tasks.runner import Runner
from ..tasks.sampling import error_task
from ..widgets.debouncer import Debouncer

#: ΔE₂₀₀₀ that is shown as the brightest colour; 1 is just seen, 10 at a glance.
BRIGHTEST = 10.0
_SETTLE_MS = 400


def to_error_layer(differences: npt.NDArray[np.float32], result: Labels) -> LayerDataTuple:
    """Return CIEDE2000 differences as an image layer; pixels without data (NaN) are transparent.

    Parameters
    ----------
    differences : ndarray of shape (..., H, W), float32
        See `napari_colorquant.quality.distortion.delta_e_map`.
    result : Labels
        The layer whose error it is: its place in the world is copied.
    """
    found = read_metadata(result) or {}
    values = {
        "name": f"{found.get('source') or result.name} ΔE₂₀₀₀",
        "rgb": False,
        "colormap": "inferno",
        "contrast_limits": (0.0, BRIGHTEST),
        "metadata": derived_metadata(result, ERROR),
        **copy_placement(result),
    }
    return differences, values, "image"


def find_error_layer(viewer: Any, result: Labels) -> Image | None:
    """Return the layer that shows the error of a result, or None."""
    layer = find_derived(viewer, result, ERROR)
    return layer if isinstance(layer, Image) else None


class ErrorMap(QObject):
    """Shows the error of one result, and keeps it up to date while its layer is in the viewer.

    Parameters
    ----------
    viewer : napari.Viewer
    result : Labels
        A result of ours.
    parent : QObject
        When it goes, so does the work.

    Attributes
    ----------
    result : Labels
    """

    def __init__(self, viewer: Any, result: Labels, parent: QObject) -> None:
        super().__init__(parent)
        self._viewer, self.result = viewer, result
        self._runner = Runner(self)
        self._runner.succeeded.connect(self._show)
        self._runner.failed.connect(lambda error: show_error(f"Color Quantization: {error}"))
        self._later = Debouncer(self._follow, _SETTLE_MS, self)
        result.events.metadata.connect(self._on_changed)
        viewer.layers.events.removed.connect(self._on_removed)

    @property
    def is_computing(self) -> bool:
        """True while a worker compares the images, or is about to."""
        return self._runner.is_running or self._later.is_pending

    def show(self) -> None:
        """Compare the result with its image on a thread, and show the layer; an error is shown as a notification."""
        source = find_source(self._viewer, self.result)
        if source is None:
            show_error("Color Quantization: an error map needs the image that was quantized; it is not in the viewer.")
            return
        try:
            task = error_task(self.result, source)
        except ValueError as error:
            show_error(f"Color Quantization: {error}")
            return
        self._runner.start(task)

    def _show(self, differences: npt.NDArray[np.float32]) -> None:
        viewer, result = self._viewer, self.result
        if result not in viewer.layers:
            return
        data, values, kind = to_error_layer(differences, result)
        layer = find_error_layer(viewer, result)
        if layer is not None and layer.ndim == data.ndim:
            layer.data, layer.metadata = data, {**layer.metadata, **values["metadata"]}
            for name in copy_placement(result):
                setattr(layer, name, values[name])
            mark_fresh(layer)
            return
        active = viewer.layers.selection.active
        layer = Layer.create(data, values, kind)
        highest = float(np.nanmax(data)) if np.isfinite(data).any() else 0.0
        layer.contrast_limits_range = (0.0, max(BRIGHTEST, highest))
        viewer.layers.insert(viewer.layers.index(result) + 1, layer)
        viewer.layers.selection.active = active

    def _on_changed(self) -> None:
        if isalive(self):
            self._later.throttle()

    def _follow(self) -> None:
        layer = find_error_layer(self._viewer, self.result) if self.result in self._viewer.layers else None
        if layer is not None:
            self.show()

    def _on_removed(self, event: Any) -> None:
        if isalive(self) and event.value is self.result:
            self._later.cancel()
            self._runner.cancel()
            self.result.events.metadata.disconnect(self._on_changed)
            self._viewer.layers.events.removed.disconnect(self._on_removed)
            self.deleteLater()


def show_error_map(viewer: Any, result: Labels) -> ErrorMap:
    """Show the error map of a result in the window of a viewer, or bring it up to date."""
    window: QObject = viewer.window._qt_window  # which owns the maps: they go with it
    known = next((each for each in window.findChildren(ErrorMap) if each.result is result), None)
    shown = ErrorMap(viewer, result, window) if known is None else known
    if (layer := find_error_layer(viewer, result)) is not None:
        layer.visible = True
    shown.show()
    return shown
