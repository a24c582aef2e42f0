"""Annotations from the terminal: outlines, components, a legend, labels in the image's own OME-Zarr."""

import csv
import json

import numpy as np
import pytest
import zarr
from PIL import Image

import napari_colorquant as cq
from napari_colorquant.annotate.shapes.cleaning import clean
from napari_colorquant.annotate.shapes.geojson import make_features
from napari_colorquant.annotate.shapes.polygons import to_polygons
from napari_colorquant.cli import main


@pytest.fixture
def folder(tmp_path, photo, monkeypatch):
    """A folder, entered, with a photograph as PNG and as OME-Zarr."""
    monkeypatch.chdir(tmp_path)
    Image.fromarray(photo).save("photo.png")
    group = zarr.create_group("photo.zarr", zarr_format=3)
    group.create_array("0", data=photo, chunks=(60, 50, 3))
    scale = [{"type": "scale", "scale": [0.5, 0.5, 1]}]
    axes = [{"name": name, "type": "space", "unit": "micrometer"} for name in "yx"] + [{"name": "c", "type": "channel"}]
    group.attrs["ome"] = {
        "version": "0.5",
        "multiscales": [{"axes": axes, "datasets": [{"path": "0", "coordinateTransformations": scale}]}],
    }
    return tmp_path


def run(*words):
    return main([str(word) for word in words])


def test_every_choice_reaches_the_result(folder, photo):
    cleaning = {"min_size": 12.0, "majority": 1.0}
    words = ["--smoothness", "1.5", "--clean", "min_size=12,majority=1", "--quiet"]
    assert run("photo.png", "-n", 5, *words, "-o", "out.png") == 0
    expected = cq.quantize(photo, 5, smoothness=1.5, cleaning=cleaning)
    with Image.open("out.png") as image:
        np.testing.assert_array_equal(np.asarray(image), expected.labels)
    np.testing.assert_array_equal(clean(cq.quantize(photo, 5, smoothness=1.5), **cleaning).labels, expected.labels)


def test_the_report_tells_what_smoothness_cost(folder, capsys):
    assert run("photo.png", "-n", 5, "--smoothness", 2, "--report") == 0
    assert "smoothness moved" in capsys.readouterr().out
    assert run("photo.png", "-n", 5, "--report") == 0
    assert "smoothness" not in capsys.readouterr().out


@pytest.mark.parametrize("source", ["photo.png", "photo.zarr"])
def test_every_file_is_written_of_one_result(folder, photo, source):
    files = ["a.geojson", "a.json", "a.svg", "a.csv"]
    words = [word for file in files for word in ("--annotate", file)]
    assert (
        run(source, "-n", 4, *words, "--legend", "legend.svg", "--tolerance", 1, "--each", "component", "--quiet") == 0
    )
    expected = cq.quantize(photo, 4)
    features = list(make_features(expected, each="component", tolerance=1))
    assert json.loads((folder / "a.geojson").read_text())["features"] == features
    assert json.loads((folder / "a.json").read_text())["images"][0]["file_name"] == source
    assert (folder / "a.svg").read_text().count("<path") == 4
    assert (folder / "legend.svg").read_text().count("<rect") == 4
    with open("a.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len({polygon.component for polygon in to_polygons(expected)})
    assert {row["unit"] for row in rows} == ({"pixel"} if source == "photo.png" else {"µm"})
    assert sum(float(row["area"]) for row in rows) == photo[..., 0].size * (1 if source == "photo.png" else 0.25)


def test_labels_go_into_the_image(folder, photo, capsys):
    assert run("photo.zarr", "-n", 4, "--labels", "colors", "--quiet") == 0
    np.testing.assert_array_equal(
        zarr.open("photo.zarr/labels/colors/0", mode="r")[:], cq.quantize(photo, 4).labels + 1
    )
    assert run("photo.zarr", "-n", 3, "--labels", "colors") == 2
    assert "must not exist unless it may be overwritten" in capsys.readouterr().err
    assert run("photo.zarr", "-n", 3, "--labels", "colors", "--force", "--quiet") == 0
    assert zarr.open("photo.zarr/labels/colors/0", mode="r")[:].max() == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--annotate", "a.txt"], "--annotate must write one of .geojson, .json, .svg, .csv, got a.txt"),
        (["--legend", "a.png"], "--legend must write .svg, got a.png"),
        (["--annotate", "a.svg", "--legend", "a.svg"], "must have different names, got a.svg twice"),
        (["--annotate", "photo.svg", "-o", "photo.svg"], "got"),
        (["--annotate", "none/a.svg"], "output must lie in a folder that exists"),
        (["--labels", "x"], "--labels must have an OME-Zarr image as input, got photo.png"),
        (["photo.zarr", "--annotate", "a.svg"], "annotations must be of one image with one palette, got 2 images"),
        (["--tolerance", "-1"], "--tolerance must lie in 0.0"),
        (["--clean", "min_size"], "options must be written name=value"),
        (["--clean", "size=3"], "an option of clean_groups must be one it has"),
        (["--smoothness", "11"], "--smoothness must lie in 0.0..10.0"),
        (["--smoothness", "1", "--dither", "bayer"], "--dither must be 'none' with --smoothness 1.0"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_written(folder, capsys, words, message):
    before = sorted(path.name for path in folder.rglob("*"))
    assert run("photo.png", *words) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.splitlines()) == 1
    assert sorted(path.name for path in folder.rglob("*")) == before
