"""The jobs of docs/window.md, done with real clicks and keys, which are counted: none takes more than the page says."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QApplication, QLineEdit

from napari_colorquant._plugin.palette_dock.model import KEYS
from napari_colorquant._plugin.widgets.docks import find_dock
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.named_palettes import find_palette

PANEL, KEY = "Color Quantization", Qt.Key
ENTRY = f"{PANEL} ({PANEL})"
PAGE = Path(__file__).parents[2] / "docs" / "window.md"
PATIENCE_MS = 180_000


@pytest.fixture
def panel_of(viewer, qtbot):
    """A function that returns the panel that was opened."""

    def panel_of():
        qtbot.waitUntil(lambda: find_dock(viewer, PANEL) is not None)
        panel = find_dock(viewer, PANEL)[1]
        qtbot.waitUntil(panel.bar.run_button.isVisible)
        return panel

    return panel_of


def told(job):
    """Return the words and the steps that the page tells for a job."""
    row = re.search(rf"^\| {job} .*\| (\d+) \| (\d+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return int(row.group(1)), int(row.group(2))


def cell(table, row, key):
    return table.visualRect(table.palette_model.index(row, KEYS.index(key))).center()


def test_a_newcomer_has_a_first_result(viewer, photo_layer, hand, panel_of, wait_for):
    hand.choose_in_menu("Layers", "Filter", "Reduce colours now", f"Reduce colours: photograph ({PANEL})")
    wait_for(panel_of(), "photo quantized")
    assert (len(hand.words), len(hand.steps)) == told("Newcomer")
    assert len(hand.steps) <= 2
    assert len(panel_of().palette_editor.session.indexed.palette) == 16


def test_a_newcomer_finds_the_dock(viewer, photo_layer, hand, panel_of, wait_for):
    hand.choose_in_menu("Plugins", PANEL, ENTRY)
    hand.click(panel_of().bar.run_button)
    wait_for(panel_of(), "photo quantized")
    assert len(hand.steps) == 3


def test_channels_of_fluorescence_are_one_image(viewer, gray_photo, hand, panel_of, wait_for):
    for name, colormap in (("nuclei", "blue"), ("actin", "green")):
        viewer.add_image(gray_photo, name=name, colormap=colormap, blending="additive")
    hand.choose_in_menu("Layers", "Filter", "Reduce colours now", f"Reduce colours: fluorescence ({PANEL})")
    wait_for(panel_of(), "Visible layers quantized")
    assert panel_of().goal.goal.value.title == "Fluorescence"
    assert len(hand.steps) == 2


def test_without_an_image_the_menu_opens_the_dock_that_says_what_to_do(viewer, hand, panel_of, monkeypatch):
    told = []
    monkeypatch.setattr("napari_colorquant._plugin.quantize_dock.widget.show_error", told.append)
    hand.choose_in_menu("Layers", "Filter", "Reduce colours now", f"Reduce colours: pixel art ({PANEL})")
    panel = panel_of()
    assert panel.image.hint.isVisible()
    assert "open an image first" in told[0]


@pytest.mark.filterwarnings("ignore:the image shows fewer than two stains")  # the photograph is no section
def test_a_biologist_names_classes_and_measures_regions(viewer, large_photo, hand, panel_of, wait_for, qtbot, tmp_path):
    regions = np.zeros(large_photo.shape[:2], np.int32)
    regions[:200, :200], regions[220:, 220:] = 1, 2
    viewer.add_labels(regions, name="regions")
    viewer.add_image(large_photo, name="section", scale=(0.5, 0.5), units="um")
    viewer.layers["regions"].scale = (0.5, 0.5)
    hand.choose_in_menu("Layers", "Filter", "Reduce colours now", f"Reduce colours: stained section ({PANEL})")
    panel = panel_of()
    wait_for(panel, "section quantized")
    hand.step_down(panel.colors.n_colors.spin_box)
    assert panel.colors.n_colors.value == 5
    hand.click(panel.bar.run_button)
    qtbot.waitUntil(lambda: len(viewer.layers["section quantized"].features) == 5, timeout=PATIENCE_MS)
    wait_for(panel, "section quantized")
    colors = panel.palette_editor.colors
    qtbot.waitUntil(lambda: colors.table.palette_model.rowCount() == 5)
    hand.click(colors.table.viewport(), cell(colors.table, 0, "name"))
    words = (("lumen", "glass"), ("mucus", "glass"), ("nuclei", "cells"), ("stroma", "tissue"), ("DAB", "stain"))
    for place, (name, group) in enumerate(words):
        hand.type(name)
        hand.press(KEY.Key_Tab)
        hand.type(group)
        if place < 4:
            hand.press(KEY.Key_Tab)
    tabs = panel.palette_editor.tabs
    hand.click(tabs.tabBar(), tabs.tabBar().tabRect(1).center())
    measure = panel.palette_editor.measure
    qtbot.waitUntil(lambda: measure.save_button.isEnabled(), timeout=PATIENCE_MS)
    with hand.answering(tmp_path / "areas.csv"):
        hand.click(measure.save_button)
    palette = panel.palette_editor.session.indexed.palette
    assert tuple(zip(palette.names, palette.classes, strict=True)) == words
    with open(tmp_path / "areas.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(row["region"], row["class"]) for row in rows} == {
        (region, group) for region in "12" for group in ("glass", "cells", "tissue", "stain")
    }
    assert sum(float(row["area"]) for row in rows) == pytest.approx(np.count_nonzero(regions) * 0.25)
    assert (len(hand.words), len(hand.steps)) == told("Biologist")
    assert len(hand.steps) <= 18


def test_a_pixel_artist_maps_onto_a_palette_and_saves(viewer, photo_layer, hand, panel_of, wait_for, qtbot, tmp_path):
    path = tmp_path / "mine.hex"
    path.write_text("\n".join(code.lstrip("#") for code in find_palette("pico8").hex))
    hand.drop(path)
    panel = panel_of()
    qtbot.waitUntil(lambda: panel.palette_source.palette is not None)
    assert panel.palette_source.strip.isVisible()
    assert viewer.layers["mine"].extent.world[1, 1] < photo_layer.extent.world[0, 1]  # beside the image
    hand.choose(panel.dither.method, "Bayer")
    hand.click(panel.bar.run_button)
    wait_for(panel, "photo quantized")
    editor = panel.palette_editor
    assert editor.session.indexed.palette.hex == find_palette("pico8").hex
    grid = editor.colors.grid
    hand.double_click(grid.viewport(), grid.visualRect(grid.model().index(3, grid.modelColumn())).center())
    dialog = editor.colors.editor.dialog
    dialog.activateWindow()
    qtbot.waitUntil(lambda: isinstance(QApplication.focusWidget(), QLineEdit))
    hand.type("#00ff88")
    hand.press(KEY.Key_Return)
    assert editor.session.indexed.palette.hex[3] == "#00ff88"
    viewer.window._qt_window.activateWindow()
    qtbot.waitUntil(lambda: viewer.window._qt_window.isActiveWindow())
    with hand.answering(tmp_path / "picture.png"):
        hand.press(KEY.Key_S, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil((tmp_path / "picture.png").exists)
    read = read_indexed(tmp_path / "picture.png")
    assert read.palette.hex[3] == "#00ff88"
    np.testing.assert_array_equal(read.labels, editor.session.indexed.labels)
    with Image.open(tmp_path / "picture.png") as written:
        assert written.mode == "P"
    assert (len(hand.words), len(hand.steps)) == told("Pixel artist")
    assert len(hand.steps) <= 9
