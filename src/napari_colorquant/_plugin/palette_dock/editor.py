"""What the palette's toolbar, menu and table do: each verb makes one step on the session's undo stack."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from qtpy.compat import isalive
from qtpy.QtWidgets import QDialog, QInputDialog, QWidget

from ... import editing
from ...annotate.tables.table import class_names
from ...indexed import IndexedImage
from ...palette import MAX_COLORS, Palette
from .color_preview import ColorPreview, check_hex
from .dialogs import PaletteDialog, ask_color
from .picking import ColorPicker
from .session import ResultSession
from .steps import CHANGED_MEANWHILE
from .table import PaletteTable
from .teaching import TeachingSteps


class PaletteEditor(TeachingSteps):
    """The verbs on the selected rows of a table.

    Parameters
    ----------
    window : QWidget
        The parent of dialogs.
    table : PaletteTable
        Whose selection is meant.
    """

    def __init__(self, window: QWidget, table: PaletteTable) -> None:
        super().__init__(window, table)
        self.table = table
        self.dialog: QDialog | None = None
        self._picker: ColorPicker | None = None
        table.swatch_activated.connect(self.recolor)
        table.sort_asked.connect(self.sort)
        table.delete_asked.connect(self.delete)
        table.escaped.connect(self.stop_picking)
        table.palette_model.written.connect(self.write)
        table.palette_model.dropped.connect(self.move)

    def work_on(self, session: ResultSession | None) -> None:
        """Edit another result, or none; what was being done to the last one is dropped."""
        if session is not self.session:
            self.stop_picking()
            self.close_dialog()
        super().work_on(session)

    def close_dialog(self) -> None:
        """Cancel what is being asked."""
        if self.dialog is not None and isalive(self.dialog):
            self.dialog.reject()
        self.dialog = None

    def write(self, row: int, key: str, text: str) -> None:
        """Write a name, a class, a hex code or a lock."""
        edits: dict[str, Callable[[IndexedImage], IndexedImage]] = {
            "name": lambda indexed: editing.rename(indexed, {row: text}),
            "class": lambda indexed: editing.classify(indexed, {row: text}),
            "hex": lambda indexed: editing.recolor(indexed, {row: check_hex(text)}),
            "lock": lambda indexed: editing.lock(indexed, {row: bool(text)}),
        }
        lock = "Lock" if text else "Unlock"
        self.do({"name": "Rename", "class": "Set class", "hex": "Recolour", "lock": lock}[key], edits[key])

    def recolor(self, row: int) -> None:
        """Ask for another colour of a row; the picture follows while the dialog is open."""
        session = self.session
        if session is None or not self._may_edit():
            return
        preview, palette = ColorPreview(session, row), session.indexed.palette

        def accept(color: tuple[int, ...]) -> None:
            if not preview.accept(color):
                self.message.emit(CHANGED_MEANWHILE)

        self.dialog = ask_color(
            self._window,
            "Colour of the entry",
            palette.rgba[row] if palette.has_alpha else palette.colors[row],
            accept,
            preview.show,
            preview.end,
        )

    def add(self, color: Any) -> None:
        """Add a colour; the pixels nearest to it take it."""
        self.work("Add a colour", lambda indexed, image, rgb: editing.add_color(indexed, image, color, rgb=rgb))

    def add_by_value(self) -> None:
        """Ask for a colour to add."""
        rows = self._table.rows()
        if self.session is not None and self._may_edit():
            palette = self.session.indexed.palette
            self.dialog = ask_color(self._window, "Add a colour", palette.colors[rows[0] if rows else 0], self.add)

    def add_from_image(self) -> None:
        """Add the colour of the pixel that is clicked next."""
        if self.session is None or not self._may_edit() or (source := self._source()) is None:
            return
        self.stop_picking()
        self._picker = ColorPicker(self.session.viewer, source, self.session.indexed.recipe.scale, self._on_picked)
        self._table.setFocus()  # for Escape
        self.message.emit("Click a pixel of the image: its colour joins the palette. Esc cancels.")

    def stop_picking(self) -> None:
        """Wait for no click any more."""
        if self._picker is not None:
            self._picker.cancel()
            self._picker = None
            self.message.emit("")

    def delete(self) -> None:
        """Delete the selected colours; their pixels go to the nearest left."""
        rows = self._table.rows()
        if not rows:
            return

        def edit(indexed: IndexedImage, image: Any, rgb: bool) -> IndexedImage:
            for row in reversed(rows):
                indexed = editing.delete_color(indexed, image, row, rgb=rgb)
            return indexed

        self.work(f"Delete {_count(rows)}", edit)

    def merge(self) -> None:
        """Merge the selected colours into one."""
        rows = self._table.rows()
        self.do(f"Merge {_count(rows)}", lambda indexed: editing.merge(indexed, rows), rows[:1], moves_pixels=True)

    def split(self, count: int | None = None) -> None:
        """Split the selected colour into `count`; asks for the number by default."""
        rows = self._table.rows()
        if self.session is None or len(rows) != 1:
            self.message.emit("Select one colour to split.")
            return
        if not self._may_edit():
            return
        most = MAX_COLORS + 1 - len(self.session.indexed.palette)
        accepted = True
        if count is None:
            count, accepted = QInputDialog.getInt(self._window, "Split a colour", "Into how many?", 2, 2, max(most, 2))
        if accepted:
            parts = count
            self.work(
                f"Split into {parts}",
                lambda indexed, image, rgb: editing.split(indexed, image, rows[0], parts, rgb=rgb),
            )

    def swap(self) -> None:
        """Exchange the two selected colours."""
        rows = self._table.rows()
        if len(rows) == 2:
            self.do("Swap colours", lambda indexed: editing.swap(indexed, *rows))
        else:
            self.message.emit("Select two colours to swap.")

    def ramp(self) -> None:
        """Let the selected colours lead evenly from the first to the last."""
        rows = self._table.rows()
        self.do(f"Ramp of {_count(rows)}", lambda indexed: editing.ramp(indexed, rows))

    def sort(self, key: str) -> None:
        """Sort the palette; sorted already, it is turned round."""
        if self.session is not None:
            order = editing.sort_order(self.session.indexed.palette, key)
            if order == sorted(order):
                order.reverse()
            self._reorder(f"Sort by {key}", order)

    def move(self, rows: Sequence[int], target: int) -> None:
        """Move rows in front of the row `target`."""
        if self.session is not None:
            moved, count = list(rows), len(self.session.indexed.palette)
            head = [row for row in range(target) if row not in moved]
            order = [*head, *moved, *(row for row in range(target, count) if row not in moved)]
            if order != sorted(order):
                self._reorder(f"Move {_count(moved)}", order)

    def shift(self, step: int) -> None:
        """Move the selected rows up (-1) or down (1) by one."""
        rows = self._table.rows()
        if self.session is not None and rows:
            target = rows[0] - 1 if step < 0 else rows[-1] + 2
            if 0 <= target <= len(self.session.indexed.palette):
                self.move(rows, target)

    def lock(self, locked: bool) -> None:
        """Lock or unlock the selected colours."""
        rows = self._table.rows()
        self.do(
            f"{'Lock' if locked else 'Unlock'} {_count(rows)}",
            lambda indexed: editing.lock(indexed, dict.fromkeys(rows, locked)),
        )

    def classify(self, name: str | None = None) -> None:
        """Put the selected colours into a class; asks for its name by default, "" takes them out."""
        rows = self._table.rows()
        if self.session is None or not rows:
            self.message.emit("Select the colours of the class.")
            return
        if not self._may_edit():
            return
        accepted = True
        if name is None:
            known = list(class_names(self.session.indexed))
            name, accepted = QInputDialog.getItem(
                self._window, "Class", f"Class of {_count(rows)}, a new name or one of these:", known, -1, True
            )
        if accepted:
            word = name.strip()
            self.do("Set class", lambda indexed: editing.classify(indexed, dict.fromkeys(rows, word)))

    def set_colors(self) -> None:
        """Ask for a colormap or palette, and give the entries its colours in order."""
        self._ask_palette(
            "Set colours", "The entries take these colours, in their order in the table.", editing.set_colors
        )

    def snap(self) -> None:
        """Ask for a palette, and replace each colour by the nearest of it."""
        self._ask_palette(
            "Snap to a palette", "Each colour becomes the nearest of these; locked ones stay.", editing.snap
        )

    def _ask_palette(self, title: str, explanation: str, edit: Callable[[IndexedImage, Any], IndexedImage]) -> None:
        session = self.session
        if session is None or not self._may_edit():
            return

        def accept(palette: Palette) -> None:
            if self.session is session:
                self.do(title, lambda indexed: edit(indexed, palette))
            else:
                self.message.emit(CHANGED_MEANWHILE)

        count = len(session.indexed.palette)
        dialog = PaletteDialog(self._window, title, explanation, count, session.viewer, accept)
        self.dialog = dialog
        dialog.open()

    def _reorder(self, text: str, order: list[int]) -> None:
        chosen = set(self._table.rows())
        rows = [place for place, old in enumerate(order) if old in chosen]
        self.do(text, lambda indexed: editing.reorder(indexed, order), rows, moves_pixels=True)

    def _on_picked(self, color: np.ndarray[Any, Any]) -> None:
        self._picker = None
        self.add(color)


def _count(rows: Sequence[int]) -> str:
    return "1 colour" if len(rows) == 1 else f"{len(rows)} colours"
