"""Files on the command line: what is passed over, noted, and decided before the work."""

import subprocess
import sys

import numpy as np
import pytest
import tifffile
from PIL import Image

import napari_colorquant as cq
from napari_colorquant.cli import main
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.read import read_image_file


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder, entered."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_tile_without_data_is_written_as_such_and_noted(folder, photo, capsys):
    (folder / "tiles").mkdir()
    clear = np.zeros((*photo.shape[:2], 4), np.uint8)
    for name, tile in (("a", photo), ("b", clear), ("._a", photo)):
        Image.fromarray(tile).save(folder / "tiles" / f"{name}.png")
    Image.fromarray(photo).save(folder / "tiles" / ".hidden.png")
    for words in (["-n", "4"], ["--map", "ega"], ["--shared"], ["--report"], ["--scale", "range"]):
        assert main(["tiles", "-o", "out/", "--force", *words]) == 0
        assert sorted(path.name for path in (folder / "out").iterdir()) == ["a.png", "b.png"]
        assert not read_image_file("out/b.png")[..., 3].any()
        told = capsys.readouterr()
        assert "colorquant: note: tiles/b.png: it has no pixel with data, and its labels say so" in told.err
        assert "error" not in told.err
    assert main(["tiles/b.png", "-o", "b.tif"]) == 0
    assert capsys.readouterr().out == ""
    assert not read_image_file("b.tif")[..., 3].any()
    for words in ([], ["-o", "c.png", "--palette", "c.gpl"]):  # nothing to tell, nothing to write
        assert main(["tiles/b.png", *words]) == 2
        assert "must have at least one pixel with data" in capsys.readouterr().err


def test_what_was_decided_in_reading_is_noted(folder, photo, capsys):
    tifffile.imwrite(folder / "a.tif", np.dstack([photo, photo[..., :1]]), photometric="rgb", extrasamples=[0])
    assert main(["a.tif", "-o", "a.png"]) == 0
    noted = capsys.readouterr().err
    assert noted == "colorquant: note: a.tif: its further samples are not declared as alpha, and were left out\n"
    assert main(["a.tif", "-o", "a.png", "--force", "--quiet"]) == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("suffix", [".png", ".apng", ".gif", ".tif"])
def test_where_an_index_tells_of_missing_data_255_colours_are_left(folder, rng, suffix, capsys):
    pixels = rng.integers(0, 256, (40, 50, 4), np.uint8)
    pixels[..., 3] = np.where(rng.random((40, 50)) > 0.3, 255, 0)
    Image.fromarray(pixels).save(folder / "gaps.png")
    Image.fromarray(pixels[..., :3]).save(folder / "full.png")
    palette = folder / "p.gpl"
    assert main(["full.png", "-n", "256", "-o", f"a{suffix}", "--palette", str(palette)]) == 0
    assert len(read_indexed(f"a{suffix}").palette) == 256
    assert capsys.readouterr().err == ""
    assert main(["gaps.png", "-n", "256", "-o", f"b{suffix}"]) == 0
    assert "note: gaps.png: 255 colours, since one index tells of missing data" in capsys.readouterr().err
    found = read_indexed(f"b{suffix}")
    assert len(found.palette) == 255
    np.testing.assert_array_equal(found.valid, pixels[..., 3] > 0)
    assert main(["gaps.png", "--map", str(palette), "-o", f"c{suffix}"]) == 2
    assert "the palette must have at most 255 colours, got 256" in capsys.readouterr().err
    assert main(["gaps.png", "-n", "256", "-o", "gaps.webp"]) == 0
    assert len(np.unique(read_image_file("gaps.webp")[pixels[..., 3] > 0], axis=0)) == 256


def test_a_stack_is_refused_as_one_plane_before_the_work(folder, photo, capsys, monkeypatch):
    stack = np.stack([photo, photo[::-1]])
    tifffile.imwrite(folder / "stack.tif", stack, photometric="rgb", metadata={"axes": "TYXS"})
    monkeypatch.setattr("napari_colorquant.pipeline.pyramid.run", None)
    for target in ("out.png", "-"):
        assert main(["stack.tif", "-o", target]) == 2
        assert (
            "an image that is written as png must have one plane, got axes t, y, x; write one of"
            in capsys.readouterr().err
        )


@pytest.fixture
def soft(folder):
    """A PNG of a red square on a shadow that fades, (24, 40, 4) uint8."""
    pixels = np.zeros((24, 40, 4), np.uint8)
    pixels[..., 3] = np.linspace(200, 0, 40).astype(np.uint8)
    pixels[4:20, 4:20] = 250, 80, 60, 255
    Image.fromarray(pixels).save(folder / "soft.png")
    return pixels


def test_alpha_is_graded_where_the_file_shows_it_and_cut_elsewhere(soft, capsys):
    for suffix, mode in (
        (".png", "graded"),
        (".apng", "graded"),
        (".webp", "graded"),
        (".gif", "cut"),
        (".tif", "cut"),
    ):
        assert main(["soft.png", "-n", "6", "-o", f"a{suffix}"]) == 0
        expected = cq.quantize(soft, 6, alpha=mode).to_rgb()
        shown = read_image_file(f"a{suffix}")
        seen = expected[..., 3] > 0
        np.testing.assert_array_equal(shown[..., 3], expected[..., 3])
        np.testing.assert_array_equal(shown[seen], expected[seen])
    assert main(["soft.png", "-n", "6", "-o", "b.png", "--alpha", "cut", "--transparent", "first"]) == 0
    with Image.open("b.png") as picture:
        assert picture.info["transparency"] == 0
        assert np.array_equal(np.array(picture) == 0, soft[..., 3] < 128)
    assert main(["soft.png", "-o", "c.png", "--alpha", "half"]) == 2
    assert "alpha must be one of auto, graded, cut, ignore, got 'half'" in capsys.readouterr().err


def test_256_colours_make_room_for_nothing_where_some_are_hardly_seen(folder, rng, capsys):
    pixels = rng.integers(0, 256, (40, 50, 4), np.uint8)
    pixels[..., 3] |= 1
    Image.fromarray(pixels).save(folder / "soft.png")
    assert main(["soft.png", "-n", "256", "-o", "a.png"]) == 0
    assert "note: soft.png: 255 colours, since one index tells of missing data" in capsys.readouterr().err
    with Image.open("a.png") as picture:
        np.testing.assert_array_equal(np.array(picture.convert("RGBA")), cq.quantize(pixels, 255).to_rgb())


_WITHOUT_THE_EXTRA = """
import sys
for name in ("dask", "distributed", "zarr", "imagecodecs"):
    sys.modules[name] = None
from napari_colorquant.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize("name", ["photo.png", "photo.tif"])
def test_tiff_is_written_and_read_without_the_extra(folder, photo, name):
    Image.fromarray(photo).save(folder / name)
    for words in ([name, "-n", "5", "-o", "out.tif"], ["out.tif", "-n", "3", "-o", "again.ome.tif"]):
        run = [sys.executable, "-W", "error", "-c", _WITHOUT_THE_EXTRA, *words, "--quiet"]
        done = subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    np.testing.assert_array_equal(read_indexed(folder / "out.tif").labels, cq.quantize(photo, 5).labels)
    assert len(read_indexed(folder / "again.ome.tif").palette) == 3
