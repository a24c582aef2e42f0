"""A recipe printed as Python or as a command does the same again, to the byte."""

import shlex
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import napari_colorquant as cq
from napari_colorquant import Recipe
from napari_colorquant.cli import main
from napari_colorquant.images import write_indexed_png
from napari_colorquant.pipeline import run
from napari_colorquant.reproduction import _WORDS, to_command, to_python

RECIPES = [
    Recipe(),
    Recipe(n_colors=5, space="lab", axis_weights=(0.3, 1, 2), seed=4),
    Recipe(quantizer="kmeans:iterations=3", rare=0.35, fixed=("#ff0000", "#00ff00")),
    Recipe(quantizer="median_cut:split_at=mean", n_colors=9, scale=(10, 200)),
    Recipe(n_colors="auto", target={"mean_de2000": 7.123}),
    Recipe(palette=cq.Palette([[0, 0, 0], [255, 255, 255], [200, 30, 30]]), space="srgb", remove_unused=True),
    Recipe(dither="floyd_steinberg:strength=0.5,serpentine=false", n_colors=4),
]


@pytest.mark.parametrize("recipe", RECIPES)
def test_python_code_does_it_again(photo: np.ndarray, recipe: Recipe) -> None:
    first = run(photo, recipe)
    names = {"image": photo}
    exec(to_python(recipe), names)
    again = names["indexed"]
    assert np.array_equal(again.labels, first.labels)
    assert again.palette.hex == first.palette.hex


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_command_does_it_again(photo: np.ndarray, recipe: Recipe, tmp_path: Path) -> None:
    source, ours, theirs = (tmp_path / name for name in ("my photo.png", "ours.png", "theirs.png"))
    Image.fromarray(photo).save(source)
    write_indexed_png(run(photo, recipe), ours)
    command = shlex.split(to_command(recipe, str(source), str(theirs)))
    assert command[0] == "colorquant"
    assert main(command[1:]) == 0
    assert ours.read_bytes() == theirs.read_bytes()


def test_every_choice_can_be_written() -> None:
    assert set(_WORDS) == {field.name for field in fields(Recipe)}


def test_defaults_are_left_out() -> None:
    assert to_python(Recipe()) == "import napari_colorquant as cq\nindexed = cq.quantize(image)\n"
    assert to_command(Recipe(), "a b.png") == "colorquant 'a b.png' -o quantized.png"
