"""How cells of the palette's table are drawn: a swatch, a share with its bar, a lock."""

from typing import Any

from qtpy.QtCore import QModelIndex, QPointF, QRectF, QSize, Qt
from qtpy.QtGui import QColor, QPainter, QPen
from qtpy.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ..widgets.icons import icon_pixmap
from .model import VALUE_ROLE

_LOCK_SIZE = 16
_BAR_ALPHA = 110


class ThemedDelegate(QStyledItemDelegate):
    """A delegate that knows the colours of the theme."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        self.text_color, self.bar_color = "#ffffff", "#808080"
        self.largest = 1.0

    def paint_background(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw what is below the cell's content: the selection."""
        empty = QStyleOptionViewItem(option)
        self.initStyleOption(empty, index)
        empty.text = ""
        empty.state &= ~QStyle.StateFlag.State_HasFocus
        if empty.widget is not None and (style := empty.widget.style()) is not None:
            style.drawControl(QStyle.ControlElement.CE_ItemViewItem, empty, painter, empty.widget)


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
        painter.setBrush(index.data(VALUE_ROLE))
        painter.drawRoundedRect(QRectF(option.rect).adjusted(4.5, 3.5, -3.5, -3.5), 3, 3)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802, a name of Qt's
        """Ask for room to see the colour."""
        return QSize(34, 24)


class ShareDelegate(ThemedDelegate):
    """The share in percent, before a bar of that length: the largest share fills the cell."""

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the bar, then the text as usual."""
        assert painter is not None
        self.paint_background(painter, option, index)
        room = QRectF(option.rect).adjusted(3, 4, -3, -4)
        bar = QColor(self.bar_color)
        bar.setAlpha(_BAR_ALPHA)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(bar)
        length = room.width() * min(max(float(index.data(VALUE_ROLE)) / self.largest, 0.0), 1.0)
        painter.drawRoundedRect(QRectF(room.left(), room.top(), length, room.height()), 2, 2)
        painter.setPen(QColor(self.text_color))
        painter.setFont(option.font)
        aligned = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(option.rect).adjusted(0, 0, -7, 0), aligned, str(index.data()))
        painter.restore()


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
