import gc
import weakref

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image
from qtpy.compat import isalive
from qtpy.QtCore import QPoint, Qt
from vispy.gloo import gl

import napari_colorquant as cq
from napari_colorquant._plugin.color_view.color_space_view import ColorSpaceView
from napari_colorquant._plugin.layers.provenance import KEY
from napari_colorquant._plugin.palette_dock.session import ResultSession
from napari_colorquant._plugin.palette_dock.table import PaletteTable
from napari_colorquant._plugin.palette_dock.widget import PaletteWidget
from napari_colorquant._plugin.tasks.runner import running_jobs
from napari_colorquant._plugin.widgets.canvas_context import QOpenGLWidget
from napari_colorquant._plugin.widgets.docks import open_dock
from napari_colorquant.editing import merge, recolor

PATIENCE_MS = 60_000


@pytest.fixture
def model(large_photo):
    """The model of a viewer, in whose stead no window need be opened."""
    model = ViewerModel()
    model.add_image(large_photo, name="photo")
    return model


@pytest.fixture
def wait(qtbot):
    return lambda view: qtbot.waitUntil(lambda: not view.is_computing, timeout=PATIENCE_MS)


@pytest.fixture
def open_view(qtbot, wait, model):
    """A function that shows the view, and waits until it shows what there is."""

    def open_view():
        gc.collect()
        view = ColorSpaceView(model)
        qtbot.addWidget(view)
        with qtbot.waitExposed(view):
            view.show()
        wait(view)
        return view

    return open_view


@pytest.fixture
def result(model, show_result):
    return show_result(model, model.layers[0])[0]


@pytest.fixture
def view(result, open_view):
    return open_view()


@pytest.fixture
def palette(model, view, qtbot):
    palette = PaletteWidget(model)
    qtbot.addWidget(palette)
    return palette


