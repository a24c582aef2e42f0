"""Full depth: what has more than 8 bits a channel keeps them, in the counts, the palette, the labels and the errors."""

import warnings

import dask.array as da
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import napari_colorquant as cq
from napari_colorquant.pixels import deep_table
from napari_colorquant.pixels.counting import count_pixels
from napari_colorquant.pixels.counts import ColorCounts
from napari_colorquant.pixels.deep_counts import DeepCounts, count_deep
from napari_colorquant.pixels.intensities import (
    LittleRangeWarning,
    ScaleNeededError,
    alpha_to_8bit,
    explain,
    to_8bit,
    to_16bit,
    to_levels,
)
from napari_colorquant.pixels.source import open_source


@pytest.fixture
def low_bytes(rng):
    """64 colours that differ in their low bytes alone."""
    colors = np.array([(1000 + 4 * i, 2000 + 3 * i, 30000 + i) for i in range(64)], np.uint16)
    return colors[rng.integers(0, 64, (40, 50))]


def some_levels(rng, count, top=65536):
    return rng.integers(0, top, (count, 3)).astype(np.uint16)


# --- levels ---------------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=20))
def test_16_bits_are_taken_as_they_are_unless_8_will_do(values):
    levels = to_levels(np.array(values, np.uint16)[:, None], None, None)
    assert levels.dtype == (np.uint8 if all(value % 257 == 0 for value in values) else np.uint16)
    assert to_16bit(levels)[:, 0].tolist() == values


@given(st.lists(st.integers(0, 65535), min_size=1, max_size=20))
def test_fewer_bits_are_the_nearest_of_them(values):
    levels = np.array(values, np.uint16)
    np.testing.assert_array_equal(to_8bit(levels), np.rint(levels / 257))
    np.testing.assert_array_equal(to_8bit(to_16bit(to_8bit(levels))), to_8bit(levels))


@given(st.floats(0.2, 5), st.lists(st.floats(-50, 350), min_size=1, max_size=20))
def test_limits_and_gamma_are_those_of_a_displayed_layer(gamma, values):
    found = to_levels(np.array(values)[:, None], (0.0, 300.0, gamma), None)
    expected = np.clip(np.array(values) / 300, 0, 1) ** gamma * 65535
    assert np.abs(to_16bit(found)[:, 0] - expected).max() <= 0.51


@pytest.mark.parametrize("dtype", ["int64", "uint32", "int32", "uint64"])
def test_large_integers_mean_bytes_or_need_a_scale(dtype):
    image = np.array([[0, 100], [200, 255]], dtype)
    assert open_source(image).read_levels()[0][:, 0].tolist() == [0, 100, 200, 255]
    with pytest.raises(ScaleNeededError, match=rf"{dtype} must lie in 0\.\.255, got 0\.\.256; give scale='range'"):
        open_source(image + (image == 255).astype(dtype)).read()
    assert open_source(image * 10, scale=(0, 2550)).read()[0][:, 0].tolist() == [0, 100, 200, 255]


@pytest.mark.parametrize("dtype", ["int8", "int16", ">i2", "int32"])
def test_negative_integers_need_a_scale_in_whatever_depth(dtype):
    image = np.array([[-100, 0], [20, 100]], dtype)
    top = {1: 127, 2: 32767, 4: 255}[image.dtype.itemsize]
    with pytest.raises(ScaleNeededError, match=rf"^{image.dtype.name} must lie in 0\.\.{top}, got -100\.\.100; give"):
        cq.quantize(image, 4)
    assert cq.quantize(image, 4, scale=(-100, 100)).palette.colors.min() == 0
    assert open_source(np.maximum(image, 0)).read()[0].min() == 0


@pytest.mark.parametrize("mask", [None, np.arange(600 * 500).reshape(600, 500) < 290_000])
def test_the_numbers_that_need_a_scale_are_those_of_the_whole_image(mask):
    image = np.linspace(0, 300, 600 * 500).reshape(600, 500)
    with pytest.raises(ScaleNeededError, match=r"got 0\.\.300; give" if mask is None else r"got 0\.\.290; give"):
        cq.quantize(image, 4, mask=mask)
    lazy = da.from_array(image, chunks=(300, 500))
    with pytest.raises(
        ScaleNeededError, match=r"got 0\.\.150 in a part of it; give|got 150\.\.\d+ in a part of it; give"
    ):
        cq.quantize(lazy, 4, mask=mask)


