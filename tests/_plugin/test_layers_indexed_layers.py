import json
from dataclasses import replace

import numpy as np
import pytest
from napari.layers import Image, Labels, Layer

import napari_colorquant as cq
from napari_colorquant._plugin.layers.colormaps import label_colormap
from napari_colorquant._plugin.layers.indexed_layers import to_indexed, to_labels_layer, to_palette_layer, to_rgb_layer
from napari_colorquant._plugin.layers.layer_values import from_label_values
from napari_colorquant._plugin.layers.provenance import (
    KEY,
    find_ours,
    read_metadata,
    read_palette,
    read_recipe,
    write_palette,
)
from napari_colorquant._plugin.layers.swatches import lay_out_palette


@pytest.fixture
def source(photo):
    return Image(
        photo,
        name="photo",
        scale=(0.5, 0.25),
        translate=(3, 4),
        rotate=30,
        shear=[0.1],
        affine=[[1, 0.2, 5], [0, 2, 6], [0, 0, 1]],
        units=("um", "um"),
        axis_labels=("row", "column"),
    )


@pytest.fixture
def indexed(photo):
    return cq.quantize(photo, 8, quantizer="median_cut")


@pytest.fixture
def labels_layer(indexed, source):
    return Layer.create(*to_labels_layer(indexed, source, "id"))


def test_label_values_are_the_index_plus_one(indexed, labels_layer):
    assert isinstance(labels_layer, Labels)
    assert labels_layer.data.dtype == np.uint8
    np.testing.assert_array_equal(labels_layer.data, indexed.labels + 1)


def test_pixels_without_data_have_label_0(photo, source):
    mask = np.ones(photo.shape[:2], bool)
    mask[:40] = False
    data, _, _ = to_labels_layer(cq.quantize(photo, 4, quantizer="median_cut", mask=mask), source, "id")
    assert not data[:40].any()
    assert data[40:].min() == 1


@pytest.mark.parametrize(("count", "dtype"), [(255, np.uint8), (256, np.uint16)])
def test_labels_are_as_narrow_as_the_colours_allow(photo, source, count, dtype):
    indexed = cq.quantize(photo, count, quantizer="median_cut")
    data, _, _ = to_labels_layer(indexed, source, "id")
    assert data.dtype == dtype
    assert data.max() == count


def test_the_colormap_shows_every_label_in_its_colour_and_no_data_not_at_all(indexed):
    colormap = label_colormap(indexed.palette)
    shown = colormap.map(np.arange(len(indexed.palette) + 1, dtype=np.uint8))
    np.testing.assert_array_equal(np.rint(shown[1:, :3] * 255), indexed.palette.colors)
    assert (shown[1:, 3] == 1).all()
    assert shown[0, 3] == 0
    assert None in colormap.color_dict


def test_labels_are_opaque(labels_layer):
    assert labels_layer.opacity == 1


def test_features_say_what_each_label_is(indexed, labels_layer):
    features = labels_layer.features
    assert list(features["index"]) == list(range(1, 9))
    assert list(features["hex"]) == list(indexed.palette.hex)
    np.testing.assert_array_equal(features["count"], np.bincount(indexed.labels.ravel()))
    assert features["share"].sum() == pytest.approx(1)


def test_names_are_a_feature_once_a_colour_has_one(indexed, source):
    assert "name" not in to_labels_layer(indexed, source, "id")[1]["features"]
    named = replace(indexed, palette=replace(indexed.palette, names=["skin", *[""] * 7]))
    assert to_labels_layer(named, source, "id")[1]["features"]["name"][0] == "skin"


@pytest.mark.parametrize("show", [to_labels_layer, to_rgb_layer, to_palette_layer])
def test_a_result_stands_where_its_source_stands(indexed, source, show):
    layer = Layer.create(*show(indexed, source, "id"))
    for point in [(0, 0), (100, 20), (7, 90)]:
        np.testing.assert_allclose(layer.data_to_world(point), source.data_to_world(point))
    assert layer.units == source.units
    assert layer.axis_labels == source.axis_labels


def test_the_palette_of_a_stack_stands_in_the_plane_of_the_frames(photo):
    stack = Image(
        np.stack([photo] * 3),
        rgb=True,
        scale=(10, 2, 3),
        translate=(1, 2, 3),
        units=("s", "um", "um"),
        axis_labels=("time", "y", "x"),
    )
    indexed = cq.quantize(stack.data, 8, quantizer="median_cut", rgb=True)
    labels, palette = (Layer.create(*show(indexed, stack, "id")) for show in (to_labels_layer, to_palette_layer))
    assert labels.ndim == 3
    assert palette.ndim == 2
    np.testing.assert_allclose(palette.data_to_world((5, 7)), stack.data_to_world((0, 5, 7))[1:])
    assert palette.axis_labels == ("y", "x")


@pytest.mark.parametrize("count", [1, 2, 8, 9, 16, 33, 255, 256])
@pytest.mark.parametrize("plane", [(100, 200), (512, 16), (1, 1), (30, 4000)])
def test_swatches_of_a_palette_stand_beside_the_image_and_apart(count, plane):
    positions, cell = lay_out_palette(count, plane)
    assert positions.shape == (count, 2)
    assert (positions[:, 1] - cell / 2 >= plane[1] - 0.5).all()
    assert (positions[:, 0] - cell / 2 >= -0.5 - 1e-9).all()
    assert (positions[:, 0] + cell / 2 <= plane[0] - 0.5 + 1e-9).all()
    assert len({tuple(np.rint(position / cell * 2)) for position in positions}) == count


