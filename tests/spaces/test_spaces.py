"""Laws of every colour space in the registry, and agreement with scikit-image."""

import itertools

import numpy as np
import pytest
from skimage import color

from napari_colorquant.pixels.transfer import DECODED, ENCODED, decode, encode
from napari_colorquant.registry import UnknownNameError
from napari_colorquant.spaces import SPACES, Metric, Space, parse_axis_weights
from napari_colorquant.spaces._cube_root import cube_root
from napari_colorquant.spaces._matrix import scale_axes

LEVELS = np.linspace(0, 255, 17).round().astype(np.uint8)
GRID = np.stack(np.meshgrid(LEVELS, LEVELS, LEVELS, indexing="ij"), axis=-1).reshape(-1, 3)
BLACK, WHITE = np.array([[0, 0, 0]], np.uint8), np.array([[255, 255, 255]], np.uint8)
GRAYS = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
RANDOM = np.random.default_rng(0).integers(0, 256, (20_000, 3), dtype=np.uint8)
THREE_AXES = [space for space in SPACES.values() if len(space.axes) == 3]

every_space = pytest.mark.parametrize("space", SPACES.values(), ids=list(SPACES))
every_full_space = pytest.mark.parametrize("space", THREE_AXES, ids=lambda space: space.name)


def rgb_of(space: Space, colors: np.ndarray) -> np.ndarray:
    return (DECODED if space.linear else ENCODED)[colors]


@every_full_space
def test_round_trip_returns_every_color(space: Space) -> None:
    rgb = rgb_of(space, GRID)
    np.testing.assert_allclose(space.to_rgb(space.from_rgb(rgb)), rgb, rtol=0, atol=1e-5)


@every_full_space
def test_round_trip_in_8_bits_is_exact(space: Space) -> None:
    for colors in (GRID, GRAYS, RANDOM):
        np.testing.assert_array_equal(space.to_srgb8(space.from_srgb(colors)), colors)


@every_space
def test_round_trip_returns_the_coordinates(space: Space) -> None:
    coordinates = space.from_srgb(GRID)
    largest = np.abs(coordinates).max()
    np.testing.assert_allclose(space.from_rgb(space.to_rgb(coordinates)), coordinates, rtol=0, atol=1e-4 * largest)


@every_space
def test_black_white_and_grays_stay_themselves(space: Space) -> None:
    for colors in (BLACK, WHITE, GRAYS):
        np.testing.assert_array_equal(space.to_srgb8(space.from_srgb(colors)), colors)


@every_space
def test_coordinates_are_contiguous_float32_with_one_column_per_axis(space: Space) -> None:
    for colors in (GRID, ENCODED[GRID], GRID[:0]):
        coordinates = space.from_srgb(colors)
        assert coordinates.dtype == np.float32
        assert coordinates.shape == (len(colors), len(space.axes))
        assert coordinates.flags.c_contiguous
        assert space.to_rgb(coordinates).dtype == np.float32
        assert space.to_srgb8(coordinates).shape == (len(colors), 3)


@every_space
def test_eight_bit_and_float_colors_agree(space: Space) -> None:
    coordinates = space.from_srgb(GRID)
    largest = np.abs(coordinates).max()
    np.testing.assert_allclose(space.from_srgb(ENCODED[GRID]), coordinates, rtol=0, atol=1e-5 * largest)


@every_space
def test_a_color_converts_alike_wherever_it_stands(space: Space) -> None:
    whole = space.from_srgb(RANDOM)
    for start, stop in ((0, 1), (1, 8), (13, 30), (19_990, 20_000)):
        np.testing.assert_array_equal(space.from_srgb(RANDOM[start:stop]), whole[start:stop])
        np.testing.assert_array_equal(
            space.to_srgb8(whole[start:stop]),
            RANDOM[start:stop] if whole.shape[1] == 3 else space.to_srgb8(whole)[start:stop],
        )


@every_space
def test_conversions_leave_their_input_untouched(space: Space) -> None:
    rgb = rgb_of(space, GRID)
    coordinates = space.from_rgb(rgb).copy()
    rgb.flags.writeable = False
    coordinates.flags.writeable = False
    np.testing.assert_array_equal(space.from_rgb(rgb), coordinates)
    space.to_rgb(coordinates)
    space.to_srgb8(coordinates)


@every_space
def test_coordinates_beyond_the_gamut_are_clipped_once_on_leaving(space: Space) -> None:
    coordinates = space.from_srgb(GRID)
    middle = coordinates.mean(axis=0)
    beyond = (middle + 1.5 * (coordinates - middle)).astype(np.float32)
    assert np.isfinite(space.to_rgb(beyond)).all()
    assert space.to_srgb(beyond).min() >= 0
    assert space.to_srgb(beyond).max() <= 1


@every_space
def test_lightness_and_chroma_axes_tell_grays(space: Space) -> None:
    assert {space.lightness, *space.chroma} <= {*space.axes, None}
    coordinates = dict(zip(space.axes, space.from_srgb(GRAYS).T, strict=True))
    span = np.abs(space.from_srgb(GRID)).max()
    if space.lightness:
        assert np.all(np.diff(coordinates[space.lightness]) > 0)
    for axis in space.chroma:
        np.testing.assert_allclose(coordinates[axis], 0, atol=1e-3 * span)


