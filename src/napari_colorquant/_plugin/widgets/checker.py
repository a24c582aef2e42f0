"""What lies below a colour that is seen through: a checkerboard of two grays, as in all painting programs."""

from qtpy.QtCore import QRectF, Qt
from qtpy.QtGui import QBrush, QColor, QPainter, QPixmap

_LIGHT, _DARK = QColor(204, 204, 204), QColor(136, 136, 136)
#: The side of one square, in pixels.
_SIDE = 4


def fill_swatch(painter: QPainter, room: QRectF, color: QColor) -> None:
    """Fill a rectangle with a colour, over a checkerboard if it is not opaque."""
    draw_checker(painter, room, color)
    painter.fillRect(room, color)


def draw_checker(painter: QPainter, room: QRectF, color: QColor, radius: float = 0.0) -> None:
    """Draw the checkerboard below a colour that is not opaque; below any other nothing."""
    if color.alpha() == 255:
        return
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrushOrigin(room.topLeft())
    painter.setBrush(_make_brush())
    painter.drawRoundedRect(room, radius, radius)
    painter.restore()


def over_checker(color: QColor) -> QColor:
    """Return what a colour looks like over the checkerboard, on average."""
    share, ground = color.alphaF(), (_LIGHT.red() + _DARK.red()) / 2
    levels = (color.red(), color.green(), color.blue())
    return QColor(*(round(level * share + ground * (1 - share)) for level in levels))


def _make_brush() -> QBrush:
    squares = QPixmap(2 * _SIDE, 2 * _SIDE)
    squares.fill(_LIGHT)
    painter = QPainter(squares)
    painter.fillRect(0, 0, _SIDE, _SIDE, _DARK)
    painter.fillRect(_SIDE, _SIDE, _SIDE, _SIDE, _DARK)
    painter.end()
    return QBrush(squares)
