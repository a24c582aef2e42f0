"""A folder as an experiment: one palette, tables of all, a page that needs nothing, and work that goes on."""

import csv
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant._runtime.progress import Cancelled, watch
from napari_colorquant.annotate.report import experiment
from napari_colorquant.annotate.report.experiment import TABLES, run_experiment
from napari_colorquant.annotate.tables.files import apply_palette
from napari_colorquant.annotate.tables.table import measure


@pytest.fixture
def images(tmp_path, photo):
    """Four parts of the photograph as files, and one that is broken."""
    folder = tmp_path / "images"
    folder.mkdir()
    for number, (y, x) in enumerate([(0, 0), (0, 64), (64, 0), (64, 64)]):
        Image.fromarray(photo[y : y + 64, x : x + 64]).save(folder / f"{number}.png")
    (folder / "4 <b>.png").write_bytes(b"no picture")
    return sorted(folder.iterdir())


@pytest.fixture
def palette(photo):
    named = editing.rename(cq.quantize(photo, 5), {0: "sky & <i>"})
    return editing.classify(named, {0: "light", 1: "dark", 2: "dark"}).palette


class _Page(HTMLParser):
    """Every tag that is opened and closed, what is linked, and the text."""

    def __init__(self, text):
        super().__init__()
        self.open, self.links, self.words, self.tags = [], [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        if tag not in ("meta", "img", "line"):
            self.open.append(tag)
        self.links += [value for name, value in attributes if name in ("src", "href")]

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def test_every_image_is_measured_with_one_palette(images, palette, tmp_path, photo):
    found = run_experiment(images, tmp_path / "out", palette, by="color", pixel_size=(2, 3), unit="mm")
    assert (found.measured, found.kept, list(found.errors)) == (4, 0, ["4 <b>.png"])
    rows = found.tables["measurements"]
    indexed = apply_palette(photo[:64, 64:], palette)
    expected = measure(indexed, photo[:64, 64:], pixel_size=(2, 3), unit="mm")
    assert [row for row in rows if row["image"] == "1.png"] == [{"image": "1.png", **row} for row in expected]
    for name in TABLES:
        with open(tmp_path / "out" / f"{name}.csv", newline="") as file:
            assert len(list(csv.DictReader(file))) == len(found.tables[name])
    assert cq.read_palette(tmp_path / "out/palette.json").names == palette.names


def test_the_page_is_whole_and_shows_every_image(images, palette, tmp_path):
    found = run_experiment(images, tmp_path / "out", palette, title="Four <parts>")
    page = _Page(found.report.read_text("utf-8"))
    assert not page.open
    assert len(page.links) == 8
    assert all(link.startswith("data:image/png;base64,") for link in page.links)  # nothing lies elsewhere
    text = " ".join(page.words)
    for words in (
        "Four <parts>",
        "4 images",
        "2 classes",
        "1 could not be read",
        "4 <b>.png",
        "dark",
        "To do it again",
    ):
        assert words in text
    assert "script" not in page.tags
    assert "i" not in page.tags  # names are text
    assert page.tags.count("circle") == 2 * 4


def test_the_page_says_how_pixels_were_mapped_if_not_exactly(images, palette, tmp_path):
    for mapping, is_told in (("exact", False), ("by_cell", True)):
        found = run_experiment(images, tmp_path / mapping, palette, cq.Recipe(mapping=mapping))
        head = found.report.read_text("utf-8").partition("</header>")[0]
        assert ("mapped by cell, not exactly" in head) == is_told


def test_what_is_done_is_not_done_again(images, palette, tmp_path, monkeypatch):
    first = run_experiment(images[:2], tmp_path / "out", palette)
    assert (first.measured, first.kept) == (2, 0)
    done = []
    real = experiment._measure
    monkeypatch.setattr(experiment, "_measure", lambda path, plan: done.append(path.name) or real(path, plan))
    second = run_experiment(images, tmp_path / "out", palette)
    assert done == ["2.png", "3.png", "4 <b>.png"]
    assert (second.measured, second.kept) == (2, 2)
    assert second.tables["pattern"][:2] == first.tables["pattern"]
    done.clear()
    Image.new("RGB", (8, 8), "red").save(images[0])  # another picture, and the broken one is looked at again
    Image.new("RGB", (8, 8), "red").save(images[4], "PNG")
    assert run_experiment(images, tmp_path / "out", palette).errors == {}
    assert done == ["0.png", "4 <b>.png"]
    done.clear()
    run_experiment(images, tmp_path / "out", palette, by="color")
    assert len(done) == 5
    (tmp_path / "out/parts/2.png.part.json").write_text("{")  # a part that was damaged
    done.clear()
    run_experiment(images, tmp_path / "out", palette, by="color")
    assert done == ["2.png"]


def test_an_experiment_that_was_stopped_goes_on(images, palette, tmp_path):
    def listen(share, text):
        if text.startswith("3 of"):
            raise Cancelled

    with pytest.raises(Cancelled), watch(listen):
        run_experiment(images, tmp_path / "out", palette)
    assert not (tmp_path / "out/report.html").exists()
    found = run_experiment(images, tmp_path / "out", palette)
    assert (found.measured, found.kept) == (2, 2)


def test_a_palette_is_designed_from_all_that_can_be_read_or_from_chosen_ones(images, tmp_path, photo):
    recipe = cq.Recipe(n_colors=4)
    found = run_experiment(images, tmp_path / "out", recipe=recipe)
    parts = [photo[y : y + 64, x : x + 64] for y in (0, 64) for x in (0, 64)]
    assert found.palette.hex == cq.design_palette(parts, 4).hex
    again = run_experiment(images, tmp_path / "out", recipe=recipe)
    assert (again.palette, again.kept) == (found.palette, 4)
    chosen = run_experiment(images, tmp_path / "one", recipe=recipe, design_from=images[3:4])
    assert chosen.palette.hex == cq.design_palette(parts[3], 4).hex
    with pytest.raises(ValueError, match=r"paths must name an image with colours to choose from, got .*4 <b>.png"):
        run_experiment(images, tmp_path / "none", design_from=images[4:])


def test_a_stack_has_rows_for_each_frame_and_gray_and_gaps_are_drawn(tmp_path, photo, rgba_photo, palette):
    import tifffile

    tifffile.imwrite(tmp_path / "stack.tif", np.stack([photo[:64], photo[64:]]), photometric="rgb")
    Image.fromarray(rgba_photo).save(tmp_path / "gaps.png")
    Image.fromarray(photo[..., 0]).save(tmp_path / "gray.png")
    paths = [tmp_path / name for name in ("stack.tif", "gaps.png", "gray.png")]
    found = run_experiment(paths, tmp_path / "out", palette, per_frame=True)
    assert not found.errors
    frames = [row["frame"] for row in found.tables["pattern"]]
    assert frames == ["0", "1", "", ""]


def test_a_folder_of_something_else_is_left_alone(images, palette, tmp_path):
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(FileExistsError, match=r"report\.html must not exist unless it may be overwritten"):
        run_experiment(images, tmp_path, palette)
    assert (tmp_path / "report.html").read_text() == "mine"
    run_experiment(images[:1], tmp_path, palette, overwrite=True)
    run_experiment(images[:1], tmp_path, palette)  # it is an experiment now


def test_what_cannot_be_measured_together_is_told(images, palette, tmp_path):
    with pytest.raises(ValueError, match=r"paths must have different names, got '0\.png'"):
        run_experiment([images[0], tmp_path / "0.png"], tmp_path / "out", palette)
    with pytest.raises(ValueError, match="paths must name at least one image"):
        run_experiment([], tmp_path / "out", palette)
