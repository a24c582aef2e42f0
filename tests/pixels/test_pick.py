"""Reading the colour of one pixel: as the quantization of the whole image sees it."""

import dask.array as da
import numpy as np
import pytest

from napari_colorquant.pixels.pick import read_color
from napari_colorquant.pixels.source import open_source


@pytest.mark.parametrize("scale", ["dtype", "range", (100, 3000)])
@pytest.mark.parametrize("rgb", [True, False])
@pytest.mark.parametrize("store", [np.asarray, da.from_array])
def test_a_pixel_has_the_colour_that_it_has_in_the_image(scale, rgb, store):
    image = np.random.default_rng(0).integers(0, 4096, (5, 7, 3) if rgb else (5, 7), np.uint16)
    colors, _ = open_source(image, rgb=rgb, scale=scale).read()
    for place in [(0, 0), (4, 6), (2, 3)]:
        found = read_color(store(image), place, rgb=rgb, scale=scale)
        assert np.array_equal(found, colors.reshape(5, 7, 3)[place])


@pytest.mark.parametrize("place", [(-1, 0), (0, 7), (5, 0)])
def test_beside_the_image_there_is_no_colour(place):
    assert read_color(np.zeros((5, 7), np.uint8), place, rgb=False) is None


def test_a_pixel_without_data_has_no_colour():
    image = np.full((2, 2, 4), 255, np.uint8)
    image[0, 1, 3] = 0
    assert read_color(image, (0, 1), rgb=True) is None
    assert read_color(image, (0, 0), rgb=True).tolist() == [255, 255, 255]
