"""A recipe as a line to copy does the same again."""

import shlex
from dataclasses import fields

import numpy as np
import pytest

import napari_colorquant as cq
from image_files import make_rgb_profile
from napari_colorquant.cli import main
from napari_colorquant.cli._option_names import OPTIONS, name_options
from napari_colorquant.cli._parser import make_parser
from napari_colorquant.cli._quantize import _make_recipe
from napari_colorquant.cli.recipe_lines import as_command, as_python

RECIPES = [
    cq.Recipe(),
    cq.Recipe(n_colors=7, space="lab", axis_weights={"L": 0.1, "a": 2}, seed=3, rare=0.25),
    cq.Recipe(quantizer="median_cut:bits=5,split_at=mean", dither="floyd_steinberg:strength=0.3,serpentine=false"),
    cq.Recipe(n_colors="auto", target={"psnr": 22.5}, scale=(-5, 200)),
    cq.Recipe(fixed=("#ff0000", "#00ff00"), scale="range", space="gray"),
    cq.Recipe(n_colors=5, keep="lightness", space="lab", alpha="cut"),
    cq.Recipe(n_colors=5, alpha="graded", alpha_weight=0.5),
    cq.Recipe(n_colors=5, bits="rgb565", flat="mix", objective="de2000"),
    cq.Recipe(n_colors=5, smoothness=1.5, smooth_frames=True, mapping="by_cell"),
    cq.Recipe(n_colors=5, cleaning=[{"min_size": 5.5, "by": "class"}, {"majority": 1.0, "pixel_width": 0.5}]),
    cq.Recipe(n_colors=4, space="stains", stains="vahadane"),
    cq.Recipe(n_colors=4, space="stains", stains="h-dab", axis_weights={"DAB": 0.5}),
    cq.Recipe(n_colors=4, space="stains", stains=("#7a78a8", "#a0703c")),
    cq.Recipe(n_colors=4, space="stains", stains=[[0.65, 0.7, 0.29], [0.27, 0.57, 0.78]]),
    cq.Recipe(palette=cq.Palette([[0, 0, 0], [200, 100, 50]], alphas=[90, 255]), remove_unused=True, space="srgb"),
    cq.Recipe(n_colors=5, profile=make_rgb_profile("p3")),
]


def test_every_field_of_a_recipe_is_tried():
    default = cq.Recipe(space="oklab")
    tried = {
        field.name
        for field in fields(cq.Recipe)
        if any(getattr(r, field.name) != getattr(default, field.name) for r in RECIPES)
    }
    assert tried == {field.name for field in fields(cq.Recipe)}


def test_every_field_has_the_name_of_its_option():
    actions = {action.dest: action.option_strings for action in make_parser("quantize")._actions}
    names = {field.name for field in fields(cq.Recipe)} & actions.keys()
    assert {name: actions[name][0] for name in OPTIONS} == OPTIONS
    assert OPTIONS.keys() == names


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_command_line_reads_back_as_the_same_recipe(recipe):
    program, *words = shlex.split(as_command(recipe, "my photo.png", "out.png"))
    assert program == "colorquant"
    options = make_parser("quantize").parse_args(words)
    assert options.images == ["my photo.png"]
    assert options.output == "out.png"
    assert _make_recipe(options) == recipe.replace(profile=None)  # it is that of the image


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_python_lines_do_the_same(recipe, photo):
    from napari_colorquant.pipeline.verbs import run

    names = {"image": photo}
    exec(as_python(recipe), names)
    expected = run(photo, recipe)
    np.testing.assert_array_equal(names["indexed"].labels, expected.labels)
    assert names["indexed"].recipe == expected.recipe


def test_defaults_are_left_out():
    assert as_command(cq.Recipe()) == "colorquant image.png -o out.png"
    assert (
        as_python(cq.Recipe(n_colors=8)) == "import napari_colorquant as cq\nindexed = cq.quantize(image, n_colors=8)"
    )
    line = as_command(cq.Recipe(n_colors=8, space="lab", axis_weights={"L": 0}))
    assert line == "colorquant image.png -n 8 --space lab --axis-weights 0.0,1.0,1.0 -o out.png"


def test_the_line_runs(tmp_path, photo, monkeypatch):
    from PIL import Image

    monkeypatch.chdir(tmp_path)
    Image.fromarray(photo).save("image.png")
    recipe = cq.Recipe(n_colors=5, space="luv", dither="atkinson")
    assert main(shlex.split(as_command(recipe))[1:]) == 0
    with Image.open("out.png") as image:
        np.testing.assert_array_equal(np.asarray(image), cq.quantize(photo, 5, space="luv", dither="atkinson").labels)


#: A value that no field can have, for each that has an option with another name.
WRONG = {
    "n_colors": 0, "axis_weights": (1,), "quantizer": "kmean", "cleaning": [{"size": 1}], "alpha_weight": 100,
    "smooth_frames": 2, "remove_unused": 2, "target": {"psnr": -1}, "scale": "no",
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_message_names_the_option_in_place_of_the_field(name):
    with pytest.raises((TypeError, ValueError)) as refused:
        cq.Recipe(**{name: WRONG[name]})
    told = name_options(str(refused.value))
    assert told.startswith(OPTIONS[name])
    assert name.replace("_", "-") == name or name not in told


def test_every_field_whose_option_has_another_name_is_tried():
    assert {name for name, option in OPTIONS.items() if option != f"--{name}"} - {"palette"} <= WRONG.keys()


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ({"n_colors": 2, "fixed": ("#000000",) * 3}, "--fixed must have at most -n 2 colours"),
        ({"n_colors": "auto"}, "for -n auto"),
        ({"cleaning": [{"min_size": 5}], "dither": "bayer"}, "--dither must be 'none' with --clean "),
        ({"axis_weights": (1, 2, 1), "objective": "de2000"}, "--axis-weights must be equal with --objective de2000, "),
    ],
)
def test_a_message_on_two_choices_names_both_options(choices, told):
    with pytest.raises(ValueError, match="must") as refused:
        cq.Recipe(**choices)
    assert told in name_options(str(refused.value))


@pytest.mark.parametrize(
    "text", ["out/n_colors.csv must not exist", "palette must hold colours", "'n_colors' is a name"]
)
def test_names_of_files_and_what_is_no_option_stay(text):
    assert name_options(text) == text
