"""The swatches and classes of the dock, with real clicks and keys: another view of the table, and of the picture."""

from pathlib import Path

import numpy as np
import pytest
from qtpy.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from qtpy.QtGui import QDropEvent, QImage
from qtpy.QtWidgets import QApplication, QColorDialog, QFileDialog, QInputDialog

from napari_colorquant._plugin.commands.file_commands import save_palette_as
from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.widgets.docks import find_dock
from napari_colorquant.editing import ramp
from napari_colorquant.io.palettes import read_palette

KEY, MODIFIER, LEFT = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton


@pytest.fixture
def dock(viewer, photo_layer, show_result, qtbot):
    """The palette in a window, on a result of six colours."""
    viewer.window._qt_window.resize(1300, 1000)
    show_result(viewer, photo_layer)
    widget = open_palette(viewer)
    qtbot.waitUntil(widget.colors.grid.isVisible)
    return widget


def _place(grid, row):
    return grid.visualRect(grid.model().index(row, 0)).center()


def _click(qtbot, grid, row, modifier=MODIFIER.NoModifier):
    qtbot.mouseClick(grid.viewport(), LEFT, modifier, _place(grid, row))


def _hover(qtbot, grid, place):
    qtbot.mouseMove(grid.viewport(), place + QPoint(1, 1))
    qtbot.mouseMove(grid.viewport(), place)


def _shown(layer, label):
    return np.rint(np.asarray(layer.colormap.map(np.array([label])))[0] * 255).astype(int).tolist()


