"""The colours of a palette as one strip, however many they are: to be seen, not to be clicked."""

from typing import Any

from qtpy.QtCore import QRectF, QSize
from qtpy.QtGui import QColor, QPainter
from qtpy.QtWidgets import QSizePolicy, QWidget

from ...palette import Palette
from .checker import fill_swatch

_HIGH, _ROW, _MOST = 12, 64, 256


class ColorStrip(QWidget):
    """Rows of at most 64 colours, each as wide as there is room; of a palette of thousands, the first rows."""

    def __init__(self) -> None:
        super().__init__()
        self.palette_shown: Palette | None = None
        self._colors: list[QColor] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Colours of the palette")

    def show_palette(self, palette: Palette | None) -> None:
        """Show the colours of another palette, or none."""
        self.palette_shown = palette
        rgba = [] if palette is None else palette.shown_rgba[:_MOST].tolist()
        self._colors = [QColor(*map(int, entry)) for entry in rgba]
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802, a name of Qt's
        """Return the height of the rows."""
        return QSize(100, _HIGH * max(-(-len(self._colors) // _ROW), 1))

    def paintEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Draw the colours side by side, with no gap that would be a colour, too."""
        painter = QPainter(self)
        columns = max(min(len(self._colors), _ROW), 1)
        rows = max(-(-len(self._colors) // _ROW), 1)
        for place, color in enumerate(self._colors):
            row, column = divmod(place, columns)
            left, right = (round(self.width() * edge / columns) for edge in (column, column + 1))
            top, bottom = (round(self.height() * edge / rows) for edge in (row, row + 1))
            fill_swatch(painter, QRectF(left, top, right - left, bottom - top), color)
        painter.end()
