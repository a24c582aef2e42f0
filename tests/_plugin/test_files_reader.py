from dataclasses import replace

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Labels, Points
from napari.plugins import _npe2
from npe2 import PluginManager
from PIL import Image
from qtpy.QtWidgets import QFileDialog

import napari_colorquant as cq
from image_files import make_rgb_profile
from napari_colorquant._plugin.commands import file_commands
from napari_colorquant._plugin.files.reader import get_reader
from napari_colorquant._plugin.layers.indexed_layers import to_indexed
from napari_colorquant._plugin.layers.provenance import read_metadata, read_recipe
from napari_colorquant.io.image import ImageFile
from napari_colorquant.io.indexed import is_indexed_file, read_indexed
from napari_colorquant.io.palettes import write_palette
from napari_colorquant.io.read import read_image
from napari_colorquant.io.write import write_indexed
from napari_colorquant.pixels.rgb_profile import RgbProfile

PLUGIN = "napari-colorquant"
OURS = ["gpl", "hex", "pal", "act", "aco", "ase", "palette.json", "palette.csv", "palette.png"]


@pytest.fixture(scope="module")
def indexed(photo):
    found = cq.quantize(photo, 6, quantizer="median_cut")
    names = ("dark", "", "skin", "", "", "orange")
    return found.__class__(found.labels, found.palette.__class__(found.palette.colors, names=names), found.recipe)


@pytest.fixture
def viewer():
    PluginManager.instance().discover()  # a window does so when it opens
    return ViewerModel()


def test_what_is_named_as_any_text_is_not_claimed(tmp_path):
    for name in ("a.json", "a.csv", "a.xml", "a.txt", "a.png"):
        (tmp_path / name).write_text("{}")
        assert PLUGIN not in _npe2.get_readers(tmp_path / name)


@pytest.mark.parametrize("ending", OURS)
def test_a_palette_that_is_dropped_becomes_a_palette_layer(viewer, indexed, tmp_path, ending):
    path = tmp_path / f"tissue.{ending}"
    write_palette(indexed.palette, path)
    assert PLUGIN in _npe2.get_readers(path)
    (layer,) = viewer.open(path, plugin=PLUGIN)
    assert isinstance(layer, Points)
    assert layer.name == "tissue"
    assert read_metadata(layer)["role"] == "palette"
    np.testing.assert_array_equal(np.rint(layer.face_color[:, :3] * 255), indexed.palette.colors)
    assert np.all(np.diff(layer.data[:, 0]) > 0)


def test_names_and_recipe_of_our_own_format_come_along(viewer, indexed, tmp_path):
    write_palette(indexed.palette, tmp_path / "a.palette.json", recipe=indexed.recipe)
    (layer,) = viewer.open(tmp_path / "a.palette.json", plugin=PLUGIN)
    assert list(layer.features["name"]) == list(indexed.palette.names)
    assert read_recipe(layer) == indexed.recipe


@pytest.mark.parametrize("name", ["photo.png", "points.csv", "film.gif", "photo.jpg", "table.tsv"])
def test_ordinary_pictures_and_tables_stay_with_napari(viewer, tmp_path, name):
    assert PLUGIN not in _npe2.get_readers(tmp_path / name)


def test_several_palettes_become_several_layers(viewer, indexed, tmp_path):
    paths = [str(tmp_path / name) for name in ("a.gpl", "b.gpl")]
    for path in paths:
        write_palette(indexed.palette, path)
    assert [layer[1]["name"] for layer in get_reader(paths)(paths)] == ["a", "b"]


@pytest.mark.parametrize("content", [b"", b"GIMP Palette\n1 2", b"\xff" * 64])
def test_a_broken_palette_is_told_with_its_name(viewer, tmp_path, content):
    path = tmp_path / "broken.gpl"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"broken\.gpl must be a palette file"):
        viewer.open(path, plugin=PLUGIN)
    assert not viewer.layers


def test_a_photograph_is_not_taken_for_an_indexed_image(photo, tmp_path):
    path = tmp_path / "photo.indexed.png"
    Image.fromarray(photo).save(path)
    assert get_reader(str(path)) is None
    with pytest.raises(ValueError, match="must be an indexed PNG, got one of mode RGB"):
        read_indexed(path)


@pytest.mark.parametrize("holes", [False, True])
def test_an_indexed_png_comes_back_label_by_label(viewer, indexed, tmp_path, holes):
    valid = None
    if holes:
        valid = np.ones(indexed.shape, bool)
        valid[:40, :40] = False
    labels = indexed.labels if valid is None else np.where(valid, indexed.labels, 0).astype(np.uint8)
    path = tmp_path / "cells.indexed.png"
    write_indexed(indexed.__class__(labels, indexed.palette, indexed.recipe, valid), path)
    (layer,) = viewer.open(path, plugin=PLUGIN)
    assert isinstance(layer, Labels)
    assert layer.name == "cells"
    back = to_indexed(layer)
    np.testing.assert_array_equal(back.labels, labels)
    np.testing.assert_array_equal(back.palette.colors, indexed.palette.colors)
    np.testing.assert_array_equal(back.valid if holes else back.valid is None, valid if holes else True)
    assert back.palette.shares.sum() == pytest.approx(1)


def test_a_gif_comes_back_frame_by_frame(indexed, tmp_path):
    stack = np.stack([indexed.labels, (indexed.labels + 1) % 6, indexed.labels[::-1], indexed.labels[::-1]])
    path = tmp_path / "film.indexed.gif"
    write_indexed(indexed.__class__(stack, indexed.palette, indexed.recipe), path)
    back = read_indexed(path)
    np.testing.assert_array_equal(back.labels, stack)
    np.testing.assert_array_equal(back.palette.colors, indexed.palette.colors)
    assert back.valid is None