@every_space
def test_entries_tell_what_they_are(space: Space) -> None:
    assert space.summary.endswith(".")
    assert "\n" not in space.summary
    assert space.reference
    assert len(space.default_scale) == len(space.axes)
    assert min(space.default_scale) > 0


def test_oklab_is_the_first_space() -> None:
    assert list(SPACES)[:2] == ["oklab", "srgb"]


def test_unknown_space_suggests_a_near_one() -> None:
    with pytest.raises(UnknownNameError, match="colour space must be a known name, got 'oklap'; did you mean 'oklab'"):
        SPACES["oklap"]


# --- agreement with scikit-image -------------------------------------------------------------------------------


def from_skimage(name: str, colors: np.ndarray) -> np.ndarray:
    if name == "hsv":
        hue, saturation, value = color.rgb2hsv(colors).T
        chroma = saturation * value
        return np.stack([chroma * np.cos(2 * np.pi * hue), chroma * np.sin(2 * np.pi * hue), value], axis=-1)
    if name == "ycbcr":
        return (color.rgb2ycbcr(colors) - [16, 128, 128]) / [219, 224, 224]
    if name == "gray":
        return color.rgb2gray(colors)[:, None]
    return getattr(color, f"rgb2{name}")(colors)


@pytest.mark.parametrize(
    ("name", "atol"), [("lab", 1e-3), ("luv", 1e-3), ("ycbcr", 1e-6), ("hsv", 1e-6), ("gray", 1e-6)]
)
def test_agrees_with_skimage(name: str, atol: float) -> None:
    for colors in (GRID, GRAYS, RANDOM):
        np.testing.assert_allclose(SPACES[name].from_srgb(colors), from_skimage(name, colors), rtol=0, atol=atol)


@pytest.mark.parametrize("name", ["lab", "luv", "hed"])
def test_way_back_agrees_with_skimage(name: str) -> None:
    coordinates = SPACES[name].from_srgb(RANDOM)
    expected = getattr(color, f"{name}2rgb")(coordinates.astype(np.float64))
    np.testing.assert_allclose(SPACES[name].to_srgb(coordinates), expected, rtol=0, atol=1e-4)


def test_hed_agrees_with_skimage_but_keeps_negative_stains() -> None:
    hed = SPACES["hed"].from_srgb(GRID)
    assert hed.min() < 0
    np.testing.assert_allclose(np.maximum(hed, 0), color.rgb2hed(GRID), rtol=0, atol=1e-5)


def test_decode_and_encode_agree_with_the_standard() -> None:
    xyz = color.rgb2xyz(GRAYS[None])[0, :, 1]
    np.testing.assert_allclose(DECODED, xyz, rtol=0, atol=1e-6)
    np.testing.assert_allclose(decode(ENCODED), DECODED, rtol=0, atol=1e-6)
    np.testing.assert_allclose(encode(DECODED), ENCODED, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "srgb", "expected"),
    [
        # Ottosson's own values, by way of XYZ; white and red in Oklab.
        ("oklab", (255, 255, 255), (1.0, 0.0, 0.0)),
        ("oklab", (255, 0, 0), (0.627955, 0.224863, 0.125846)),
        ("oklab", (0, 0, 255), (0.452014, -0.032457, -0.311528)),
        # ICtCp of 203 nits of gray: the signal that ITU-R BT.2408 gives for diffuse white, 58 %.
        ("ictcp", (255, 255, 255), (0.58069, 0.0, 0.0)),
        ("jzazbz", (255, 255, 255), (0.22207, 0.0, 0.0)),
        # (L + 8) / 108 of Lab's a and b of red by scikit-image, with its L.
        ("hunt_lab", (255, 0, 0), (53.24059, 45.41574, 38.10681)),
        # XYB of white and red, worked out from the numbers of the standard; B is less Y.
        ("xyb", (255, 255, 255), (0.0, 0.84531, 0.0)),
        ("xyb", (255, 0, 0), (0.02810, 0.48819, -0.01653)),
    ],
)
def test_known_coordinates(name: str, srgb: tuple[int, int, int], expected: tuple[float, ...]) -> None:
    coordinates = SPACES[name].from_srgb(np.array([srgb], np.uint8))[0]
    np.testing.assert_allclose(coordinates, expected, rtol=0, atol=2e-4)


def test_hues_of_hsv_close_to_a_circle() -> None:
    nearly_red = np.array([[255, 0, 4], [255, 4, 0]], np.uint8)
    pink, orange = SPACES["hsv"].from_srgb(nearly_red)
    assert np.linalg.norm(pink - orange) < 0.05


def test_dark_colors_of_any_hue_are_near_in_hsv() -> None:
    dark = SPACES["hsv"].from_srgb(np.array([[2, 0, 0], [0, 2, 2]], np.uint8))
    assert np.linalg.norm(dark[0] - dark[1]) < 0.02


