"""A small plot of error against number of colours, in the theme's colours; a click chooses a number."""

import math

import numpy as np
import numpy.typing as npt
from qtpy.QtCore import QPointF, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from qtpy.QtWidgets import QSizePolicy, QWidget

_TICKS = (2, 4, 8, 16, 32, 64, 128, 256)
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 10, 8, 20


class CurvePlot(QWidget):
    """Error against number of colours (logarithmic), with the chosen number marked.

    Attributes
    ----------
    picked : Signal of int
        The user clicked at, or dragged to, this number of colours.
    """

    picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumHeight(130)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self._values: npt.NDArray[np.float64] = np.empty(0)
        self._chosen = 16
        self._hovered: int | None = None
        self._accent = QColor("#4b7bec")
        self._text = QColor("#f0f1f2")

    def sizeHint(self) -> QSize:  # noqa: N802, a name of Qt's
        """Return the size at which it reads well."""
        return QSize(260, 140)

    def show_values(self, values: npt.NDArray[np.float64]) -> None:
        """Show the errors for 1, 2, ... colours; an empty array clears the plot."""
        self._values = values
        self.update()

    def choose(self, n_colors: int) -> None:
        """Mark a number of colours."""
        self._chosen = n_colors
        self.update()

    def set_colors(self, text: QColor, accent: QColor) -> None:
        """Take the colours of a theme."""
        self._text, self._accent = text, accent
        self.update()

    def x_of(self, n_colors: float) -> float:
        """Return where a number of colours stands, in pixels of the widget."""
        share = math.log2(max(n_colors, 2) / 2) / math.log2(_TICKS[-1] / 2)
        return _LEFT + share * (self.width() - _LEFT - _RIGHT)

    def n_colors_at(self, x: float) -> int:
        """Return the number of colours at a place; the inverse of `x_of`, cut to what the curve has."""
        share = (x - _LEFT) / max(self.width() - _LEFT - _RIGHT, 1)
        most = max(len(self._values), 2)
        return int(min(max(round(2 * 2 ** (share * math.log2(_TICKS[-1] / 2))), 2), most))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Choose the number under the mouse."""
        if event is not None and event.button() == Qt.MouseButton.LeftButton and len(self._values):
            self.picked.emit(self.n_colors_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:  # noqa: N802
        """Tell what is under the mouse; with the button down, choose it."""
        if event is None or not len(self._values):
            return
        self._hovered = self.n_colors_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.picked.emit(self._hovered)
        self.update()

    def leaveEvent(self, event: object) -> None:  # noqa: N802
        """Go back to the chosen number."""
        self._hovered = None
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: N802
        """Draw the axes, the curve, and the number that is chosen or under the mouse."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = painter.font()
        font.setPointSizeF(max(font.pointSizeF() - 2.5, 6.5))
        painter.setFont(font)
        self._draw_axes(painter)
        if len(self._values) > 1:
            self._draw_curve(painter)
            self._draw_mark(painter, self._hovered or self._chosen)

    def _top_value(self) -> float:
        shown = self._values[1:]
        return _round_up(float(shown[np.isfinite(shown)].max(initial=1e-3)))

    def _y_of(self, value: float) -> float:
        bottom = self.height() - _BOTTOM
        return bottom - min(value / self._top_value(), 1.0) * (bottom - _TOP)

    def _draw_axes(self, painter: QPainter) -> None:
        faint = QColor(self._text)
        faint.setAlphaF(0.18)
        quiet = QColor(self._text)
        quiet.setAlphaF(0.65)
        bottom = self.height() - _BOTTOM
        for tick in _TICKS:
            x = self.x_of(tick)
            painter.setPen(QPen(faint, 1))
            painter.drawLine(QPointF(x, _TOP), QPointF(x, bottom))
            painter.setPen(quiet)
            painter.drawText(QRectF(x - 16, bottom + 3, 32, 14), Qt.AlignmentFlag.AlignHCenter, str(tick))
        if not len(self._values):
            return
        for share in (0.0, 0.5, 1.0):
            value = share * self._top_value()
            painter.setPen(QPen(faint, 1))
            painter.drawLine(QPointF(_LEFT, self._y_of(value)), QPointF(self.width() - _RIGHT, self._y_of(value)))
            painter.setPen(quiet)
            area = QRectF(0, self._y_of(value) - 7, _LEFT - 5, 14)
            painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{value:g}")

    def _draw_curve(self, painter: QPainter) -> None:
        numbers = range(2, len(self._values) + 1)
        points = [QPointF(self.x_of(n), self._y_of(self._finite(n))) for n in numbers]
        painter.setPen(QPen(self._accent, 2))
        painter.drawPolyline(QPolygonF(points))

    def _draw_mark(self, painter: QPainter, n_colors: int) -> None:
        n_colors = min(max(n_colors, 2), len(self._values))
        value = self._values[n_colors - 1]
        place = QPointF(self.x_of(n_colors), self._y_of(self._finite(n_colors)))
        painter.setPen(QPen(self._text, 1, Qt.PenStyle.DashLine))
        middle = math.floor(place.x()) + 0.5  # of a pixel: between two, a thin line is two faint ones
        painter.drawLine(QPointF(middle, _TOP), QPointF(middle, self.height() - _BOTTOM))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._text)
        painter.drawEllipse(place, 4, 4)
        text = f"{n_colors}: {value:.3g}"
        width = QFontMetrics(painter.font()).horizontalAdvance(text) + 4
        left = place.x() + 7 if place.x() + 7 + width < self.width() else place.x() - 7 - width
        painter.setPen(self._text)
        painter.drawText(QRectF(left, max(place.y() - 18, _TOP), width, 14), Qt.AlignmentFlag.AlignLeft, text)

    def _finite(self, n_colors: int) -> float:
        value = float(self._values[n_colors - 1])
        return value if math.isfinite(value) else self._top_value()


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 2.5, 4, 5, 6, 8 times a power of ten: an axis whose half is a plain number, too."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 2.5, 4, 5, 6, 8, 10) if step * power >= value * (1 - 1e-9))
