"""The palette as a grid of swatches: all of it at once, chosen and ordered as the rows of the table are."""

from typing import Any

from qtpy.QtCore import QEvent, QItemSelection, QModelIndex, QPointF, QRectF, QSize, Qt, Signal
from qtpy.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QPainter, QPen, QPolygonF
from qtpy.QtWidgets import QAbstractItemView, QListView, QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ..widgets.checker import fill_swatch, over_checker
from ..widgets.share_bar import VALUE_ROLE
from .model import CLASS_ROLE, LOCKED_ROLE
from .table import PaletteTable

#: How large a swatch is, in pixels, for palettes of at most so many colours. 256 of them take 200 pixels of a dock
#: that is 300 wide; larger palettes scroll.
_SIZES = ((32, 28), (64, 22), (128, 17), (65536, 14))
#: Below that, a swatch has no room for a digit.
_LEGIBLE = 20
_MOST_HIGH = 214


class SwatchGrid(QListView):
    """A second view of the rows of a table, with its selection; as high as its swatches need at its width.

    Parameters
    ----------
    table : PaletteTable
        Whose model, selection and keys these are.

    Attributes
    ----------
    hovered : Signal of int
        The row of the swatch under the mouse, -1 for none.
    """

    hovered = Signal(int)

    def __init__(self, table: PaletteTable) -> None:
        super().__init__()
        self._table = table
        self.setModel(table.palette_model)
        selection = table.selectionModel()
        assert selection is not None  # the table has a model
        self.setSelectionModel(selection)
        self.swatches = _Swatches(self)
        self.setItemDelegate(self.swatches)
        self._set_up()
        table.palette_model.modelReset.connect(self._fit)
        selection.selectionChanged.connect(self._follow)
        self.entered.connect(lambda index: self.hovered.emit(index.row()))
        self.doubleClicked.connect(lambda index: table.swatch_activated.emit(index.row()))
        self._fit()

    def light_up(self, row: int) -> None:
        """Mark the swatch of the pixel under the cursor; -1 marks none."""
        if row != self.swatches.lit:
            self.swatches.lit = row
            self._draw_again()

    def set_theme(self, theme: Any) -> None:
        """Draw in the colours of a napari theme."""
        self.swatches.edge_color, self.swatches.mark_color = theme.text.as_hex(), theme.current.as_hex()
        self._draw_again()

    def sizeHint(self) -> QSize:  # noqa: N802, a name of Qt's
        """Return the height that all swatches need at this width, as far as that is bearable."""
        return QSize(200, min(self._height_at(self.width()), _MOST_HIGH))

    def minimumSizeHint(self) -> QSize:  # noqa: N802, a name of Qt's
        """Return two rows of swatches."""
        size = self.gridSize().height()
        return QSize(6 * size, min(self.sizeHint().height(), 2 * size + 4))

    def resizeEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Ask for another height at another width; a scroll bar that is not needed would take a column."""
        off, on = Qt.ScrollBarPolicy.ScrollBarAlwaysOff, Qt.ScrollBarPolicy.ScrollBarAsNeeded
        self.setVerticalScrollBarPolicy(off if self._height_at(self.width()) <= self.height() else on)
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def leaveEvent(self, event: QEvent | None) -> None:  # noqa: N802, a name of Qt's
        """Hover no swatch any more."""
        super().leaveEvent(event)
        self.hovered.emit(-1)

    def mouseMoveEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Hover no swatch beside them."""
        super().mouseMoveEvent(event)
        if not self.indexAt(event.position().toPoint()).isValid():
            self.hovered.emit(-1)

    def event(self, event: QEvent | None) -> bool:
        """Keep our keys from the shortcuts of the window, as the table does."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and self._table.has_key(event):
            event.accept()
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802, a name of Qt's
        """Select a swatch where Tab leads here, as the table does."""
        super().focusInEvent(event)
        self._table.begin_by_key(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802, a name of Qt's
        """Do what the table does with the key; the arrows go about in the grid."""
        if event is not None and not self._table.do_key(event):
            super().keyPressEvent(event)

    def _set_up(self) -> None:
        self.setViewMode(QListView.ViewMode.ListMode)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setAccessibleName("Swatches of the palette")

    def _count(self) -> int:
        return self._table.palette_model.rowCount()

    def _height_at(self, width: int) -> int:
        size = self.gridSize().height()
        columns = max((width - 2) // size, 1)
        return -(-self._count() // columns) * size + 2

    def _fit(self) -> None:
        size = next(size for most, size in _SIZES if self._count() <= most)
        self.setGridSize(QSize(size, size))
        self.updateGeometry()

    def _follow(self, selected: QItemSelection) -> None:
        """Scroll to what was selected elsewhere: in the table, on the canvas."""
        places = [index for index in selected.indexes() if index.column() == self.modelColumn()]
        view = self.viewport()
        if not places or view is None or any(view.rect().contains(self.visualRect(index)) for index in places):
            return
        self.scrollTo(places[0])

    def _draw_again(self) -> None:
        view = self.viewport()
        assert view is not None
        view.update()


class _Swatches(QStyledItemDelegate):
    """Squares with small marks: the digit of the class, a corner for a lock, a frame for what is chosen or lit up."""

    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self._view = parent
        self.lit = -1
        self.edge_color, self.mark_color = "#ffffff", "#808080"

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # noqa: N802, a name of Qt's
        """Return the size of a cell of the grid."""
        return self._view.gridSize()

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Draw the swatch, then its marks in black or white, whichever is seen on it."""
        assert painter is not None
        color: QColor = index.data(VALUE_ROLE)
        ink = QColor("black" if _luminance(over_checker(color)) > 0.4 else "white")
        room = QRectF(option.rect).adjusted(1, 1, -1, -1)
        painter.save()
        fill_swatch(painter, room, color)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        if index.data(LOCKED_ROLE):
            corner = room.width() / 3
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(ink)
            top = room.topRight()
            painter.drawPolygon(QPolygonF([top, top - QPointF(corner, 0), top + QPointF(0, corner)]))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        if (number := index.data(CLASS_ROLE)) and room.width() >= _LEGIBLE - 2:
            font = QFont(option.font)
            font.setPixelSize(round(room.width() * 0.45))
            painter.setFont(font)
            painter.setPen(ink)
            aligned = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom
            painter.drawText(room.adjusted(3, 0, 0, -1), aligned, str(number))
        if is_chosen or index.row() == self.lit:
            self._frame(painter, room, ink, 2 if is_chosen else 1)
        else:
            edge = QColor(self.edge_color)
            edge.setAlpha(50)
            painter.setPen(QPen(edge, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(room.adjusted(0, 0, -1, -1))
        painter.restore()

    def _frame(self, painter: QPainter, room: QRectF, ink: QColor, width: int) -> None:
        """Draw a frame in the colour of the theme's text, and one in the ink inside it: one of them is always seen."""
        half = width / 2
        for inset, color in ((half, QColor(self.edge_color)), (half + width, ink)):
            painter.setPen(_pen(color, width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(room.adjusted(inset, inset, -inset, -inset))


def _pen(color: QColor, width: int) -> QPen:
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    return pen


def _luminance(color: QColor) -> float:
    """Return the relative luminance of a colour, 0..1."""
    red, green, blue = ((level / 255) ** 2.2 for level in (color.red(), color.green(), color.blue()))
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)
