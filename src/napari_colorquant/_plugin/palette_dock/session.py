"""A result layer and what it holds, kept as one: edits go to the layer, and what happens to the layer comes back.

The layer is the store: an indexed image is read from its data and metadata, so that a session that is
opened again goes on where it ended. Painting, napari's colour control on the palette layer, and a new
run are steps on the same undo stack as the edits of the table; results that Live makes in a row are one.
"""

from dataclasses import replace
from typing import Any

import numpy as np
from napari.layers import Image, Labels
from napari.utils.notifications import show_warning
from qtpy.compat import isalive
from qtpy.QtCore import QObject, Signal

from ...editing import inherit, painted, recolor
from ...indexed import IndexedImage
from ..layers.frames import has_palettes
from ..layers.layer_values import from_label_values, to_label_values
from ..layers.provenance import KEY, SERIES, read_metadata, read_palette
from ..layers.result_layers import ResultLayers
from ..layers.sources import find_source, read_result
from ..layers.words import tell_names
from ..widgets.debouncer import Debouncer
from .canvas_keys import forget_strokes, leave_undo_keys, take_undo_keys
from .undo import Edit, make_stack, run_step

#: What to do where something needs one palette for all frames.
SHARE_PALETTE = "choose One for all at Frames, under Advanced, and run"
_SETTLE_MS = 150


