"""The actions of the palette's dock: a row of icons, the menu behind it, and the keys."""

from collections.abc import Callable
from functools import partial
from typing import Any

from qtpy.compat import isalive
from qtpy.QtCore import Qt, Signal
from qtpy.QtWidgets import QAbstractItemView, QAction, QHBoxLayout, QMenu, QWidget

from ...editing import SORT_KEYS
from ..layers.colormaps import Mode
from .actions import PaletteAction, palette_actions
from .editor import PaletteEditor
from .icon_button import IconButton
from .model import COLUMNS
from .session import ResultSession
from .table import PaletteTable


class PaletteToolbar(QWidget):
    """The row of icons over the table.

    Parameters
    ----------
    editor : PaletteEditor
    table : PaletteTable

    Attributes
    ----------
    alone_changed : Signal
        The selected colours shall be shown alone, or no longer, or in another way.
    pick_asked : Signal
        The next click on the image shall choose a row.
    class_map_asked : Signal
        A class map shall be made.
    """

    alone_changed = Signal()
    pick_asked = Signal()
    class_map_asked = Signal()

    def __init__(self, editor: PaletteEditor, table: PaletteTable) -> None:
        super().__init__()
        self._editor, self._table = editor, table
        self.actions_by_name = palette_actions(editor)
        self._count = self._selected = 0
        self._session: ResultSession | None = None
        self._busy = False
        self._context_menu: QMenu | None = None
        self.alone_mode: Mode = "dim"
        self._make_buttons()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(1)
        for place, button in enumerate(self.buttons):
            if place in (4, 6):
                layout.addSpacing(6)
            layout.addWidget(button)
        layout.addStretch(1)
        self.add_context_menu(table)
        header = table.horizontalHeader()
        assert header is not None
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_column_menu)

    def set_theme(self, theme: Any) -> None:
        """Take the colours of a napari theme."""
        for button in self.buttons:
            button.set_theme(theme)

    def follow(self, count: int, selected: int, session: ResultSession | None, busy: bool) -> None:
        """Enable what is possible with `selected` of `count` colours selected; what is not says why."""
        self._count, self._selected, self._session, self._busy = count, selected, session, busy
        for name, button in self._by_action.items():
            possible, reason = self._judge(self.actions_by_name[name])
            button.allow(possible, reason)
        for button in (self.pick_button, self.alone_button, self.more_button):
            button.setEnabled(count > 0 and not busy)

    def _judge(self, action: PaletteAction) -> tuple[bool, str]:
        """Return whether an action is possible now, and why not, if that does not lie in the selection."""
        session = self._session
        reason = ""
        if session is not None:
            reason = session.why_still if action.moves_pixels else session.why_fixed if action.writes else ""
        return not (reason or self._busy) and action.fits(self._count, self._selected), reason

    def _make_buttons(self) -> None:
        self.add_button = IconButton("add", "Add a colour (Ins: from the image)", menu=self._menu("pick", "value"))
        self.delete_button = IconButton(
            "delete", "Delete the selected colours (Del)\nTheir pixels go to the nearest left."
        )
        self.merge_button = IconButton("merge", "Merge the selected colours into one (Ctrl+M)")
        self.split_button = IconButton(
            "split", "Split the selected colour (Ctrl+D)\nIts pixels alone are clustered anew."
        )
        self.sort_button = IconButton(
            "sort",
            "Sort; the picture stays the same\nRows can be dragged, too, and moved with Alt+Up and Alt+Down.",
            menu=self._menu(*(f"sort {key}" for key in SORT_KEYS)),
        )
        self.pick_button = IconButton(
            "pick", "Pick: click in the image to select its colour here (Ctrl+P)", checkable=True
        )
        self.alone_button = IconButton("alone", "Show the selected colours alone (Ctrl+E)", checkable=True)
        self.more_button = IconButton("more", "More", menu=self._more_menu())
        self.buttons = [
            self.add_button, self.delete_button, self.merge_button, self.split_button,
            self.pick_button, self.alone_button, self.sort_button, self.more_button,
        ]  # fmt: skip
        self._by_action = {
            "pick": self.add_button, "delete": self.delete_button, "merge": self.merge_button,
            "split": self.split_button, "sort hue": self.sort_button,
        }  # fmt: skip
        for name in ("delete", "merge", "split"):
            self._by_action[name].clicked.connect(partial(self._do, name))
        self.pick_button.clicked.connect(self.pick_asked)
        self.alone_button.toggled.connect(self.alone_changed)
        for name, action in self.actions_by_name.items():
            if action.keys:
                self._table.add_key(action.keys, partial(self._do, name))
        self._table.add_key("Ctrl+P", self.pick_button.click)
        self._table.add_key("Ctrl+E", self.alone_button.click)
        self._table.add_key("Shift+F10", self._show_context_menu_of_row)

    def _do(self, name: str, _: bool = False) -> None:
        """Do an action, or say why it cannot be done."""
        possible, reason = self._judge(self.actions_by_name[name])
        if possible:
            self.actions_by_name[name].do()
        elif reason:
            self._editor.message.emit(reason)

    def _menu(self, *names: str) -> QMenu:
        """Return a menu of actions."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        self._fill(menu, *names)
        return menu

    def _fill(self, menu: QMenu, *names: str) -> None:
        """Add actions to a menu, which says of each whether it is possible whenever it is opened."""
        added = {name: _add(menu, _with_keys(self.actions_by_name[name]), partial(self._do, name)) for name in names}

        def judge() -> None:
            for name, entry in added.items():
                possible, reason = self._judge(self.actions_by_name[name])
                entry.setEnabled(possible)
                entry.setToolTip(reason)

        menu.aboutToShow.connect(judge)
        judge()

    def _more_menu(self) -> QMenu:
        menu = self._menu("swap", "ramp", "set", "snap", "class")
        for names in (("strokes", "learn", "learn spread"), ("distinguish", "measured")):
            menu.addSeparator()
            self._fill(menu, *names)
        menu.addSeparator()
        _add(menu, "Class map as a new layer", self.class_map_asked.emit)
        menu.addSeparator()
        self.dim_action = _add(menu, "Alone: dim the others", lambda: self._set_mode("dim"))
        self.hide_action = _add(menu, "Alone: hide the others", lambda: self._set_mode("hide"))
        for action in (self.dim_action, self.hide_action):
            action.setCheckable(True)
        self.dim_action.setChecked(True)
        return menu

    def _set_mode(self, mode: Mode) -> None:
        self.alone_mode = mode
        self.dim_action.setChecked(mode == "dim")
        self.hide_action.setChecked(mode == "hide")
        self.alone_changed.emit()

    def context_menu(self) -> QMenu:
        """Return everything that can be done, what concerns the selected rows first."""
        menu = self._menu(
            "recolor", "rename", "class", "lock", "unlock", "merge", "swap", "ramp", "split", "delete", "up", "down"
        )
        menu.addSeparator()
        for button, title in ((self.add_button, "Add"), (self.sort_button, "Sort"), (self.more_button, "More")):
            if (submenu := button.menu()) is not None:
                submenu.setTitle(title)
                menu.addMenu(submenu)
        return menu

    def add_context_menu(self, view: QAbstractItemView) -> None:
        """Let a view of the palette open the context menu."""
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(partial(self._show_context_menu, view))

    def _show_context_menu(self, shown: QAbstractItemView, place: Any) -> None:
        view = shown.viewport()
        assert view is not None
        if self._context_menu is not None and isalive(self._context_menu):
            self._context_menu.close()
        self._context_menu = self.context_menu()
        self._context_menu.aboutToHide.connect(self._context_menu.deleteLater)
        self._context_menu.popup(view.mapToGlobal(place))

    def _show_context_menu_of_row(self) -> None:
        self._show_context_menu(self._table, self._table.visualRect(self._table.currentIndex()).center())

    def _show_column_menu(self, place: Any) -> None:
        menu, header = QMenu(self), self._table.horizontalHeader()
        assert header is not None
        for column in COLUMNS[2:]:
            action = _add(menu, column.title or "Lock", partial(self._table.toggle_column, column.key))
            action.setCheckable(True)
            action.setChecked(not self._table.is_hidden_by_hand(column.key))
        menu.popup(header.mapToGlobal(place))


def _with_keys(action: PaletteAction) -> str:
    """Return the text of a menu's entry: the keys stand in their column, but are no shortcut of the entry."""
    return f"{action.text}\t{action.keys}" if action.keys else action.text


def _add(menu: QMenu, text: str, slot: Callable[[], Any]) -> QAction:
    action = QAction(text, menu)
    action.triggered.connect(lambda _=False: slot())
    menu.addAction(action)
    return action
