"""One dock of each kind in a window, whichever door opened it, and nothing at work after it has been closed."""

import numpy as np
import pytest
from napari._app_model import get_app_model
from qtpy.compat import isalive
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDockWidget

from napari_colorquant.plugin.layers.indexed_layers import to_indexed
from napari_colorquant.plugin.widgets.docks import find_dock, open_dock

PLUGIN = "napari-colorquant"
COMMANDS = {"Color Quantization": "widget", "Palette": "palette", "Colour space": "color_space"}
PATIENCE_MS = 180_000


def _of_a_menu(viewer, title):
    """Open or hide a dock as the menus and the command palette do."""
    get_app_model().commands.execute_command(f"{PLUGIN}.{COMMANDS[title]}").result()


def _of_a_script(viewer, title):
    viewer.window.add_plugin_dock_widget(PLUGIN, title)


DOORS = {"ours": open_dock, "menu": _of_a_menu, "script": _of_a_script}


def _docks(viewer, widget):
    return [each for each in viewer.window.dock_widgets.values() if type(each) is type(widget)]


@pytest.mark.parametrize("title", COMMANDS)
@pytest.mark.parametrize(("first", "second"), [("menu", "ours"), ("ours", "script"), ("script", "menu")])
def test_two_doors_lead_to_one_dock(viewer, photo_layer, show_result, qtbot, title, first, second):
    show_result(viewer, photo_layer)
    DOORS[first](viewer, title)
    DOORS[second](viewer, title)
    if second == "menu" and find_dock(viewer, title)[0].isHidden():  # a menu hides what is open
        _of_a_menu(viewer, title)
    dock, widget = find_dock(viewer, title)
    assert _docks(viewer, widget) == [widget]
    qtbot.waitUntil(lambda: not dock.isHidden())
    assert sum(each.widget() is not None for each in viewer.window._qt_window.findChildren(QDockWidget)
               if type(each.widget()) is type(widget)) == 1  # fmt: skip
    if title == "Color Quantization":
        qtbot.waitUntil(lambda: not widget.is_warming_up, timeout=PATIENCE_MS)


def test_the_button_and_the_menu_name_the_dock_alike(viewer, panel, qtbot):
    qtbot.mouseClick(panel.bar.palette_button, Qt.MouseButton.LeftButton)
    dock, widget = find_dock(viewer, "Palette")
    assert dock.isVisible()
    _of_a_menu(viewer, "Palette")
    assert not dock.isVisible()
    qtbot.mouseClick(panel.bar.palette_button, Qt.MouseButton.LeftButton)
    assert dock.isVisible()
    assert find_dock(viewer, "Palette")[1] is widget


def test_a_title_that_is_none_is_told(viewer):
    with pytest.raises(LookupError, match="the title must be"):
        open_dock(viewer, "Palettes")


def test_a_session_ends_with_its_dock(viewer, panel, run, qtbot):
    """Five colours, close, open, seven colours, undo: the layers belong to one undo stack."""
    panel.colors.n_colors.value = 5
    run(panel)
    first = open_dock(viewer, "Palette")
    old = first.session
    first.colors.editor.write(0, "name", "one")
    dock, _ = find_dock(viewer, "Palette")
    qtbot.mouseClick(dock.titleBarWidget().close_button, Qt.MouseButton.LeftButton)
    assert first.session is None
    assert find_dock(viewer, "Palette") is None
    assert viewer.layers["photo quantized"].features["name"][0] == "one"
    second = open_dock(viewer, "Palette")
    panel.colors.n_colors.value = 7
    run(panel)
    second.session.settle()
    assert not isalive(old)
    labels, squares = viewer.layers["photo quantized"], viewer.layers["photo palette"]
    assert len(squares.data) == len(labels.features) == second.colors.table.palette_model.rowCount() == 7
    second.undo()
    second.session.settle()
    assert len(squares.data) == len(labels.features) == second.colors.table.palette_model.rowCount() == 5
    np.testing.assert_array_equal(to_indexed(labels).labels, second.session.indexed.labels)


def test_a_widget_in_another_dock_begins_again(viewer, photo_layer, show_result):
    show_result(viewer, photo_layer)
    widget = open_dock(viewer, "Palette")
    viewer.window.remove_dock_widget(widget)
    assert widget.session is None
    viewer.layers.selection.active = viewer.layers[0]
    assert widget.session is None
    viewer.window.add_dock_widget(widget, name="again")
    assert widget.session is not None
