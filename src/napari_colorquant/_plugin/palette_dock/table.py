"""The table of the palette: which columns fit, what a click, a key and a drag mean."""

from collections.abc import Callable
from typing import Any

from qtpy.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, Qt, Signal
from qtpy.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from qtpy.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView

from ..widgets.share_bar import ShareDelegate, ThemedDelegate
from .delegates import LockDelegate, SwatchDelegate
from .model import COLUMNS, KEYS, PaletteModel
from .words import ClassDelegate, WordDelegate

#: Columns that are shown in so far as the dock is wide enough, the first first.
_IF_THERE_IS_ROOM = ("class", "hex", "area", "error")
#: What Tab goes through while one types: what an entry stands for. Its colour is no word.
_WORDS = ("name", "class")
_NAME_WIDTH = 64
_WIDTHS = {"swatch": 36, "class": 66, "hex": 68, "share": 60, "area": 78, "error": 42, "lock": 28}
_ROW_HEIGHT = 26
#: How a key brings the focus, and not the mouse, a menu that closes or the window.
_BY_KEY = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
#: With these, a letter is no text.
_NO_TEXT = ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)


class PaletteTable(QTableView):
    """A view of `PaletteModel`.

    Attributes
    ----------
    rows_selected : Signal of list of int
        The user selected rows, by mouse or by key.
    swatch_activated : Signal of int
        The colour of a row shall be changed.
    sort_asked : Signal of str
        The title of a column was clicked; one of `SORT_KEYS`.
    delete_asked : Signal
        The Delete key was pressed.
    escaped : Signal
        The Escape key was pressed.
    """

    rows_selected = Signal(list)
    swatch_activated = Signal(int)
    sort_asked = Signal(str)
    delete_asked = Signal()
    escaped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.palette_model = PaletteModel()
        self.setModel(self.palette_model)
        self._quiet = False
        self._hidden_by_hand: set[str] = set()
        self._keys: dict[str, Callable[[], object]] = {}
        self._delegates: dict[str, ThemedDelegate] = {
            "swatch": SwatchDelegate(self),
            "name": WordDelegate(self),
            "class": ClassDelegate(self),
            "hex": WordDelegate(self),
            "share": ShareDelegate(self),
            "lock": LockDelegate(self),
        }
        for key, delegate in self._delegates.items():
            self.setItemDelegateForColumn(KEYS.index(key), delegate)
            if isinstance(delegate, WordDelegate):
                delegate.finished.connect(self._go_on)
        self._set_up()
        self.palette_model.modelReset.connect(self.fit_columns)
        self.palette_model.dataChanged.connect(self.fit_columns)
        self.clicked.connect(self._on_clicked)
        self.doubleClicked.connect(self._on_double_clicked)
        selection = self.selectionModel()
        assert selection is not None
        selection.selectionChanged.connect(self._on_selection_changed)

    def rows(self) -> list[int]:
        """Return the selected rows in order."""
        selection = self.selectionModel()
        return sorted({index.row() for index in selection.selectedRows()}) if selection is not None else []

    def select_rows(self, rows: list[int], *, quiet: bool = True) -> None:
        """Select rows; `rows_selected` tells of it unless `quiet`."""
        model, selection = self.palette_model, QItemSelection()
        rows = [row for row in rows if 0 <= row < model.rowCount()]
        for row in rows:
            selection.select(model.index(row, 0), model.index(row, len(KEYS) - 1))
        before, self._quiet = self._quiet, quiet
        try:
            chooser = self.selectionModel()
            assert chooser is not None
            if rows:
                here = model.index(rows[0], KEYS.index("name"))
                chooser.setCurrentIndex(here, QItemSelectionModel.SelectionFlag.NoUpdate)
                self.scrollTo(here)
            chooser.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        finally:
            self._quiet = before

    def add_key(self, keys: str, action: Callable[[], object]) -> None:
        """Do something when keys are pressed in the table, whatever the window does with them elsewhere."""
        self._keys[QKeySequence(keys).toString()] = action

    def edit_name(self, row: int) -> None:
        """Open the name of a row for typing."""
        self._edit(row, "name")

    def set_theme(self, theme: Any) -> None:
        """Draw in the colours of a napari theme."""
        for delegate in self._delegates.values():
            delegate.text_color, delegate.bar_color = theme.text.as_hex(), theme.current.as_hex()
        view = self.viewport()
        assert view is not None
        view.update()

    def toggle_column(self, key: str) -> None:
        """Hide a column that is shown, or show one that was hidden by hand."""
        self._hidden_by_hand ^= {key}
        self.fit_columns()

    def is_hidden_by_hand(self, key: str) -> bool:
        """Return whether the user has hidden a column."""
        return key in self._hidden_by_hand

    def fit_columns(self) -> None:
        """Show the columns that fit, the most telling ones first; the name takes what is left."""
        palette, view = self.palette_model.palette, self.viewport()
        assert view is not None
        if palette is not None:
            self._delegates["share"].largest = max(float(palette.shares.max()), 1e-9)
        wanted = [key for key in KEYS if key not in (*self._hidden_by_hand, *_IF_THERE_IS_ROOM)]
        for key in _IF_THERE_IS_ROOM:
            if key not in self._hidden_by_hand and self._width_of([*wanted, key]) <= view.width():
                wanted.append(key)
        self.palette_model.hex_as_name = "hex" not in wanted
        for section, key in enumerate(KEYS):
            self.setColumnHidden(section, key not in wanted)

    def event(self, event: QEvent | None) -> bool:
        """Keep our keys from the shortcuts of the window: Ctrl+M hides napari's menus."""
        is_free = self.state() != QAbstractItemView.State.EditingState
        if is_free and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            if self.has_key(event):
                event.accept()
                return True
            return super().event(event)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:  # noqa: N802, a name of Qt's
        """Do what a key means here. What an editor has ignored does nothing."""
        if event is None:
            return
        if self.state() == QAbstractItemView.State.EditingState:
            event.ignore()
        elif not self.do_key(event):
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:  # noqa: N802, a name of Qt's
        """Select a row where Tab leads here: a letter that names nothing looks like a dead table."""
        super().focusInEvent(event)
        self.begin_by_key(event)

    def begin_by_key(self, event: QFocusEvent | None) -> None:
        """Select the first row, if none is and a view of the rows got the focus by key."""
        if event is not None and event.reason() in _BY_KEY and not self.rows():
            self.select_rows([0], quiet=False)

    def has_key(self, event: QKeyEvent) -> bool:
        """Return whether the keys are those of an action."""
        return _keys_of(event) in self._keys

    def do_key(self, event: QKeyEvent) -> bool:
        """Do an action, delete, recolour with Enter, lock with Space, clear with Escape; a letter begins a name.

        Returns whether it was one of these.
        """
        rows, key = self.rows(), event.key()
        if (action := self._keys.get(_keys_of(event))) is not None:
            action()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete_asked.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and rows:
            self.swatch_activated.emit(rows[0])
        elif key == Qt.Key.Key_Space and rows:
            self._ask_lock(rows[0])
        elif key == Qt.Key.Key_Escape:
            self.clearSelection()
            self.escaped.emit()
        elif rows and event.text()[:1].isalpha() and not event.modifiers() & _NO_TEXT:
            self._edit(rows[0], "name", event)
        else:
            return False
        return True

    def resizeEvent(self, event: Any) -> None:  # noqa: N802, a name of Qt's
        """Fit the columns to the new width."""
        super().resizeEvent(event)
        self.fit_columns()

    def changeEvent(self, event: QEvent | None) -> None:  # noqa: N802, a name of Qt's
        """Fit the columns to another font."""
        super().changeEvent(event)
        if event is not None and event.type() == QEvent.Type.FontChange:
            self.fit_columns()

    def _set_up(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDragDropOverwriteMode(False)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(2 * _ROW_HEIGHT)
        self.setAccessibleName("Colours of the palette")
        rows, header = self.verticalHeader(), self.horizontalHeader()
        assert rows is not None
        assert header is not None
        rows.hide()
        rows.setDefaultSectionSize(_ROW_HEIGHT)
        header.setSectionsClickable(True)
        header.setHighlightSections(False)
        header.setMinimumSectionSize(20)
        for section, key in enumerate(KEYS):
            is_name = key == "name"
            header.setSectionResizeMode(
                section, QHeaderView.ResizeMode.Stretch if is_name else QHeaderView.ResizeMode.Interactive
            )
            if not is_name:
                self.setColumnWidth(section, _WIDTHS[key])
        header.sectionClicked.connect(self._on_title_clicked)

    def _edit(self, row: int, key: str, typed: QKeyEvent | None = None) -> None:
        """Open a cell for typing, if it can be written; what was `typed` already takes the place of what it says."""
        index = self.palette_model.index(row, KEYS.index(key))
        if index.isValid() and self.palette_model.flags(index) & Qt.ItemFlag.ItemIsEditable:
            self.setCurrentIndex(index)
            if typed is None:
                self.edit(index)
                return
            triggers, by_letter = self.editTriggers(), QAbstractItemView.EditTrigger.AnyKeyPressed
            self.setEditTriggers(by_letter)  # with any other, the editor does not get the letter
            self.edit(index, by_letter, typed)
            self.setEditTriggers(triggers)

    def _go_on(self, key: int) -> None:
        """Go on typing: after Enter in the row below, after Tab in the next word, from the name to the class."""
        here = self.currentIndex()
        row, column = here.row(), KEYS[here.column()]
        if key == Qt.Key.Key_Return:
            self._edit(row + 1, column)
            return
        words = [word for word in _WORDS if not self.isColumnHidden(KEYS.index(word))]
        place = words.index(column) if column in words else len(words) - 1
        step = place + (1 if key == Qt.Key.Key_Tab else -1)
        self._edit(row + step // len(words), words[step % len(words)])

    def _width_of(self, keys: list[str]) -> int:
        return sum(_NAME_WIDTH if key == "name" else self._natural_width(key) for key in keys)

    def _natural_width(self, key: str) -> int:
        section = KEYS.index(key)
        return self.columnWidth(section) or _WIDTHS[key]  # of a hidden column, Qt says 0

    def _on_title_clicked(self, section: int) -> None:
        if sort_key := COLUMNS[section].sort_key:
            self.sort_asked.emit(sort_key)

    def _on_clicked(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()].key == "lock":
            self._ask_lock(index.row())

    def _ask_lock(self, row: int) -> None:
        palette = self.palette_model.palette
        if palette is not None:
            self.palette_model.written.emit(row, "lock", "" if palette.locked[row] else "locked")

    def _on_double_clicked(self, index: QModelIndex) -> None:
        if COLUMNS[index.column()].key == "swatch":
            self.swatch_activated.emit(index.row())

    def _on_selection_changed(self) -> None:
        if not self._quiet:
            self.rows_selected.emit(self.rows())


def _keys_of(event: QKeyEvent) -> str:
    """Return the keys of an event as `QKeySequence` writes them."""
    return QKeySequence(event.keyCombination()).toString()
