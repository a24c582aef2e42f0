"""One dock of each kind in a window, whichever door opened it, and nothing at work after it has been closed."""

import gc
import subprocess
import sys
import weakref

import numpy as np
import pytest
from napari import current_viewer
from napari._app_model import get_app_model
from qtpy.compat import isalive
from qtpy.QtCore import QObject, Qt
from qtpy.QtWidgets import QApplication, QDockWidget

from napari_colorquant._plugin.layers.indexed_layers import to_indexed
from napari_colorquant._plugin.tasks.runner import running_jobs
from napari_colorquant._plugin.widgets.docks import find_dock, open_dock
from napari_colorquant.io.named_palettes import find_palette
from napari_colorquant.io.palettes import write_palette

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


def _is_ours(thing):
    return type(thing).__module__.startswith("napari_colorquant")


def _listeners(viewer):
    """Return the objects of ours that a viewer and its layers tell of anything, by the names of their classes.

    Those that live as long as the window are left out: they are functions and children of the window.
    """
    groups = [viewer.layers.events, viewer.layers.selection.events, viewer.dims.events, viewer.events]
    groups += [layer.events for layer in viewer.layers]
    called = [callback for group in groups for emitter in group.emitters.values() for callback in emitter.callbacks]
    owners = [callback[0]() for callback in called if isinstance(callback, tuple)]
    return sorted({type(each).__name__ for each in owners if _is_ours(each)} - {"CanvasContext"})


def _use(panel, state, run, qtbot):
    """Do what leaves something behind, if anything does."""
    if state != "new":
        run(panel)
        panel.palette_editor.colors.editor.write(0, "name", "one")
        for page in (1, 2, 0):
            panel.palette_editor.tabs.setCurrentIndex(page)
            QApplication.processEvents()
        panel.advanced.expand(False)
        panel.curve.fold.expand(False)
        qtbot.waitUntil(lambda: panel.curve.curve is not None)
    if state == "live":
        panel.live._rest.setTimeout(3_600_000)  # a full result that is quicker than the first preview calls it off
        with qtbot.waitSignal(panel.live.shown):
            panel.bar.live_box.setChecked(True)
            panel.colors.n_colors.value += 1
        assert panel.live.is_shown


def _close(viewer, title, qtbot):
    """Close a dock; return references to what was in it that is ours."""
    dock, widget = find_dock(viewer, title)
    ours = [each for each in (widget, *widget.findChildren(QObject)) if _is_ours(each)]
    qtbot.mouseClick(dock.titleBarWidget().close_button, Qt.MouseButton.LeftButton)
    return [weakref.ref(each) for each in ours]


@pytest.mark.parametrize("title", COMMANDS)
@pytest.mark.parametrize("state", ["new", "used", "live"])
def test_a_dock_that_is_closed_is_freed(viewer, photo_layer, open_panel, run, qtbot, title, state):
    """Whatever was done in it: nothing of it is left but its layers."""
    _use(open_panel(), state, run, qtbot)
    open_dock(viewer, title)
    left = [each for name in {TITLE, title} for each in _close(viewer, name, qtbot)]
    assert len(left) > 30
    qtbot.waitUntil(lambda: not running_jobs())
    QApplication.processEvents()

    def is_freed():
        gc.collect()
        return not any(each() for each in left)

    qtbot.waitUntil(is_freed)
    assert _listeners(viewer) == []


def test_a_palette_opens_the_dock_of_the_window_that_it_is_dropped_into(
    viewer, photo_layer, make_napari_viewer, tmp_path, qtbot
):
    other = make_napari_viewer(strict_qt="raise", show=True)
    other.add_image(photo_layer.data)
    assert current_viewer() is other
    write_palette(find_palette("pico8"), tmp_path / "a.gpl")
    (palette,) = viewer.open(tmp_path / "a.gpl", plugin=PLUGIN)
    qtbot.waitUntil(lambda: find_dock(viewer, TITLE) is not None)
    panel = find_dock(viewer, TITLE)[1]
    assert find_dock(other, TITLE) is None
    assert panel.palette_source.source.value is palette
    image, squares = photo_layer.extent.world, palette.extent.world
    assert squares[:, 1].max() < image[:, 1].min()
    assert np.ptp(squares[:, 0]) < np.ptp(image[:, 0])
    qtbot.waitUntil(lambda: not panel.is_warming_up)


def test_the_panel_opens_without_what_only_files_and_tables_need():
    """What is slow to load is loaded beside the window, or with the first file that needs it."""
    code = (
        "import sys, napari.layers, napari.viewer, napari.qt; before = set(sys.modules); "
        "import napari_colorquant._plugin.quantize_dock.widget; "
        "print(sorted({'pandas', 'tifffile', 'dask', 'zarr', 'matplotlib', 'sklearn'} & (set(sys.modules) - before)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]", told.stderr
