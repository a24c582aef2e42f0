"""Stains from the terminal: found, given, told, and one set for many images."""

import json
import shlex

import numpy as np
import pytest
from PIL import Image

import napari_colorquant as cq
from napari_colorquant.cli import main
from napari_colorquant.cli.recipe_lines import as_command
from napari_colorquant.io.palettes import read_palette_recipe
from napari_colorquant.spaces.stains import estimate_stains, read_stains, write_stains
from sections import EOSIN, make_section

SECTION, _ = make_section(size=96)
OTHER, _ = make_section(EOSIN, size=96, seed=4)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder, entered, with two sections."""
    monkeypatch.chdir(tmp_path)
    Image.fromarray(SECTION).save("a.png")
    Image.fromarray(OTHER).save("b.png")
    return tmp_path


def labels_of(path):
    with Image.open(path) as image:
        return np.asarray(image)


@pytest.mark.parametrize("stains", [None, "vahadane", "h-dab", "#7a78a8,#a0703c", write_stains(estimate_stains(OTHER))])
def test_stains_reach_the_result_and_the_palette_file(folder, stains):
    words = [] if stains is None else ["--stains", stains]
    assert main(["a.png", "-n", "4", "--space", "stains", *words, "-o", "out.png", "--palette", "out.json"]) == 0
    expected = cq.quantize(SECTION, 4, space="stains", stains=stains)
    np.testing.assert_array_equal(labels_of("out.png"), expected.labels)
    assert read_palette_recipe("out.json") == expected.recipe.to_dict()


def test_the_line_of_a_result_does_it_again_with_its_numbers(folder):
    indexed = cq.quantize(SECTION, 4, space="stains")
    assert main(shlex.split(as_command(indexed.recipe, "a.png"))[1:]) == 0
    np.testing.assert_array_equal(labels_of("out.png"), indexed.labels)


def test_the_report_has_the_stains_as_qupath_reads_them(folder, capsys):
    assert main(["a.png", "-n", "4", "--space", "stains", "--report"]) == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("stains: "))
    text = line.removeprefix("stains: ")
    assert read_stains("stains", text) == estimate_stains(SECTION)
    assert json.loads(text)["Stain 1"] == "hematoxylin"
    assert main(["a.png", "-n", "4", "--report"]) == 0
    assert "stains" not in capsys.readouterr().out


def test_a_shared_palette_has_shared_stains(folder):
    assert main(["a.png", "b.png", "-n", "5", "--space", "stains", "--shared", "-o", "out/"]) == 0
    stains = estimate_stains(np.stack([SECTION, OTHER]))
    palette = cq.design_palette([SECTION, OTHER], 5, space="stains")
    for name, image in (("a", SECTION), ("b", OTHER)):
        expected = cq.map_pixels(image, palette, space="stains", stains=stains)
        np.testing.assert_array_equal(labels_of(f"out/{name}.png"), expected.labels)


@pytest.mark.parametrize("stains", ["mallory", "{", "#7a78a8", "#zzz,#000"])
def test_what_is_no_stains_is_told_before_any_work(folder, capsys, stains):
    assert main(["a.png", "-n", "4", "--space", "stains", "--stains", stains, "-o", "out.png"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("colorquant: error: ")
    assert " must " in line
    assert not (folder / "out.png").exists()
