"""The palette as a table model: one row per entry, in the order of the palette."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from qtpy.QtCore import QAbstractTableModel, QByteArray, QMimeData, QModelIndex, Qt, QTemporaryDir, Signal
from qtpy.QtGui import QColor, QFont

from ...palette import Palette
from ...pixels.written_colors import OPAQUE
from ..widgets.formats import format_count, format_number, format_share
from ..widgets.share_bar import VALUE_ROLE
from .carry import carry_away

#: Whether an entry is locked, and the number of its class, 0 for none.
LOCKED_ROLE, CLASS_ROLE = Qt.ItemDataRole.UserRole + 2, Qt.ItemDataRole.UserRole + 3
_ROWS = "application/x-napari-colorquant-rows"


@dataclass(frozen=True)
class Column:
    """A column: its key, its title, what the title's tooltip says, and the order that a click on it makes."""

    key: str
    title: str
    tooltip: str
    sort_key: str = ""
    is_number: bool = False


COLUMNS = (
    Column("swatch", "", "The colour; double-click to change it. Click here to sort by hue.", "hue"),
    Column("name", "Name", "What the colour stands for; shown in the status bar under the cursor.", "name"),
    Column("class", "Class", "The group that the colour belongs to, for class maps and measurements."),
    Column("hex", "Hex", "The colour in hexadecimal. Click here to sort by lightness.", "lightness"),
    Column("share", "Share", "Share of the pixels that have data.", "share", True),
    Column("area", "Area", "Area of those pixels, in the layer's units.", "share", True),
    Column("error", "ΔE", "Mean CIEDE2000 difference between the colour and the pixels it stands for.", "", True),
    Column("lock", "", "Locked colours are kept verbatim when the image is quantized again."),
)
KEYS = tuple(column.key for column in COLUMNS)
_EDITABLE = ("name", "class", "hex")


