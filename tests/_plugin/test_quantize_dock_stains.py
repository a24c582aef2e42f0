"""Stains in the real panel: which there are, what is typed, and that a result brings its own back."""

import numpy as np
import pytest
from napari.layers import Image
from qtpy.QtCore import Qt

import napari_colorquant as cq
from napari_colorquant._plugin.layers.provenance import read_recipe
from napari_colorquant._plugin.layers.visible_region import VisibleRegion
from napari_colorquant._plugin.quantize_dock.goals import GOALS
from napari_colorquant._plugin.quantize_dock.widget import QuantizeWidget
from napari_colorquant._plugin.tasks.large_task import Scope
from napari_colorquant._plugin.tasks.preview_task import preview
from napari_colorquant.spaces.stains import SEARCHES, STAIN_SETS, Stains, estimate_stains, pick_colors, write_stains
from sections import make_section, overlap

SECTION, NUCLEI = make_section(size=96)


@pytest.fixture
def panel(make_napari_viewer, qtbot):
    viewer = make_napari_viewer(strict_qt="raise")
    viewer.add_image(SECTION, name="section")
    panel = QuantizeWidget(viewer)
    viewer.window.add_dock_widget(panel)
    yield panel
    qtbot.waitUntil(lambda: not (panel.is_running or panel.is_warming_up))


def run(panel, qtbot):
    with qtbot.waitSignal(panel.finished) as caught:
        panel.run()
    return caught.args[0].indexed


def test_the_goal_of_a_section_gives_its_nuclei_a_class_of_their_own(panel, qtbot):
    panel.goal.goal.value = next(goal for goal in GOALS if goal.title == "Stained section")
    panel.colors.n_colors.value = 4
    assert panel.recipe().space == "stains"
    indexed = run(panel, qtbot)
    assert indexed.recipe.stains == estimate_stains(SECTION)
    assert max(overlap(indexed.labels == index, NUCLEI) for index in range(4)) > 0.85


def test_rows_of_stains_are_there_where_the_space_is_one_of_stains(panel):
    rows = panel.space.stains
    is_shown = [(rows.which.native.isHidden(), rows.text.native.isHidden())]
    panel.space.space.value = "stains"
    is_shown.append((rows.which.native.isHidden(), rows.text.native.isHidden()))
    rows.which.value = "own"
    is_shown.append((rows.which.native.isHidden(), rows.text.native.isHidden()))
    panel.space.space.value = "lab"
    is_shown.append((rows.which.native.isHidden(), rows.text.native.isHidden()))
    assert is_shown == [(True, True), (False, True), (False, False), (True, True)]


@pytest.mark.parametrize("stains", [None, *SEARCHES[1:], *STAIN_SETS])
def test_every_choice_reaches_the_recipe_and_comes_back(panel, stains):
    panel.space.space.value = "stains"
    panel.space.stains.which.value = stains
    recipe = panel.recipe()
    assert recipe == cq.Recipe(space="stains", stains=stains)
    panel.set_recipe(cq.Recipe())
    assert panel.space.stains.which.value is None
    panel.set_recipe(recipe)
    assert panel.recipe() == recipe
    assert panel.space.stains.which.value == stains


def test_axes_are_called_by_their_stains_and_keep_their_weights(panel):
    panel.space.space.value = "stains"
    names = {}
    for stains in (None, "h-dab", "h&e-dab", "own", "vahadane"):
        panel.space.weights[1].value = 2.5
        panel.space.stains.which.value = stains
        names[stains] = [label.text() for label in panel.space.fold.form.labels]
        assert panel.recipe().axis_weights == (1, 2.5, 1)
    assert names[None] == names["vahadane"] == ["stain 1", "stain 2", "residual"]
    assert names["h-dab"] == ["hematoxylin", "DAB", "residual"]
    assert names["h&e-dab"] == names["own"] == ["hematoxylin", "eosin", "DAB"]