def test_a_list_of_lists_is_an_image_of_bytes():
    assert cq.quantize([[0, 128], [255, 128]], 4).palette.hex == ("#808080", "#000000", "#ffffff")


def test_floats_a_hair_outside_are_clipped_and_further_out_refused():
    assert open_source(np.array([[-1e-5, 1.00005]])).read()[0][:, 0].tolist() == [0, 255]
    with pytest.raises(ScaleNeededError, match=r"floats must lie in 0\.\.1, got 0\.\.1\.01"):
        open_source(np.array([[0, 1.01]])).read()


def test_an_error_names_what_is_to_be_done_where_it_appears():
    error = ScaleNeededError("floats must lie in 0..1, got 0..2")
    assert str(error).endswith("give scale='range' or scale=(low, high)")
    assert explain(error, "give --scale") == "floats must lie in 0..1, got 0..2; give --scale"
    assert explain(ValueError("another"), "give --scale") == "another"
    around = ValueError(f"frame 2 of 3: {error}")
    around.__cause__ = error
    assert explain(around, "give --scale") == "frame 2 of 3: floats must lie in 0..1, got 0..2; give --scale"


# --- alpha ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("alpha", "limits", "expected"),
    [
        (np.array([0, 65535], np.uint16), (0.0, 4095.0), [0, 255]),  # by dtype, whatever the scale of the colours
        (np.array([0.0, 0.5, 1.0]), (0.0, 4095.0), [0, 128, 255]),
        (np.array([0.0, 255.0]), (0.0, 255.0), [0, 255]),  # beyond 1: by the scale
        (np.array([0, 255]), None, [0, 255]),
        (np.array([0, 4095]), (0.0, 4095.0), [0, 255]),
        (np.array([0.0, np.nan, 1.0]), None, [0, 0, 255]),
    ],
)
def test_alpha_has_a_rule_of_its_own(alpha, limits, expected):
    assert alpha_to_8bit(alpha, limits).tolist() == expected


def test_the_advice_for_alpha_works():
    image = np.dstack([np.full((2, 2, 3), 0.5), np.full((2, 2), 200.0)])
    with pytest.raises(ScaleNeededError, match=r"alpha must lie in 0\.\.1, got 200\.\.200"):
        cq.quantize(image, 2)
    assert cq.quantize(image, 2, scale=(0, 255)).palette.alphas.tolist() == [200]
    assert cq.quantize(image, 2, scale="range", alpha="cut").alpha is not None


# --- counts ---------------------------------------------------------------------------------------


def test_counts_are_those_of_numpy(rng):
    levels = some_levels(rng, 5000, 12)
    valid, importance = rng.random(5000) < 0.7, rng.integers(0, 3, 5000).astype(np.uint16)
    counted = count_deep(levels, valid, importance)
    kept = valid & (importance > 0)
    distinct, place = np.unique(levels[kept], axis=0, return_inverse=True)
    np.testing.assert_array_equal(counted.colors(), distinct)
    np.testing.assert_array_equal(counted.weights(), np.bincount(place.ravel(), importance[kept]))


def test_many_colours_become_cells_with_their_means_in_any_order(rng, monkeypatch):
    monkeypatch.setattr(deep_table, "DEEP_LIMIT", 2000)
    parts = [some_levels(rng, 3000), some_levels(rng, 10), some_levels(rng, 4000, 300)]
    forward, backward = (
        sum((count_deep(part) for part in order[1:]), count_deep(order[0])) for order in (parts, parts[::-1])
    )
    whole = count_deep(np.concatenate(parts))
    for counted in (forward, backward):
        assert counted.bits == whole.bits < 16
        np.testing.assert_array_equal(counted.keys, whole.keys)
        np.testing.assert_array_equal(counted.sums, whole.sums)
    assert len(whole) <= 2000 < len(np.unique(np.concatenate(parts) >> (15 - whole.bits), axis=0))
    mean = np.average(whole.colors(), axis=0, weights=whole.weights())
    np.testing.assert_allclose(mean, np.concatenate(parts).mean(axis=0) / 65535, rtol=1e-5)


