"""The dock: run what is chosen on a thread, hand the result over, show changes live; below, the palette of it."""

import logging
import math
import time
from typing import TYPE_CHECKING, Any

from napari.layers import Image, Points
from napari.utils.notifications import show_error
from qtpy.compat import isalive
from qtpy.QtCore import Qt, QTimer, Signal
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QShortcut, QVBoxLayout

from ..._runtime.jit import is_compiling
from ...pixels.intensities import explain
from ..commands.save_key import SaveKey
from ..layers.frames import follow_frames, has_palettes
from ..layers.locks import with_locked
from ..layers.provenance import is_free, mark_series, read_palette
from ..layers.results import Results
from ..layers.visible_layers import is_there, layers_of
from ..layers.words import tell_names
from ..palette_dock.hint import HINT_HIGH, LEAST_HIGH
from ..tasks.large_task import plan_run
from ..tasks.runner import Runner
from ..tasks.task import RunResult
from ..tasks.warming import warm_up
from ..widgets.canvas_context import delete_in_own_context
from ..widgets.two_parts import TwoParts
from .choices import ChoicesPanel
from .image_section import NO_IMAGE
from .live import Choices, LivePreview
from .palette_place import PalettePlace, load_editor
from .run_bar import COMPILING, RunBar
from .sections import SCALE_ADVICE

if TYPE_CHECKING:
    from ..palette_dock.widget import PaletteWidget

#: So long after its opening a panel that has been drawn is made ready for the first run.
_REST_MS = 100


