"""The menu of the legend: on or off, what it says, where it stands, how large it is."""

from collections.abc import Callable
from functools import partial
from typing import Any

from napari.layers import Labels
from napari.utils.notifications import show_info
from napari.viewer import Viewer
from qtpy.QtGui import QCursor
from qtpy.QtWidgets import QAction, QMenu, QWidget

from ..legend.link import Legend, find_legend

#: The submenus: a title, what is chosen (of the overlay, or of `Legend.choose`), and its values with their words.
_OF_LEGEND = ("amount", "by")
_CHOICES: tuple[tuple[str, str, tuple[tuple[str, Any], ...]], ...] = (
    ("Amount", "amount", (("Share", "share"), ("Area", "area"), ("None", "none"))),
    ("Rows", "by", (("Colours", "color"), ("Classes", "class"))),
    (
        "Position",
        "position",
        (
            ("Top left", "top_left"),
            ("Top centre", "top_center"),
            ("Top right", "top_right"),
            ("Bottom left", "bottom_left"),
            ("Bottom centre", "bottom_center"),
            ("Bottom right", "bottom_right"),
        ),
    ),
    ("Size", "font_size", (("Small", 8.0), ("Medium", 10.0), ("Large", 14.0), ("Very large", 20.0))),
    ("Columns", "columns", (("1", 1), ("2", 2), ("3", 3), ("4", 4))),
    ("Box", "box", (("On", True), ("Off", False))),
)
_NONE = "Color Quantization: select a Labels layer whose features have names, or quantize an image as Labels."


def show_legend(viewer: Viewer) -> None:
    """Show the legend of the active Labels layer, whoever made it; if it is there, open its menu under the mouse."""
    whole: Any = getattr(viewer, "__wrapped__", viewer)
    shown, active = find_legend(whole), whole.layers.selection.active
    layer = active if isinstance(active, Labels) else shown.layer
    if layer is None:
        show_info(_NONE)
    elif shown.is_shown and shown.layer is layer:
        menu = legend_menu(whole.window._qt_window, whole, lambda: layer)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(QCursor.pos())
    else:
        shown.show(layer)


def legend_menu(parent: QWidget, viewer: Any, result: Callable[[], Labels | None]) -> QMenu:
    """Return the menu.

    Parameters
    ----------
    parent : QWidget
    viewer : napari.Viewer
    result : callable
        Returns the layer that the legend shall be about.
    """
    menu = QMenu("Legend on the canvas", parent)
    menu.aboutToShow.connect(lambda: _fill(menu, find_legend(viewer), result()))
    return menu


def _fill(menu: QMenu, legend: Legend, layer: Labels | None) -> None:
    """Fill the menu with what can be chosen, as it is now."""
    menu.clear()
    shown = legend.is_shown and legend.layer is layer
    _add(menu, "Show", shown, lambda: legend.show(None if shown else layer)).setEnabled(layer is not None)
    for title, name, values in _CHOICES:
        submenu = menu.addMenu(title)
        assert submenu is not None
        holder = legend if name in _OF_LEGEND else legend.overlay
        for words, value in values:
            _add(submenu, words, getattr(holder, name) == value, partial(_choose, legend, name, value))


def _choose(legend: Legend, name: str, value: Any) -> None:
    if name in _OF_LEGEND:
        legend.choose(**{name: value})
    else:
        setattr(legend.overlay, name, value)


def _add(menu: QMenu, text: str, is_on: bool, choose: Callable[[], Any]) -> QAction:
    action = QAction(text, menu)
    action.setCheckable(True)
    action.setChecked(is_on)
    action.triggered.connect(lambda _=False: choose())
    menu.addAction(action)
    return action