def test_frames_with_palettes_of_their_own_share_one(tmp_path):
    colors = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    frames = [Image.new("RGB", (8, 8), color) for color in colors]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    back = read_indexed(tmp_path / "a.gif")
    np.testing.assert_array_equal(back.to_rgb()[:, 4, 4], colors)


def test_transparent_entries_amid_the_palette_keep_their_place(tmp_path):
    picture = Image.fromarray(np.array([[0, 1, 2]], np.uint8))
    picture.putpalette([9, 9, 9, 50, 60, 70, 90, 80, 70])
    picture.save(tmp_path / "a.png", transparency=b"\0\xff\x80")
    back = read_indexed(tmp_path / "a.png")
    assert back.labels.tolist() == [[0, 1, 2]]
    assert back.valid.tolist() == [[False, True, True]]
    assert back.palette.hex == ("#09090900", "#323c46", "#5a504680")


def test_a_file_that_is_cut_short_is_told(indexed, tmp_path):
    path = tmp_path / "a.indexed.png"
    write_indexed(indexed, path)
    path.write_bytes(path.read_bytes()[:-400])
    assert is_indexed_file(path)
    with pytest.raises(ValueError, match="must be an indexed PNG that can be read"):
        read_indexed(path)


def test_the_menu_reads_files_of_any_name(viewer, indexed, tmp_path, monkeypatch):
    write_palette(indexed.palette, tmp_path / "swatches.csv")
    write_indexed(indexed, tmp_path / "cells.png")
    answers = {"Import a palette": "swatches.csv", "Open an indexed image": "cells.png"}
    monkeypatch.setattr(
        QFileDialog, "getOpenFileName", lambda parent, title, *rest: (str(tmp_path / answers[title]), "")
    )
    file_commands.import_palette(viewer)
    file_commands.open_indexed(viewer)
    assert [type(layer) for layer in viewer.layers] == [Points, Labels]
    assert [layer.name for layer in viewer.layers] == ["swatches", "cells"]


def test_an_indexed_tiff_lies_where_it_lay(viewer, indexed, tmp_path):
    like = ImageFile((), False, ("y", "x"), ((0.5, 0.25),), ("micrometer", "micrometer"), (3.0, 4.0))
    write_indexed(indexed, tmp_path / "tissue.indexed.tif", like)
    (layer,) = viewer.open(tmp_path / "tissue.indexed.tif", plugin=PLUGIN)
    assert isinstance(layer, Labels)
    np.testing.assert_allclose(layer.scale, (0.5, 0.25))
    np.testing.assert_allclose(layer.translate, (3, 4))
    assert [str(unit) for unit in layer.units] == ["micrometer", "micrometer"]
    assert tuple(layer.axis_labels) == ("y", "x")
    np.testing.assert_array_equal(to_indexed(layer).labels, indexed.labels)
    layer.scale = (2, 3)
    (saved,) = layer.save(str(tmp_path / "again.indexed.tif"), plugin=PLUGIN)
    again = read_image(saved)
    assert (again.scales, again.origin, again.axes) == (((2, 3),), (3, 4), ("y", "x"))
    assert again.units == ("micrometer", "micrometer")


def test_units_that_napari_does_not_know_and_axes_of_one_entry_are_no_obstacle(viewer, indexed, tmp_path):
    like = ImageFile((), False, ("t", "y", "x"), ((1, 0.5, 0.25),), ("", "smoots", "("), (0.0, 3.0, 4.0))
    frame = replace(indexed, labels=indexed.labels[np.newaxis], valid=None)
    write_indexed(frame, tmp_path / "a.indexed.tif", like)
    (layer,) = viewer.open(tmp_path / "a.indexed.tif", plugin=PLUGIN)
    np.testing.assert_array_equal(to_indexed(layer).labels, indexed.labels)
    np.testing.assert_allclose((layer.scale, layer.translate), ((0.5, 0.25), (3, 4)))
    assert [str(unit) for unit in layer.units] == ["pixel", "pixel"]


@pytest.mark.parametrize("suffix", [".indexed.png", ".indexed.tif"])
def test_what_is_shown_of_another_rgb_is_srgb_and_it_is_written_back(viewer, tmp_path, suffix):
    greens = np.array([[[0, 255, 0], [60, 255, 0], [0, 0, 0]]], np.uint8)
    profile = RgbProfile(make_rgb_profile("adobe", "Adobe"))
    path = tmp_path / f"a{suffix}"
    write_indexed(cq.quantize(greens, 3, profile=profile), path)
    (layer,) = viewer.open(str(path), plugin=PLUGIN)
    assert isinstance(layer, Labels)
    shown = np.rint(layer.colormap.map(np.unique(layer.data))[:, :3] * 255).astype(int)
    assert sorted(map(tuple, shown.tolist())) == [(0, 0, 0), (0, 255, 0), (0, 255, 0)]
    indexed = to_indexed(layer)
    assert indexed.palette.profile == profile
    write_indexed(indexed, tmp_path / f"b{suffix}")
    again = read_indexed(tmp_path / f"b{suffix}").palette
    assert again.profile == profile
    assert sorted(map(tuple, (again.levels // 257).tolist())) == [(0, 0, 0), (0, 255, 0), (60, 255, 0)]
