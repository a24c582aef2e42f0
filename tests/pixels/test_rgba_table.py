"""Few colours with alpha, counted and looked up by one small table, against numpy."""

import numpy as np
import pytest

from napari_colorquant.pixels.keys import rgb_to_keys, rgba_to_keys
from napari_colorquant.pixels.memory import BLOCK_CONVERTED
from napari_colorquant.pixels.rgba_table import MOST, RgbaTable, count_rgba, plain_rgba
from napari_colorquant.pixels.source import open_source


def list_colors(count):
    """Return so many distinct colours that are seen, (count, 4) uint8."""
    numbers = np.arange(count)
    return np.column_stack([numbers % 251, numbers // 251 % 251, numbers // 63001, 1 + numbers % 255]).astype(np.uint8)


@pytest.mark.parametrize("count", [0, 1, 300, 512, 513, 1 << 12, (1 << 12) + 1, MOST])
def test_colours_are_counted_as_numpy_counts_them(count, rng):
    colors = list_colors(count)
    unseen = rng.integers(0, 256, (50, 4), np.uint8) * np.array([1, 1, 1, 0], np.uint8)
    pixels = np.concatenate([colors, unseen, colors[rng.integers(0, max(count, 1), 999 if count else 0)]])
    rng.shuffle(pixels)
    keys, counts = count_rgba(pixels)
    expected, pixel_counts = np.unique(rgba_to_keys(pixels[pixels[:, 3] > 0]), return_counts=True)
    np.testing.assert_array_equal(keys, expected)
    np.testing.assert_array_equal(counts, pixel_counts)


def test_blocks_add_up(rng, monkeypatch):
    monkeypatch.setattr("napari_colorquant.pixels.rgba_table.BLOCK_IN_PLACE", 7)
    pixels = list_colors(40)[rng.integers(0, 40, 300)]
    keys, counts = count_rgba(pixels)
    expected, pixel_counts = np.unique(rgba_to_keys(pixels), return_counts=True)
    np.testing.assert_array_equal(keys, expected)
    np.testing.assert_array_equal(counts, pixel_counts)


def test_more_colours_than_few_are_left_to_others():
    assert count_rgba(list_colors(MOST + 1)) is None


@pytest.mark.parametrize("count", [1, 300, 5000])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_each_pixel_gets_what_belongs_to_its_colour(count, dtype, rng):
    colors = list_colors(count)
    labels, is_seen = rng.integers(0, 256, count).astype(dtype), rng.random(count) < 0.8
    is_opaque = colors[:, 3] == 255
    colors = np.concatenate([colors[is_opaque], colors[~is_opaque]])
    opaque, others = rgb_to_keys(colors[: is_opaque.sum(), :3]), rgba_to_keys(colors[is_opaque.sum() :])
    table = RgbaTable.build(opaque, others, labels, is_seen)
    places = rng.integers(0, count, 700)
    pixels = colors[places]
    pixels[::7, 3] = 0
    packed = np.full((700, 2), 9, dtype)
    table.look_up(pixels, packed)
    shown = pixels[:, 3] > 0
    np.testing.assert_array_equal(packed[shown], np.column_stack([labels, is_seen])[places[shown]])
    assert not packed[~shown].any()


def test_pixels_are_plain_where_colour_and_alpha_are_all_that_counts(rng):
    image = rng.integers(0, 256, (6, 5, 4), np.uint8)
    for each in (image, image[::2, ::-1], image.transpose(1, 0, 2), np.stack([image, image])):
        np.testing.assert_array_equal(plain_rgba(open_source(each)), each.reshape(-1, 4))
    for source in (
        open_source(image[..., :3]),
        open_source(image.astype(np.uint16)),
        open_source(image, alpha="cut"),
        open_source(image, mask=image[..., 0] > 9),
        open_source(image, importance=image[..., 0]),
        open_source(image, scale=(0, 200)),
        open_source(np.broadcast_to(image[0, 0], (BLOCK_CONVERTED + 1, 1, 4))),  # too large to be copied
    ):
        assert plain_rgba(source) is None
