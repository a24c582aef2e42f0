"""What is handed in beside an image: masks and importance are arrays of numbers that fit, or are refused."""

from pathlib import Path

import dask.array as da
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import napari_colorquant as cq
from napari_colorquant.pixels.beside import IMPORTANCE_UNIT
from napari_colorquant.pixels.source import open_source

BOTH = pytest.mark.parametrize("what", ["mask", "importance"])
KINDS = pytest.mark.parametrize("lazy", [False, True], ids=["numpy", "dask"])


@pytest.fixture
def stack(rng):
    """Three frames of noise, (3, 4, 5, 3) uint8."""
    return rng.integers(0, 256, (3, 4, 5, 3), np.uint8)


def weights_of(importance, image=None, **choices):
    """Return the units that an importance becomes, (n,)."""
    image = np.zeros((*np.shape(importance), 3), np.uint8) if image is None else image
    return open_source(image, importance=importance, **choices).load().read_importance()


@BOTH
@pytest.mark.parametrize(
    "values",
    ["mask.png", Path("mask.png"), b"x", "no", object(), np.full((4, 5), "a"), np.full((4, 5), None), {1: 2}, {3},
     np.ones((4, 5), complex), np.zeros((4, 5), "M8[s]"), lambda: None, 10**400],
)  # fmt: skip
def test_what_is_no_array_of_numbers_is_a_type_error(stack, what, values):
    with pytest.raises(TypeError, match=f"{what} must be an array of booleans, integers or floats, got"):
        open_source(stack, **{what: values})


@BOTH
@KINDS
@pytest.mark.parametrize("value", [-1, -1.0, np.nan, np.inf, -np.inf])
def test_numbers_below_0_and_such_as_are_none_are_refused_when_they_are_looked_at(stack, what, lazy, value):
    values = np.ones(stack.shape[:-1], type(value))
    values[2, 3, 4] = value
    image = da.from_array(stack, chunks=2) if lazy else stack
    with pytest.raises(ValueError, match=rf"{what} must be finite and >= 0 everywhere, got (-|NaN or infinity)"):
        open_source(image, **{what: da.from_array(values, chunks=3) if lazy else values}).load()


@BOTH
@pytest.mark.parametrize("shape", [(), (5,), (4,), (1, 5), (4, 1), (1, 4, 5), (5, 4), (3, 4), (3, 4, 5, 1), (4, 5, 3)])
def test_nothing_is_spread_but_over_whole_leading_axes(stack, what, shape):
    message = rf"{what} must have the shape of the image, \(3, 4, 5\), or of its last axes, got"
    for values in (np.ones(shape), da.ones(shape)):
        with pytest.raises(ValueError, match=message):
            open_source(stack, **{what: values})


@BOTH
@KINDS
def test_one_plane_is_that_of_every_frame(stack, what, lazy, rng):
    plane = rng.random((4, 5)) > 0.5
    image = da.from_array(stack, chunks=2) if lazy else stack
    whole = np.ascontiguousarray(np.broadcast_to(plane, (3, 4, 5)))
    results = [cq.quantize(image, 4, **{what: values}).load() for values in (plane, whole, plane.tolist())]
    for result in results[1:]:
        assert result.palette == results[0].palette
        np.testing.assert_array_equal(result.labels, results[0].labels)


@BOTH
def test_what_a_masked_array_hides_is_0(stack, what, rng):
    values, hidden = rng.integers(1, 9, (4, 5)), rng.random((4, 5)) > 0.5
    masked = cq.quantize(stack, 4, **{what: np.ma.array(values, mask=hidden)})
    plain = cq.quantize(stack, 4, **{what: np.where(hidden, 0, values)})
    assert masked.palette == plain.palette
    np.testing.assert_array_equal(masked.labels, plain.labels)


def test_a_mask_or_an_importance_of_nothing_is_refused(stack):
    with pytest.raises(ValueError, match="mask must leave at least one pixel, got none"):
        open_source(stack, mask=np.zeros((4, 5)))
    for values in (np.zeros((4, 5)), np.zeros((4, 5), int), np.zeros((4, 5), bool)):
        with pytest.raises(ValueError, match="importance must be > 0 for at least one pixel, got 0 everywhere"):
            open_source(stack, importance=values)


@given(hnp.arrays(np.float64, (4, 5), elements=st.floats(0, allow_infinity=False)))
def test_positive_importance_stays_positive_and_0_stays_0(importance):
    importance[0, 0] = max(importance[0, 0], 5e-324)
    units = weights_of(importance)
    np.testing.assert_array_equal(units > 0, importance.ravel() > 0)
    assert units.max() == IMPORTANCE_UNIT


@given(hnp.arrays(np.float64, (4, 5), elements=st.floats(0, 1)), st.sampled_from([2.0**-1000, 2.0**-60, 2.0**900]))
def test_importance_is_relative_from_denormals_to_the_largest_floats(importance, factor):
    importance = np.round(importance, 2)
    importance[0, 0] = 1
    np.testing.assert_array_equal(weights_of(importance), weights_of(importance * factor))


def test_one_large_value_does_not_hide_all_others(photo):
    importance = np.ones(photo.shape[:2])
    importance[5, 7] = 900
    assert len(cq.design_palette(photo, 16, importance=importance)) == 16
    units = weights_of(importance)
    np.testing.assert_allclose(units[:10] / IMPORTANCE_UNIT, 1 / 900, rtol=1e-4)


def test_layers_of_8_bits_keep_their_255_steps():
    layer = np.arange(256.0).reshape(16, 16)
    for values in (layer, layer.astype(np.float32), layer.astype(np.float16)):
        np.testing.assert_array_equal(weights_of(values), (np.arange(256) << 14))


def test_importance_gives_the_same_palette_in_any_chunks(photo, rng):
    importance = np.exp(rng.normal(0, 4, photo.shape[:2]))
    whole = cq.design_palette(photo, 12, importance=importance)
    for chunks in (17, 64):
        image = da.from_array(photo, chunks=(chunks, chunks, 3))
        assert cq.design_palette(image, 12, importance=da.from_array(importance, chunks=31)) == whole


def test_of_several_images_one_without_importance_counts_in_full():
    black, white = np.zeros((8, 8), np.uint8), np.full((8, 8), 255, np.uint8)
    for importance in ([None, np.ones((8, 8))], [np.ones((8, 8)), None], [np.ones((8, 8), bool), None]):
        palette = cq.design_palette([black, white], 2, importance=importance)
        np.testing.assert_array_equal(palette.shares, [0.5, 0.5])


def test_importance_finds_the_number_of_colours_for_a_target(photo):
    importance = np.full(photo.shape[:2], 1e300)
    weighted = cq.quantize(photo, "auto", target={"psnr": 25}, importance=importance)
    assert weighted.palette.colors.tolist() == cq.quantize(photo, "auto", target={"psnr": 25}).palette.colors.tolist()
