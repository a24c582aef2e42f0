"""Measurements as a table: looked at, copied, saved as CSV."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from qtpy.QtCore import QAbstractTableModel, QModelIndex, QPoint, Qt
from qtpy.QtGui import QColor, QGuiApplication, QKeySequence
from qtpy.QtWidgets import QAbstractItemView, QMenu, QSizePolicy, QStyledItemDelegate, QTableView, QWidget

from ...annotate.patterns.columns import find_column
from ...annotate.tables.table import Row, to_csv
from .formats import format_count, format_number, format_share
from .share_bar import VALUE_ROLE, ShareDelegate

_WIDEST = 120
_ROW_HEIGHT = 24
#: A single row of more columns than this is turned: the dock is higher than it is wide.
_MOST_OF_ONE = 10


class RowsModel(QAbstractTableModel):
    """Rows of `measure` and their columns in order; the unit stands in the title of the area.

    Attributes
    ----------
    rows : list of dict
    columns : list of str
        Those that are shown.
    lines : list of (str, str, str)
        Of a single row of many columns, what is shown in its place: title, value and summary of each, one a line.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.columns: list[str] = []
        self.lines: list[tuple[str, str, str]] = []

    def show(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = list(rows)
        found = dict.fromkeys(name for row in rows for name in row if name != "unit")
        idle = {name for name in ("name", "class") if not any(row.get(name) for row in rows)}
        idle |= {"region"} if len({row.get("region") for row in rows}) < 2 else set()
        # The dock is narrow: what matters stands first; a file keeps the order of the table of columns.
        self.columns = sorted((name for name in found if name not in idle), key=lambda name: find_column(name).place)
        self.lines = []
        if len(self.rows) == 1 and len(self.columns) > _MOST_OF_ONE:
            names, (row,) = self.columns, self.rows
            self.lines = [(self._title(name), _as_text(name, row[name]), find_column(name).summary) for name in names]
            self.columns = ["measure", "value"]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802, a name of Qt's
        """Return the number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self.lines or self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:  # noqa: N802, a name of Qt's
        """Return the number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if self.lines:
            line = self.lines[index.row()]
            if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
                return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            tips = {Qt.ItemDataRole.DisplayRole: line[index.column()], Qt.ItemDataRole.ToolTipRole: line[2]}
            return tips.get(Qt.ItemDataRole(role))
        column = self.columns[index.column()]
        value = self.rows[index.row()].get(column, "")
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return _as_text(column, value)
        if role == VALUE_ROLE and find_column(column).shown_as == "share":
            return float(value or 0)
        if role == Qt.ItemDataRole.DecorationRole and _holds_color(column, value):
            return QColor(value)
        if role == Qt.ItemDataRole.TextAlignmentRole and not isinstance(value, str):
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(  # noqa: N802, a name of Qt's
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return the title of a column."""
        if orientation != Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return find_column(column).summary
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._title(column)

    def _title(self, column: str) -> str:
        title = find_column(column).title
        # The rows of a pattern have areas and lengths, and one unit, that of length; those of areas have its square.
        unit = next((row["unit"] for row in self.rows if "unit" in row), "").removesuffix("²")
        power = {"area": "²", "length": ""}.get(find_column(column).shown_as)
        return title if power is None else f"{title} ({unit}{power})"


class RowsTable(QTableView):
    """A table of measurements that is read only; Ctrl+C copies the selected rows.

    The columns that fit are shown, those that matter first; a menu on the table and on its titles chooses others.
    """

    def __init__(self) -> None:
        super().__init__()
        self._by_hand: dict[str, bool] = {}
        self._widths: dict[str, int] = {}
        self.rows_model = RowsModel()
        self.setModel(self.rows_model)
        self._bars, self._plain = ShareDelegate(self), QStyledItemDelegate(self)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)  # which would never lead out of the table
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(3 * _ROW_HEIGHT)
        self.setAccessibleName("Measurements")
        rows = self.verticalHeader()
        assert rows is not None
        rows.hide()
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        header = self.horizontalHeader()
        assert header is not None
        header.setToolTip("Right click: which columns are shown. A file has them all.")
        for view in (self, header):
            view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            view.customContextMenuRequested.connect(partial(self._show_column_menu, view))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show measurements, every column as wide as it needs, but none so wide that it hides the rest."""
        self.rows_model.show(rows)
        self._bars.largest = max(self._shares(rows), default=0) or 1.0
        for section, name in enumerate(self.rows_model.columns):
            has_bar = find_column(name).shown_as == "share"
            self.setItemDelegateForColumn(section, self._bars if has_bar else self._plain)
        for section, name in enumerate(self.rows_model.columns):
            self.setColumnHidden(section, False)
            self.resizeColumnToContents(section)
            self._widths[name] = min(self.columnWidth(section) + 6, _WIDEST)
            self.setColumnWidth(section, self._widths[name])
        self.fit_columns()

    def fit_columns(self) -> None:
        """Show the columns that were chosen, and of the others, from the left, those that fit beside them."""
        view = self.viewport()
        assert view is not None
        columns = self.rows_model.columns
        if not self._widths.keys() >= set(columns):  # other rows have come, and are measured in a moment
            return
        room = view.width() - sum(self._widths[name] for name in columns if self._by_hand.get(name))
        for section, name in enumerate(columns):
            fits = name in self._by_hand or section == 0 or self._widths[name] <= room
            room -= 0 if name in self._by_hand else self._widths[name]
            self.setColumnHidden(section, not self._by_hand.get(name, fits))

    def toggle_column(self, name: str) -> None:
        """Show a column that is hidden, or hide one that is shown, from now on."""
        self._by_hand[name] = self.isColumnHidden(self.rows_model.columns.index(name))
        self.fit_columns()

    def resizeEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Show as many columns as fit now."""
        super().resizeEvent(event)
        self.fit_columns()

    def _show_column_menu(self, view: QWidget, place: QPoint) -> None:
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for section, name in enumerate(self.rows_model.columns):
            action = menu.addAction(find_column(name).title, partial(self.toggle_column, name))
            assert action is not None
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(section))
        menu.popup(view.mapToGlobal(place))

    def _shares(self, rows: Sequence[Row]) -> Iterator[float]:
        names = [name for name in self.rows_model.columns if find_column(name).shown_as == "share"]
        return (float(row.get(name) or 0) for row in rows for name in names)

    def set_theme(self, theme: Any) -> None:
        """Draw in the colours of a napari theme."""
        self._bars.text_color, self._bars.bar_color = theme.text.as_hex(), theme.current.as_hex()
        view = self.viewport()
        assert view is not None
        view.update()

    def csv(self, rows: Sequence[Row] | None = None) -> str:
        """Return the rows, all of them by default, as CSV text with full precision."""
        return to_csv(self.rows_model.rows if rows is None else rows)

    def keyPressEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Copy the selected rows, or all."""
        if event is not None and event.matches(QKeySequence.StandardKey.Copy):
            selection = self.selectionModel()
            chosen = sorted({index.row() for index in selection.selectedRows()}) if selection is not None else []
            chosen = [] if self.rows_model.lines else chosen
            clipboard = QGuiApplication.clipboard()
            if clipboard is not None:
                clipboard.setText(self.csv([self.rows_model.rows[row] for row in chosen] or None))
        else:
            super().keyPressEvent(event)


def _as_text(column: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    shown_as = find_column(column).shown_as
    if shown_as == "share":
        return format_share(float(value))
    if shown_as == "level":
        return "–" if value != value else f"{value:.1f}"
    if shown_as == "count":
        return format_count(int(value))
    if shown_as == "number":
        return "–" if value != value else f"{value:.4g}"
    return format_number(float(value)) if shown_as in ("area", "length") else f"{value}"


def _holds_color(column: str, value: Any) -> bool:
    """Return True for a code of a colour: in a column of codes, or where a colour without a name is called by it."""
    is_code = column.endswith("hex") or column in ("display", "first", "second")
    return is_code and isinstance(value, str) and QColor.isValidColorName(value) and value.startswith("#")
