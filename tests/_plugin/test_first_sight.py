"""What somebody meets who opens files of their own: each doubt of docs/window.md by real clicks and keys."""

import csv

import numpy as np
import pytest
import tifffile
from PIL import Image as PillowImage
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication

from napari_colorquant._plugin.layers.frames import read_palettes
from napari_colorquant._plugin.widgets.docks import find_dock

PANEL, KEY = "Color Quantization", Qt.Key
ENTRY = f"{PANEL} ({PANEL})"
PATIENCE_MS = 180_000


@pytest.fixture
def open_by_menu(viewer, hand, qtbot):
    """A function that opens the panel from napari's menu and returns it."""

    def open_by_menu():
        hand.choose_in_menu("Plugins", PANEL, ENTRY)
        qtbot.waitUntil(lambda: find_dock(viewer, PANEL) is not None)
        panel = find_dock(viewer, PANEL)[1]
        qtbot.waitUntil(panel.bar.run_button.isVisible)
        return panel

    return open_by_menu


@pytest.fixture
def open_tab(hand):
    """A function that clicks a tab of the palette, and returns what is in it."""

    def open_tab(panel, place):
        tabs = panel.palette_editor.tabs
        hand.click(tabs.tabBar(), tabs.tabBar().tabRect(place).center())
        return tabs.currentWidget()

    return open_tab


