"""A part of a panel in which things come and go, and nothing around it moves."""

from typing import Any

from qtpy.QtCore import QEvent
from qtpy.QtWidgets import QWidget


class Still(QWidget):
    """Widgets of fixed heights, one under the other, each in its place whether it is shown or not.

    It has no layout: one would ask the whole window for its sizes whenever a text is another or a bar appears, and Qt
    would draw that window once more, canvas and all.

    Parameters
    ----------
    parts : sequence of QWidget
        From top to bottom.
    gap : int
        Pixels between them.
    """

    def __init__(self, *parts: QWidget, gap: int = 0) -> None:
        super().__init__()
        self._parts, self._gap = parts, gap
        for part in parts:
            part.setParent(self)
        self._place()

    def event(self, event: QEvent | None) -> bool:
        """Take the new height of a part, which another font has."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return super().event(event)

    def resizeEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Let the parts be as wide as this."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        top = 0
        for part in self._parts:
            part.setGeometry(0, top, self.width(), part.minimumHeight())
            top += part.minimumHeight() + self._gap
        self.setFixedHeight(top - self._gap)