def test_own_begins_with_the_set_that_was_chosen_and_what_is_typed_counts(panel):
    panel.space.space.value = "stains"
    panel.space.stains.which.value = "h&e"
    panel.space.stains.which.value = "own"
    assert panel.space.stains.text.value == write_stains(STAIN_SETS["h&e"])
    assert panel.recipe().stains == STAIN_SETS["h&e"]
    panel.space.stains.text.value = "#7a78a8, #a0703c"
    assert panel.recipe().stains == ("#7a78a8", "#a0703c")
    recipe = panel.recipe()
    panel.set_recipe(cq.Recipe())
    panel.set_recipe(recipe)
    assert panel.recipe() == recipe
    panel.space.stains.text.value = "brown"
    with pytest.raises(ValueError, match="stains must be one of"):
        panel.recipe()


def test_stains_are_picked_at_points(panel, qtbot):
    panel.space.space.value = "stains"
    rows, layers = panel.space.stains, panel.viewer.layers
    rows.which.value = "own"
    layers["section"].scale = (0.5, 0.5)
    before = rows.text.value
    qtbot.mouseClick(rows.pick_button, Qt.MouseButton.LeftButton)
    assert "Click on two or three places" in rows.note.text()
    assert not rows.note.isHidden()
    assert layers["stains"].mode == "add"
    layers["stains"].add([[10, 20]])
    qtbot.mouseClick(rows.pick_button, Qt.MouseButton.LeftButton)
    assert "There are 1 in 'stains'" in rows.note.text()
    assert rows.text.value == before
    layers["stains"].add([[60, 40]])
    qtbot.mouseClick(rows.pick_button, Qt.MouseButton.LeftButton)
    assert rows.note.isHidden()
    assert panel.recipe().stains == pick_colors(SECTION, [(10, 20), (60, 40)])
    layers["stains"].add([[5000, 40]])
    qtbot.mouseClick(rows.pick_button, Qt.MouseButton.LeftButton)
    assert rows.note.text() == "a place must lie in 0..95, got 5000"


def test_points_lie_where_the_world_has_them(panel):
    panel.space.space.value = "stains"
    panel.space.stains.which.value = "own"
    panel.viewer.layers["section"].translate = (100, 0)
    panel.viewer.add_points([[110, 20], [160, 40]], name="marks")
    panel.space.stains.pick_button.click()
    assert panel.recipe().stains == pick_colors(SECTION, [(10, 20), (60, 40)])


def test_a_result_brings_its_stains_back_in_numbers(panel, qtbot):
    panel.space.space.value = "stains"
    indexed = run(panel, qtbot)
    recipe = read_recipe(panel.viewer.layers["section quantized"])
    assert isinstance(recipe.stains, Stains)
    panel.set_recipe(recipe)
    assert panel.recipe() == recipe
    np.testing.assert_array_equal(run(panel, qtbot).labels, indexed.labels)


def test_the_curve_follows_the_stains(panel, qtbot):
    panel.space.space.value = "stains"
    panel.curve.fold.expand(False)
    for stains in (None, "h-dab"):
        expected = cq.error_curve(SECTION, space="stains", stains=stains).mean_de2000
        panel.space.stains.which.value = stains
        qtbot.waitUntil(
            lambda expected=expected: (
                panel.curve.curve is not None and np.array_equal(panel.curve.curve.mean_de2000, expected)
            ),
        )


def test_a_preview_has_the_stains_of_the_image_and_not_of_what_is_seen():
    seen = VisibleRegion(SECTION[:40, 30:80], rgb=True, placement={})
    recipe = cq.Recipe(n_colors=5, space="stains")
    made = preview(Image(SECTION), seen, recipe, Scope(), {}, None)()
    expected = cq.quantize(SECTION, 5, space="stains")
    assert made.palette.hex == expected.palette.hex
    np.testing.assert_array_equal(made.rgb[..., :3], expected.to_rgb()[:40, 30:80])
    given = preview(Image(SECTION), seen, recipe.replace(palette=expected.palette), Scope(), {}, made.counted)()
    np.testing.assert_array_equal(given.rgb, made.rgb)
