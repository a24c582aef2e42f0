"""What the axes of a bare array mean: the table in `napari_colorquant.pixels.axes`, row by row."""

import dask.array as da
import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant.pixels.source import open_source


def some(rng, shape, dtype=np.uint8):
    values = rng.integers(0, 256, shape)
    return (values / 255).astype(dtype) if np.dtype(dtype).kind == "f" else values.astype(dtype)


@pytest.mark.parametrize("lazy", [False, True])
def test_one_channel_is_gray(rng, lazy):
    image = some(rng, (20, 30, 1))
    given = da.from_array(image, chunks=(7, 30, 1)) if lazy else image
    for rgb in (None, True):
        result = cq.quantize(given, 5, rgb=rgb)
        assert result.shape == (20, 30)
        np.testing.assert_array_equal(result.to_rgb(), cq.quantize(image[..., 0], 5).to_rgb())
        assert cq.distortion(given, result).mse == cq.distortion(image[..., 0], cq.quantize(image[..., 0], 5)).mse


@pytest.mark.parametrize("lazy", [False, True])
def test_two_channels_are_gray_and_alpha(rng, lazy):
    image = some(rng, (20, 30, 2))
    image[:5, :, 1] = 0
    given = da.from_array(image, chunks=(7, 9, 1)) if lazy else image
    result = cq.quantize(given, 5)
    expected = cq.quantize(np.dstack([image[..., 0]] * 3 + [image[..., 1]]), 5)
    np.testing.assert_array_equal(result.to_rgb(), expected.to_rgb())
    cut = cq.quantize(given, 5, alpha="cut")
    np.testing.assert_array_equal(cut.valid, image[..., 1] >= 128)


def test_colours_in_a_list_are_a_row_of_pixels(rng):
    colors = some(rng, (50, 3))
    result = cq.quantize(colors, 8)
    assert result.shape == (1, 50)
    np.testing.assert_array_equal(result.to_rgb(), cq.quantize(colors[None], 8).to_rgb())
    assert cq.distortion(colors, result) == cq.distortion(colors[None], result)
    floats = colors / 255
    np.testing.assert_array_equal(cq.quantize(floats, 8, rgb=True).labels, result.labels)
    assert cq.quantize(floats, 8, rgb=False).shape == (50, 3)
    with pytest.raises(ValueError, match=r"list of colours, rgb=False or rgb=True, got float64 of shape \(50, 3\)"):
        cq.quantize(floats, 8)


@pytest.mark.parametrize("count", [2, 3, 4, 16])
def test_planes_that_may_be_channels_are_asked_about(rng, count):
    image = some(rng, (count, 20, 30))
    match = rf"moveaxis.*rgb=False or frames=True, got shape \({count}, 20, 30\): {count} channels or frames"
    for verb in (cq.quantize, cq.design_palette, cq.error_curve, lambda image: cq.map_pixels(image, "ega")):
        with pytest.raises(ValueError, match=match):
            verb(image)
        with pytest.raises(ValueError, match=match):
            verb(da.from_array(image, chunks=20))
    frames = cq.quantize(image, 4, frames=True)
    assert frames.shape == image.shape
    np.testing.assert_array_equal(frames.labels, cq.quantize(image, 4, rgb=False).labels)
    assert cq.distortion(image, frames).mse > 0
    assert len(cq.design_palette(image, 4, frames=True)) == 4
    assert cq.map_pixels(image, "ega", frames=True).shape == image.shape


@pytest.mark.parametrize(
    ("shape", "labels"),
    [
        ((20, 30), (20, 30)),
        ((20, 30, 3), (20, 30)),
        ((20, 30, 4), (20, 30)),
        ((1, 20, 30), (1, 20, 30)),
        ((17, 20, 30), (17, 20, 30)),
        ((2, 3, 20, 30), (2, 3, 20, 30)),
        ((5, 20, 30, 3), (5, 20, 30)),
    ],
)
def test_other_shapes_leave_no_doubt(rng, shape, labels):
    assert open_source(some(rng, shape)).shape == labels


def test_masked_colours_in_a_list_have_no_data(rng):
    colors = np.ma.masked_array(some(rng, (9, 3)), False)
    colors[2] = np.ma.masked
    assert cq.quantize(colors, 4).valid.tolist() == [[place != 2 for place in range(9)]]
