"""Black and white at the ends of what floats hold: the colours are those of the same picture in 0..1."""

import warnings

import dask.array as da
import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant.pixels.source import open_source

RAMP = np.linspace(0, 1, 24).reshape(4, 6)
LARGEST = float(np.finfo(np.float64).max)


def colors_of(image, scale):
    """Return the levels of an image, the same in memory and lazily."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        in_memory = np.asarray(open_source(image, scale=scale).read_rgb())
        lazy = np.asarray(open_source(da.from_array(image, chunks=(2, 3)), scale=scale).read_rgb())
    np.testing.assert_array_equal(in_memory, lazy)
    return in_memory


@pytest.mark.parametrize(
    ("low", "high"),
    [(0, 1e-320), (0, 5e-324), (-1e308, 1e308), (-LARGEST, LARGEST), (0, LARGEST), (1e308, LARGEST), (-1e-310, 1e-310)],
)
def test_a_scale_of_any_two_numbers_shows_the_ramp_between_them(low, high):
    part = high / 4 - low / 4
    image = np.where(RAMP == 1, high, 2 * (low / 2 + RAMP * (2 * part)) if part else np.where(RAMP >= 0.5, high, low))
    if high - low < 1e-318:  # of numbers so small there are few: what each is, is known in whole steps
        unit = (np.round(image / 5e-324) - np.round(low / 5e-324)) / np.round((high - low) / 5e-324)
    else:
        unit = (image / 4 - low / 4) / part
    found = colors_of(image, (low, high))
    np.testing.assert_allclose(found[..., 0], unit * 255, atol=0.51)
    assert (found.min(), found.max()) == (0, 255)


@pytest.mark.parametrize("gamma", [0.5, 2.0])
def test_a_gamma_holds_there_too(gamma):
    image = (RAMP - 0.5) * 2 * 1e308
    found = colors_of(image, (-1e308, 1e308, gamma))[..., 0]
    np.testing.assert_allclose(found, RAMP**gamma * 255, atol=0.51)


@pytest.mark.parametrize("value", [0.0, 1.0, -1e300, 1e300, 1e308, -LARGEST, 5e-324, 2.0**53])
def test_the_range_of_one_number_makes_it_black(value):
    image = np.full((4, 6), value)
    assert not colors_of(image, "range").any()
    indexed = cq.quantize(image, 4, scale="range")
    assert indexed.palette.hex == ("#000000",)


@pytest.mark.parametrize("value", [2**53, 2**63 - 1, -(2**63)])
def test_the_range_of_one_huge_integer_makes_it_black(value):
    assert not colors_of(np.full((4, 6), value, np.int64), "range").any()


@pytest.mark.parametrize("high", [1e-320, 1e308, LARGEST])
def test_the_range_of_two_numbers_is_black_and_white(high):
    image = np.where(RAMP > 0.5, high, -high)
    np.testing.assert_array_equal(colors_of(image, "range")[..., 0], np.where(RAMP > 0.5, 255, 0))


def test_the_largest_number_alone_is_white_for_want_of_a_larger_one():
    assert (colors_of(np.full((4, 6), LARGEST), "range") == 255).all()
