"""Live preview: while a choice is being turned, the visible part of the image shows it; the full result follows."""

import time
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
from napari.layers import Image
from qtpy.compat import isalive
from qtpy.QtCore import QObject, Signal

from ...pixels.intensities import explain
from ...quantizers import QUANTIZERS
from ...recipe import Recipe
from ..layers.image_levels import content_key, is_stored
from ..layers.visible_layers import is_there, layers_of
from ..layers.visible_region import find_visible_region
from ..tasks.large_task import Scope
from ..tasks.preview_task import Counted, Preview, preview
from ..tasks.runner import Runner
from ..widgets.debouncer import Debouncer
from .preview_layer import PreviewLayer
from .sections import SCALE_ADVICE

#: Without a change for so long, the full result is made.
REST_MS = 400
#: Milliseconds between two looks whether a preview is done.
_LOOK_MS = 4
#: While a slider is dragged, previews that are nearly done may end, so that a new one is shown at least this often.
_SHOWN_EVERY = 0.25
_NEARLY_DONE = 0.15

#: What a preview is made of: the image layer, its recipe, scope and inputs.
Choices = tuple[Image, Recipe, Scope, dict[str, Any]]


class LivePreview(QObject):
    """Shows the last change in a layer of its own, which goes when the full result is there.

    Parameters
    ----------
    viewer : napari.Viewer
    read_choices : callable
        Returns what the panel shows; raises TypeError or ValueError if it cannot be had.
    parent : QObject

    Attributes
    ----------
    series : str
        What the full results share that are made from `switch` to `switch`.
    shown : Signal of Preview
        A preview is on the screen.
    message : Signal of str
        What the preview shows, or why there is none.
    rested : Signal
        Nothing has changed for a moment: the full result is wanted.
    """

    shown = Signal(object)
    message = Signal(str)
    rested = Signal()

    def __init__(self, viewer: Any, read_choices: Callable[[], Choices | None], parent: QObject) -> None:
        super().__init__(parent)
        self._viewer, self._read_choices = viewer, read_choices
        self.is_on, self.series = False, ""
        self._preview = PreviewLayer(viewer)
        self._counted: Counted | None = None
        self._asked: Choices | None = None
        self._expected: Any = None
        self._done: Any = None
        self._started = self._last_shown = -np.inf
        self._again = False
        self._runner = Runner(self, _LOOK_MS)
        self._runner.succeeded.connect(self._show)
        self._runner.failed.connect(self._on_failure)
        # Changes of one moment are one: a recipe that is shown turns many controls.
        self._soon = Debouncer(self._begin, 0, self)
        self._rest = Debouncer(self._on_rest, REST_MS, self)
        self._orphaned = Debouncer(self._remove_orphan, 0, self)
        viewer.scene.camera.events.zoom.connect(self._on_view_changed)
        viewer.scene.camera.events.center.connect(self._on_view_changed)
        viewer.dims.events.current_step.connect(self._on_view_changed)

    @property
    def is_shown(self) -> bool:
        """True while the window shows a preview in place of a result."""
        return self._preview.is_shown

    def switch(self, is_on: bool) -> None:
        """Begin to follow the choices, or end and leave nothing behind."""
        self.is_on = is_on
        if is_on:
            self.series = uuid.uuid4().hex
            self.request()
        else:
            self._stop()
            self._preview.remove()
            self._counted = None

    def request(self) -> None:
        """Something has changed: show it."""
        if not (isalive(self) and self.is_on):
            return
        self._soon.throttle()
        self._rest.throttle()

    def expect(self, choices: Choices) -> None:
        """Take note that the full result of these choices is being made."""
        self._expected = _key(choices)

    def finish(self) -> None:
        """Get out of the way of the full result."""
        self._stop()
        self._done = self._expected
        self._preview.hide()

    def forget(self, source: Image) -> None:
        """Remove the preview of an image, or of one of several that it blends, that is no longer there."""
        if self._asked is not None and source in layers_of(self._asked[0]):
            gone, source, self._asked = source, self._asked[0], None
            self._stop()
            if source is not gone:
                self.request()  # the rest of the blend is to be shown
        if self._preview.source_id == source.unique_id:
            # Later: napari may be going through a list of layers to remove that has the preview in it, too.
            self._preview.hide()
            self._orphaned.throttle()

    def _remove_orphan(self) -> None:
        if not self.is_shown:  # it may show another image by now
            self._preview.remove()

    def _stop(self) -> None:
        self._again = False
        self._soon.cancel()
        self._rest.cancel()
        self._runner.cancel()

    def _begin(self) -> None:
        now = time.monotonic()
        if self._runner.is_running and now - self._last_shown > _SHOWN_EVERY and now - self._started < _NEARLY_DONE:
            self._again = True
            return
        self._again = False
        try:
            asked = self._read_choices()
        except (TypeError, ValueError) as error:
            self._stop()
            self.message.emit(str(error))
            return
        if asked is not None and not self.is_shown and _key(asked) == self._done:
            self._stop()  # such as when the result's own layers join the lists of the panel
            return
        region = None if asked is None else find_visible_region(self._viewer, asked[0])
        if asked is None or region is None:
            self._preview.hide()
            self.message.emit("No preview of this view." if asked is not None else "")
            return
        layer, recipe, scope, inputs = asked
        self._asked, self._started = asked, now
        self._runner.start(preview(layer, region, recipe, scope, inputs, self._counted))

    def _show(self, made: Preview) -> None:
        asked = self._asked
        self._counted = made.counted or self._counted
        if asked is None or not self.is_on or not is_there(self._viewer, asked[0]):
            return
        self._preview.show(asked[0], made)
        self._last_shown = time.monotonic()
        self.message.emit(_describe(made, asked))
        self.shown.emit(made)
        if self._again:
            self._begin()

    def _on_rest(self) -> None:
        if not self.is_on:
            return
        if self._asked is not None and not _is_quick(self._asked[0], self._asked[2]):
            self.message.emit("Preview of the visible part. Run maps the whole image.")
        else:
            self.rested.emit()

    def _on_failure(self, error: BaseException) -> None:
        self.message.emit(explain(error, SCALE_ADVICE))

    def _on_view_changed(self) -> None:
        if isalive(self) and self.is_on and (self.is_shown or self._runner.is_running):
            self._soon.throttle()


def _key(choices: Choices) -> Any:
    """Return what two equal results have in common."""
    layer, recipe, scope, inputs = choices
    return content_key(layer), recipe, scope, sorted(inputs)


def _describe(made: Preview, asked: Choices) -> str:
    count, recipe = len(made.palette), asked[1]
    text = f"Preview: {count} colour{'' if count == 1 else 's'}"
    if recipe.palette is None and made.method != recipe.quantizer:
        text += f", by {QUANTIZERS[made.method].title} in place of {QUANTIZERS[recipe.quantizer].title}"
    return text


def _is_quick(layer: Image, scope: Scope) -> bool:
    """Return False if a run would have to read all of an image that is not in memory."""
    return scope.design_from != "full" or not is_stored(layer)
