"""The commands that measure: a folder as an experiment, two results compared, objects, palettes told apart."""

import csv

import numpy as np
import pytest
import tifffile
from PIL import Image

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.annotate.patterns.compare import compare
from napari_colorquant.annotate.tables.objects import object_colors
from napari_colorquant.cli import main
from napari_colorquant.io.palettes import read_palette_recipe


@pytest.fixture
def folder(tmp_path, photo, monkeypatch):
    """A folder, entered, with a folder of two photographs and a broken one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    Image.fromarray(photo[:64]).save("in/a.png")
    Image.fromarray(photo[64:]).save("in/b.png")
    return tmp_path


def run(*words):
    return main([str(word) for word in words])


def _rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_folder_is_measured_with_one_palette_and_goes_on(folder, photo, capsys):
    assert run("measure", "in", "-o", "out", "-n", 4, "--space", "lab", "--title", "Mine") == 0
    assert "out/report.html: 2 images, 4 colours" in capsys.readouterr().out
    palette = cq.design_palette([photo[:64], photo[64:]], 4, space="lab")
    assert cq.read_palette("out/palette.json").hex == palette.hex
    rows = _rows("out/measurements.csv")
    shares = cq.map_pixels(photo[:64], palette, space="lab").palette.shares
    np.testing.assert_allclose([float(row["share"]) for row in rows[:4]], shares)
    assert "<title>Mine</title>" in (folder / "out/report.html").read_text()
    (folder / "in/c.png").write_bytes(b"broken")
    assert run("measure", "in", "-o", "out", "-n", 4, "--space", "lab", "--from", "in/a.png", "--from", "in/b.png") == 1
    told = capsys.readouterr()
    assert "c.png must be an image file" in told.err
    assert "2 of 3 images were done before" in told.err


def test_a_csv_gets_the_table_of_the_report_alone(folder, capsys):
    choices = ("-n", 4, "--space", "lab", "--pixel-size", "0.5", "--unit", "um")
    assert run("measure", "in", "-o", "out", *choices, "--quiet") == 0
    assert run("measure", "in", "-o", "t.csv", *choices) == 0
    assert capsys.readouterr().out == "t.csv: 2 images, 4 colours\n"
    assert (folder / "t.csv").read_bytes() == (folder / "out/measurements.csv").read_bytes()
    assert run("measure", "in/a.png", "-o", "t.csv", *choices) == 2
    assert run("measure", "in/a.png", "-o", "t.csv", *choices, "--force", "--map", "out/palette.json", "--quiet") == 2
    assert "--map takes a palette as it is, so -n must be left out" in capsys.readouterr().err
    assert run("measure", "in/a.png", "-o", "t.csv", "--map", "out/palette.json", "--force", *choices[4:]) == 0
    assert [row["image"] for row in _rows("t.csv")] == ["a.png"] * 4
    (folder / "in/c.png").write_bytes(b"broken")
    assert run("measure", "in", "-o", "u.csv", *choices) == 1
    assert "c.png must be an image file" in capsys.readouterr().err
    assert run("measure", "in", "-o", "v.csv", "--title", "Mine") == 2
    assert run("measure", "in/c.png", "-o", "v.csv") == 2
    assert not (folder / "v.csv").exists()


def test_the_palette_file_of_a_report_does_it_again(folder, capsys):
    assert run("measure", "in", "-o", "out", "-n", 4, "--space", "lab", "--smoothness", 1, "--quiet") == 0
    assert run("measure", "in", "-o", "again", "--map", "out/palette.json", "--quiet") == 0
    assert capsys.readouterr().out == ""
    for name in ("measurements", "adjacency", "pattern", "patches"):
        assert (folder / f"again/{name}.csv").read_text() == (folder / f"out/{name}.csv").read_text()
    assert read_palette_recipe("again/palette.json")["smoothness"] == 1


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ["in", "-o", "out", "--map", "ega", "-n", "4"],
            "so -n must be left out",
        ),
        (["in", "-o", "out", "--map", "ega", "--from", "in"], "so --from must be left out"),
        (["in", "-o", "in"], "output must not be one of the inputs, got in"),
        (["in", "-o", "out", "--pixel-size", "0"], "a pixel size must be one or two numbers > 0, got '0'"),
        (["in", "-o", "out", "--map", "ega", "--by", "class"], ""),
    ],
)
def test_what_cannot_be_measured_is_told(folder, words, told, capsys):
    assert run("measure", *words) == 2
    assert told in capsys.readouterr().err


def test_two_results_are_compared(folder, photo, capsys):
    first, second = cq.quantize(photo, 3), cq.quantize(photo, 4)
    cq.write_indexed(first, "a.png")
    cq.write_indexed(second, "b.png")
    assert run("compare", "a.png", "b.png", "-o", "c.csv") == 0
    found = compare(first, second)
    assert capsys.readouterr().out.strip() == found.describe()
    assert [int(row["pixels"]) for row in _rows("c.csv")] == found.confusion.ravel().tolist()
    assert run("compare", "a.png", "b.png", "--match", "overlap") == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("first,second,pixels,share,match\n")
    assert "Rand index" in shown.err


def test_objects_have_their_colours(folder, photo, capsys):
    labels = np.zeros(photo.shape[:2], np.uint16)
    labels[10:30, 10:30], labels[50:70, 60:90] = 3, 500
    tifffile.imwrite("labels.tif", labels)
    Image.fromarray(photo).save("photo.png")
    assert run("objects", "photo.png", "labels.tif", "-n", 2, "-o", "o.csv") == 0
    assert capsys.readouterr().out == "2 objects\n"
    expected = object_colors(photo, labels, 2)
    assert [row["color_1_hex"] for row in _rows("o.csv")] == [row["color_1_hex"] for row in expected]
    assert run("objects", "photo.png", "photo.png") == 2
    assert "the objects must be labels of one channel" in capsys.readouterr().err


def test_a_palette_is_checked_and_given_colours_to_show(folder, photo, capsys):
    named = editing.rename(cq.quantize(photo, 8), {0: "wall"}).palette
    cq.write_palette(named, "p.json")
    assert run("check", "p.json", "--least", 20) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["normal", "protan", "deutan", "tritan"]
    assert all(line.endswith("< 20") for line in lines)
    assert run("check", "p.json", "--least", 20, "-o", "apart.json") == 0
    assert run("check", "apart.json", "--least", 20) == 0
    written = cq.read_palette("apart.json")
    assert (written.hex, written.names) == (named.hex, named.names)
    assert run("check", "p.json", "-o", "apart.gpl") == 2
    assert "--output must be a .json" in capsys.readouterr().err
    assert run("photo.png", "-n", 4) == 2


@pytest.mark.filterwarnings("always")
def test_a_section_without_two_stains_is_told(folder, capsys):
    gray = np.repeat(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], 3, axis=2)
    Image.fromarray(gray).save("gray.png")
    assert run("gray.png", "-n", 3, "--space", "stains") == 0
    told = "fewer than two stains, so those of H&E were taken; name the set with --stains, or give a colour of each"
    assert told in capsys.readouterr().err
