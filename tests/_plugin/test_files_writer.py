import warnings

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Image as ImageLayer
from napari.layers import Layer
from napari.utils.colormaps import DirectLabelColormap
from npe2 import PluginManager
from PIL import Image
from qtpy.QtWidgets import QFileDialog

import napari_colorquant as cq
from napari_colorquant._plugin.commands import file_commands
from napari_colorquant._plugin.layers.frames import add_palettes
from napari_colorquant._plugin.layers.indexed_layers import to_labels_layer, to_palette_layer
from napari_colorquant.io.palettes import read_palette, read_palette_recipe
from napari_colorquant.io.read import read_image_file
from napari_colorquant.io.write import write_indexed
from napari_colorquant.pipeline.frames import run_frames

PLUGIN = "napari-colorquant"
TRAFFIC = {3: "red", 7: "yellow", 200: "green", None: "transparent"}


@pytest.fixture
def viewer():
    PluginManager.instance().discover()  # a window does so when it opens
    return ViewerModel()


def show(viewer, image, n_colors, **choices):
    """Quantize an image and show the result as the dock does; return it with its two layers."""
    indexed = cq.quantize(image, n_colors, quantizer="median_cut", **choices)
    source = ImageLayer(image, rgb=True, name="photo")
    layers = [Layer.create(*make(indexed, source, "id")) for make in (to_labels_layer, to_palette_layer)]
    for layer in layers:
        viewer.add_layer(layer)
    return indexed, *layers


@pytest.mark.parametrize(("n_colors", "bits"), [(2, 1), (4, 2), (16, 4), (17, 8), (256, 8)])
def test_labels_become_an_indexed_png_of_few_bits(viewer, photo, tmp_path, n_colors, bits):
    indexed, labels, _ = show(viewer, photo, n_colors)
    path = tmp_path / "a.png"
    assert labels.save(path, plugin=PLUGIN) == [str(path)]
    assert path.read_bytes()[24] == bits
    write_indexed(indexed, tmp_path / "core.png")
    assert path.read_bytes() == (tmp_path / "core.png").read_bytes()


def test_labels_are_saved_so_without_a_plugin_being_named(viewer, photo, tmp_path):
    show(viewer, photo, 5)
    viewer.layers.selection = {viewer.layers[0]}
    assert viewer.layers.save(tmp_path / "a.png", selected=True) == [str(tmp_path / "a.png")]
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.mode == "P"


def test_a_stack_becomes_a_gif_and_no_png(viewer, photo, tmp_path):
    _, labels, _ = show(viewer, np.stack([photo, photo[::-1]]), 5)
    labels.save(tmp_path / "a.gif", plugin=PLUGIN)
    with Image.open(tmp_path / "a.gif") as film:
        assert film.n_frames == 2
    with pytest.raises(RuntimeError, match=r"a\.png was not written: a PNG must have one plane"):
        labels.save(tmp_path / "a.png", plugin=PLUGIN)
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize(("n_colors", "suffix"), [(5, ".indexed.gif"), (200, ".indexed.gif"), (5, ".apng")])
def test_frames_with_palettes_of_their_own_are_written(viewer, photo, tmp_path, n_colors, suffix):
    stack = np.stack([photo, 255 - photo])
    frames = run_frames(stack, cq.Recipe(n_colors=n_colors, quantizer="median_cut"), rgb=True)
    first = frames.frame(0)
    made = to_labels_layer(
        first.__class__(frames.labels, first.palette, frames.recipe), ImageLayer(stack, rgb=True), "id"
    )
    add_palettes([made], frames, 0)
    layer = Layer.create(*made)
    layer.save(tmp_path / f"a{suffix}", plugin=PLUGIN)
    expected = [frames.frame(number).to_rgb() for number in range(2)]
    np.testing.assert_array_equal(read_image_file(tmp_path / f"a{suffix}")[..., :3], expected)


