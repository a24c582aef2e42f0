"""The actions of the palette's dock: a row of icons, the menu behind it, and the keys."""

from collections.abc import Callable
from functools import partial
from typing import Any

from qtpy.QtCore import QSize, Qt, Signal
from qtpy.QtGui import QKeySequence
from qtpy.QtWidgets import QAction, QHBoxLayout, QMenu, QToolButton, QWidget

from ...editing import SORT_KEYS
from ..layers.colormaps import Mode
from ..widgets.icons import icon
from .editor import PaletteEditor
from .model import COLUMNS
from .table import PaletteTable

_ICON = QSize(18, 18)
_BUTTON = QSize(28, 26)
_SORTS = {
    "lightness": "Lightness, dark to light",
    "hue": "Hue, grays first",
    "share": "Share, largest first",
    "name": "Name",
    "path": "Smooth path",
}


class IconButton(QToolButton):
    """A flat button with an icon of ours, in the theme's colour."""

    def __init__(self, name: str, tooltip: str, *, menu: QMenu | None = None, checkable: bool = False) -> None:
        super().__init__()
        self._name = name
        self.setToolTip(tooltip)
        self.setAccessibleName(tooltip.partition("\n")[0])
        self.setAutoRaise(True)
        self.setIconSize(_ICON)
        self.setFixedSize(_BUTTON)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if menu is not None:
            self.setMenu(menu)
            self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def set_color(self, color: str) -> None:
        """Draw the icon in another colour."""
        self.setIcon(icon(self._name, color))


def button_style(theme: Any) -> str:
    """Return the style of our icon buttons in the colours of a napari theme: seen when hovered and when they are on."""
    return (
        "IconButton { background: transparent; border: none; border-radius: 3px }"
        f"IconButton:hover {{ background-color: {theme.primary} }}"
        f"IconButton:checked {{ background-color: {theme.current} }}"
    )


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
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_context_menu)
        header = table.horizontalHeader()
        assert header is not None
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_column_menu)

    def set_color(self, color: str) -> None:
        """Draw the icons in another colour."""
        for button in self.buttons:
            button.set_color(color)

    def follow(self, count: int, selected: int, busy: bool) -> None:
        """Enable what is possible with `selected` of `count` colours selected."""
        there = count > 0 and not busy
        for button in self.buttons:
            button.setEnabled(there)
        self.delete_button.setEnabled(there and 0 < selected < count)
        self.merge_button.setEnabled(there and selected > 1)
        self.split_button.setEnabled(there and selected == 1)
        self.add_button.setEnabled(there and count < 256)

    def _make_buttons(self) -> None:
        editor = self._editor
        self.add_button = IconButton("add", "Add a colour", menu=self._add_menu())
        self.delete_button = IconButton(
            "delete", "Delete the selected colours (Del)\nTheir pixels go to the nearest left."
        )
        self.merge_button = IconButton("merge", "Merge the selected colours into one (Ctrl+M)")
        self.split_button = IconButton("split", "Split the selected colour\nIts pixels alone are clustered anew.")
        self.sort_button = IconButton(
            "sort", "Sort; the picture stays the same\nRows can be dragged, too.", menu=self._sort_menu()
        )
        self.pick_button = IconButton("pick", "Pick: click in the image to select its colour here", checkable=True)
        self.alone_button = IconButton("alone", "Show the selected colours alone (Ctrl+E)", checkable=True)
        self.more_button = IconButton("more", "More", menu=self._more_menu())
        self.buttons = [
            self.add_button, self.delete_button, self.merge_button, self.split_button,
            self.pick_button, self.alone_button, self.sort_button, self.more_button,
        ]  # fmt: skip
        self.delete_button.clicked.connect(editor.delete)
        self.merge_button.clicked.connect(editor.merge)
        self.split_button.clicked.connect(lambda: editor.split())
        self.pick_button.clicked.connect(self.pick_asked)
        self.alone_button.toggled.connect(self.alone_changed)
        for button, keys in ((self.merge_button, "Ctrl+M"), (self.alone_button, "Ctrl+E")):
            action = QAction(button.toolTip().partition("\n")[0], self._table)
            action.setShortcut(QKeySequence(keys))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(button.click)
            self._table.addAction(action)

    def _add_menu(self) -> QMenu:
        menu = QMenu(self)
        _add(menu, "From the image: click a pixel", self._editor.add_from_image)
        _add(menu, "By value …", self._editor.add_by_value)
        return menu

    def _sort_menu(self) -> QMenu:
        menu = QMenu(self)
        for key in SORT_KEYS:
            _add(menu, _SORTS[key], partial(self._editor.sort, key))
        return menu

    def _more_menu(self) -> QMenu:
        menu, editor = QMenu(self), self._editor
        _add(menu, "Swap two colours", editor.swap)
        _add(menu, "Set colours from a colormap or palette …", editor.set_colors)
        _add(menu, "Snap to web-safe or another palette …", editor.snap)
        menu.addSeparator()
        _add(menu, "Class of the selected …", editor.classify)
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
        """Return what can be done with the selected rows."""
        menu, editor, rows = QMenu(self), self._editor, self._table.rows()
        one = len(rows) == 1
        _add(menu, "Colour …", lambda: editor.recolor(rows[0])).setEnabled(one)
        _add(menu, "Rename", lambda: self._table.edit_name(rows[0])).setEnabled(one)
        _add(menu, "Class …", editor.classify).setEnabled(bool(rows))
        _add(menu, "Lock", lambda: editor.lock(True)).setEnabled(bool(rows))
        _add(menu, "Unlock", lambda: editor.lock(False)).setEnabled(bool(rows))
        menu.addSeparator()
        _add(menu, "Merge", editor.merge).setEnabled(self.merge_button.isEnabled())
        _add(menu, "Swap", editor.swap).setEnabled(len(rows) == 2)
        _add(menu, "Split …", editor.split).setEnabled(self.split_button.isEnabled())
        _add(menu, "Delete", editor.delete).setEnabled(self.delete_button.isEnabled())
        return menu

    def _show_context_menu(self, place: Any) -> None:
        view = self._table.viewport()
        assert view is not None
        self.context_menu().popup(view.mapToGlobal(place))

    def _show_column_menu(self, place: Any) -> None:
        menu, header = QMenu(self), self._table.horizontalHeader()
        assert header is not None
        for column in COLUMNS[2:]:
            action = _add(menu, column.title or "Lock", partial(self._table.toggle_column, column.key))
            action.setCheckable(True)
            action.setChecked(not self._table.is_hidden_by_hand(column.key))
        menu.popup(header.mapToGlobal(place))


def _add(menu: QMenu, text: str, slot: Callable[[], Any]) -> QAction:
    action = QAction(text, menu)
    action.triggered.connect(lambda _=False: slot())
    menu.addAction(action)
    return action