def test_8_bit_parts_add_up_with_deeper_ones(rng):
    shallow, deep = some_levels(rng, 50, 256) * np.uint16(257), some_levels(rng, 50)
    image = np.concatenate([shallow, deep])[:, None]
    by_parts = count_pixels([open_source(part[:, None]) for part in (shallow, deep)])
    whole = count_pixels(open_source(image))
    assert isinstance(count_pixels(open_source(shallow[:, None])), ColorCounts)
    assert isinstance(by_parts, DeepCounts)
    np.testing.assert_array_equal(by_parts.keys, whole.keys)
    np.testing.assert_array_equal(by_parts.sums, whole.sums)


# --- palettes, labels, errors -----------------------------------------------------------------------


def test_colours_that_differ_in_their_low_bytes_stay_apart(low_bytes):
    result = cq.quantize(low_bytes, 64)
    assert len(result.palette) == 64
    assert result.palette.is_deep
    np.testing.assert_array_equal(result.palette.levels[result.labels], low_bytes)
    assert cq.distortion(low_bytes, result).is_exact
    assert not cq.distortion(low_bytes, cq.quantize(low_bytes, 16)).is_exact


@pytest.mark.parametrize("quantizer", ["kmeans", "best", "median_cut", "wu", "uniform", "octree"])
def test_a_slow_gradient_gets_evenly_spread_entries(quantizer):
    gradient = np.tile(np.arange(30000, 30512, dtype=np.uint16), (4, 1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LittleRangeWarning)
        palette = cq.quantize(gradient, 8, quantizer=quantizer).palette
    steps = np.diff(np.sort(palette.levels[:, 0].astype(int)))
    assert len(palette) == 8
    assert (np.abs(steps - 64) <= 40).all()


def test_each_pixel_has_the_nearest_entry_in_full_depth(rng):
    image = some_levels(rng, 400, 3000).reshape(20, 20, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LittleRangeWarning)
        result = cq.quantize(image, 9, space="srgb")
    distances = ((image[..., None, :].astype(float) - result.palette.levels) ** 2).sum(-1)
    own = np.take_along_axis(distances, result.labels[..., None].astype(int), -1)[..., 0]
    np.testing.assert_allclose(own, distances.min(-1), rtol=1e-4)


@pytest.mark.parametrize("dtype", [np.uint16, np.float32, np.float64, np.int64])
@pytest.mark.parametrize("channels", [(), (3,), (4,)])
def test_lazy_is_numpy_in_full_depth(rng, dtype, channels):
    image = rng.integers(0, 60000, (30, 40, *channels)).astype(dtype)
    scale = (0, 60000)
    lazy = da.from_array(image, chunks=(11, 17, *channels))
    ours, theirs = (cq.quantize(each, 12, scale=scale, rgb=bool(channels)) for each in (image, lazy))
    assert ours.palette == theirs.palette
    np.testing.assert_array_equal(ours.labels, np.asarray(theirs.labels))
    first, second = cq.distortion(image, ours), cq.distortion(lazy, theirs)
    assert (first.mse, first.is_exact, first.clipped) == (second.mse, second.is_exact, second.clipped)


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_auto_meets_its_target_in_full_depth_and_one_color_fewer_does_not(photo, depth):
    image = photo[::2, ::2] if depth == np.uint8 else photo[::2, ::2] * np.uint16(257) + np.uint16(3)
    found = cq.quantize(image, "auto", target={"mean_de2000": 4})
    fewer = cq.quantize(image, len(found.palette) - 1)
    assert cq.distortion(image, found).mean_de2000 <= 4 < cq.distortion(image, fewer).mean_de2000


def test_error_is_that_of_the_full_depth(rng):
    image = some_levels(rng, 300).reshape(10, 30, 3)
    result = cq.quantize(image, 7)
    own = result.palette.levels[result.labels].astype(float)
    assert cq.distortion(image, result).mse == pytest.approx((((image - own) / 257) ** 2).sum(-1).mean())


@pytest.mark.parametrize(
    ("image", "scale", "is_exact", "clipped"),
    [
        (np.array([[0.1, 0.2, 0.7]]), "dtype", True, 0),
        (np.array([[0.1, 0.1 + 1e-9, 0.7]]), "dtype", False, 0),  # beyond 16 bits, and one label
        (np.array([[0, 100, 4000, 4095]], np.uint16), (0, 4000), False, 0.25),
        (np.array([[0, 100, 3999, 4000]], np.uint16), (0, 4000), True, 0),
        (np.array([[0, 100, 200]], np.uint8), (50, 150), True, 2 / 3),
        (np.array([[0, 10, 200]], np.uint8), (50, 250), False, 2 / 3),
        (np.array([[0, 10, 200]], np.uint8), "dtype", True, 0),
    ],
)
def test_exact_means_that_no_two_input_levels_were_merged(image, scale, is_exact, clipped):
    found = cq.distortion(image, cq.quantize(image, 16, scale=scale, rgb=False))
    assert found.is_exact == is_exact
    assert found.clipped == pytest.approx(clipped)


def test_a_deep_palette_survives_its_files(low_bytes, tmp_path):
    palette = cq.quantize(low_bytes, 20).palette
    assert cq.Palette.from_dict(palette.to_dict()) == palette
    for name in ("a.json", "a.ase"):
        cq.write_palette(palette, tmp_path / name)
        np.testing.assert_array_equal(cq.read_palette(tmp_path / name).levels, palette.levels)
    recipe = cq.Recipe(palette=palette)
    again = cq.map_pixels(low_bytes, cq.Recipe.from_json(recipe.to_json()).palette)
    np.testing.assert_array_equal(again.labels, cq.quantize(low_bytes, 20).labels)


def test_8_bit_colours_that_were_changed_count(low_bytes):
    values = cq.quantize(low_bytes, 3).palette.to_dict()
    values["colors"][1] = "#ff0000"
    changed = cq.Palette.from_dict(values)
    assert changed.hex[1] == "#ff0000"
    assert changed.levels[1].tolist() == [65535, 0, 0]
    assert changed.levels[0].tolist() == values["levels"][0]


# --- a range that is hardly used --------------------------------------------------------------------


@pytest.mark.parametrize("lazy", [False, True])
def test_12_bits_in_16_are_told(photo, lazy):
    image = photo.astype(np.uint16) * 14
    image = da.from_array(image, chunks=(50, 50, 3)) if lazy else image
    with pytest.warns(LittleRangeWarning, match=r"holds 0 to 3\d\d\d, little of 0 to 65535, which uint16 has.*scale="):
        cq.quantize(image, 4)
    cq.quantize(image, 4, scale="range")
    cq.quantize(image, 4, scale=(0, 4095))


@pytest.mark.parametrize(("bits", "dtype"), [(10, "uint16"), (14, "uint16"), (12, ">u2"), (12, "int16")])
def test_sensors_of_other_depths_are_told(photo, bits, dtype):
    image = (photo / 255 * (2**bits - 1)).astype(dtype)
    with pytest.warns(LittleRangeWarning, match=rf"holds 0 to \d+, little of 0 to \d+, which {np.dtype(dtype).name} "):
        cq.quantize(image, 4)


def test_12_bits_in_16_are_told_with_graded_alpha_too(photo):
    alpha = np.full((*photo.shape[:2], 1), 65535, np.uint16)
    alpha[:9] = 30000
    image = np.concatenate([photo.astype(np.uint16) * 14, alpha], axis=2)
    with pytest.warns(LittleRangeWarning, match=r"holds 0 to 3\d\d\d"):
        assert cq.quantize(image, 4).palette.is_graded


def test_palettes_are_mapped_with_the_same_warning(photo):
    with pytest.warns(LittleRangeWarning):
        cq.map_pixels((photo / 255 * 0.05).astype(np.float32), "ega")
    cq.map_pixels(np.full((3, 5), 7, np.uint16), "ega")  # of one number, nothing can be made
