"""Which entries of a result are selected, wherever that was done: in the table, the image, the swatches or here.

The layers themselves are the shared model: the label that the brush paints with, and the swatches that
are selected. So the docks need not know each other.
"""

from typing import Any

from napari.layers import Labels, Points
from qtpy.compat import isalive
from qtpy.QtCore import QObject, Signal

from .provenance import read_metadata
from .sources import find_palette_layer


class EntrySelection(QObject):
    """The selected palette entries of a result layer.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    layer : Labels
        A result of ours.
    parent : QObject, optional

    Attributes
    ----------
    rows : list of int
        The selected entries.
    changed : Signal of list of int
        Others were selected, by `select` or anywhere else.
    """

    changed = Signal(list)

    def __init__(self, viewer: Any, layer: Labels, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.viewer, self.layer = viewer, layer
        self.rows: list[int] = []
        self._swatches: Points | None = None
        self._busy = False
        layer.events.selected_label.connect(self._on_label)
        if (swatches := self.find_swatches()) is not None:
            self.rows = _rows_of(swatches)

    def find_swatches(self) -> Points | None:
        """Return the palette layer of the result, and listen to it."""
        swatches = find_palette_layer(self.viewer, self.layer)
        if swatches is not self._swatches:
            self._forget_swatches()
            self._swatches = swatches
            if swatches is not None:
                swatches.selected_data.events.items_changed.connect(self._on_swatches)
        return swatches

    def select(self, rows: list[int]) -> None:
        """Select entries here and everywhere."""
        self._busy = True
        try:
            if rows:  # before the swatches: a table that follows takes one row from the label, all from them
                self.layer.selected_label = rows[0] + 1
            if (swatches := self.find_swatches()) is not None and set(swatches.selected_data) != set(rows):
                swatches.selected_data = {row for row in rows if row < len(swatches.data)}
        finally:
            self._busy = False
        self._take_rows(rows)

    def close(self) -> None:
        """Listen no longer."""
        self.layer.events.selected_label.disconnect(self._on_label)
        self._forget_swatches()

    def _forget_swatches(self) -> None:
        if self._swatches is not None:
            self._swatches.selected_data.events.items_changed.disconnect(self._on_swatches)
            self._swatches = None

    def _on_label(self) -> None:
        if isalive(self) and not self._busy:
            row = int(self.layer.selected_label) - 1
            found = read_metadata(self.layer)
            count = 0 if found is None else len(found["palette"]["colors"])
            self._take_rows([row] if 0 <= row < count else [])

    def _on_swatches(self) -> None:
        if isalive(self) and not self._busy and self._swatches is not None:
            self._take_rows(_rows_of(self._swatches))

    def _take_rows(self, rows: list[int]) -> None:
        if rows != self.rows:
            self.rows = rows
            self.changed.emit(rows)


def _rows_of(swatches: Points) -> list[int]:
    return sorted(int(row) for row in swatches.selected_data)
