import numpy as np
import pytest

from napari_colorquant.pixels.beside import IMPORTANCE_UNIT
from napari_colorquant.pixels.intensities import check_scale
from napari_colorquant.pixels.source import open_source


def read_all(pixels):
    """Return all pixels, (..., H, W, 3), and which have data."""
    blocks = [pixels.read(place) for place in pixels.blocks()]
    rgb = np.concatenate([rgb for rgb, _ in blocks])
    valid = np.concatenate([np.ones(len(rgb), bool) if valid is None else valid for rgb, valid in blocks])
    return rgb.reshape(*pixels.shape, 3), valid.reshape(pixels.shape)


@pytest.mark.parametrize("dtype", ["?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8", ">u2", ">f4"])
def test_black_and_white_are_those_of_the_dtype(dtype):
    dtype = np.dtype(dtype)
    white = (np.iinfo(dtype).max if dtype.itemsize <= 2 else 255) if dtype.kind in "ui" else 1
    rgb, valid = read_all(open_source(np.array([[0, white]], dtype)))
    assert rgb.tolist() == [[[0, 0, 0], [255, 255, 255]]]
    assert rgb.dtype == np.uint8
    assert valid.all()


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float64])
def test_8_bits_survive_wider_types(photo, dtype):
    wide = photo * np.uint16(257) if dtype == np.uint16 else (photo / 255).astype(dtype)
    np.testing.assert_array_equal(read_all(open_source(wide))[0], photo)


@pytest.mark.parametrize("layout", ["C", "F", "reversed", "strided"])
def test_any_memory_layout_is_the_same_image(photo, layout):
    image = {
        "C": photo,
        "F": np.asfortranarray(photo),
        "reversed": photo[::-1, ::-1].copy()[::-1, ::-1],
        "strided": np.repeat(np.repeat(photo, 2, axis=0), 3, axis=1)[::2, ::3],
    }[layout]
    np.testing.assert_array_equal(read_all(open_source(image))[0], photo)


def test_stacks_are_read_plane_by_plane(rng):
    stack = rng.integers(0, 256, (2, 3, 5, 7, 3), np.uint8)
    pixels = open_source(stack)
    assert pixels.shape == (2, 3, 5, 7)
    np.testing.assert_array_equal(read_all(pixels)[0], stack)
    assert open_source(stack, rgb=False).shape == stack.shape


def test_blocks_cover_large_planes_once(rng):
    image = rng.integers(0, 256, (3000, 1001), np.uint8)
    pixels = open_source(image)
    assert len(list(pixels.blocks())) > 1
    np.testing.assert_array_equal(read_all(pixels)[0][..., 1], image)


def test_pixels_without_data_are_told(rgba_photo):
    valid = read_all(open_source(rgba_photo))[1]
    np.testing.assert_array_equal(valid, rgba_photo[..., 3] > 0)
    gray = np.array([[0.5, np.nan, np.inf, -np.inf]])
    rgb, valid = read_all(open_source(gray))
    assert valid.tolist() == [[True, False, False, False]]
    assert rgb[0, 0].tolist() == [128, 128, 128]
    mask = np.zeros(rgba_photo.shape[:2], int)
    mask[64:] = 7
    valid = read_all(open_source(rgba_photo, mask=mask))[1]
    np.testing.assert_array_equal(valid, (rgba_photo[..., 3] > 0) & (mask > 0))
    assert not open_source(np.zeros((2, 2), np.uint8)).may_have_gaps


def test_one_mask_serves_all_frames(rng):
    stack = rng.integers(0, 256, (4, 5, 6), np.uint8)
    mask = rng.random((5, 6)) < 0.5
    np.testing.assert_array_equal(read_all(open_source(stack, rgb=False, mask=mask))[1], np.stack([mask] * 4))


@pytest.mark.parametrize(
    ("values", "scale", "expected"),
    [
        (np.array([[100, 200, 300]], np.uint16), (100, 300), [0, 128, 255]),
        (np.array([[0, 200, 400]], np.uint16), (100, 300), [0, 128, 255]),
        (np.array([[-5.0, 0.0, 5.0]]), "range", [0, 128, 255]),
        (np.array([[-5.0, np.nan, 5.0]], np.float32), "range", [0, 0, 255]),
        (np.array([[-0.5, 0.5, 1.5]]), (0, 1), [0, 128, 255]),
        (np.array([[0, 100, 200]], np.uint8), (0, 200), [0, 128, 255]),
        (np.array([[7, 7, 7]], np.int32), "range", [0, 0, 0]),
        (np.array([[-100, 0, 127]], np.int8), (0, 127), [0, 0, 255]),
    ],
)
def test_scale_says_what_is_black_and_white(values, scale, expected):
    assert read_all(open_source(values, scale=scale, rgb=False))[0][0, :, 0].tolist() == expected


def test_importance_is_fixed_point_and_labels_are_regions(rng):
    image = rng.integers(0, 256, (4, 5, 3), np.uint8)
    labels = rng.integers(0, 3, (4, 5))
    assert open_source(image).read_importance() is None
    regions = open_source(image, importance=labels).read_importance()
    np.testing.assert_array_equal(regions, (labels.ravel() > 0) * IMPORTANCE_UNIT)
    ramp = np.linspace(0, 2, 20).reshape(4, 5)
    units = open_source(image, importance=ramp).read_importance()
    np.testing.assert_allclose(units, ramp.ravel() / 2 * IMPORTANCE_UNIT, atol=0.5)


def test_images_that_are_none_are_refused():
    for image, error, match in (
        (np.zeros((2, 2), complex), TypeError, "an image must hold booleans, integers or floats, got complex128"),
        (np.array([["a"]]), TypeError, "an image must hold booleans"),
        (np.zeros(5), ValueError, r"an image must have at least two axes, got shape \(5,\)"),
        (np.zeros((0, 5)), ValueError, r"an image must have at least one pixel, got shape \(0, 5\)"),
    ):
        with pytest.raises(error, match=match):
            open_source(image)
    with pytest.raises(
        ValueError, match=r"an RGB image must have shape \(\.\.\., H, W, 1 to 4\) or \(N, 3\), got \(4, 5\)"
    ):
        open_source(np.zeros((4, 5)), rgb=True)
    with pytest.raises(ValueError, match=r"floats must lie in 0\.\.1, got 0\.\.2; give scale='range'"):
        open_source(np.array([[0.0, 2.0]])).read()
    assert not open_source(np.full((2, 2), np.nan), scale="range").read()[1].any()


@pytest.mark.parametrize(
    "scale", ["auto", (1, 1), (2, 1), (0, np.inf), (0, 1, 0), (0, 1, np.nan), (0, 1, 1, 1), 5, None, [[0, 1], [2, 3]]]
)
def test_scales_that_are_none_are_refused(scale):
    with pytest.raises(ValueError, match="scale must be 'dtype', 'range' or two rising numbers"):
        check_scale(scale)