def test_cube_root_is_accurate_to_two_units_in_the_last_place() -> None:
    values = np.concatenate([np.linspace(0, 2, 20_001), np.logspace(-29, 30, 1000)]).astype(np.float32)
    values = np.concatenate([values, -values])
    roots = np.array([cube_root(value) for value in values], np.float32)
    exact = np.cbrt(values.astype(np.float64))
    assert np.all(np.abs(roots - exact) <= 2 * np.spacing(np.abs(exact).astype(np.float32)))


@pytest.mark.parametrize("vivid", [0, 20, 60])
@pytest.mark.parametrize("lightness", [15, 35, 50, 65, 90])
def test_small_steps_along_an_axis_of_lab_steps_are_as_ciede2000_counts_them(lightness, vivid):
    lab = np.array([[lightness, 0.0, vivid]] * 2)
    for step in ((0.5, 0, 0), (0, 0, 0.5)):
        lab[1] = lab[0] + step
        places = SPACES["lab_steps"].from_linear(SPACES["lab"].to_linear(lab.astype(np.float32)))
        np.testing.assert_allclose(np.linalg.norm(places[0] - places[1]), color.deltaE_ciede2000(*lab), atol=0.02)


# --- metrics ---------------------------------------------------------------------------------------------------


@every_space
def test_metric_scales_by_the_space_and_by_the_weights_relative_to_the_largest(space: Space) -> None:
    weights = tuple(np.arange(2.0, 2.0 + len(space.axes)))
    shares = np.divide(weights, max(weights))
    expected = space.from_srgb(GRID) * np.multiply(space.default_scale, shares).astype(np.float32)
    np.testing.assert_allclose(Metric(space, weights).coordinates(GRID), expected, rtol=1e-6)


@every_full_space
@pytest.mark.parametrize("factor", [5e-324, 1e-300, 1e-21, 0.5, 1024.0, 1e20, 5e307])
def test_only_the_ratios_of_the_weights_matter(space: Space, factor: float) -> None:
    plain, scaled = Metric(space, (3, 0, 1)), Metric(space, (3 * factor, 0 * factor, 1 * factor))
    np.testing.assert_allclose(scaled.coordinates(GRID), plain.coordinates(GRID), rtol=1e-6)


@pytest.mark.parametrize("weights", [(1, 1e-13, 1), (1e20, 1, 1e20), (5e-324, 1, 1)])
def test_a_weight_whose_squares_float32_would_lose_is_refused(weights: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="axis_weights must be 0 or at least 1e-12 of the largest, got"):
        Metric(SPACES["oklab"], weights)
    smallest = Metric(SPACES["oklab"], (1e-12, 1, 1)).coordinates(np.array([[0, 0, 0], [0, 0, 1]], np.uint8))
    assert np.square(smallest[1, 0]) > np.finfo(np.float32).tiny


@every_full_space
def test_an_axis_of_weight_zero_is_left_out(space: Space) -> None:
    full = Metric(space).coordinates(GRID)
    for dropped in itertools.chain(itertools.combinations(range(3), 1), itertools.combinations(range(3), 2)):
        weights = tuple(float(axis not in dropped) for axis in range(3))
        kept = [axis for axis in range(3) if axis not in dropped]
        coordinates = Metric(space, weights).coordinates(GRID)
        assert coordinates.flags.c_contiguous
        np.testing.assert_array_equal(coordinates, full[:, kept])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ((1, 1), r"axis_weights must have one number for each axis of lab \(L, a, b\), got 2"),
        ((1, 1, -1), r"axis_weights must be >= 0, finite and not all 0, got \(1.0, 1.0, -1.0\)"),
        ((0, 0, 0), "not all 0"),
        ((1, 1, float("nan")), "finite"),
        ((1, 1, float("inf")), "finite"),
    ],
)
def test_wrong_axis_weights_are_named(weights: tuple[float, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Metric(SPACES["lab"], weights)
    with pytest.raises(ValueError, match=message):
        parse_axis_weights(SPACES["lab"], weights)


def test_axis_weights_are_read_by_name() -> None:
    lab = SPACES["lab"]
    assert parse_axis_weights(lab, None) == (1.0, 1.0, 1.0)
    assert parse_axis_weights(lab, {"L": 0}) == (0.0, 1.0, 1.0)
    assert parse_axis_weights(lab, (0, 1, 2)) == (0.0, 1.0, 2.0)
    with pytest.raises(ValueError, match=r"axis_weights must name axes of lab \(L, a, b\), got \['l'\]"):
        parse_axis_weights(lab, {"l": 0})


@pytest.mark.parametrize("axes", [[0], [2, 0], [0, 1, 2], [2, 3, 1], [3, 1, 0, 2]])
def test_scaled_axes_are_those_columns_times_their_factors(rng, axes):
    coordinates, factors = rng.random((50, 4), np.float32), rng.random(len(axes), np.float32)
    scaled = scale_axes(coordinates, np.array(axes), factors)
    np.testing.assert_array_equal(scaled, coordinates[:, axes] * factors)
    assert scaled.flags.c_contiguous