class PaletteModel(QAbstractTableModel):
    """Rows of a palette; edits are asked for with signals and come back through `show`.

    Attributes
    ----------
    written : Signal of (row, key, text)
        A text was typed into a cell, or a lock was clicked (key "lock", text "" or "locked").
    dropped : Signal of (rows, target)
        Rows were dragged in front of the row `target`.
    """

    written = Signal(int, str, str)
    dropped = Signal(list, int)

    def __init__(self) -> None:
        super().__init__()
        self.palette: Palette | None = None
        self._n_pixels = 0
        self._pixel_area, self._unit = 1.0, "px"
        self._errors: npt.NDArray[np.float64] = np.empty(0)
        #: Whether colours without a name show their hex code in its place: where its column does not fit.
        self.hex_as_name = False
        #: Why nothing can be written, "" if it can.
        self.why_fixed = ""
        #: What a file of colours that are dragged out is called, without its suffix.
        self.file_name = "palette"
        self._files = QTemporaryDir()
        #: The classes in the order in which they are numbered.
        self.class_order: tuple[str, ...] = ()

    def show(self, palette: Palette | None, n_pixels: int = 0, pixel_area: float = 1.0, unit: str = "px") -> None:
        """Show a palette of an image of `n_pixels` pixels with data."""
        same_rows = palette is not None and self.palette is not None and len(palette) == len(self.palette)
        if not same_rows:
            self.beginResetModel()
        self.palette, self._n_pixels, self._pixel_area, self._unit = palette, n_pixels, pixel_area, unit
        if len(self._errors) != self.rowCount():
            self._errors = np.full(self.rowCount(), np.nan)
        if same_rows:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(KEYS) - 1))
        else:
            self.endResetModel()

    def show_errors(self, errors: Sequence[float] | npt.NDArray[np.float64] | None) -> None:
        """Show the mean ΔE of each colour; None while it is not known."""
        count = self.rowCount()
        self._errors = np.full(count, np.nan) if errors is None or len(errors) != count else np.asarray(errors)
        if count:
            column = KEYS.index("error")
            self.dataChanged.emit(self.index(0, column), self.index(count - 1, column))

    @property
    def unit(self) -> str:
        """The unit of length, whose square areas are in."""
        return self._unit

    def area_of(self, share: float) -> float:
        """Return the area of a share of the pixels."""
        return share * self._n_pixels * self._pixel_area

    @property
    def area_title(self) -> str:
        """The title of the area's column, with its unit."""
        return f"Area ({self._unit}²)"

    def rowCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802, a name of Qt's
        """Return the number of entries."""
        return 0 if self.palette is None or (parent is not None and parent.isValid()) else len(self.palette)

    def columnCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802, a name of Qt's
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if self.palette is None or not index.isValid() or index.row() >= len(self.palette):
            return None
        row, column = index.row(), COLUMNS[index.column()]
        if role == VALUE_ROLE:
            return self._value(row, column.key)
        if role == LOCKED_ROLE:
            return self.palette.locked[row]
        if role == CLASS_ROLE:
            name = self.palette.classes[row]
            return self.class_order.index(name) + 1 if name in self.class_order else 0
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            text = self._text(row, column.key)
            stands_in = role == Qt.ItemDataRole.DisplayRole and column.key == "name" and self.hex_as_name
            return self.palette.hex[row] if stands_in and not text else text
        if role == Qt.ItemDataRole.FontRole and column.key == "name" and not self.palette.names[row]:
            font = QFont()
            font.setItalic(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole:
            text = self._tooltip(row, column.key)
            return f"{text}\n{self.why_fixed}" if self.why_fixed and column.key in (*_EDITABLE, "lock") else text
        if role == Qt.ItemDataRole.TextAlignmentRole and column.is_number:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: N802, a name of Qt's
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the title or the tooltip of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = COLUMNS[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{column.title}\N{NO-BREAK SPACE}" if column.is_number else column.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{self.area_title}: {column.tooltip}" if column.key == "area" else column.tooltip
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:
        """Say what can be done with a cell."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags if self.why_fixed else Qt.ItemFlag.ItemIsDropEnabled
        if self.why_fixed:
            return flags
        flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags | Qt.ItemFlag.ItemIsEditable if COLUMNS[index.column()].key in _EDITABLE else flags

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Ask for an edit."""
        key, text = COLUMNS[index.column()].key, str(value).strip()
        if role != Qt.ItemDataRole.EditRole or text == self._text(index.row(), key):
            return False
        self.written.emit(index.row(), key, text)
        return True

    def supportedDropActions(self) -> Qt.DropAction:  # noqa: N802, a name of Qt's
        """Rows move; they are never copied."""
        return Qt.DropAction.MoveAction

    def supportedDragActions(self) -> Qt.DropAction:  # noqa: N802, a name of Qt's
        """Rows move here, and are copied elsewhere."""
        return Qt.DropAction.MoveAction | Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:  # noqa: N802, a name of Qt's
        """Rows are dragged within one table."""
        return [_ROWS]

    def mimeData(self, indexes: Any) -> QMimeData:  # noqa: N802, a name of Qt's
        """Pack the rows that are dragged: rows for this table, text and a palette file for other programs."""
        dragged = QMimeData()
        rows = sorted({index.row() for index in indexes})
        dragged.setData(_ROWS, QByteArray(" ".join(map(str, rows)).encode()))
        if self.palette is not None:
            carry_away(self.palette.take(rows), self.file_name, dragged, self._files)
        return dragged

    def dropMimeData(  # noqa: N802, a name of Qt's
        self, data: QMimeData | None, action: Qt.DropAction, row: int, column: int, parent: QModelIndex
    ) -> bool:
        """Ask for another order; False, so that Qt does not remove the rows itself."""
        if data is not None and data.hasFormat(_ROWS):
            rows = [int(word) for word in bytes(data.data(_ROWS).data()).split()]
            target = row if row >= 0 else parent.row() if parent.isValid() else self.rowCount()
            self.dropped.emit(rows, target)
        return False

    def _value(self, row: int, key: str) -> Any:
        assert self.palette is not None
        if key == "swatch":
            return QColor(*(int(level) for level in self.palette.shown_rgba[row]))
        if key == "lock":
            return self.palette.locked[row]
        if key == "class":
            return self.palette.classes
        if key == "error":
            return float(self._errors[row])
        share = float(self.palette.shares[row])
        return share if key == "share" else self.area_of(share)

    def _text(self, row: int, key: str) -> str:
        assert self.palette is not None
        if key in ("swatch", "lock"):
            return ""
        if key == "name":
            return self.palette.names[row]
        if key == "class":
            return self.palette.classes[row]
        if key == "hex":
            return self.palette.hex[row]
        value = self._value(row, key)
        if key == "share":
            return format_share(value)
        if key == "error":
            return "–" if np.isnan(value) else f"{value:.1f}"
        return format_number(value)

    def _tooltip(self, row: int, key: str) -> str:
        assert self.palette is not None
        red, green, blue, alpha = self.palette.rgba[row]
        name = self.palette.names[row] or f"colour {row + 1}"
        if key == "lock":
            return "Locked: kept when the image is quantized again." if self.palette.locked[row] else "Not locked."
        if key in ("share", "area"):
            pixels = round(float(self.palette.shares[row]) * self._n_pixels)
            return f"{name}: {format_count(pixels)} pixels, {format_number(self._value(row, 'area'))} {self._unit}²"
        words = [self.palette.hex[row], f"{red}, {green}, {blue}", format_share(float(self.palette.shares[row]))]
        words += [f"alpha {alpha}"] if alpha < OPAQUE else []
        words += [group] if (group := self.palette.classes[row]) else []
        words += ["locked"] if self.palette.locked[row] else []
        words += [f"shown as {code}"] if (code := self.palette.display[row]) else []
        words += [f"written as {code}"] if (code := self.palette.written[row]) else []
        return f"{name}\n{' · '.join(words)}"
