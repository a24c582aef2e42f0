"""What stands beside the name of the result: a step back and forth, the picture as a file, and what the result can."""

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtGui import QKeySequence, QUndoStack
from qtpy.QtWidgets import QHBoxLayout, QMenu, QShortcut, QWidget

from .icon_button import IconButton


class PaletteHead(QWidget):
    """Four buttons.

    Parameters
    ----------
    menu : QMenu
        What can be done with the result as a whole.
    """

    def __init__(self, menu: QMenu) -> None:
        super().__init__()
        self.undo_button = IconButton("undo", "Undo (Ctrl+Z)")
        self.redo_button = IconButton("redo", "Redo (Ctrl+Shift+Z)")
        self.save_button = IconButton(
            "save", "Save the picture: indexed PNG, GIF, TIFF, OME-Zarr (Ctrl+S);\nenlarged: in the menu"
        )
        self.result_button = IconButton(
            "result", "Menu of this result: legend, colour space, errors, settings, saving, copying", menu=menu
        )
        buttons = QHBoxLayout(self)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(1)
        for button in self.buttons:
            buttons.addWidget(button)

    @property
    def buttons(self) -> tuple[IconButton, ...]:
        """All of them, from left to right."""
        return self.undo_button, self.redo_button, self.save_button, self.result_button

    def connect(
        self, whole: QWidget, undo: Callable[[], None], redo: Callable[[], None], save: Callable[[], None]
    ) -> None:
        """Do something when a button is pressed, or its keys anywhere in a `whole`."""
        for button, slot in ((self.undo_button, undo), (self.redo_button, redo), (self.save_button, save)):
            button.clicked.connect(slot)
        keyed = (("Ctrl+Z", undo), ("Ctrl+Shift+Z", redo), ("Ctrl+Y", redo), ("Ctrl+Shift+E", save))
        for keys, slot in keyed:
            shortcut = QShortcut(QKeySequence(keys), whole)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    def follow(self, stack: QUndoStack | None) -> None:
        """Say which steps can be taken back and made again."""
        back = None if stack is None else (stack.canUndo(), stack.undoText())
        forth = None if stack is None else (stack.canRedo(), stack.redoText())
        _show_step(self.undo_button, "Undo", "Ctrl+Z", back)
        _show_step(self.redo_button, "Redo", "Ctrl+Shift+Z", forth)

    def set_theme(self, theme: Any) -> None:
        """Take the colours of a napari theme."""
        for button in self.buttons:
            button.set_theme(theme)


def _show_step(button: IconButton, verb: str, keys: str, step: tuple[bool, str] | None) -> None:
    """Let a button say which step it would take back or make again, if there is one."""
    possible, text = step or (False, "")
    button.setEnabled(possible)
    button.setToolTip(f"{verb}: {text} ({keys})" if text else f"{verb} ({keys})")
