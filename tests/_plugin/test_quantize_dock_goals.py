"""One choice for a newcomer: what kind of picture it is."""

import pytest

import napari_colorquant as cq
from napari_colorquant._plugin.layers.provenance import read_recipe
from napari_colorquant._plugin.quantize_dock.goals import GOALS


@pytest.mark.parametrize("goal", GOALS, ids=lambda goal: goal.title)
def test_a_goal_is_a_recipe_that_runs_and_is_known_again(goal, photo):
    recipe = goal.apply(cq.Recipe(space="lab", quantizer="wu", rare=0.7, seed=5, fixed=("#010203",)))
    assert (recipe.seed, recipe.fixed) == (5, ("#010203",))
    assert goal.suits(recipe)
    assert [other for other in GOALS if other.suits(recipe)] == [goal]
    assert goal.suits(recipe.replace(n_colors=77, dither="bayer"))
    assert not goal.suits(recipe.replace(rare=0.9))
    assert len(cq.quantize(photo, recipe.n_colors, quantizer=recipe.quantizer, space=recipe.space).palette) > 1
    assert goal.words.endswith(".")


def test_a_new_panel_has_the_goal_of_the_defaults(panel):
    assert panel.goal.goal.value is GOALS[0]
    assert panel.recipe() == cq.Recipe()


def test_a_goal_sets_what_stands_under_advanced_and_leaves_the_rest(viewer, panel, run):
    panel.seed.seed.value = 3
    panel.focus.fixed.value = "#ff00ff"
    for goal in GOALS:
        panel.goal.goal.value = goal
        recipe = panel.recipe()
        assert recipe == goal.apply(recipe)
        assert (recipe.seed, recipe.fixed) == (3, ("#ff00ff",))
        assert panel.goal.words.text() == goal.words
    run(panel)
    assert goal.suits(read_recipe(viewer.layers["photo quantized"]))


def test_fluorescence_takes_visible_channels_as_one_image(viewer, panel, gray_photo):
    fluorescence = next(goal for goal in GOALS if goal.title == "Fluorescence")
    viewer.layers.clear()
    viewer.add_image(gray_photo, name="nuclei", colormap="blue", blending="additive")
    panel.goal.goal.value = fluorescence
    assert panel.image.image.value is viewer.layers["nuclei"]  # one channel is its own image
    viewer.add_image(gray_photo, name="actin", colormap="green", blending="additive")
    panel.goal.goal.value = GOALS[0]
    panel.goal.goal.value = fluorescence
    assert panel.image.image.value == panel.image.VISIBLE


def test_the_goal_follows_what_is_chosen_below(panel):
    section = next(goal for goal in GOALS if goal.title == "Stained section")
    panel.goal.goal.value = section
    panel.colors.n_colors.value = 9
    panel.dither.method.value = "bayer"
    assert panel.goal.goal.value is section
    panel.space.space.value = "luv"
    assert panel.goal.goal.current_choice == "Own choices"
    assert panel.recipe().space == "luv"
    panel.set_recipe(section.apply(cq.Recipe()))
    assert panel.goal.goal.value is section


def test_a_goal_leaves_a_palette_that_is_given(panel):
    panel.palette_source.source.value = "pico8"
    panel.goal.goal.value = GOALS[2]
    assert panel.palette_source.source.value == "pico8"
