"""How cells of the palette's table are drawn: a swatch, a lock; a share is drawn as in other tables."""

from qtpy.QtCore import QModelIndex, QPointF, QRectF, QSize
from qtpy.QtGui import QColor, QPainter, QPen
from qtpy.QtWidgets import QStyleOptionViewItem

from ..widgets.checker import draw_checker
from ..widgets.icons import icon_pixmap
from ..widgets.share_bar import VALUE_ROLE, ThemedDelegate

_LOCK_SIZE = 16


class SwatchDelegate(ThemedDelegate):
    """A rounded rectangle in the colour of the entry, with a thin edge for colours like the background's."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the swatch."""
        assert painter is not None
        self.paint_background(painter, option, index)
        edge = QColor(self.text_color)
        edge.setAlpha(90)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, 1))
        room = QRectF(option.rect).adjusted(4.5, 3.5, -3.5, -3.5)
        draw_checker(painter, room, index.data(VALUE_ROLE), 3)
        painter.setBrush(index.data(VALUE_ROLE))
        painter.drawRoundedRect(room, 3, 3)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802, a name of Qt's
        """Ask for room to see the colour."""
        return QSize(34, 24)


class LockDelegate(ThemedDelegate):
    """A closed lock, or a faint open one."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the lock."""
        assert painter is not None
        self.paint_background(painter, option, index)
        locked = bool(index.data(VALUE_ROLE))
        name, opacity = ("locked", 1.0) if locked else ("unlocked", 0.3)
        pixmap = icon_pixmap(name, self.text_color, opacity=opacity)
        center = QPointF(option.rect.center()) + QPointF(0.5, 0.5)
        corner = QRectF(center.x() - _LOCK_SIZE / 2, center.y() - _LOCK_SIZE / 2, _LOCK_SIZE, _LOCK_SIZE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(corner, pixmap, QRectF(pixmap.rect()))
        painter.restore()