def _section(height, width):
    rng = np.random.default_rng(3)
    image = np.full((height, width, 3), (236, 130, 226), np.uint8)
    image[: height // 3], image[-8:, :20] = (240, 236, 242), (112, 66, 168)
    return image + rng.integers(0, 6, image.shape, np.uint8)


@pytest.mark.parametrize("samples", [3, 4])
def test_a_sprite_that_napari_takes_for_gray_planes_is_shown_in_colour(
    viewer, open_by_menu, hand, wait_for, tmp_path, samples
):
    sprite = np.random.default_rng(0).integers(0, 3, (16, 24, samples), np.uint8) * 120
    sprite[..., 3:] = 255
    PillowImage.fromarray(sprite).save(tmp_path / "mushroom.png")
    panel = open_by_menu()
    (layer,) = viewer.open(str(tmp_path / "mushroom.png"), plugin="napari")
    assert not layer.rgb
    assert panel.misread.isVisible()
    assert "24 × 16 pixels" in panel.misread.note.text()
    hand.click(panel.misread.button)
    (layer,) = viewer.layers
    assert layer.rgb
    assert layer.name == "mushroom"
    assert layer.source.path == str(tmp_path / "mushroom.png")
    assert panel.layer is layer
    assert not panel.misread.isVisible()
    hand.click(panel.bar.run_button)
    wait_for(panel, "mushroom quantized")
    assert viewer.layers["mushroom quantized"].data.shape == (16, 24)


def test_channels_in_one_layer_are_taken_apart_where_they_are_looked_for(viewer, open_by_menu, hand, wait_for):
    rng = np.random.default_rng(1)
    stack = rng.poisson(100, (2, 64, 80)).astype(np.uint16)
    stack[0, 10:20, 10:20], stack[1, 40:50, 30:60] = 3000, 9000
    panel = open_by_menu()
    viewer.add_image(stack, name="cells")
    assert not panel.misread.isVisible()  # a photograph may have frames
    hand.choose(panel.goal.goal, "Fluorescence")
    assert panel.misread.isVisible()
    hand.click(panel.misread.button)
    assert [layer.data.shape for layer in viewer.layers] == [(64, 80), (64, 80)]
    assert panel.image.image.value == panel.image.VISIBLE
    assert not panel.misread.isVisible()
    hand.click(panel.bar.run_button)
    wait_for(panel, "Visible layers quantized")
    assert len({tuple(color) for color in panel.palette_editor.session.indexed.palette.colors.tolist()}) > 2


def test_what_is_as_it_seems_is_not_doubted(viewer, open_by_menu, hand):
    panel = open_by_menu()
    hand.choose(panel.goal.goal, "Fluorescence")
    for image in (np.zeros((2, 64, 80, 3), np.uint8), np.zeros((64, 80), np.uint16), np.zeros((12, 64, 80), np.uint8)):
        layer = viewer.add_image(image)
        assert panel.layer is layer
        assert not panel.misread.isVisible()


def test_a_section_is_measured_in_the_unit_of_its_file(viewer, open_by_menu, hand, wait_for, open_tab, qtbot, tmp_path):
    for name, side in (("a", 0.5), ("b", 0.25)):
        tifffile.imwrite(
            tmp_path / f"{name}.tif", _section(120, 160), photometric="rgb", imagej=True,
            resolution=(1 / side, 1 / side), metadata={"unit": "um"},
        )  # fmt: skip
    panel = open_by_menu()
    viewer.open([str(tmp_path / "b.tif"), str(tmp_path / "a.tif")], plugin="napari")
    regions = viewer.add_labels(np.ones((120, 160), int), name="all of it", translate=(0, 40))
    viewer.layers.selection.active = viewer.layers["a"]
    hand.click(panel.bar.run_button)
    wait_for(panel, "a quantized")
    measure = open_tab(panel, 1)
    assert measure.pixel_size.isVisible()
    assert "0.5 × 0.5\N{NO-BREAK SPACE}µm" in measure.pixel_size.note.text()
    qtbot.waitUntil(lambda: not measure.is_busy and measure.save_button.isEnabled(), timeout=PATIENCE_MS)
    hand.choose(measure.choices.within, "The whole image")
    with qtbot.waitSignal(measure.measured, timeout=PATIENCE_MS) as caught:
        hand.click(measure.pixel_size.button)
    assert {row["unit"] for row in caught.args[0]} == {"µm²"}
    assert sum(row["area"] for row in caught.args[0]) == pytest.approx(120 * 160 / 4)
    assert not measure.pixel_size.isVisible()
    assert [tuple(layer.scale) for layer in viewer.layers if layer.name[0] == "a"] == [(0.5, 0.5)] * 4
    np.testing.assert_allclose(regions.translate, (0, 20))  # beside the section as before
    assert tuple(viewer.layers["b"].scale) == (0.25, 0.25)
    assert {tuple(map(str, layer.units)) for layer in viewer.layers} == {("micrometer", "micrometer")}


def test_this_image_and_the_others_stand_in_one_table_with_a_column_for_the_image(
    viewer, open_by_menu, hand, wait_for, open_tab, qtbot, tmp_path
):
    for name in ("left", "right"):
        viewer.add_image(_section(60 if name == "left" else 90, 100), name=name)
    panel = open_by_menu()
    hand.click(panel.bar.run_button)
    wait_for(panel, "right quantized")
    apply = open_tab(panel, 2)
    hand.choose(apply.to, "All other image layers")
    hand.click(apply.apply_button)
    qtbot.waitUntil(lambda: not apply.is_busy and "left quantized" in viewer.layers, timeout=PATIENCE_MS)
    measure = open_tab(panel, 1)
    with hand.answering(tmp_path / "both.csv"):
        hand.click(measure.save_button)
    with open(tmp_path / "both.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert next(iter(rows[0])) == "image"
    counted = {name: sum(int(row["pixels"]) for row in rows if row["image"] == name) for name in ("right", "left")}
    assert counted == {"right": 9000, "left": 6000}
    assert measure.table.rows_model.columns[0] == "image"


def test_a_palette_file_is_dropped_onto_the_dock_as_onto_the_canvas(
    viewer, open_by_menu, hand, wait_for, qtbot, tmp_path
):
    (tmp_path / "autumn.gpl").write_text("GIMP Palette\nName: autumn\n#\n 26 20 35 Ink\n240 160 60 Amber\n")
    viewer.add_image(_section(60, 80), name="art")
    panel = open_by_menu()
    hand.click(panel.bar.run_button)
    wait_for(panel, "art quantized")
    hand.drop(tmp_path / "autumn.gpl", onto=panel.palette_source.source.native)
    qtbot.waitUntil(lambda: panel.palette_source.palette is not None)
    assert panel.palette_source.palette.names == ("Ink", "Amber")
    assert viewer.layers.selection.active is viewer.layers["autumn"]
    with qtbot.waitSignal(panel.finished, timeout=PATIENCE_MS):
        hand.click(panel.bar.run_button)
    panel.palette_editor.session.settle()
    assert panel.palette_editor.session.indexed.palette.names == ("Ink", "Amber")
    assert viewer.layers.selection.active is viewer.layers["art quantized"]  # Ctrl+S saves the picture


def test_five_colours_are_named_and_classed_by_key_alone(viewer, hand, wait_for, open_by_menu, qtbot):
    viewer.add_image(_section(120, 160), name="section")
    hand.window._qt_viewer.canvas.native.setFocus()
    panel = open_by_menu()
    hand.window.activateWindow()
    qtbot.waitUntil(panel.image.image.native.hasFocus)  # Tab would come here after all that napari has
    hand.press(KEY.Key_Tab)
    hand.type("S")
    assert panel.goal.goal.value.title == "Stained section"
    hand.press(KEY.Key_Tab)
    hand.press(KEY.Key_Tab)
    for key in (KEY.Key_A, KEY.Key_Return):
        if key == KEY.Key_Return:
            hand.type("5")
        hand.press(key, Qt.KeyboardModifier.ControlModifier)
    wait_for(panel, "section quantized")
    colors = panel.palette_editor.colors
    for _ in range(40):
        if colors.table.hasFocus():
            break
        hand.press(KEY.Key_Tab)
    assert colors.table.rows() == [0]
    for name in ("stroma", "lumen", "pale", "dark", "rim"):
        hand.type(name)
        hand.press(KEY.Key_Return)
    palette = panel.palette_editor.session.indexed.palette
    assert palette.names == ("stroma", "lumen", "pale", "dark", "rim")[: len(palette)]
    for _ in range(4):
        hand.press(KEY.Key_Up)
    assert colors.table.rows() == [0]
    with hand.answering_text("tissue"):
        hand.press(KEY.Key_1)
    hand.press(KEY.Key_Down)
    hand.press(KEY.Key_1)
    assert panel.palette_editor.session.indexed.palette.classes[:2] == ("tissue", "tissue")


def test_frames_with_palettes_of_their_own_are_measured_apart_in_their_own_colours(
    viewer, open_by_menu, hand, wait_for, open_tab, qtbot
):
    frames = np.stack([_section(40, 60), 255 - _section(40, 60), _section(40, 60)[::-1] // 2])
    viewer.add_image(frames, name="film")
    panel = open_by_menu()
    hand.step_down(panel.colors.n_colors.spin_box)
    hand.click(panel.advanced.toggleButton())
    hand.choose(panel.scope.frames, "One for each")
    metrics = panel.scope.frames.native.fontMetrics()
    assert metrics.horizontalAdvance("One for each") < panel.scope.frames.native.width() - 34  # not cut off
    hand.click(panel.bar.run_button)
    wait_for(panel, "film quantized")
    result = viewer.layers["film quantized"]
    measure = open_tab(panel, 1)
    qtbot.waitUntil(lambda: not measure.is_busy and measure.save_button.isEnabled(), timeout=PATIENCE_MS)
    rows, palettes = measure.table.rows_model.rows, read_palettes(result)
    assert not measure.choices.per_frame.visible
    assert [(row["frame"], row["hex"]) for row in rows] == [
        (str(frame), code) for frame, palette in enumerate(palettes) for code in palette.hex
    ]
    assert len({row["hex"] for row in rows}) > len(palettes[0])
    hand.choose(measure.choices.what, "Neighbours")
    hand.click(measure.measure_button)
    assert "choose One for all at Frames" in measure.note.text()
    assert QApplication.activeModalWidget() is None
