"""Files on the command line: what is passed over, noted, and decided before the work."""

import numpy as np
import pytest
import tifffile
from PIL import Image

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
    for words in (["-n", "4"], ["--map", "ega"], ["--shared"], ["--report"]):
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
