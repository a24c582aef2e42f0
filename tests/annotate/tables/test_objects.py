"""The colours of objects are those of their pixels alone."""

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant.annotate.tables.objects import object_colors, object_features


@pytest.fixture
def objects(photo):
    """Three objects, one of them in two parts, on a background."""
    numbers = np.zeros(photo.shape[:2], np.int32)
    numbers[10:40, 10:50] = 7
    numbers[60:90, 20:60] = 2
    numbers[100:110, 100:110] = numbers[1, 1] = 300
    return numbers


def test_an_object_has_the_palette_of_its_pixels(photo, objects):
    rows = object_colors(photo, objects, 4)
    assert [row["object"] for row in rows] == [2, 7, 300]
    for row in rows:
        pixels = photo[objects == row["object"]]
        palette = cq.quantize(pixels[None], 4).palette
        assert row["pixels"] == len(pixels)
        assert [row[f"color_{i}_hex"] for i in range(1, 5)] == list(palette.hex)
        np.testing.assert_allclose([row[f"color_{i}_share"] for i in range(1, 5)], palette.shares)


def test_an_object_of_few_colours_has_no_more():
    image = np.zeros((2, 3, 3), np.uint8)
    image[0] = (255, 0, 0)
    (row,) = object_colors(image, np.array([[1, 1, 1], [0, 0, 0]]), 2)
    assert row == {
        "object": 1, "pixels": 3,
        "color_1_hex": "#ff0000", "color_1_share": 1.0, "color_2_hex": "", "color_2_share": 0.0,
    }  # fmt: skip


def test_pixels_without_data_do_not_count(rgba_photo, objects):
    rows = object_colors(rgba_photo, objects)
    assert rows[1]["pixels"] == np.count_nonzero(rgba_photo[objects == 7][:, 3] > 127)


def test_lazy_and_deep_images_are_read(photo, objects):
    import dask.array as da

    assert object_colors(da.from_array(photo, (50, 60, 3)), objects) == object_colors(photo, objects)
    assert object_colors(photo.astype(np.uint16) * 257, objects) == object_colors(photo, objects)


def test_features_stand_in_the_order_of_the_layer(photo, objects):
    rows = object_colors(photo, objects, 1)
    table = object_features(rows, [300, 5, 2])
    assert table["index"] == [300, 5, 2]
    assert table["color_1_hex"] == [rows[2]["color_1_hex"], "", rows[0]["color_1_hex"]]
    assert np.isnan(table["color_1_share"][1])


def test_what_is_no_object_is_told(photo, objects):
    with pytest.raises(TypeError, match="objects must be an array of whole numbers"):
        object_colors(photo, objects.astype(float))
    with pytest.raises(ValueError, match="objects must have shape"):
        object_colors(photo, -objects)
    assert object_colors(photo, np.zeros_like(objects)) == []