def test_what_is_painted_is_written(viewer, photo, tmp_path):
    _, labels, _ = show(viewer, photo, 5)
    labels.data[:20, :20] = 3
    labels.data[20:30, :20] = 0
    labels.save(tmp_path / "a.png", plugin=PLUGIN)
    with Image.open(tmp_path / "a.png") as picture:
        rgba = np.asarray(picture.convert("RGBA"))
    assert np.all(rgba[:20, :20, :3] == np.rint(labels.colormap.color_dict[3][:3] * 255))
    assert np.all(rgba[20:30, :20, 3] == 0)
    assert np.all(rgba[30:, :, 3] == 255)


def test_labels_of_others_are_written_as_they_are_shown(viewer, tmp_path):
    data = np.zeros((9, 9), np.int32)
    data[:3], data[3:6] = 3, 200
    layer = viewer.add_labels(data, colormap=DirectLabelColormap(color_dict=TRAFFIC))
    layer.save(tmp_path / "a.png", plugin=PLUGIN)
    with Image.open(tmp_path / "a.png") as picture:
        rgba = np.asarray(picture.convert("RGBA"))
    assert [tuple(rgba[row, 0]) for row in (0, 3, 6)] == [(255, 0, 0, 255), (0, 128, 0, 255), (0, 0, 0, 0)]


def test_too_many_labels_leave_the_old_file_whole(viewer, tmp_path):
    layer = viewer.add_labels(np.arange(400).reshape(20, 20))
    (tmp_path / "a.png").write_bytes(b"old")
    with pytest.raises(RuntimeError, match=r"must have at most 256 colours, got 399"):
        layer.save(tmp_path / "a.png", plugin=PLUGIN)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


@pytest.mark.parametrize("ending", ["gpl", "hex", "pal", "act", "aco", "ase", "json", "palette.csv", "palette.png"])
@pytest.mark.parametrize("which", ["labels", "swatches"])
def test_either_layer_of_a_result_is_written_as_a_palette(viewer, photo, tmp_path, ending, which):
    indexed, labels, swatches = show(viewer, photo, 5)
    path = tmp_path / f"a.{ending}"
    (labels if which == "labels" else swatches).save(path, plugin=PLUGIN)
    np.testing.assert_array_equal(read_palette(path).colors, indexed.palette.colors)


def test_a_palette_is_written_with_names_locks_and_recipe_in_the_colours_that_are_seen(viewer, photo, tmp_path):
    indexed, _, swatches = show(viewer, photo, 5, fixed=["#102030"])
    colors = swatches.face_color
    colors[1] = [1, 0, 0, 1]
    swatches.face_color = colors
    swatches.save(tmp_path / "a.json", plugin=PLUGIN)
    back = read_palette(tmp_path / "a.json")
    assert back.hex[1] == "#ff0000"
    assert back.locked == indexed.palette.locked
    assert cq.Recipe.from_dict(read_palette_recipe(tmp_path / "a.json")) == indexed.recipe


def test_points_of_others_give_their_distinct_colours(viewer, tmp_path):
    layer = viewer.add_points(np.zeros((3, 2)), face_color=["red", "blue", "red"])
    layer.save(tmp_path / "a.hex", plugin=PLUGIN)
    assert read_palette(tmp_path / "a.hex").hex == ("#ff0000", "#0000ff")


def test_points_of_others_stay_with_napari(viewer, tmp_path):
    layer = viewer.add_points(np.zeros((3, 2)))
    layer.save(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text().startswith("index,axis-0,axis-1")


def test_the_menu_exports_the_palette_of_the_active_layer(viewer, photo, tmp_path, monkeypatch):
    indexed, _, swatches = show(viewer, photo, 5)
    viewer.layers.selection = {swatches}
    answer = (str(tmp_path / "a"), "GIMP (*.gpl)")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: answer)
    file_commands.export_palette(viewer)
    np.testing.assert_array_equal(read_palette(tmp_path / "a.gpl").colors, indexed.palette.colors)


def test_no_warning_comes_with_a_palette_file(viewer, photo, tmp_path):
    _, labels, _ = show(viewer, photo, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert labels.save(tmp_path / "a.gpl", plugin=PLUGIN)