def picture(view):
    """Return what the canvas shows, in logical pixels."""
    shown = view.canvas._canvas.render(alpha=False)
    width, height = view.canvas.native.width(), view.canvas.native.height()
    rows = np.arange(height) * shown.shape[0] // height
    return shown[rows][:, np.arange(width) * shown.shape[1] // width]


def click(view, qtbot, row):
    at = view.canvas.positions()[row]
    qtbot.mouseClick(view.canvas.native, Qt.MouseButton.LeftButton, pos=QPoint(*np.rint(at).astype(int)))


def apart(view):
    """Return an entry that no other one covers."""
    at = view.canvas.positions()
    distances = np.linalg.norm(at[:, None] - at, axis=2) + 1e9 * np.eye(len(at))
    return int(distances.min(axis=1).argmax())


def test_entries_are_seen_in_their_colours_among_the_cloud_and_the_axes_are_named(view, result):
    row = apart(view)
    column, line = np.rint(view.canvas.positions()[row]).astype(int)
    color = cq.Palette.from_dict(result.metadata[KEY]["palette"]).colors[row].astype(int)
    shown = picture(view).astype(int)
    assert np.abs(shown[line, column] - color).max() <= 2
    background = np.rint(np.array(view.canvas._canvas.bgcolor.rgb) * 255)
    inked = (np.abs(shown - background) > 8).any(axis=2)
    assert 0.02 < inked.mean() < 0.9
    assert sorted(view.canvas._names.text) == ["L", "a", "b"]


def test_black_and_white_are_seen_on_the_background_of_either_theme(view, model):
    for theme, low, high in (("dark", 0.15, 0.35), ("light", 0.65, 0.85)):
        model.theme = theme
        assert low < picture(view)[0, 0].mean() / 255 < high


def test_a_click_selects_an_entry_in_table_image_and_swatches(view, model, result, palette, qtbot):
    row = apart(view)
    click(view, qtbot, row)
    assert view.canvas.chosen == [row]
    assert result.selected_label == row + 1
    assert set(model.layers[-1].selected_data) == {row}
    assert palette.findChild(PaletteTable).rows() == [row]
    assert view.canvas._cells.visible
    qtbot.mouseClick(view.canvas.native, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert view.canvas.chosen == palette.findChild(PaletteTable).rows() == []


def test_turning_the_view_selects_nothing(view, qtbot):
    native, at = view.canvas.native, QPoint(*np.rint(view.canvas.positions()[0]).astype(int))
    before = view.canvas._view.camera.azimuth
    qtbot.mousePress(native, Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(native, at + QPoint(40, 0))
    qtbot.mouseRelease(native, Qt.MouseButton.LeftButton, pos=at + QPoint(40, 0))
    assert view.canvas.chosen == []
    assert view.canvas._view.camera.azimuth != before


def test_what_is_selected_elsewhere_is_selected_here(view, model, result, palette):
    result.selected_label = 5
    assert view.canvas.chosen == [4]
    palette.findChild(PaletteTable).select_rows([1, 3], quiet=False)
    assert view.canvas.chosen == [1, 3]
    model.layers[-1].selected_data = {2}
    assert view.canvas.chosen == [2]


def test_selecting_here_keeps_the_whole_selection_of_the_table(view, palette):
    view.canvas.picked.emit([1, 4])
    assert palette.findChild(PaletteTable).rows() == [1, 4]
    view.canvas.picked.emit([])
    assert view.canvas.chosen == []


def test_edits_are_followed(view, model, result, wait):
    session = ResultSession(model, result)
    session.edit("Recolour", recolor(session.indexed, {0: "#ff00ff"}))
    wait(view)
    magenta = cq.SPACES["oklab"].from_srgb(np.array([[255, 0, 255]], np.uint8))[0]
    np.testing.assert_allclose(view.canvas.cloud.entries[0], magenta * cq.SPACES["oklab"].default_scale, rtol=1e-6)
    session.edit("Merge", merge(session.indexed, [0, 1]))
    wait(view)
    assert len(view.canvas.positions()) == 5
    session.close()


def test_space_and_cells_can_be_chosen(view, wait):
    view.space.setCurrentIndex(view.space.findData("srgb"))
    wait(view)
    assert view.canvas.cloud.space.name == "srgb"
    assert sorted(view.canvas._names.text) == ["blue", "green", "red"]
    view.cells.setCurrentIndex(view.cells.findData("all"))
    assert view.canvas._cells.visible
    view.cells.setCurrentIndex(view.cells.findData("none"))
    view.canvas.picked.emit([0])
    assert not view.canvas._cells.visible


def test_without_the_image_the_palette_is_shown_alone(view, model, wait):
    model.layers.remove(model.layers[0])
    view.space.setCurrentIndex(view.space.findData("lab"))
    wait(view)
    assert len(view.canvas.cloud.points) == 0
    assert len(view.canvas.positions()) == 6
    assert "not in the viewer" in view.note.text()


def test_without_a_result_it_says_what_to_do_and_takes_the_first_that_comes(model, open_view, show_result, qtbot):
    view = open_view()
    assert view.layer is None
    assert "quantize an image" in view.note.text()
    labels, _ = show_result(model, model.layers[0])
    assert view.layer is labels
    qtbot.waitUntil(lambda: view.canvas.cloud is not None, timeout=PATIENCE_MS)
    model.layers.remove(labels)
    assert view.layer is None
    assert len(view.canvas.positions()) == 0


def test_nothing_is_computed_while_nobody_looks(view, model, result, wait):
    session = ResultSession(model, result)
    view.hide()
    session.edit("Merge", merge(session.indexed, [0, 1]))
    wait(view)
    assert len(view.canvas.positions()) == 6
    view.show()
    wait(view)
    assert len(view.canvas.positions()) == 5
    session.close()


def _is_gone(reference):
    gc.collect()  # events that are still to come, and frames of a thread that ends, may hold it for a moment
    return reference() is None


def test_the_dock_closes_cleanly(viewer, photo_layer, show_result, qtbot):
    result, _ = show_result(viewer, photo_layer)
    for _ in range(2):
        dock, view = viewer.window.add_plugin_dock_widget("napari-colorquant", "Colour space")
        qtbot.waitUntil(lambda view=view: view.canvas.cloud is not None, timeout=PATIENCE_MS)
        destroyed, drawn = [], weakref.ref(view.canvas._canvas)
        view.canvas.native.destroyed.connect(lambda _=None, destroyed=destroyed: destroyed.append(True))
        view._compute()
        dock.destroyOnClose()
        del dock, view
        qtbot.waitUntil(lambda destroyed=destroyed: bool(destroyed))
        qtbot.waitUntil(lambda: not running_jobs())
        qtbot.waitUntil(lambda drawn=drawn: _is_gone(drawn))  # if not, something keeps the canvas and its buffers
    result.selected_label = 2
    result.metadata = dict(result.metadata)
    viewer.add_layer(Image(np.zeros((4, 4))))
    viewer.theme = "light"


def _count_gl_objects(viewer):
    """Count the programs, buffers and textures of all canvases of a window, whose contexts share them."""
    (canvas,) = viewer.window._qt_window.centralWidget().findChildren(QOpenGLWidget)
    canvas.makeCurrent()
    names = range(1, 2000)  # given out from the lowest free one upward
    return {kind.__name__: sum(map(kind, names)) for kind in (gl.glIsProgram, gl.glIsBuffer, gl.glIsTexture)}


def _look_and_close(viewer, wait, qtbot, *, collects=False):
    """Open the dock, let it draw, and close it; return what the graphics card held meanwhile.

    With `collects`, Python looks for garbage before anything else happens, as it may at any time.
    """
    view = open_dock(viewer, ColorSpaceView.TITLE)
    native = view.canvas.native  # what the view itself holds is not held by this
    wait(view)
    with qtbot.waitSignal(view.canvas.native.frameSwapped):
        view.canvas.native.update()
    held = _count_gl_objects(viewer)
    viewer.window.remove_dock_widget(view)
    del view
    if collects:
        gc.collect()
    qtbot.waitUntil(lambda: not isalive(native))
    return held


@pytest.mark.parametrize("collects", [False, True])
def test_a_closed_view_leaves_nothing_on_the_graphics_card(viewer, photo_layer, show_result, wait, qtbot, collects):
    show_result(viewer, photo_layer)
    _look_and_close(viewer, wait, qtbot)  # napari draws what the first dock has moved
    before = _count_gl_objects(viewer)
    held = _look_and_close(viewer, wait, qtbot, collects=collects)
    after = _count_gl_objects(viewer)
    assert after == before
    assert all(held[kind] > after[kind] for kind in after)
