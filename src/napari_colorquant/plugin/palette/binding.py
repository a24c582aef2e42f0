"""A result layer and what it holds, kept as one: edits go to the layer, and what happens to the layer comes back.

The layer is the store: an indexed image is read from its data and metadata, so that a session that is
opened again goes on where it ended. Painting, napari's colour control on the palette layer, and a new
run are steps on the same undo stack as the edits of the table.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
from napari.layers import Image, Labels
from napari.utils.notifications import show_warning
from qtpy.compat import isalive
from qtpy.QtCore import QObject, QTimer, Signal

from ...editing import painted, recolor
from ...indexed import IndexedImage
from ..layers import KEY, from_label_values, read_metadata, read_palette, to_label_values
from ..sources import find_source, read_result
from .carrying import carry_over
from .commands import Edit, make_stack
from .emphasis import Mode, emphasized_colormap
from .frames import has_palettes
from .palette_layer import PaletteLayerLink, entry_features

_SETTLE_MS = 150
_FEATURES_MS = 50


class ResultSession(QObject):
    """One Labels layer of ours under the instrument.

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
    stack : QUndoStack
        The steps that led there.
    changed : Signal
        `indexed` is another.
    picked : Signal of list of int
        Entries were chosen in the image or in the palette layer.
    """

    changed = Signal()
    picked = Signal(list)

    def __init__(self, viewer: Any, layer: Labels, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.viewer, self.layer = viewer, layer
        self.indexed = read_result(layer)
        self.stack = make_stack(self, 0 if self.is_lazy else self.indexed.labels.nbytes)
        self._shown: frozenset[int] | None = None
        self._mode: Mode = "dim"
        self._busy = False
        self._moved = False
        self._had_frames = has_palettes(layer)
        self._counted: tuple[Any, int] = (None, 0)
        self._id = self._metadata_id()
        self.palette_layer = PaletteLayerLink(viewer, layer)
        self.palette_layer.recolored.connect(self._on_squares_recolored)
        self.palette_layer.picked.connect(self.picked)
        self._painted = self._timer(_SETTLE_MS, self._take_painting)
        self._replaced = self._timer(0, self._take_run)
        self._described = self._timer(_FEATURES_MS, self._write_features)
        events = layer.events
        events.paint.connect(self._on_painted)
        events.set_data.connect(self._on_painted)
        events.metadata.connect(self._on_metadata)
        events.selected_label.connect(self._on_label_picked)

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
    def n_pixels(self) -> int:
        """The number of pixels with data."""
        if self.is_lazy:
            return int(self.layer.features["count"].sum()) if "count" in self.layer.features else 0
        valid = self.indexed.valid
        if valid is None:
            return int(np.prod(self.indexed.shape))
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
        """Show an indexed image in the layers; what did not change is not touched. No step of its own."""
        before, self.indexed, self._busy = self.indexed, indexed, True
        try:
            moved = indexed.labels is not before.labels or indexed.valid is not before.valid
            if moved:
                self._shown = None
                self._write_labels(indexed)
            self.layer.colormap = emphasized_colormap(indexed.palette, self._shown, self._mode)
            self._describe(indexed, moved)
        finally:
            self._busy = False
        self.changed.emit()

    def emphasize(self, shown: Collection[int] | None, mode: Mode = "dim") -> None:
        """Show some entries alone, the others dimmed or hidden; None shows all."""
        wanted = None if shown is None else frozenset(shown)
        if (wanted, mode) != (self._shown, self._mode):
            self._shown, self._mode, self._busy = wanted, mode, True
            try:
                self.layer.colormap = emphasized_colormap(self.indexed.palette, wanted, mode)
            finally:
                self._busy = False

    def use_as_brush(self, index: int) -> None:
        """Let napari's brush paint with the entry `index`."""
        self._busy = True
        try:
            self.layer.selected_label = index + 1
        finally:
            self._busy = False

    def require_pixels(self) -> None:
        """Raise ValueError where the labels are not in memory, before something looks at all of them."""
        if self.is_lazy:
            raise ValueError("These labels are not in memory: write them to a file to measure or group all pixels.")

    def settle(self) -> None:
        """Do at once what would be done a moment later: take in a run and what was painted, write the features."""
        for timer, slot in (
            (self._replaced, self._take_run),
            (self._painted, self._take_painting),
            (self._described, self._write_features),
        ):
            if timer.isActive():
                timer.stop()
                slot()

    def close(self) -> None:
        """Let go of the layer."""
        events = self.layer.events
        for event in (events.paint, events.set_data):
            event.disconnect(self._on_painted)
        events.metadata.disconnect(self._on_metadata)
        events.selected_label.disconnect(self._on_label_picked)
        self.palette_layer.close()
        self.stack.clear()
        for timer in (self._painted, self._replaced, self._described):
            timer.stop()

    def _timer(self, milliseconds: int, slot: Any) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _write_labels(self, indexed: IndexedImage) -> None:
        # All of a palette of another length must be in the colormap before its labels are shown.
        self.layer.colormap = emphasized_colormap(indexed.palette, None)
        self.layer.selected_label = min(int(self.layer.selected_label), len(indexed.palette))
        self.layer.data = to_label_values(indexed)

    def _describe(self, indexed: IndexedImage, moved: bool) -> None:
        """Bring metadata and the palette layer up to date at once; the features follow, since they take longer."""
        self._moved |= moved
        self._described.start()
        provenance = {"palette": indexed.palette.to_dict(), "recipe": indexed.recipe.to_dict()}
        self.layer.metadata = {**self.layer.metadata, KEY: {**self.layer.metadata[KEY], **provenance}}
        self.palette_layer.show(indexed)

    def _write_features(self) -> None:
        features = entry_features(self.indexed, None if self._moved else self.layer.features)
        self._moved, self._busy = False, True
        try:
            self.layer.features = features
            self.palette_layer.describe(features)
        finally:
            self._busy = False

    def _metadata_id(self) -> str | None:
        found = read_metadata(self.layer)
        return None if found is None else str(found["id"])

    def _on_painted(self) -> None:
        if isalive(self) and not self._busy:
            self._painted.start()

    def _take_painting(self) -> None:
        values, before = self.layer.data, self.indexed
        if self._replaced.isActive() or not isinstance(values, np.ndarray) or values.shape != before.shape:
            return
        if self.has_frames:
            labels, valid = from_label_values(values)
            self.indexed = replace(before, labels=labels, valid=valid)
            return
        highest = len(before.palette)
        if int(values.max(initial=0)) > highest:
            stray = values > highest
            self.layer.data[stray] = to_label_values(before)[stray]
            self.layer.refresh()
            show_warning(f"Paint with labels 1 to {highest}, the colours of the palette; other labels were taken back.")
        labels, valid = from_label_values(values)
        valid = before.valid if valid is not None and np.array_equal(valid, before.valid) else valid
        if np.array_equal(labels, before.labels) and valid is before.valid:
            return
        after = painted(before, labels, valid)
        self.stack.push(Edit(self, "Paint", before, after, shown=True))
        self.indexed, self._busy = after, True
        try:
            self._describe(after, moved=True)
        finally:
            self._busy = False
        self.changed.emit()

    def _on_metadata(self) -> None:
        if not isalive(self) or self._busy:
            return
        if self._metadata_id() != self._id:
            self._replaced.start()
        elif self.has_frames:
            self._follow_frame()

    def _follow_frame(self) -> None:
        """Take over the palette of another frame, which the layer shows already."""
        self._shown = None
        self.indexed = replace(self.indexed, palette=read_palette(self.layer))
        self.changed.emit()

    def _take_run(self) -> None:
        """Take in what a new run left in the layer, as a step that can be undone."""
        self._id = self._metadata_id()
        if self._id is None:
            return
        before, found = self.indexed, read_result(self.layer)
        after = carry_over(before.palette, found)
        if found.shape != before.shape or self.layer.multiscale or self.has_frames or self._had_frames:
            self.stack.clear()
            self.indexed, self._had_frames = found, self.has_frames
            self.show(after)
        else:
            self.edit("Run again", after)

    def _on_label_picked(self) -> None:
        index = int(self.layer.selected_label) - 1
        if isalive(self) and not self._busy and 0 <= index < len(self.indexed.palette):
            self.picked.emit([index])

    def _on_squares_recolored(self, colors: dict[int, Any]) -> None:
        if self._replaced.isActive():  # a run has written them
            return
        if self.has_frames:  # those of another frame, or somebody's, which are taken back
            self.palette_layer.show(self.indexed)
            return
        self.edit("Recolour", recolor(self.indexed, colors), key=f"squares {sorted(colors)}")
