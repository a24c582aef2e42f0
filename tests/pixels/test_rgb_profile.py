import pickle
import struct

import numpy as np
import pytest

from image_files import RGB_KINDS, SRGB, make_gray_profile, make_rgb_profile, pack_profile
from napari_colorquant.palette import Palette
from napari_colorquant.pixels.icc import read_gray, read_rgb
from napari_colorquant.pixels.rgb_profile import RgbProfile, find_rgb_profile
from napari_colorquant.spaces import SPACES, Metric

WIDE = ["adobe", "p3", "prophoto"]
STEPS = np.arange(0, 256, 17, dtype=np.uint8)
GRID = np.stack(np.meshgrid(STEPS, STEPS, STEPS, indexing="ij"), axis=-1).reshape(-1, 3)
XYZ_TO_SRGB = np.linalg.inv(np.array(RGB_KINDS["srgb"][0]).T)


def light_of(kind, colors):
    """Return linear sRGB of 8-bit colours, in float64 and by the textbook."""
    columns, power = RGB_KINDS[kind]
    encoded = colors / 255
    curved = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    light = encoded**power if power else curved
    return light @ np.array(columns) @ XYZ_TO_SRGB.T


@pytest.mark.parametrize("kind", WIDE)
@pytest.mark.parametrize("table", [False, True])
def test_levels_mean_the_light_that_the_profile_says(kind, table):
    profile = RgbProfile(make_rgb_profile(kind, table=table))
    np.testing.assert_allclose(profile.to_linear(GRID), light_of(kind, GRID), atol=1.5e-3)
    np.testing.assert_array_equal(profile.to_linear(GRID * np.uint16(257)), profile.to_linear(GRID))
    np.testing.assert_allclose(profile.to_linear((GRID / 255).astype(np.float32)), profile.to_linear(GRID), atol=1e-6)


@pytest.mark.parametrize("kind", WIDE)
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_light_leads_back_to_the_levels(kind, dtype):
    profile = RgbProfile(make_rgb_profile(kind))
    levels = GRID.astype(dtype) * dtype(1 if dtype == np.uint8 else 257)
    back = np.rint(profile.from_linear(profile.to_linear(levels)) * np.iinfo(dtype).max)
    np.testing.assert_allclose(back, levels, atol=0 if dtype == np.uint8 else 32)


@pytest.mark.parametrize("kind", WIDE)
def test_grays_stay_gray(kind):
    grays = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    shown = RgbProfile(make_rgb_profile(kind)).to_srgb(grays).astype(int)
    assert np.ptp(shown, axis=1).max() == 0


@pytest.mark.parametrize("kind", WIDE)
def test_srgb_has_its_place_in_each_wide_rgb(kind):
    profile, deep = RgbProfile(make_rgb_profile(kind)), GRID * np.uint16(257)
    np.testing.assert_allclose(profile.to_srgb(profile.from_srgb(deep)).astype(int), deep, atol=24)
    assert profile.to_srgb(profile.from_srgb(GRID)).dtype == np.uint8


def test_a_profile_counts_by_what_it_does_not_by_its_name():
    assert not RgbProfile(make_rgb_profile("adobe", "sRGB IEC61966-2.1")).is_srgb
    assert RgbProfile(make_rgb_profile("srgb", "Monitor")).is_srgb
    assert RgbProfile(make_rgb_profile("srgb", "x", table=True)).is_srgb
    assert RgbProfile(SRGB).is_srgb
    assert find_rgb_profile(SRGB) is None
    assert find_rgb_profile(make_rgb_profile("p3", "Display P3")).name == "Display P3"


def test_a_profile_goes_to_text_and_to_other_processes_and_back():
    profile = RgbProfile(make_rgb_profile("p3"))
    profile.to_linear(GRID)
    assert RgbProfile.from_text(profile.to_text()) == profile == pickle.loads(pickle.dumps(profile))
    assert len(pickle.dumps(profile)) < 2000
    assert {profile: 1}[RgbProfile(profile.icc)] == 1


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("kind", WIDE)
def test_every_space_has_a_finite_place_for_wide_colours(space, kind):
    metric = Metric(SPACES[space], profile=RgbProfile(make_rgb_profile(kind)))
    places = metric.coordinates(GRID)
    assert np.isfinite(places).all()
    mixed = metric.mix(places, places, GRID, np.ones(len(GRID), np.int64))
    assert mixed.dtype == np.uint8


