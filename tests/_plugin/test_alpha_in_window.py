"""Colours with alpha in the real window: the choice, the result, the swatches, and edits of a colour's alpha."""

import numpy as np
import pytest
from qtpy.QtGui import QColor

import napari_colorquant as cq
from napari_colorquant._plugin.layers.indexed_layers import to_indexed
from napari_colorquant._plugin.layers.provenance import read_palette
from napari_colorquant._plugin.palette_dock.model import KEYS
from napari_colorquant._plugin.palette_dock.table import PaletteTable
from napari_colorquant._plugin.quantize_dock.widget import QuantizeWidget
from napari_colorquant._plugin.widgets.checker import over_checker
from napari_colorquant.palette import Palette


@pytest.fixture
def icon():
    """A red square on a shadow that fades to the right, (32, 48, 4) uint8."""
    image = np.zeros((32, 48, 4), np.uint8)
    image[..., 3] = np.linspace(200, 0, 48).astype(np.uint8)
    image[8:24, 8:24] = 250, 80, 60, 255
    return image


@pytest.fixture
def panel(make_napari_viewer, qtbot, icon):
    viewer = make_napari_viewer(strict_qt="raise")
    viewer.add_image(icon, name="icon", rgb=True)
    panel = QuantizeWidget(viewer)
    viewer.window.add_dock_widget(panel)
    panel.colors.n_colors.value = 5
    yield panel
    qtbot.waitUntil(lambda: not (panel.is_running or panel.is_warming_up), timeout=60_000)


def run(panel, qtbot):
    with qtbot.waitSignal(panel.finished, timeout=60_000):
        panel.run()
    return panel.viewer.layers["icon quantized"]


def test_the_choice_is_offered_for_images_with_alpha_alone(panel, photo):
    rows = panel.image
    assert not rows.alpha.native.isHidden()
    panel.viewer.add_image(photo, name="photo")
    assert rows.alpha.native.isHidden()


@pytest.mark.parametrize("alpha", ["auto", "cut", "ignore"])
def test_a_run_is_that_of_python(panel, qtbot, icon, alpha):
    panel.image.alpha.value = alpha
    layer = run(panel, qtbot)
    expected = cq.quantize(icon, 5, alpha=alpha)
    found = to_indexed(layer)
    assert found.palette.hex == expected.palette.hex
    np.testing.assert_array_equal(found.to_rgb()[..., :3], expected.to_rgb()[..., :3])
    shown = layer.colormap.map(np.arange(1, len(expected.palette) + 1))
    np.testing.assert_allclose(shown, expected.palette.rgba / 255, atol=1e-6)
    swatches = panel.viewer.layers["icon palette"]
    np.testing.assert_allclose(swatches.face_color, expected.palette.rgba / 255, atol=1e-6)


def test_a_swatch_that_is_seen_through_lies_on_a_checkerboard(panel, qtbot):
    layer = run(panel, qtbot)
    alphas = read_palette(layer).alphas
    grid = panel.palette_editor.colors.grid
    grid.show()
    picture = grid.grab().toImage()
    ratio = picture.devicePixelRatio()
    for row, alpha in enumerate(alphas):
        room = grid.visualRect(grid.model().index(row, 0)).translated(grid.viewport().pos()).adjusted(3, 3, -3, -3)
        seen = {
            picture.pixelColor(round(x * ratio), round(y * ratio)).rgb()
            for x in range(room.left(), room.right())
            for y in range(room.top(), room.bottom())
        }
        assert (len(seen) > 1) == (alpha < 255), (row, alpha)


def test_codes_that_differ_in_alpha_alone_look_different_in_a_narrow_column(qtbot):
    """The end of the code tells them apart, so it is the middle that is left out."""
    table = PaletteTable()
    qtbot.addWidget(table)
    table.palette_model.show(Palette(["#00000020", "#000000c0"]), 1)
    table.resize(40 + 64 + 60 + 30, 120)  # swatch, name, share, lock
    table.show()
    qtbot.waitExposed(table)
    column = KEYS.index("name")
    places = [table.visualRect(table.palette_model.index(row, column)) for row in range(2)]
    assert places[0].width() < table.fontMetrics().horizontalAdvance("#00000020")
    first, second = (table.viewport().grab(place).toImage() for place in places)
    assert first != second


def test_the_alpha_of_a_colour_is_typed_and_undone(panel, qtbot):
    layer = run(panel, qtbot)
    before = read_palette(layer)
    row = int(np.flatnonzero(before.alphas < 255)[0])
    editor = panel.palette_editor.colors.editor
    editor.write(row, "hex", "#10203044")
    assert read_palette(layer).hex[row] == "#10203044"
    np.testing.assert_allclose(layer.colormap.map(row + 1), np.array([16, 32, 48, 68]) / 255, atol=1e-6)
    editor.write(row, "hex", "#ff0000")  # without alpha, that stays
    assert read_palette(layer).hex[row] == "#ff000044"
    for _ in range(2):
        panel.palette_editor.undo()
    assert read_palette(layer).hex == before.hex


def test_the_colour_dialog_asks_for_alpha_where_there_is_some(panel, qtbot):
    layer = run(panel, qtbot)
    editor = panel.palette_editor.colors.editor
    editor.recolor(0)
    dialog = editor.dialog
    assert dialog.testOption(dialog.ColorDialogOption.ShowAlphaChannel)
    dialog.setCurrentColor(QColor(1, 2, 3, 4))
    assert read_palette(layer).hex[0] == "#01020304"
    dialog.reject()
    assert read_palette(layer).hex[0] != "#01020304"


def test_marks_are_seen_on_what_is_seen():
    assert over_checker(QColor(0, 0, 0, 0)).getRgb()[:3] == (170, 170, 170)
    assert over_checker(QColor(10, 20, 30)).getRgb()[:3] == (10, 20, 30)