@pytest.mark.parametrize("n_colors", [2, 16, 40, 100, 256])
def test_every_swatch_is_seen_without_scrolling_in_its_colour(viewer, photo_layer, show_result, n_colors, qtbot):
    window = viewer.window._qt_window
    window.resize(1300, 1000)
    result, _ = show_result(viewer, photo_layer, n_colors)
    grid = open_palette(viewer).colors.grid
    dock, _ = find_dock(viewer, "Color Quantization")
    window.resizeDocks([dock], [300], Qt.Orientation.Horizontal)
    qtbot.waitUntil(lambda: dock.width() == 300)
    last = grid.model().index(n_colors - 1, 0)
    qtbot.waitUntil(lambda: grid.viewport().rect().contains(grid.visualRect(last)))
    picture: QImage = grid.viewport().grab().toImage()
    for row in (0, n_colors // 2, n_colors - 1):
        color = picture.pixelColor(_place(grid, row))
        assert [color.red(), color.green(), color.blue(), 255] == _shown(result, row + 1)


def test_of_a_thousand_the_one_that_is_selected_is_scrolled_to(viewer, photo_layer, show_result, qtbot):
    viewer.window._qt_window.resize(1300, 1000)
    result, _ = show_result(viewer, photo_layer, 1000)
    colors = open_palette(viewer).colors
    grid = colors.grid
    qtbot.waitUntil(grid.isVisible)
    assert grid.model().rowCount() == 1000

    def is_seen(row):
        return grid.viewport().rect().contains(grid.visualRect(grid.model().index(row, 0)))

    for row in (999, 3, 600):
        assert not is_seen(row) or row == 3
        result.selected_label = row + 1  # as the picker on the canvas does
        qtbot.waitUntil(lambda row=row: is_seen(row))
    _click(qtbot, grid, 601)
    assert is_seen(600)  # what is seen stays where it is
    picture = grid.viewport().grab().toImage().pixelColor(_place(grid, 602))
    assert [picture.red(), picture.green(), picture.blue(), 255] == _shown(result, 603)


def test_clicks_in_the_grid_are_the_selection_of_the_table(dock, qtbot):
    grid, table = dock.colors.grid, dock.colors.table
    _click(qtbot, grid, 1)
    assert table.rows() == [1]
    _click(qtbot, grid, 4, MODIFIER.ShiftModifier)
    assert table.rows() == [1, 2, 3, 4]
    _click(qtbot, grid, 2, MODIFIER.ControlModifier)
    assert table.rows() == [1, 3, 4]
    assert "3 selected" in dock.colors.note.text()
    table.select_rows([0], quiet=False)
    assert [index.row() for index in grid.selectedIndexes()] == [0]


def test_arrows_go_about_in_the_grid_and_keys_do_what_they_do_in_the_table(dock, qtbot):
    grid, table = dock.colors.grid, dock.colors.table
    _click(qtbot, grid, 0)
    qtbot.keyClick(grid, KEY.Key_Right)
    assert table.rows() == [1]
    qtbot.keyClick(grid, KEY.Key_Space)
    assert dock.session.indexed.palette.locked[1]
    qtbot.keyClick(grid, KEY.Key_Right, MODIFIER.ShiftModifier)
    qtbot.keyClick(grid, KEY.Key_M, MODIFIER.ControlModifier)
    assert len(dock.session.indexed.palette) == 5
    dock.undo()
    qtbot.keyClick(grid, KEY.Key_Escape)
    assert table.rows() == []


def test_a_double_click_changes_a_colour(dock, qtbot):
    grid = dock.colors.grid
    _click(qtbot, grid, 2)
    qtbot.mouseDClick(grid.viewport(), LEFT, pos=_place(grid, 2))
    assert isinstance(dock.colors.editor.dialog, QColorDialog)
    dock.colors.editor.close_dialog()


def test_a_swatch_is_dropped_where_it_shall_be(dock):
    grid, before = dock.colors.grid, dock.session.indexed
    dragged: QMimeData = grid.model().mimeData([grid.model().index(4, 0)])
    left = QPointF(grid.visualRect(grid.model().index(1, 0)).topLeft()) + QPointF(1, 8)
    drop = QDropEvent(left, Qt.DropAction.MoveAction, dragged, LEFT, MODIFIER.NoModifier)
    row = grid.model().index(1, 0).row()
    assert not grid.model().dropMimeData(dragged, drop.dropAction(), row, 0, grid.rootIndex())
    after = dock.session.indexed
    order = [0, 4, 1, 2, 3, 5]
    assert after.palette.hex == tuple(before.palette.hex[old] for old in order)
    np.testing.assert_array_equal(after.to_rgb(), before.to_rgb())


def test_a_swatch_under_the_mouse_lights_up_its_pixels(dock, qtbot):
    grid, layer = dock.colors.grid, dock.session.layer
    own = [_shown(layer, label) for label in range(1, 7)]
    _hover(qtbot, grid, _place(grid, 3))
    qtbot.waitUntil(lambda: _shown(layer, 1) != own[0])
    assert _shown(layer, 4) == own[3]
    assert sum(_shown(layer, 1)[:3]) < sum(own[0][:3])
    QApplication.sendEvent(grid, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: [_shown(layer, label) for label in range(1, 7)] == own)
    assert dock.session.stack.count() == 0


def test_what_was_shown_alone_is_alone_again_after_the_mouse(dock, qtbot):
    grid, layer = dock.colors.grid, dock.session.layer
    _click(qtbot, grid, 1)
    dock.colors.toolbar.alone_button.click()
    chosen = [_shown(layer, label) for label in range(1, 7)]
    _hover(qtbot, grid, _place(grid, 3))
    qtbot.waitUntil(lambda: _shown(layer, 4) != chosen[3])
    QApplication.sendEvent(grid, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(lambda: [_shown(layer, label) for label in range(1, 7)] == chosen)


def test_a_pixel_under_the_cursor_lights_up_its_swatch(viewer, dock, qtbot):
    grid, layer = dock.colors.grid, dock.session.layer
    viewer.reset_view()
    canvas = viewer.window._qt_viewer.canvas
    middle = QPoint(canvas.native.width() // 2, canvas.native.height() // 2)
    for place in (middle, middle + QPoint(40, 30)):
        qtbot.mouseMove(canvas.native, place - QPoint(1, 1))
        qtbot.mouseMove(canvas.native, place)
        label = layer.get_value(viewer.cursor.position, world=True)
        qtbot.waitUntil(lambda label=label: grid.swatches.lit == label - 1)
    layer.visible = False
    qtbot.mouseMove(canvas.native, middle)
    qtbot.waitUntil(lambda: grid.swatches.lit == -1)


def test_a_digit_puts_the_selected_colours_into_a_class(dock, qtbot, monkeypatch):
    grid, answers = dock.colors.grid, iter(["tissue", "glass"])
    monkeypatch.setattr(QInputDialog, "getItem", lambda *_: (next(answers), True))
    for row, key in ((3, KEY.Key_1), (0, KEY.Key_2), (1, KEY.Key_1)):
        _click(qtbot, grid, row)
        qtbot.keyClick(grid, key)
    # "glass" comes first in the palette, but a digit stays what it is.
    assert dock.session.indexed.palette.classes == ("glass", "tissue", "", "tissue", "", "")
    assert dock.colors.legend.names == ("tissue", "glass")
    qtbot.keyClick(grid, KEY.Key_0)
    assert dock.session.indexed.palette.classes == ("glass", "", "", "tissue", "", "")
    qtbot.keyClick(grid, KEY.Key_9)
    assert "There is no class 9" in dock.colors.note.text()


def test_a_click_on_the_legend_does_the_same_and_selects_a_class_when_nothing_is_selected(dock, qtbot):
    grid, legend = dock.colors.grid, dock.colors.legend
    for row in (2, 5):
        dock.colors.editor.write(row, "class", "nuclei")
    _click(qtbot, grid, 4)
    button = next(each for each in legend.buttons if each.accessibleName() == "Class nuclei")
    qtbot.mouseClick(button, LEFT)
    assert dock.session.indexed.palette.classes == ("", "", "nuclei", "", "nuclei", "nuclei")
    dock.colors.table.clearSelection()
    qtbot.mouseClick(next(each for each in legend.buttons if each.accessibleName() == "Class nuclei"), LEFT)
    assert dock.colors.table.rows() == [2, 4, 5]


def test_what_is_dragged_out_is_text_and_a_palette_file(dock):
    grid, palette = dock.colors.grid, dock.session.indexed.palette
    dragged = grid.model().mimeData([grid.model().index(row, 0) for row in (1, 3)])
    assert dragged.text().split() == [palette.hex[1], palette.hex[3]]
    (url,) = dragged.urls()
    assert read_palette(url.toLocalFile()).hex == (palette.hex[1], palette.hex[3])


def test_a_file_that_is_dragged_out_is_named_as_one_that_is_saved(dock, monkeypatch):
    grid, layer = dock.colors.grid, dock.session.layer
    proposed = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *words: (proposed.append(words[2]) or "", ""))
    dock.colors.editor.write(1, "name", "sky")
    names = {layer.name: "photo quantized", "a/b: c?.tif": "a_b_ c_.tif", "...": "picture", "name " * 50: "name " * 16}
    for name, stem in names.items():
        layer.name = name
        dragged = grid.model().mimeData([grid.model().index(row, 0) for row in (1, 3)])
        path = Path(dragged.urls()[0].toLocalFile())
        save_palette_as(None, layer)
        assert path.name == f"{stem.strip()}.gpl"
        assert path.stem == proposed[-1]
        assert f"Name: {path.stem}\n" in path.read_text(encoding="utf-8")
        assert read_palette(path).names == ("sky", "")


def test_a_ramp_leads_from_the_first_to_the_last(dock, qtbot):
    grid, before = dock.colors.grid, dock.session.indexed
    _click(qtbot, grid, 1)
    _click(qtbot, grid, 4, MODIFIER.ShiftModifier)
    qtbot.keyClick(grid, KEY.Key_R, MODIFIER.ControlModifier)
    after = dock.session.indexed
    assert after.palette.hex == ramp(before, [1, 2, 3, 4]).palette.hex != before.palette.hex
    dock.undo()
    assert dock.session.indexed.palette.hex == before.palette.hex


def test_the_mouse_is_listened_to_as_long_as_there_is_a_palette(viewer, dock, qtbot):
    assert len(viewer.mouse_move_callbacks) == 1
    dock.end_work()
    assert viewer.mouse_move_callbacks == []
    dock.begin_work()
    dock.begin_work()
    assert len(viewer.mouse_move_callbacks) == 1