@pytest.mark.parametrize("space", ["oklab", "lab", "luv", "linear", "jzazbz", "srgb", "ycbcr"])
def test_spaces_without_bounds_lead_back_to_wide_colours(space):
    metric = Metric(SPACES[space], profile=RgbProfile(make_rgb_profile("p3")))
    places = metric.coordinates(GRID)
    mixed = metric.mix(places, places, GRID, np.ones(len(GRID), np.int64)).astype(int)
    np.testing.assert_allclose(mixed, GRID, atol=1)


def test_a_formula_of_each_kind_is_read():
    levels = np.arange(65536) / 65535
    for numbers, meant in [
        ((2.0,), levels**2),
        ((2.0, 0.5, 0.5), (0.5 * levels + 0.5) ** 2),
        ((2.0, 1.25, -0.25, 0.0), np.maximum(1.25 * levels - 0.25, 0) ** 2),
        ((2.0, 0.9, 0.1, 0.25, 0.04), np.where(levels >= 0.04, (0.9 * levels + 0.1) ** 2, 0.25 * levels)),
        ((2.0, 0.9, 0.0, 0.2, 0.2, 0.1, 0.0), np.where(levels >= 0.2, (0.9 * levels) ** 2 + 0.1, 0.2 * levels)),
    ]:
        kind = {1: 0, 3: 1, 4: 2, 5: 3, 7: 4}[len(numbers)]
        curve = b"para\0\0\0\0" + struct.pack(f">HH{len(numbers)}i", kind, 0, *(round(n * 65536) for n in numbers))
        found = read_gray(pack_profile(b"GRAY", {b"kTRC": curve}))
        assert np.isclose(found, meant, atol=1e-4).sum() >= 65535  # where a straight part ends may be rounded


def test_no_curve_is_a_straight_line():
    curve = b"curv\0\0\0\0" + struct.pack(">I", 0)
    np.testing.assert_array_equal(read_gray(pack_profile(b"GRAY", {b"kTRC": curve})), np.arange(65536) / 65535)


def test_what_is_no_rgb_by_curves_and_a_matrix_is_refused():
    with pytest.raises(TypeError, match="bytes of an ICC profile"):
        RgbProfile("p3.icc")
    with pytest.raises(ValueError, match="must be one of RGB"):
        RgbProfile(make_gray_profile(2.2))
    with pytest.raises(ValueError, match="table of colours"):
        RgbProfile(pack_profile(b"RGB ", {b"A2B0": bytes(40)}))
    with pytest.raises(ValueError, match="must have a tag rXYZ"):
        RgbProfile(pack_profile(b"RGB ", {}))
    with pytest.raises(ValueError, match="primaries"):
        RgbProfile(pack_profile(b"RGB ", dict.fromkeys((b"rXYZ", b"gXYZ", b"bXYZ"), b"XYZ " + bytes(16))))
    with pytest.raises(ValueError, match="base64"):
        RgbProfile.from_text("no profile")
    with pytest.raises(ValueError, match="base64"):
        RgbProfile.from_text("π")
    with pytest.raises(ValueError, match="at most"):
        RgbProfile(make_rgb_profile("p3") + bytes(1 << 20))


@pytest.mark.parametrize("dtype", [np.int64, np.int16, np.uint32])
def test_numbers_that_are_no_levels_are_refused(dtype):
    profile, numbers = RgbProfile(make_rgb_profile("p3")), np.full((2, 3), 250, dtype)
    with pytest.raises(TypeError, match="levels must be uint8 or uint16, got "):
        profile.to_linear(numbers)
    for its in (profile, None):
        with pytest.raises(TypeError, match="levels must be uint8 or uint16, got "):
            Palette.of_levels(numbers, its)


def test_a_damaged_profile_is_refused_whatever_the_damage(rng):
    whole = make_rgb_profile("p3", table=True)
    for length in range(0, 700, 7):
        with pytest.raises(ValueError, match="must"):
            read_rgb(whole[:length])
    for _ in range(500):
        damaged = bytearray(whole)
        for place in rng.integers(0, 700, 4):
            damaged[place] = rng.integers(256)
        try:
            profile = RgbProfile(bytes(damaged))
        except ValueError:
            continue
        assert np.isfinite(profile.to_linear(GRID)).all()
