"""The recipe: every choice checked once, and JSON there and back."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import napari_colorquant as cq
from napari_colorquant import Recipe, _recipe_fields

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
        ({"n_colors": "many"}, ValueError, "n_colors must lie in 1..65536 or be 'auto', got 'many'"),
        ({"seed": -1}, ValueError, "seed must lie in 0..2147483647, got -1"),
        ({"rare": 1.5}, ValueError, "rare must lie in 0.0..1.0, got 1.5"),
        ({"rare": "much"}, TypeError, "rare must be a number, got 'much'"),
        ({"smoothness": -0.1}, ValueError, "smoothness must lie in 0.0..10.0, got -0.1"),
        ({"smoothness": 1, "dither": "bayer"}, ValueError, "dither must be 'none' with smoothness=1.0, got 'bayer'"),
        ({"smoothness": 1, "keep": "chroma"}, ValueError, "keep must be 'none' with smoothness=1.0, got 'chroma'"),
        ({"cleaning": {"min_size": -1}}, ValueError, "cleaning: min_size must lie in 0.0..1000000000000.0, got -1"),
        ({"cleaning": [{"size": 1}]}, TypeError, "an option of clean_groups must be one it has, got 'size'"),
        ({"cleaning": {"opening": 1}, "dither": "bayer"}, ValueError, "dither must be 'none' with cleaning=("),
        ({"smooth_frames": 1}, TypeError, "smooth_frames must be True or False, got 1"),
        ({"keep": "everything"}, ValueError, "keep must be one of none, lightness, chroma, got 'everything'"),
        ({"axis_weights": (1, 1)}, ValueError, "one number for each axis of oklab"),
        ({"axis_weights": (0, 0, 0)}, ValueError, "not all 0"),
        ({"axis_weights": {"q": 1}}, ValueError, "must name axes of oklab"),
        ({"fixed": ["#12"]}, ValueError, "a colour must be written #rrggbb or #rgb, or #rrggbbaa, got '#12'"),
        ({"scale": "huge"}, ValueError, "scale must be 'dtype', 'range' or two rising numbers"),
        ({"quantizer": "kmeans:iterations=-1"}, ValueError, "iterations must lie in"),
        ({"quantizer": "kmeans:iterations"}, ValueError, "options must be written name=value"),
    ],
)
def test_impossible_choices_say_what_must_hold(choice: dict, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        Recipe(**choice)
    assert message in str(caught.value)


def test_a_recipe_of_the_future_is_refused_and_what_it_has_more_is_named() -> None:
    with pytest.raises(ValueError, match="a recipe must be of version 1, got 2"):
        Recipe.from_dict({"version": 2})
    with pytest.raises(ValueError, match=r"version 1, got 3, with the fields \['glaze'\] that are unknown here"):
        Recipe.from_dict({"version": 3, "n_colors": 5, "glaze": True})
    with pytest.raises(ValueError, match=r"known choices only, got \['colour'\]"):
        Recipe.from_dict({"colour": 1})


def _nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


STRANGE: list[Any] = [
    None, True, False, 5, -1, 2.5, float("nan"), float("inf"), 10**400, 10**5000, "", "no", "100" * 1000, "\ud800",
    [], [[]], [None], [1, "a", {}], {}, {"a": {}}, {"": None}, {"psnr": None}, {"psnr": 10**400}, _nested(100_000),
    {"iterations": "many"}, {"oklab": 1}, {"colors": 5}, {"colors": ["#000"], "names": 5}, ["#00000"], [[0, 0, 256]],
    [1e999, 1, 1], [float("nan"), 1, 1], [1, 1e-300, 1], [10**400, 1, 1], ["1", "2", "3"], [5, 5], [0, float("inf")],
]  # fmt: skip
FIELDS = [*Recipe().to_dict()]


def _told(values: Any) -> str:
    """Return why no recipe was made of JSON values; nothing if one was, which must then survive JSON."""
    try:
        recipe = Recipe.from_dict(values)
    except ValueError as error:
        return str(error)
    assert Recipe.from_json(recipe.to_json()) == recipe
    return ""


@pytest.mark.parametrize("field", FIELDS)
def test_a_strangers_field_is_a_choice_or_a_value_error_that_names_it(field: str) -> None:
    told = [message for value in STRANGE if (message := _told({field: value}))]
    assert len(told) >= len(STRANGE) // 2
    for message in told:
        assert field in message.partition(", got ")[0]
        assert re.search(r" must .*, got ", message)
        assert len(message) < 800


@pytest.mark.parametrize("values", [None, True, 5, 2.5, "", "recipe", [], [["n_colors", 5]], {5: 5}, {None: 1}])
def test_what_is_no_recipe_at_all_is_a_value_error(values: Any) -> None:
    with pytest.raises(ValueError, match=r"a recipe must .*, got "):
        Recipe.from_dict(values)


@pytest.mark.parametrize(
    "text",
    ["", "no", "null", "[]", "5", "{", "[" * 100_000, '{"a":' * 100_000, '{"seed": ' + "9" * 5000 + "}", "NaN", None, 5,
     b"\xff", '{"n_colors": NaN}', '{"rare": Infinity}', '{"version": "1"}'],
    ids=lambda text: str(text)[:12],
)  # fmt: skip
def test_json_that_is_no_recipe_is_a_value_error(text: Any) -> None:
    with pytest.raises(ValueError, match=r" must .*, got "):
        Recipe.from_json(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=9,
)


@given(st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=5) | json_values)
def test_any_json_is_a_recipe_or_a_value_error(values: Any) -> None:
    told = _told(values)
    assert not told or re.search(r" must .*, got ", told)


def test_to_replace_values_by_themselves_is_to_keep_the_recipe_and_its_metric():
    recipe = Recipe(8, space="lab", alpha="cut")
    assert recipe.replace(profile=None, alpha=recipe.alpha) is recipe
    assert recipe.replace() is recipe
    changed = recipe.replace(profile=None, n_colors=9)
    assert (changed.n_colors, changed.space) == (9, "lab")
    with pytest.raises(TypeError):
        recipe.replace(metric=recipe.metric)


def test_defaults_which_are_not_checked_are_what_the_checks_return():
    plain = Recipe()
    for name, check in _recipe_fields.FIELDS.items():
        value = getattr(plain, name)
        assert check(name, value) == value, name
        assert type(check(name, value)) is type(value), name
