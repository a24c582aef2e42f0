"""The lower part of the dock: a line until there is a palette, or the panel has rested; then what edits palettes.

That is half of the panel's code and a third of its controls. A panel opens without them, and loads and makes them while
the user looks at the rest.
"""

from typing import TYPE_CHECKING, Any

from qtpy.compat import isalive
from qtpy.QtCore import QSize
from qtpy.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ..layers.active_result import find_result
from ..palette_dock.hint import HINT_HIGH, MARGINS, SPACING, Hint
from ..widgets.title import Title

if TYPE_CHECKING:
    from ..palette_dock.widget import PaletteWidget


def load_editor() -> None:
    """Import what edits palettes; on any thread."""
    from ..palette_dock import widget  # noqa: F401


class PalettePlace(QWidget):
    """Where the palette of the active result is edited.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
        As soon as it has a result, the editor is there.
    whole : QWidget
        What this is a part of, see `PaletteWidget`.
    """

    def __init__(self, viewer: Any, whole: QWidget) -> None:
        super().__init__()
        self._viewer, self._whole = viewer, whole
        self._editor: PaletteWidget | None = None
        self._is_over = False
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(*MARGINS)
        self._rows.setSpacing(SPACING)
        pages = QStackedWidget()  # as the editor has them, with the frame that is around them
        pages.addWidget(Hint())
        self._first: tuple[QWidget, ...] = (Title(), pages)
        for part in self._first:
            self._rows.addWidget(part)
        self._rows.setStretch(1, 1)
        viewer.layers.events.inserted.connect(self._on_inserted)
        self._on_inserted()

    @property
    def editor(self) -> "PaletteWidget":
        """What edits palettes; made when it is asked for."""
        self.make()
        assert self._editor is not None
        return self._editor

    @property
    def has_palette(self) -> bool:
        """True if a palette is open."""
        return self._editor is not None and self._editor.session is not None

    def make(self) -> None:
        """Make what edits palettes, unless it is there."""
        if self._editor is not None:
            return
        from ..palette_dock.widget import PaletteWidget

        self._editor = PaletteWidget(self._viewer, self._whole)
        if self._is_over:
            self._editor.end_work()
        for part in self._first:
            self._rows.removeWidget(part)
            part.deleteLater()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.addWidget(self._editor)
        self._editor.show()  # now, and not after what is done by then: the first palette may be opened next

    def minimumSizeHint(self) -> QSize:  # noqa: N802, a name of Qt's
        """Return the height of the line or, once there is one, that of the editor."""
        own = super().minimumSizeHint()
        return QSize(own.width(), HINT_HIGH) if self._editor is None else own

    def begin_work(self) -> None:
        """Open the palette of what is active now."""
        self._is_over = False
        if self._editor is not None:
            self._editor.begin_work()
        self._on_inserted()

    def end_work(self) -> None:
        """End the editing of palettes."""
        self._is_over = True
        if self._editor is not None:
            self._editor.end_work()

    def _on_inserted(self, _: Any = None) -> None:
        if isalive(self) and not self._is_over and find_result(self._viewer, None) is not None:
            self.make()