class QuantizeWidget(ChoicesPanel):
    """Quantize the active image.

    Parameters
    ----------
    napari_viewer : napari.Viewer
        The viewer whose layers are offered, and which gets the results.

    Attributes
    ----------
    finished : Signal of RunResult
        A run has ended and its layers are in the viewer.
    failed : Signal of str
        A run could not be done; the message was shown as a notification.
    """

    finished = Signal(object)
    failed = Signal(str)

    TITLE = "Color Quantization"

    def __init__(self, napari_viewer: Any) -> None:
        super().__init__(napari_viewer)
        viewer = self.viewer
        self.results = Results(viewer)
        self._source: Image | None = None
        self._chosen: Any = None
        self._series = ""
        self._compiling_seen = -math.inf
        self._runner, self._warming = Runner(self), Runner(self)
        self.bar, self._palette_place = RunBar(), PalettePlace(viewer, self)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # its keys hold after a click beside a control, too
        self._share_out()
        self._on_theme_changed()
        self.live = LivePreview(viewer, self._read_choices, self)
        self._connect()
        follow_frames(viewer)
        delete_in_own_context(viewer)
        SaveKey(viewer, self, lambda layer: self.palette_editor.save_result(layer))
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.timeout.connect(self._prepare)
        self._rest.start(_REST_MS)

    @property
    def is_running(self) -> bool:
        """True while a run is under way."""
        return self._runner.is_running

    @property
    def is_warming_up(self) -> bool:
        """True until kernels and palette editor are made ready in the background; a run need not wait for that."""
        return self._rest.isActive() or self._warming.is_running

    @property
    def palette_editor(self) -> "PaletteWidget":
        """The lower part, made when it is first asked for, the viewer has a result, or the panel has rested."""
        return self._palette_place.editor

    def run(self) -> None:
        """Quantize the chosen image on a thread; `finished` or `failed` tells of the end."""
        self._run()

    def _run_live(self) -> None:
        self._run(self.live.series)

    def _run(self, series: str = "") -> None:
        try:
            choices = self._read_choices()
            if choices is None:
                raise ValueError("there must be an image layer to quantize, got none; open an image first")
            layer, recipe, scope, inputs = choices
            task = plan_run(layer, recipe, self.result.kind.value, inputs, scope)
        except (TypeError, ValueError) as error:
            self._on_failure(error)
            return
        self._source, self._series = layer, series
        self.live.expect(choices)
        self.bar.show_running()
        if self._rest.isActive():  # the run will show layers, for which the window has to be ready
            self._prepare()
        self._runner.start(task)

    def cancel(self) -> None:
        """End the run; the layers stay as they were."""
        self._runner.cancel()

    def _prepare(self) -> None:
        self._rest.stop()
        warm = warm_up(self._recipe)

        def task() -> None:
            load_editor()
            warm()

        self._warming.start(task)

    def _read_choices(self) -> Choices | None:
        """Return the image layer, the recipe, what it is designed from, and further inputs; None without an image."""
        layer = self.layer
        if layer is None:
            return None
        recipe = with_locked(self.recipe(), self.results, layer)
        return layer, recipe, self.scope.scope(layer), self.inputs(layer)

    def _connect(self) -> None:
        self._runner.progressed.connect(self._on_progress)
        self._runner.succeeded.connect(self._on_success)
        self._runner.failed.connect(self._on_failure)
        self._runner.cancelled.connect(self._on_cancelled)
        self._warming.progressed.connect(self._on_warming)
        self._warming.succeeded.connect(self._on_warm)
        self.bar.run_button.clicked.connect(self.run)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.bar.run_button.click)
        self.image.changed.connect(self._on_image_chosen)
        self._on_image_chosen()
        self.bar.cancel_button.clicked.connect(self.cancel)
        self.bar.live_box.toggled.connect(self._switch_live)
        self.live.message.connect(self._show_preview_message)
        self.live.rested.connect(self._run_live)
        self.viewer.layers.events.removed.connect(self._on_layer_removed)
        self.changed.connect(self._on_changed)

    def _on_image_chosen(self) -> None:
        """Say of another image nothing that was said of the last."""
        if not isalive(self):
            return
        layer = self.layer
        chosen = None if layer is None else layer.unique_id
        self.bar.allow(NO_IMAGE if layer is None else "")
        if chosen != self._chosen and not (self.is_running or self.live.is_on or self.bar.report.text() == COMPILING):
            self.bar.report.setText("")
        self._chosen = chosen

    def _share_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.addWidget(TwoParts(self.scroll_area, self.bar, self._palette_place, self._reserve))

    def _reserve(self) -> int:
        """Return the height that is kept for a palette: a line, if there is none and the choices could use the rest."""
        is_open = self.advanced.isExpanded() or self.curve.fold.isExpanded() or not self.misread.isHidden()
        wants_more = self.layer is None or is_open
        return HINT_HIGH if not self._palette_place.has_palette and wants_more else LEAST_HIGH

    def _switch_live(self, is_on: bool) -> None:
        self.live.switch(is_on)
        if not is_on and not self.is_running:
            self.bar.report.setText("")

    def _on_changed(self) -> None:
        if self.live.is_on:
            if self.is_running:  # its result would be the last but one
                self._runner.cancel()
            self.live.request()

    def _show_preview_message(self, text: str) -> None:
        if not self.is_running:
            self.bar.report.setText(text)

    def _on_progress(self, share: float, text: str) -> None:
        self.bar.show_progress(share, COMPILING if self._has_just_compiled() else f"{text} …")

    def _on_warming(self) -> None:
        if self._has_just_compiled() and not self.is_running:
            self.bar.report.setText(COMPILING)

    def _on_warm(self) -> None:
        self._palette_place.make()
        if self.bar.report.text() == COMPILING and not self.is_running:
            self.bar.report.setText("Ready.")

    def _has_just_compiled(self) -> bool:
        # One kernel after another: a text that came and went between them would flicker.
        if is_compiling():
            self._compiling_seen = time.monotonic()
        return time.monotonic() - self._compiling_seen < 1.0

    def _show_idle(self, text: str) -> None:
        self._source = None
        self.bar.show_idle(text)

    def _on_success(self, run_result: RunResult) -> None:
        if not is_there(self.viewer, run_result.source):
            self._show_idle("Cancelled: the image is no longer there.")
            return
        if self._series:
            mark_series(run_result.made, self._series)
        new = self.result.new_layers.value
        before = None if new else self.results.find_palette(run_result.source)
        placed = self.results.place(run_result.source, run_result.made, new=new)
        self.live.finish()
        if not self._series and _is_palette_file(self.viewer.layers.selection.active):
            self.viewer.layers.selection.active = placed[0]  # it is done with, and Ctrl+S means the picture
        self.palette_editor.follow_run(placed[0])
        told = "" if has_palettes(placed[0]) else tell_names(read_palette(placed[0]), before)
        self._show_idle(" · ".join(part for part in (run_result.summary, told) if part))
        self.finished.emit(run_result)

    def _on_cancelled(self) -> None:
        self._show_idle("Cancelled.")

    def _on_failure(self, error: BaseException) -> None:
        expected = isinstance(error, (TypeError, ValueError))
        message = explain(error, SCALE_ADVICE) if expected else f"{type(error).__name__}: {error}"
        if not expected:
            logging.getLogger(__name__).error("a run failed", exc_info=error)
        self._show_idle(message)
        show_error(f"Color Quantization: {message}")
        self.failed.emit(message)

    def _on_layer_removed(self, event: Any) -> None:
        if isalive(self) and self._source is not None and event.value in layers_of(self._source):
            self.cancel()
        if isalive(self) and isinstance(event.value, Image):
            self.live.forget(event.value)

    def begin_work(self) -> None:
        """Open the palette of what is active now."""
        self._palette_place.begin_work()

    def end_work(self) -> None:
        """End what is running, Live, and the editing of palettes."""
        self._palette_place.end_work()
        self._runner.cancel()
        self._rest.stop()
        self._warming.cancel()
        self.bar.live_box.setChecked(False)


def _is_palette_file(layer: Any) -> bool:
    """Return True for a palette that was dropped into the window."""
    return isinstance(layer, Points) and is_free(layer)
