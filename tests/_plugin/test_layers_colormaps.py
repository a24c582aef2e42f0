"""Palettes as napari's colormaps: the same colours as napari's own class gives, for every value."""

import numpy as np
import pytest
from napari.utils.colormaps import DirectLabelColormap

import napari_colorquant as cq
from napari_colorquant._plugin.layers.colormaps import emphasized_colormap, label_colormap, palette_rgba


@pytest.fixture
def make_palette(rng):
    """A function that returns a palette of so many colours."""
    return lambda count: cq.Palette(rng.integers(0, 256, (count, 3)))


@pytest.mark.parametrize(("count", "dtype"), [(1, np.uint8), (7, np.uint8), (255, np.uint8), (256, np.uint16)])
def test_every_value_of_the_type_gets_the_colour_that_napari_would_give_it(make_palette, count, dtype):
    ours = label_colormap(make_palette(count))
    plain = DirectLabelColormap(color_dict=ours.color_dict, background_value=0)
    values = np.arange(np.iinfo(dtype).max + 1).astype(dtype)
    np.testing.assert_array_equal(ours.map(values), plain.map(values))


@pytest.mark.parametrize("mode", ["dim", "hide"])
def test_all_colours_alone_are_the_whole_palette(make_palette, mode):
    palette = make_palette(9)
    values = np.arange(1, 10, dtype=np.uint8)
    np.testing.assert_array_equal(emphasized_colormap(palette, range(9), mode).map(values), palette_rgba(palette))


def test_what_is_hidden_is_transparent_and_what_is_dimmed_is_a_darker_gray(make_palette):
    palette = make_palette(5)
    others = np.array([1, 2, 4, 5], np.uint8)
    assert not emphasized_colormap(palette, [2], "hide").map(others).any()
    dimmed = emphasized_colormap(palette, [2], "dim").map(others)
    assert (dimmed[:, :1] == dimmed[:, :3]).all()
    assert (dimmed[:, 0] <= palette_rgba(palette)[others - 1, :3].max(axis=1)).all()