class ResultSession(QObject):
    """The editing of one Labels layer of ours.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    layer : Labels
        A result of ours; ValueError if it is not.
    parent : QObject, optional

    Attributes
    ----------
    indexed : IndexedImage
        What the layer shows.
    shown : ResultLayers
        Where it is shown.
    stack : QUndoStack
        The steps that led there.
    changed : Signal
        `indexed` is another.
    picked : Signal of list of int
        Entries were chosen in the image or in the palette layer.
    message : Signal of str
        What a new run kept of the names.
    undo_asked, redo_asked : Signal
        napari's keys for these were pressed on the canvas.
    """

    changed = Signal()
    picked = Signal(list)
    message = Signal(str)
    undo_asked = Signal()
    redo_asked = Signal()

    def __init__(self, viewer: Any, layer: Labels, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.viewer, self.layer = viewer, layer
        self.shown = ResultLayers(viewer, layer, read_result(layer), self)
        self.stack = make_stack(self, 0 if self.is_lazy else self.indexed.labels.nbytes)
        self._had_frames = has_palettes(layer)
        self._counted: tuple[Any, int] = (None, 0)
        self._id = self._metadata_id()
        self._brush = int(layer.selected_label)
        self.shown.swatches.recolored.connect(self._on_swatches_recolored)
        self.shown.swatches.picked.connect(self.picked)
        self._painted = Debouncer(self._take_painting, _SETTLE_MS, self)
        self._replaced = Debouncer(self._take_run, 0, self)
        events = layer.events
        events.paint.connect(self._on_painted)
        events.set_data.connect(self._on_painted)
        events.metadata.connect(self._on_metadata)
        events.selected_label.connect(self._on_label_picked)
        take_undo_keys(layer, self.undo_asked.emit, self.redo_asked.emit)

    @property
    def indexed(self) -> IndexedImage:
        """What the layer shows."""
        return self.shown.indexed

    @property
    def source(self) -> Image | None:
        """The image that the result was made from, if it is in the viewer."""
        return find_source(self.viewer, self.layer)

    @property
    def is_lazy(self) -> bool:
        """True for labels that are not in memory: what the entries say can be edited, which pixels they have cannot."""
        return self.layer.multiscale or not isinstance(self.indexed.labels, np.ndarray)

    @property
    def has_frames(self) -> bool:
        """True for a palette per frame: `indexed` has that of the frame that is shown, and nothing can be edited."""
        return has_palettes(self.layer)

    @property
    def why_fixed(self) -> str:
        """Why nothing of this palette can be edited; "" if it can."""
        if not self.has_frames:
            return ""
        return (
            "Every frame has a palette of its own, which cannot be edited. "
            f"To edit one for all frames, {SHARE_PALETTE} again."
        )

    @property
    def why_still(self) -> str:
        """Why no pixel can change its colour; "" if it can."""
        if not self.is_lazy:
            return self.why_fixed
        return "These labels are not in memory: colours can be changed, named, locked and grouped only."

    @property
    def n_pixels(self) -> int:
        """The number of pixels with data; of the frame that is shown, if its palette is its own."""
        if self.is_lazy:
            return int(self.layer.features["count"].sum()) if "count" in self.layer.features else 0
        valid, shape = self.indexed.valid, self.indexed.shape
        if self.has_frames:
            frame = int(self.layer.metadata[KEY]["frame"])
            plane = shape[-2:]
            return int(np.prod(plane) if valid is None else np.count_nonzero(valid.reshape(-1, *plane)[frame]))
        if valid is None:
            return int(np.prod(shape))
        if self._counted[0] is not valid:  # counted once for each, since recolouring must not look at pixels
            self._counted = (valid, int(np.count_nonzero(valid)))
        return self._counted[1]

    def edit(self, text: str, after: IndexedImage, key: str = "") -> None:
        """Make a step to `after` that can be undone; steps of one non-empty `key` in a row are one."""
        if self.has_frames:  # it would be a step of a frame that may not be shown when it is taken back
            self.changed.emit()
            return
        self.stack.push(Edit(self, text, self.indexed, after, key))

    def show(self, indexed: IndexedImage) -> None:
        """Show an indexed image in the layers. No step of its own."""
        self.shown.show(indexed)
        self.changed.emit()

    def require_pixels(self) -> None:
        """Raise ValueError where the labels are not in memory, before something looks at all of them."""
        if self.is_lazy:
            raise ValueError("These labels are not in memory: write them to a file to measure or group all pixels.")

    def settle(self) -> None:
        """Do at once what would be done a moment later: take in a run and what was painted, write the features."""
        for due in (self._replaced, self._painted):
            due.flush(restart_timer=False)
        self.shown.settle()

    def close(self) -> None:
        """Let go of the layer, which is left as it would be a moment later."""
        leave_undo_keys(self.layer)
        if self.layer in self.viewer.layers:
            self.settle()
            if self.stack.count():
                forget_strokes(self.layer)
        events = self.layer.events
        for event in (events.paint, events.set_data):
            event.disconnect(self._on_painted)
        events.metadata.disconnect(self._on_metadata)
        events.selected_label.disconnect(self._on_label_picked)
        self.shown.close()
        self.stack.clear()
        for due in (self._painted, self._replaced):
            due.cancel()

    def _metadata_id(self) -> str | None:
        found = read_metadata(self.layer)
        return None if found is None else str(found["id"])

    def _on_painted(self) -> None:
        if isalive(self) and not self.shown.is_writing:
            self._painted.throttle()

    def _take_painting(self) -> None:
        values, before = self.layer.data, self.indexed
        if self._replaced.is_pending or not isinstance(values, np.ndarray) or values.shape != before.shape:
            return
        if self.has_frames:
            labels, valid = from_label_values(values, len(before.palette))
            self.shown.indexed = replace(before, labels=labels, valid=valid)
            return
        highest = len(before.palette)
        if int(values.max(initial=0)) > highest:
            stray = values > highest
            self.layer.data[stray] = to_label_values(before)[stray]
            self.layer.refresh()
            show_warning(f"Paint with labels 1 to {highest}, the colours of the palette; other labels were taken back.")
        labels, valid = from_label_values(values, highest)
        valid = before.valid if valid is not None and np.array_equal(valid, before.valid) else valid
        if np.array_equal(labels, before.labels) and valid is before.valid:
            return
        after = painted(before, labels, valid)
        self.stack.push(Edit(self, "Paint", before, after, shown=True))
        self.shown.indexed = after
        self.shown.describe(moved=True)
        self.changed.emit()

    def _on_metadata(self) -> None:
        if not isalive(self) or self.shown.is_writing:
            return
        if self._metadata_id() != self._id:
            self.shown.drop_description()
            self._replaced.throttle()
        elif self.has_frames:
            self._follow_frame()

    def _follow_frame(self) -> None:
        """Take over the palette of another frame, which the layer shows already."""
        self.shown.adopt(replace(self.indexed, palette=read_palette(self.layer)))
        self.changed.emit()

    def _take_run(self) -> None:
        """Take in what a new run left in the layer, as a step that can be undone."""
        metadata = read_metadata(self.layer)
        if metadata is None:
            self._id = None
            return
        self._id = str(metadata["id"])
        self._painted.cancel()  # whatever was painted, the run has written over it
        before, found = self.indexed, read_result(self.layer)
        # Of palettes per frame, one would have the names and the others not.
        after = found if self.has_frames else replace(found, palette=inherit(found.palette, before.palette))
        if found.shape != before.shape or self.layer.multiscale or self.has_frames or self._had_frames:
            self.stack.clear()
            self._had_frames = self.has_frames
        else:
            self.stack.push(run_step(self, before, after, metadata.get(SERIES, "")))
        late = self.shown.swatches.list_recolored()  # since the run has written them
        self.shown.adopt(after)
        self.shown.describe(moved=False)  # a run counts its own pixels
        self.changed.emit()
        if told := tell_names(after.palette, before.palette):
            self.message.emit(f"{told[0].upper()}{told[1:]}.")
        if late and not self.has_frames:
            self._on_swatches_recolored(late)

    def _on_label_picked(self) -> None:
        # napari tells of it with every colormap, too.
        before, self._brush = self._brush, int(self.layer.selected_label)
        is_news = self._brush != before and not self.shown.is_writing
        if isalive(self) and is_news and 0 < self._brush <= len(self.indexed.palette):
            self.picked.emit([self._brush - 1])

    def _on_swatches_recolored(self, colors: dict[int, Any]) -> None:
        if self._replaced.is_pending:  # by a run, or since: see `_take_run`
            return
        if self.has_frames:  # colours of another frame, or set by hand, which are taken back
            self.shown.swatches.show(self.indexed)
            return
        self.edit("Recolour", recolor(self.indexed, colors), key=f"swatches {sorted(colors)}")
