"""Palettes of colours that a device can show: on its grid, distinct, and no worse than any rounding."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from skimage import data

import napari_colorquant as cq
from napari_colorquant.cli import main
from napari_colorquant.clustering.nearest import nearest_with_distance
from napari_colorquant.pipeline.verbs import run
from napari_colorquant.pixels.device_grid import DeviceGrid, check_bits

PHOTO = data.astronaut()[::4, ::4].copy()
GRIDS = ["rgb332", "rgb444", "rgb555", "rgb565", "3-3-3", "1-1-1"]


def _error(image, colors, metric):
    """Return the mean squared distance of the pixels of an image to the nearest of some colours."""
    pixels = metric.coordinates(np.ascontiguousarray(image[..., :3].reshape(-1, 3)))
    return float(nearest_with_distance(pixels, metric.coordinates(np.ascontiguousarray(colors)))[1].mean(dtype=float))


@pytest.mark.parametrize("bits", range(1, 9))
def test_the_levels_of_a_channel_are_its_bits_repeated(bits):
    levels = DeviceGrid((bits, bits, bits)).levels[0]
    assert (levels[0], levels[-1], len(set(levels.tolist()))) == (0, 255, 1 << bits)
    for value, level in enumerate(levels):
        assert format(level, "08b") == (format(value, f"0{bits}b") * 8)[:8]
        assert level >> (8 - bits) == value


def test_rgb565_is_what_shifts_and_ors_give():
    red, green, _ = DeviceGrid((5, 6, 5)).levels
    assert red.tolist() == [value << 3 | value >> 2 for value in range(32)]
    assert green.tolist() == [value << 2 | value >> 4 for value in range(64)]


@given(st.tuples(*[st.integers(1, 8)] * 3), st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=9))
def test_rounding_takes_the_nearest_level_of_each_channel(bits, colors):
    grid, colors = DeviceGrid(bits), np.array(colors, np.uint8)
    rounded = grid.round(colors)
    for channel, levels in enumerate(grid.levels):
        away = np.abs(levels.astype(int)[None] - colors[:, channel, None].astype(int)).min(axis=1)
        assert np.array_equal(np.abs(rounded[:, channel].astype(int) - colors[:, channel].astype(int)), away)
    assert grid.holds(rounded).all()
    assert grid.holds(grid.around(colors).reshape(-1, 3)).all()
    assert np.array_equal(grid.around(colors)[:, 0], rounded)


@pytest.mark.parametrize(
    "written", ["rgb565", "RGB565", "565", "5-6-5", "5,6,5", " rgb 565 ", (5, 6, 5), [5, np.int64(6), 5]], ids=str
)
def test_bits_are_written_in_any_usual_way(written):
    assert check_bits("bits", written) == "5-6-5"


def test_one_number_is_that_of_all_channels():
    assert [check_bits("bits", value) for value in (4, "4", np.int32(4), None)] == ["4-4-4"] * 3 + [None]


@pytest.mark.parametrize("value", [0, 9, -1, "", "rgb", "rgb999", "56", "5-6", "5-6-5-5", (5, 6), True, 2.5, b"565"])
def test_bits_that_are_none_are_refused(value):
    with pytest.raises((ValueError, TypeError), match=r"bits must be None, 1 to 8 bits .*, got "):
        cq.Recipe(bits=value)


@pytest.mark.parametrize("quantizer", cq.QUANTIZERS)
def test_every_method_ends_on_the_grid_with_distinct_entries(quantizer):
    palette = cq.quantize(PHOTO, 12, quantizer=quantizer, bits="rgb444").palette
    assert DeviceGrid((4, 4, 4)).holds(palette.colors).all()
    assert len(set(palette)) == len(palette) == 12


@pytest.mark.parametrize("space", [name for name in cq.SPACES if name != "stains"])
def test_every_space_ends_on_the_grid(space):
    palette = cq.quantize(PHOTO, 9, space=space, bits="rgb332").palette
    assert DeviceGrid((3, 3, 2)).holds(palette.colors).all()
    assert len(set(palette)) == len(palette) == 9


@pytest.mark.parametrize("bits", GRIDS)
@pytest.mark.parametrize("space", ["oklab", "srgb", "lab"])
@pytest.mark.parametrize("n_colors", [4, 16, 64])
def test_it_is_never_worse_than_rounding_a_design_that_knows_of_no_grid(bits, space, n_colors):
    recipe = cq.Recipe(n_colors, space=space, bits=bits)
    ours = cq.quantize(PHOTO, n_colors, space=space, bits=bits).palette.colors
    rounded = recipe.grid.round(cq.quantize(PHOTO, n_colors, space=space).palette.colors)
    error, plain = _error(PHOTO, ours, recipe.metric), _error(PHOTO, rounded, recipe.metric)
    assert error <= plain * (1 + 1e-6)
    if n_colors == 64 and bits in ("rgb332", "3-3-3"):  # many entries are rounded to one
        assert error < 0.99 * plain


@given(
    st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=40),
    st.integers(1, 12),
    st.sampled_from(["rgb565", "2-1-3", 1, 4]),
)
def test_any_colours_end_on_the_grid_and_no_entry_twice(colors, n_colors, bits):
    image = np.array(colors, np.uint8)[None]
    recipe = cq.Recipe(n_colors, bits=bits)
    palette = run(image, recipe).palette
    assert recipe.grid.holds(palette.colors).all()
    assert len(set(palette)) == len(palette) <= n_colors
    rounded = recipe.grid.round(cq.quantize(image, n_colors).palette.colors)
    assert _error(image, palette.colors, recipe.metric) <= _error(image, rounded, recipe.metric) * (1 + 1e-5) + 1e-12


@pytest.mark.parametrize("bits", GRIDS)
def test_an_image_of_few_colours_of_the_device_comes_back_as_it_is(bits, rng):
    levels = cq.Recipe(bits=bits).grid.levels
    colors = np.stack([rng.choice(each, 8) for each in levels], axis=1)
    image = colors[rng.integers(0, 8, (20, 30))]
    assert np.array_equal(cq.quantize(image, 8, bits=bits).to_rgb(), image)


def test_colours_with_alpha_end_on_the_grid_with_an_alpha_of_their_own():
    alpha = np.linspace(0, 255, PHOTO.shape[1]).astype(np.uint8)
    image = np.dstack([PHOTO, np.broadcast_to(alpha, PHOTO.shape[:2])])
    palette = cq.quantize(image, 12, bits="rgb444").palette
    assert DeviceGrid((4, 4, 4)).holds(palette.colors).all()
    assert len(set(map(tuple, palette.rgba))) == len(palette)
    assert palette.is_graded
    few = np.uint8([[[255, 0, 17, 100], [255, 0, 17, 255], [34, 51, 68, 9]]])
    assert np.array_equal(cq.quantize(few, 4, bits=4).to_rgb(), few)


@pytest.mark.parametrize("dither", ["floyd_steinberg", "bayer"])
def test_a_design_for_a_dither_ends_on_the_grid_and_keeps_to_the_rim(dither):
    palette = cq.quantize(PHOTO, 8, dither=dither, bits="rgb444").palette
    assert DeviceGrid((4, 4, 4)).holds(palette.colors).all()
    free = cq.quantize(PHOTO, 8, dither=dither).palette
    assert np.abs(palette.colors.astype(float).std(axis=0) / free.colors.std(axis=0) - 1).max() < 0.2


def test_sixteen_bits_of_an_image_end_on_the_grid():
    palette = cq.quantize(PHOTO.astype(np.uint16) * 257 + 3, 8, bits="rgb565").palette
    assert not palette.is_deep
    assert DeviceGrid((5, 6, 5)).holds(palette.colors).all()


def test_chunks_and_frames_end_on_the_grid_with_the_same_palette():
    import dask.array as da

    whole = cq.quantize(PHOTO, 8, bits="rgb444")
    chunked = cq.quantize(da.from_array(PHOTO, chunks=(40, 50, 3)), 8, bits="rgb444")
    assert chunked.palette.hex == whole.palette.hex
    assert np.array_equal(np.asarray(chunked.labels), whole.labels)


def test_a_target_counts_on_the_grid():
    indexed = cq.quantize(PHOTO, "auto", target="psnr=24", bits="rgb565")
    assert DeviceGrid((5, 6, 5)).holds(indexed.palette.colors).all()
    assert cq.distortion(PHOTO, indexed).psnr >= 23.9


def test_fixed_colours_stay_and_must_be_of_the_device():
    palette = cq.quantize(PHOTO, 8, bits="rgb444", fixed=["#ff0000", "#112233"]).palette
    assert {"#ff0000", "#112233"} <= set(palette.hex)
    with pytest.raises(ValueError, match="fixed must be colours that a device of 4-4-4 bits has, got '#123456'"):
        cq.Recipe(8, bits=4, fixed=["#123456"])


def test_what_pixels_keep_of_their_own_has_no_grid():
    with pytest.raises(ValueError, match="keep must be 'none' with bits='4-4-4', got 'lightness'"):
        cq.Recipe(8, bits=4, keep="lightness")


def test_bits_are_recorded_and_repeat():
    indexed = cq.quantize(PHOTO, 8, bits=4)
    assert indexed.recipe.bits == "4-4-4"
    again = run(PHOTO, cq.Recipe.from_json(indexed.recipe.to_json()))
    assert np.array_equal(again.to_rgb(), indexed.to_rgb())
    assert cq.Recipe.from_dict({"n_colors": 8}).bits is None


def test_the_terminal_designs_for_a_device(tmp_path):
    Image.fromarray(PHOTO).save(tmp_path / "photo.png")
    assert main([str(tmp_path / "photo.png"), "-n", "8", "--bits", "rgb332", "-o", str(tmp_path / "out.png")]) == 0
    with Image.open(tmp_path / "out.png") as picture:
        colors = np.unique(np.asarray(picture.convert("RGB")).reshape(-1, 3), axis=0)
    assert DeviceGrid((3, 3, 2)).holds(colors).all()
    assert len(colors) == 8
