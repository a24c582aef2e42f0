"""Shares in tables: the text over a bar, in the colours of napari's theme."""

from typing import Any

from qtpy.QtCore import QModelIndex, QRectF, Qt
from qtpy.QtGui import QColor, QPainter
from qtpy.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

#: What a cell stands for, beside Qt's own roles.
VALUE_ROLE = Qt.ItemDataRole.UserRole + 1
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
