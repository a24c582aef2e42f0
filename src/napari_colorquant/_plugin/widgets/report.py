"""Two lines that say what goes on, or what came of it: always as high, so that nothing beside them moves."""

from qtpy.QtCore import QEvent, Qt
from qtpy.QtWidgets import QSizePolicy
from superqt import QElidingLabel

_LINES = 2
#: By how many pixels a line is higher in which digits are set below it, in a font that has them.
_SUBSCRIPT = 5


class Report(QElidingLabel):
    """Small print of two lines; what does not fit is cut, and stands in the tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._fit()

    def setText(self, text: str | None) -> None:  # noqa: N802, a name of Qt's
        """Show a text."""
        super().setText(text or "")
        self.setToolTip(text)

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802, a name of Qt's
        """Fit two lines of another font."""
        super().changeEvent(event)
        if event is not None and event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(_LINES * (self.fontMetrics().lineSpacing() + _SUBSCRIPT))
