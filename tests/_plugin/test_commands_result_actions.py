import shlex

import numpy as np
import pytest
from napari._app_model import get_app_model
from PIL import Image
from qtpy.QtWidgets import QApplication, QFileDialog

import napari_colorquant as cq
from napari_colorquant._plugin.commands import result_actions
from napari_colorquant._plugin.commands.error_map import find_error_layer
from napari_colorquant._plugin.layers.indexed_layers import to_indexed
from napari_colorquant._plugin.layers.provenance import read_recipe
from napari_colorquant._plugin.widgets.docks import open_dock
from napari_colorquant.cli import main
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.palettes import read_palette

PLUGIN = "napari-colorquant"
PATIENCE_MS = 60_000
CHOICES = {
    "n_colors": 7, "space": "lab", "axis_weights": (0.5, 1.0, 1.0), "quantizer": "median_cut", "dither": "bayer",
    "seed": 3, "fixed": ["#102030"],
}  # fmt: skip


@pytest.fixture
def said(monkeypatch):
    told = []
    monkeypatch.setattr(result_actions, "show_info", told.append)
    return told


def test_settings_fill_the_panel_and_run_to_the_same_bytes(viewer, photo_layer, show_result, open_panel, run, photo):
    result, _ = show_result(viewer, photo_layer, **CHOICES)
    recipe, labels = read_recipe(result), np.array(result.data)
    viewer.add_image(photo, name="another")
    panel = open_panel()
    panel.set_recipe(cq.Recipe(n_colors=3))
    viewer.layers.selection.active = result
    result_actions.use_settings(viewer)
    assert panel.layer is photo_layer
    assert panel.recipe() == recipe
    panel.result.new_layers.value = True
    run_result = run(panel)
    again = next(each for each in viewer.layers if each is not result and each.name.startswith("photo quantized"))
    assert again.data.tobytes() == labels.tobytes()
    assert again.data.dtype == labels.dtype
    assert run_result.indexed.palette.hex == to_indexed(result).palette.hex


def test_settings_open_the_panel_if_it_is_closed(viewer, photo_layer, show_result, qtbot):
    result, _ = show_result(viewer, photo_layer, **CHOICES)
    result_actions.use_settings(viewer)
    panel = open_dock(viewer, "Color Quantization")
    assert panel.recipe() == read_recipe(result)
    qtbot.waitUntil(lambda: not panel.is_warming_up, timeout=PATIENCE_MS)


def test_the_python_that_is_copied_does_the_same(viewer, photo_layer, show_result, said):
    result, _ = show_result(viewer, photo_layer, **CHOICES)
    result_actions.copy_python(viewer)
    names = {"image": photo_layer.data}
    exec(QApplication.clipboard().text(), names)
    np.testing.assert_array_equal(names["indexed"].labels, to_indexed(result).labels)
    assert said == [f"Copied: {QApplication.clipboard().text()}"]


def test_the_line_that_is_copied_does_the_same_to_the_file(viewer, photo, show_result, tmp_path, monkeypatch):
    Image.fromarray(photo).save(tmp_path / "my photo.png")
    (layer,) = viewer.open(tmp_path / "my photo.png")
    result, _ = show_result(viewer, layer, **CHOICES)
    result_actions.copy_command(viewer)
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(QApplication.clipboard().text())
    assert program == "colorquant"
    assert main(arguments) == 0
    written = read_indexed(tmp_path / "my photo-quantized.png")
    np.testing.assert_array_equal(written.to_rgb(), to_indexed(result).to_rgb())


def test_commands_of_the_menus_find_the_viewer_and_the_result(viewer, photo_layer, show_result, qtbot):
    result, _ = show_result(viewer, photo_layer)
    get_app_model().commands.execute_command(f"{PLUGIN}.error_map").result()
    qtbot.waitUntil(lambda: find_error_layer(viewer, result) is not None, timeout=PATIENCE_MS)


def test_without_a_result_they_say_what_to_do(viewer, photo_layer, said):
    for action in (result_actions.error_map, result_actions.use_settings, result_actions.copy_python):
        action(viewer)
    assert len(said) == 3
    assert all("quantize an image" in text for text in said)


def test_the_palette_dock_offers_them_for_what_it_shows(viewer, photo_layer, show_result, tmp_path, monkeypatch, qtbot):
    result, _ = show_result(viewer, photo_layer)
    palette = result_actions.open_palette(viewer)
    actions = {action.text(): action for action in palette.head.result_button.menu().actions() if action.text()}
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "a.gpl"), ""))
    actions["Export the palette …"].trigger()
    np.testing.assert_array_equal(read_palette(tmp_path / "a.gpl").colors, to_indexed(result).palette.colors)
    actions["Show in colour space"].trigger()
    view = open_dock(viewer, "Colour space")
    assert view.layer is result
    qtbot.waitUntil(lambda: not view.is_computing, timeout=PATIENCE_MS)
