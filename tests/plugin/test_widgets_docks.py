"""One dock of each kind in a window, whichever door opened it, and nothing at work after it has been closed."""

import subprocess
import sys

import numpy as np
import pytest
from napari._app_model import get_app_model
from qtpy.compat import isalive
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDockWidget

from napari_colorquant.plugin.layers.indexed_layers import to_indexed
from napari_colorquant.plugin.widgets.docks import find_dock, open_dock

PLUGIN, TITLE = "napari-colorquant", "Color Quantization"
COMMANDS = {"Color Quantization": "widget", "Colour space": "color_space"}
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


def test_the_palette_of_the_menu_is_that_of_the_dock(viewer, panel, run):
    run(panel)
    dock, _ = find_dock(viewer, TITLE)
    dock.hide()
    get_app_model().commands.execute_command(f"{PLUGIN}.palette").result()
    assert dock.isVisible()
    assert find_dock(viewer, TITLE)[1] is panel
    assert panel.palette_editor.tabs.isVisible()


def test_there_is_a_palette_as_soon_as_there_is_a_result(viewer, panel, run):
    palette = panel.palette_editor
    assert not palette.tabs.isVisible()
    assert palette.hint.isVisible()
    run(panel)
    assert palette.tabs.isVisible()
    assert palette.session is not None
    viewer.layers.remove("photo quantized")
    assert not palette.tabs.isVisible()


def test_a_title_that_is_none_is_told(viewer):
    with pytest.raises(LookupError, match="the title must be"):
        open_dock(viewer, "Palettes")


def test_a_session_ends_with_its_dock(viewer, panel, open_panel, run, qtbot):
    """Five colours, close, open, seven colours, undo: the layers belong to one undo stack."""
    panel.colors.n_colors.value = 5
    run(panel)
    first = panel.palette_editor
    old = first.session
    first.colors.editor.write(0, "name", "one")
    dock, _ = find_dock(viewer, TITLE)
    qtbot.mouseClick(dock.titleBarWidget().close_button, Qt.MouseButton.LeftButton)
    assert first.session is None
    assert find_dock(viewer, TITLE) is None
    assert viewer.layers["photo quantized"].features["name"][0] == "one"
    panel = open_panel()
    second = panel.palette_editor
    assert second is not first
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


def test_a_widget_in_another_dock_begins_again(viewer, photo_layer, show_result, open_panel):
    show_result(viewer, photo_layer)
    widget = open_panel()
    assert widget.palette_editor.session is not None
    viewer.window.remove_dock_widget(widget)
    assert widget.palette_editor.session is None
    viewer.layers.selection.active = viewer.layers[0]
    assert widget.palette_editor.session is None
    viewer.window.add_dock_widget(widget, name="again")
    assert widget.palette_editor.session is not None


def test_the_panel_opens_without_what_only_files_and_tables_need():
    """What is slow to load is loaded beside the window, or with the first file that needs it."""
    code = (
        "import sys, napari.layers, napari.viewer, napari.qt; before = set(sys.modules); "
        "import napari_colorquant.plugin.quantize_dock.widget; "
        "print(sorted({'pandas', 'tifffile', 'dask', 'zarr', 'matplotlib', 'sklearn'} & (set(sys.modules) - before)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]", told.stderr
