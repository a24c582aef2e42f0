"""What is read is never written, whatever names it has and whatever may be replaced."""

import os
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image

import napari_colorquant as cq
from napari_colorquant.cli import _paths, main


@pytest.fixture
def folder(tmp_path, photo, monkeypatch):
    """A folder, entered, of images and palettes under several names."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("napari_colorquant.pipeline.pyramid.run", None)  # nothing is done before the refusal
    for name in ("a.png", "b.png", "s.gif"):
        Image.fromarray(photo[:20, :24]).save(name)
    Path("album").mkdir()
    for name in ("0.png", "1.png"):
        Image.fromarray(photo[:20, :24]).save(Path("album", name))
    cq.write_palette(cq.PALETTES["pico8"].palette, "p.gpl")
    film = [Image.fromarray(photo[:20, :24]), Image.fromarray(photo[20:40, :24])]
    film[0].save(Path("album", "film.gif"), save_all=True, append_images=film[1:])
    labels = cq.quantize(photo[:20, :24], 4)
    cq.write_indexed(labels, "s.zarr")
    for name in ("x", "y"):
        tifffile.imwrite(f"{name}.ome.tif", photo[:20, :24, 0], metadata={"axes": "YX"})
    if os.name == "posix":
        Path("link.png").symlink_to("a.png")
        Path("linked").symlink_to("album")
    return tmp_path


def snapshot(folder):
    return {path: path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


LINKED = [] if os.name != "posix" else [
    ["a.png", "-o", "link.png"],
    ["link.png", "-o", "a.png"],
    ["album", "-o", "linked/"],
    ["linked", "-o", "album"],
]  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [
        ["a.png", "-o", "a.png"],
        ["a.png", "-o", "./album/../a.png"],
        ["a.png", "b.png", "-o", "."],
        ["album", "-o", "album"],
        ["album", "-o", "album/", "--skip-existing"],
        ["a.png", "--palette", "a.png"],
        ["a.png", "-o", "new.png", "--palette", "album/../a.png"],
        ["a.png", "b.png", "--shared", "--palette", "b.png"],
        ["a.png", "--map", "p.gpl", "--palette", "./p.gpl"],
        ["a.png", "--fixed", "p.gpl", "--palette", "p.gpl"],
        ["a.png", "b.png", "--stack", "-o", "s.zarr", "--map", "s.zarr/../p.gpl", "--palette", "p.gpl"],
        ["s.zarr", "-o", "s.zarr"],
        ["s.zarr/0", "-o", "s.zarr"],
        ["s.zarr", "-o", "new.zarr", "--palette", "s.zarr/zarr.json"],
        ["s.gif", "b.png", "--stack", "-o", "s.gif"],
        ["convert", "p.gpl", "./p.gpl"],
        *LINKED,
    ],
    ids=" ".join,
)
def test_an_output_that_is_an_input_is_refused_also_with_force(folder, capsys, arguments):
    before = snapshot(folder)
    arguments = [word.replace("/", os.sep) if word[0] != "-" else word for word in arguments]
    if "--skip-existing" not in arguments:
        arguments.append("--force")
    assert main(arguments) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 1
    assert "output must not be one of the inputs, got " in told[0]
    assert snapshot(folder) == before


def test_an_absolute_name_is_the_same_file(folder, capsys):
    assert main(["a.png", "-o", str(folder / "a.png"), "--force"]) == 2
    assert f"output must not be one of the inputs, got {folder / 'a.png'}" in capsys.readouterr().err


def test_a_part_of_an_image_in_many_files_is_an_input(folder, capsys, monkeypatch):
    monkeypatch.setattr("napari_colorquant.io.tiff.reading.find_files", lambda _: ["x.ome.tif", "y.ome.tif"])
    assert main(["x.ome.tif", "-o", "y.ome.tif", "--force"]) == 2
    assert "output must not be one of the inputs, got y.ome.tif" in capsys.readouterr().err


def test_an_animation_that_gets_its_name_by_its_content_replaces_no_input(folder, capsys, monkeypatch):
    before = snapshot(folder)
    assert main(["album/film.gif", "-o", "album", "--force"]) == 2
    assert "output must not be one of the inputs" in capsys.readouterr().err
    assert snapshot(folder) == before


def test_what_only_lies_beside_the_inputs_is_written(folder, monkeypatch):
    monkeypatch.undo()
    os.chdir(folder)
    assert main(["a.png", "-n", "4", "-o", "new.png", "--palette", "new.gpl", "--quiet"]) == 0
    assert main(["album/0.png", "-n", "4", "-o", ".", "--quiet"]) == 0
    assert np.array_equal(np.asarray(Image.open("new.png")), np.asarray(Image.open("0.png")))


def test_an_output_is_compared_without_a_look_at_each_input(tmp_path, monkeypatch):
    for i in range(200):
        (tmp_path / f"{i}.png").touch()
    names = [str(tmp_path / f"{i}.png") for i in range(200)]
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "0.png").touch()
    inputs, looks, identify = _paths.Inputs.of(names), [], _paths._identify
    monkeypatch.setattr(_paths, "_identify", lambda path: looks.append(path) or identify(path))
    _paths.check_not_an_input(str(tmp_path / "out" / "0.png"), inputs)
    assert 0 < len(looks) <= len(tmp_path.parts) + 4
    with pytest.raises(ValueError, match="must not be one of the inputs"):
        _paths.check_not_an_input(names[150], inputs)