def test_a_thousand_swatches_leave_no_grid_between_them_and_a_few_have_frames():
    colors = np.random.default_rng(0).integers(0, 256, (1000, 3), np.uint8)
    sizes = {}
    for count in (256, 1000):
        indexed = cq.IndexedImage(
            np.zeros((64, 64), np.min_scalar_type(count - 1)), cq.Palette(colors[:count]), cq.Recipe()
        )
        layer = Layer.create(*to_palette_layer(indexed, Image(np.zeros((64, 64))), "id"))
        _, cell = lay_out_palette(count, (64, 64))
        sizes[count] = layer.size[0] / cell, layer.border_width[0]
    assert sizes[1000] == (pytest.approx(1), 0)
    assert sizes[256][0] < 1
    assert sizes[256][1] > 0


def test_the_palette_layer_has_a_square_per_colour(indexed, source):
    layer = Layer.create(*to_palette_layer(indexed, source, "id"))
    np.testing.assert_allclose(layer.face_color[:, :3] * 255, indexed.palette.colors, atol=1e-4)
    assert {str(symbol.value) for symbol in layer.symbol} == {"square"}
    assert {"index", "hex", "count", "share"} <= set(layer.features)


def test_an_rgb_result_is_the_image_in_its_new_colours(indexed, source):
    layer = Layer.create(*to_rgb_layer(indexed, source, "id"))
    assert layer.rgb
    np.testing.assert_array_equal(layer.data, indexed.to_rgb())


def test_alpha_is_carried_to_an_rgb_result(rgba_photo):
    indexed = cq.quantize(rgba_photo, 8, quantizer="median_cut")
    data, _, _ = to_rgb_layer(indexed, Image(rgba_photo), "id")
    np.testing.assert_array_equal(data, indexed.to_rgb())
    assert set(np.unique(data[..., 3])) == {0, 128, 255}


def test_pixels_without_data_are_transparent_in_an_rgb_result(photo, source):
    mask = np.ones(photo.shape[:2], bool)
    mask[:40] = False
    data, _, _ = to_rgb_layer(cq.quantize(photo, 4, quantizer="median_cut", mask=mask), source, "id")
    np.testing.assert_array_equal(data[..., 3] > 0, mask)


def test_metadata_are_json_and_hold_what_made_the_layer(indexed, labels_layer, source):
    written = labels_layer.metadata[KEY]
    assert json.loads(json.dumps(written)) == written
    assert written["version"] == 1
    assert written["source"] == "photo"
    assert written["source_id"] == str(source.unique_id)
    assert read_recipe(labels_layer) == indexed.recipe
    assert read_palette(labels_layer) == indexed.palette


def test_metadata_of_two_layers_do_not_share_anything(indexed, source):
    first, second = (Layer.create(*to_labels_layer(indexed, source, "id")) for _ in range(2))
    first.metadata[KEY]["palette"]["colors"][0] = "#123456"
    read_metadata(second)["palette"]["colors"].clear()
    assert read_palette(second) == indexed.palette


def test_a_palette_can_be_exchanged_in_the_metadata(indexed, labels_layer):
    reverse = indexed.palette.take(range(7, -1, -1))
    write_palette(labels_layer, reverse)
    assert read_palette(labels_layer) == reverse


def test_an_indexed_image_comes_back_from_its_layer(indexed, labels_layer):
    back = to_indexed(labels_layer)
    np.testing.assert_array_equal(back.labels, indexed.labels)
    assert back.valid is None
    assert back.palette == indexed.palette


def test_label_0_comes_back_as_no_data():
    labels, valid = from_label_values(np.array([[0, 1], [256, 2]], np.uint16), 256)
    np.testing.assert_array_equal(labels, [[0, 0], [255, 1]])
    np.testing.assert_array_equal(valid, [[False, True], [True, True]])


def test_a_painted_label_without_a_colour_is_refused(labels_layer):
    labels_layer.data[0, 0] = 9
    with pytest.raises(ValueError, match=r"labels must lie in 0\.\.8, got 9"):
        to_indexed(labels_layer)


def test_a_layer_of_others_is_no_result(source):
    assert read_metadata(source) is None
    with pytest.raises(ValueError, match="must be a result of napari-colorquant, got 'photo'"):
        read_palette(source)


@pytest.mark.parametrize("field", ["recipe", "palette"])
@pytest.mark.parametrize("value", [None, 5, [], {}, "no", {"colors": 5, "n_colors": []}], ids=str)
def test_metadata_that_someone_has_changed_are_a_value_error(labels_layer, field, value):
    own = {**labels_layer.metadata[KEY], field: value}
    labels_layer.metadata = {KEY: own}
    read = {"recipe": read_recipe, "palette": read_palette}[field]
    if (field, value) == ("recipe", {}):  # a recipe of defaults
        assert read(labels_layer) == cq.Recipe()
        return
    with pytest.raises(ValueError, match=r" must .*, got "):
        read(labels_layer)
    own.pop(field)
    with pytest.raises(ValueError, match=r" must .*, got None"):
        read(labels_layer)


def test_metadata_that_are_nested_without_end_are_not_ours(labels_layer):
    deep = []
    for _ in range(100_000):
        deep = [deep]
    assert find_ours({KEY: {**labels_layer.metadata[KEY], "recipe": deep}}) is None
    assert find_ours({KEY: 5}) is None
    assert find_ours(None) is None


@pytest.mark.parametrize("plane", [(100, 200), (512, 16), (30, 4000)])
def test_a_view_that_shows_the_squares_of_one_palette_shows_those_of_every_one(plane):
    spans = []
    for count in (1, 2, 8, 9, 16, 100, 255, 256):
        positions, cell = lay_out_palette(count, plane)
        spans.append([positions[:, 1].min() - cell / 2, positions[:, 1].max() + cell / 2])
    np.testing.assert_allclose(spans, np.tile(spans[0], (len(spans), 1)))
