"""Two parts of a dock over each other, which share its height by what the upper one needs."""

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import QEvent, QObject, Qt
from qtpy.QtWidgets import QScrollArea, QSplitter, QVBoxLayout, QWidget

#: What napari's style draws around a scroll area, above and below.
_FRAME = 2


class TwoParts(QSplitter):
    """Choices that scroll, with a foot that does not, and below them what they lead to.

    The choices are as high as their content as long as the lower part keeps its least height; with the handle
    the user shares the height differently, which then stays.

    Parameters
    ----------
    choices : QScrollArea
    foot : QWidget
        Stays in sight under the choices.
    lower : QWidget
        Takes what is left.
    reserve : callable
        Returns how much of the height is kept for the lower part, whatever is in it now, so that the foot does not
        jump when something comes.
    """

    def __init__(self, choices: QScrollArea, foot: QWidget, lower: QWidget, reserve: Callable[[], int]) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self._choices, self._foot, self._lower = choices, foot, lower
        self._by_hand, self._reserve = False, reserve
        upper = QWidget()
        rows = QVBoxLayout(upper)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(choices, stretch=1)
        rows.addWidget(foot)
        self.addWidget(upper)
        self.addWidget(lower)
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self.setChildrenCollapsible(False)
        self.splitterMoved.connect(self._on_moved)
        for part in (choices.widget(), foot, lower):
            assert part is not None
            part.installEventFilter(self)

    def eventFilter(self, part: QObject | None, event: QEvent | None) -> bool:  # noqa: N802, a name of Qt's
        """Share anew when a part needs more or less than before."""
        if event is not None and event.type() == QEvent.Type.LayoutRequest:
            self._share()
        return super().eventFilter(part, event)

    def resizeEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Share the new height."""
        super().resizeEvent(event)
        self._share()

    def _on_moved(self, _position: int, _handle: int) -> None:
        self._by_hand = True

    def _share(self) -> None:
        content = self._choices.widget()
        if self._by_hand or content is None or self.height() <= 0:
            return
        width = self.width()
        high = content.heightForWidth(width) if content.hasHeightForWidth() else content.sizeHint().height()
        foot = self._foot.heightForWidth(width) if self._foot.hasHeightForWidth() else self._foot.sizeHint().height()
        free = self.height() - self.handleWidth()
        upper = min(high + _FRAME + foot, free - max(self._reserve(), self._lower.minimumSizeHint().height()))
        self.setSizes([max(upper, 0), max(free - upper, 0)])
