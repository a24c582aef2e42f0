"""Ctrl+S on a result of ours: a picture, PNG first. napari's own dialog begins with its plain TIFF.

A manifest cannot change that: of the writers that fit, napari's stands first. Its dialog stays under File.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from napari.layers import Labels
from qtpy.compat import isalive
from qtpy.QtCore import QEvent, QObject, QTimer
from qtpy.QtGui import QKeyEvent, QKeySequence

from ..layers.active_result import find_result


class SaveKey(QObject):
    """Takes the keys of "save" from napari while one result, and nothing else, is selected.

    Parameters
    ----------
    viewer : napari.Viewer
    parent : QObject
        As long as it lives, the keys are taken; not while it `is_over`, as a widget whose dock is closed.
    save : callable
        Called with the result.
    """

    def __init__(self, viewer: Any, parent: QObject, save: Callable[[Labels], object]) -> None:
        super().__init__(parent)
        self._viewer, self._save = viewer, save
        window = getattr(getattr(viewer, "window", None), "_qt_window", None)
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, window: QObject | None, event: QEvent | None) -> bool:  # noqa: N802, a name of Qt's
        """Claim the keys before napari's menu does, and save a moment later: the key itself may end in any control."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride or not isalive(self):
            return False
        if getattr(self.parent(), "is_over", False) or not event.matches(QKeySequence.StandardKey.Save):
            return False
        if (result := self._selected()) is None:
            return False
        event.accept()
        if not event.isAutoRepeat():
            QTimer.singleShot(0, partial(self._save, result))
        return True

    def _selected(self) -> Labels | None:
        """Return the result that is selected alone; with its palette, or as its palette, napari's dialog is as good."""
        chosen = list(self._viewer.layers.selection)
        if len(chosen) != 1 or not isinstance(chosen[0], Labels):
            return None
        found = find_result(self._viewer, chosen[0])
        return found if found is chosen[0] else None
