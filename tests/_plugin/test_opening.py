"""A panel opens with what is seen of it; the rest is loaded and made when it is opened, needed, or the panel rests."""

import os
import subprocess
import sys

import pytest

import napari_colorquant as cq
from napari_colorquant._plugin.palette_dock.hint import Hint
from napari_colorquant._plugin.palette_dock.widget import PaletteWidget
from napari_colorquant._plugin.quantize_dock.rare_sections import RareSections
from napari_colorquant._plugin.widgets.docks import find_dock, open_dock

TITLE = "Color Quantization"

_SCRIPT = """
import sys

from napari.components import ViewerModel
from qtpy.QtWidgets import QApplication
from skimage import data

app = QApplication([])
model = ViewerModel()
model.add_image(data.astronaut(), rgb=True)
from napari_colorquant._plugin.quantize_dock.widget import QuantizeWidget

panel = QuantizeWidget(model)
print(*sorted(name.removeprefix("napari_colorquant.") for name in sys.modules if name.startswith("napari_colorquant.")))
panel.palette_editor.measure, panel.space
print(*sorted(name.removeprefix("napari_colorquant.") for name in sys.modules if name.startswith("napari_colorquant.")))
panel.end_work()
"""
LATER = {
    "_plugin.palette_dock.widget",
    "_plugin.palette_dock.measure_tab",
    "_plugin.palette_dock.apply_tab",
    "_plugin.commands.result_actions",
    "_plugin.quantize_dock.rare_sections",
    "_plugin.quantize_dock.space_picker",
    "annotate.report.experiment",
    "annotate.shapes.formats",
    "cli.recipe_lines",
}


def test_a_panel_loads_neither_what_edits_palettes_nor_what_is_folded_away():
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    told = subprocess.run(
        [sys.executable, "-c", _SCRIPT], capture_output=True, text=True, check=True, env=environment
    ).stdout
    opened, used = (set(line.split()) for line in told.splitlines())
    assert "_plugin.quantize_dock.widget" in opened
    assert not LATER & opened
    assert used >= LATER


@pytest.fixture
def new_panel(viewer, photo_layer):
    """A panel that has been opened this moment."""
    return open_dock(viewer, TITLE)


def test_what_edits_palettes_is_made_once_the_panel_rests(new_panel, qtbot):
    assert new_panel.is_warming_up
    assert not new_panel.findChildren(PaletteWidget)
    (hint,) = new_panel.findChildren(Hint)
    assert hint.isVisible()
    qtbot.waitUntil(lambda: not new_panel.is_warming_up)
    (editor,) = new_panel.findChildren(PaletteWidget)
    assert new_panel.palette_editor is editor
    assert editor.hint.isVisible()


def test_a_run_that_does_not_wait_for_that_opens_its_palette(new_panel, run):
    result = run(new_panel)
    assert new_panel.palette_editor.session.indexed.palette == result.indexed.palette
    assert len(new_panel.findChildren(PaletteWidget)) == 1


def test_a_result_that_is_there_before_the_panel_has_its_palette_open_at_once(viewer, photo_layer, show_result):
    labels, _ = show_result(viewer, photo_layer)
    panel = open_dock(viewer, TITLE)
    (editor,) = panel.findChildren(PaletteWidget)
    assert editor.session.layer is labels
    assert editor.tabs.isVisible()


def test_a_panel_that_is_closed_before_it_rested_follows_no_result(viewer, new_panel, photo_layer, show_result, qtbot):
    dock, _ = find_dock(viewer, TITLE)
    viewer.window.remove_dock_widget(dock)
    qtbot.waitUntil(lambda: not new_panel.is_warming_up)
    show_result(viewer, photo_layer)
    assert not new_panel.findChildren(PaletteWidget)
    assert new_panel.palette_editor.session is None
    assert new_panel.palette_editor.is_over


def test_what_is_large_under_advanced_is_made_when_it_is_opened(panel, qtbot):
    assert not panel.findChildren(RareSections)
    panel.advanced.toggleButton().click()
    (rare,) = panel.findChildren(RareSections)
    qtbot.waitUntil(rare.isVisible)
    assert panel.space is rare.space
    assert not panel.focus.fold.isExpanded()


@pytest.mark.parametrize(
    "recipe",
    [
        cq.Recipe(),
        cq.Recipe(space="lab", axis_weights=(1, 2, 0.5), quantizer="wu", rare=0.5, fixed=("#ff0000",), keep="none"),
        cq.Recipe(quantizer="kmeans", smoothness=2.0, cleaning=({"min_size": 9},), seed=3, bits="rgb565"),
    ],
)
def test_what_is_not_made_yet_chooses_as_its_recipe_does(panel, recipe):
    panel.set_recipe(recipe)
    before = panel.recipe()
    changes = []
    panel.changed.connect(lambda: changes.append(panel.recipe()))
    assert not panel.findChildren(RareSections)
    assert panel.quantizer.method.value == recipe.quantizer
    assert not changes
    assert panel.recipe() == before
    assert before.replace(n_colors=recipe.n_colors) == recipe
    panel.quantizer.method.value = "octree"
    assert changes[-1].quantizer == "octree"


@pytest.mark.parametrize("first", ["palette", "fold"])
def test_with_a_given_palette_nothing_that_designs_is_shown_whichever_was_first(panel, first):
    if first == "palette":
        panel.palette_source.source.value = "pico8"
        panel.advanced.expand(False)
    else:
        panel.advanced.expand(False)
        panel.palette_source.source.value = "pico8"
    assert not panel.quantizer.form.isVisible()
    assert not panel.focus.form.isVisible()
    assert panel.space.form.isVisible()
    panel.palette_source.source.value = "designed"
    assert panel.quantizer.form.isVisible()
