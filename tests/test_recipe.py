"""The recipe: every choice checked once, and JSON there and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import napari_colorquant as cq
from napari_colorquant import Recipe

recipes = st.builds(
    Recipe,
    n_colors=st.integers(1, 256),
    space=st.sampled_from(list(cq.SPACES)),
    quantizer=st.sampled_from(list(cq.QUANTIZERS)),
    dither=st.sampled_from(list(cq.DITHERS)),
    seed=st.integers(0, 2**31 - 1),
    scale=st.sampled_from(["dtype", "range", (0.0, 4095.0)]),
    rare=st.floats(0, 1),
    keep=st.sampled_from(["none"]),
    remove_unused=st.booleans(),
)


@given(recipes)
def test_a_recipe_survives_json(recipe: Recipe) -> None:
    assert Recipe.from_json(recipe.to_json()) == recipe


def test_a_recipe_with_a_palette_survives_json() -> None:
    palette = cq.Palette([[1, 2, 3], [4, 5, 6]], names=["a", "b"], locked=[True, False], title="two")
    recipe = Recipe(palette=palette)
    assert Recipe.from_json(recipe.to_json()) == recipe
    assert json.loads(recipe.to_json())["version"] == 1


def test_options_in_the_spec_and_as_a_dict_are_one_thing() -> None:
    spec = Recipe(quantizer="kmeans:iterations=7")
    assert spec == Recipe(quantizer="kmeans", quantizer_options={"iterations": 7})
    assert Recipe(quantizer="kmeans:iterations=7", quantizer_options={"iterations": 9}).quantizer_options == {
        "iterations": 9
    }


def test_the_seed_reaches_the_methods_that_have_one() -> None:
    method, options = Recipe(quantizer="minibatch_kmeans", seed=5).quantizer_method()
    assert method.name == "minibatch_kmeans"
    assert options["seed"] == 5
    assert "seed" not in Recipe(quantizer="median_cut", seed=5).quantizer_method()[1]


@pytest.mark.parametrize(
    ("choice", "error", "message"),
    [
        ({"n_colors": 2.5}, TypeError, "n_colors must be a whole number, got 2.5"),
        ({"n_colors": True}, TypeError, "n_colors must be a whole number"),
        ({"n_colors": "many"}, ValueError, "n_colors must lie in 1..256 or be 'auto', got 'many'"),
        ({"seed": -1}, ValueError, "seed must lie in 0..2147483647, got -1"),
        ({"rare": 1.5}, ValueError, "rare must lie in 0.0..1.0, got 1.5"),
        ({"rare": "much"}, TypeError, "rare must be a number, got 'much'"),
        ({"keep": "everything"}, ValueError, "keep must be one of none, lightness, chroma, got 'everything'"),
        ({"axis_weights": (1, 1)}, ValueError, "one number for each axis of oklab"),
        ({"axis_weights": (0, 0, 0)}, ValueError, "not all 0"),
        ({"axis_weights": {"q": 1}}, ValueError, "must name axes of oklab"),
        ({"fixed": ["#12"]}, ValueError, "a colour must be written #rrggbb or #rgb, got '#12'"),
        ({"scale": "huge"}, ValueError, "scale must be 'dtype', 'range' or two rising numbers"),
        ({"quantizer": "kmeans:iterations=-1"}, ValueError, "iterations must lie in"),
        ({"quantizer": "kmeans:iterations"}, ValueError, "options are written name=value"),
    ],
)
def test_impossible_choices_say_what_must_hold(choice: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        Recipe(**choice)
    assert message in str(caught.value)


def test_a_recipe_of_the_future_is_refused() -> None:
    with pytest.raises(ValueError, match="a recipe must be of version 1, got 2"):
        Recipe.from_dict({"version": 2})
    with pytest.raises(ValueError, match=r"known choices only, got \['colour'\]"):
        Recipe.from_dict({"colour": 1})
