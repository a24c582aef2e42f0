"""Which entries of a result are selected, wherever that was done: in the table, the image, the squares or here.

The layers themselves are the shared model: the label that the brush paints with, and the squares that
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
        self._squares: Points | None = None
        self._busy = False
        layer.events.selected_label.connect(self._on_label)
        if (squares := self.find_squares()) is not None:
            self.rows = _rows_of(squares)

    def find_squares(self) -> Points | None:
        """Return the palette layer of the result, and listen to it."""
        squares = find_palette_layer(self.viewer, self.layer)
        if squares is not self._squares:
            self._forget_squares()
            self._squares = squares
            if squares is not None:
                squares.selected_data.events.items_changed.connect(self._on_squares)
        return squares

    def select(self, rows: list[int]) -> None:
        """Select entries here and everywhere."""
        self._busy = True
        try:
            if rows:  # before the squares: a table that follows takes one row from the label, all from them
                self.layer.selected_label = rows[0] + 1
            if (squares := self.find_squares()) is not None and set(squares.selected_data) != set(rows):
                squares.selected_data = {row for row in rows if row < len(squares.data)}
        finally:
            self._busy = False
        self._tell(rows)

    def close(self) -> None:
        """Listen no longer."""
        self.layer.events.selected_label.disconnect(self._on_label)
        self._forget_squares()

    def _forget_squares(self) -> None:
        if self._squares is not None:
            self._squares.selected_data.events.items_changed.disconnect(self._on_squares)
            self._squares = None

    def _on_label(self) -> None:
        if isalive(self) and not self._busy:
            row = int(self.layer.selected_label) - 1
            found = read_metadata(self.layer)
            count = 0 if found is None else len(found["palette"]["colors"])
            self._tell([row] if 0 <= row < count else [])

    def _on_squares(self) -> None:
        if isalive(self) and not self._busy and self._squares is not None:
            self._tell(_rows_of(self._squares))

    def _tell(self, rows: list[int]) -> None:
        if rows != self.rows:
            self.rows = rows
            self.changed.emit(rows)


def _rows_of(squares: Points) -> list[int]:
    return sorted(int(row) for row in squares.selected_data)
