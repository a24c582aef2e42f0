"""The palette colour that differs least by CIEDE2000: what comparing every pair gives, number by number."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage.color import deltaE_ciede2000, rgb2lab

from image_files import make_rgb_profile
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.pixels.rgb_profile import RgbProfile
from napari_colorquant.spaces import SPACES, DifferenceMetric
from napari_colorquant.spaces.delta_e import BLOCK, ciede2000
from napari_colorquant.spaces.difference import nearest_by_difference

LAB = SPACES["lab"]
#: Middles and half widths of boxes of colours: everything, blues (which the formula turns), grays, the dark, the vivid.
BOXES = {
    "all": ((128, 128, 128), 128),
    "blues": ((40, 40, 215), 40),
    "grays": ((128, 128, 128), 6),
    "dark": ((8, 8, 8), 8),
    "reds": ((230, 20, 20), 25),
}


def _draw(rng, box, count):
    middle, width = BOXES[box]
    return np.clip(np.array(middle) + rng.integers(-width, width + 1, (count, 3)), 0, 255).astype(np.uint8)


def _compare_all(lab, palette):
    """Return the differences of every colour and every entry, (N, K)."""
    return ciede2000(np.repeat(lab, len(palette), axis=0), np.tile(palette, (len(lab), 1))).reshape(len(lab), -1)


@pytest.mark.parametrize("box", BOXES)
@pytest.mark.parametrize("n_colors", [1, 2, 16, 256, 700])
def test_it_is_what_comparing_every_pair_gives(box, n_colors):
    rng = np.random.default_rng(n_colors)
    lab, palette = LAB.from_srgb(_draw(rng, box, 1500)), LAB.from_srgb(_draw(rng, box, n_colors))
    labels, differences = nearest_by_difference(lab, palette)
    every = _compare_all(lab, palette)
    np.testing.assert_array_equal(labels, every.argmin(axis=1))
    np.testing.assert_array_equal(differences, every.min(axis=1))


@given(st.integers(0, 2**31), st.sampled_from(list(BOXES)), st.sampled_from(list(BOXES)))
def test_it_is_that_for_colours_far_from_the_palette_too(seed, box, other):
    rng = np.random.default_rng(seed)
    lab, palette = LAB.from_srgb(_draw(rng, box, 40)), LAB.from_srgb(_draw(rng, other, 60))
    np.testing.assert_array_equal(nearest_by_difference(lab, palette)[0], _compare_all(lab, palette).argmin(axis=1))


def test_no_colour_differs_less_by_the_formula_of_scikit_image():
    rng = np.random.default_rng(3)
    colors, palette = _draw(rng, "all", 600), _draw(rng, "all", 64)
    labels, differences = nearest_by_difference(LAB.from_srgb(colors), LAB.from_srgb(palette))
    theirs = deltaE_ciede2000(rgb2lab(colors)[:, None], rgb2lab(palette)[None])
    np.testing.assert_allclose(theirs[np.arange(len(colors)), labels], theirs.min(axis=1), rtol=0, atol=2e-3)
    np.testing.assert_allclose(differences, theirs.min(axis=1), rtol=1e-4, atol=2e-3)


def test_a_tie_belongs_to_the_first_entry():
    palette = LAB.from_srgb(np.array([[9, 9, 9], [200, 40, 30], [9, 9, 9], [200, 40, 30]], np.uint8))
    lab = LAB.from_srgb(np.array([[200, 40, 30], [10, 9, 9], [210, 30, 30]], np.uint8))
    assert nearest_by_difference(lab, palette)[0].tolist() == [1, 0, 1]


def test_it_is_the_same_on_any_number_of_threads_and_in_any_parts():
    rng = np.random.default_rng(5)
    lab, palette = LAB.from_srgb(_draw(rng, "all", 2 * BLOCK + 77)), LAB.from_srgb(_draw(rng, "all", 40))
    labels, differences = nearest_by_difference(lab, palette)
    with limit_threads(1):
        np.testing.assert_array_equal(nearest_by_difference(lab, palette)[0], labels)
    part = nearest_by_difference(lab[BLOCK // 3 :], palette)
    np.testing.assert_array_equal(part[0], labels[BLOCK // 3 :])
    np.testing.assert_array_equal(part[1], differences[BLOCK // 3 :])


@pytest.mark.parametrize("box", BOXES)
def test_where_it_begins_makes_no_difference(box):
    rng = np.random.default_rng(9)
    lab, palette = LAB.from_srgb(_draw(rng, box, 3000)), LAB.from_srgb(_draw(rng, box, 90))
    labels, differences = nearest_by_difference(lab, palette)
    for near in (np.zeros_like(labels), rng.integers(0, 90, len(lab)).astype(np.uint8), labels):
        found = nearest_by_difference(lab, palette, near)
        np.testing.assert_array_equal(found[0], labels)
        np.testing.assert_array_equal(found[1], differences)


@pytest.mark.parametrize("spread", [0.0, 1e-3, 3.0, 60.0])
def test_runs_of_near_and_of_far_colours_are_what_comparing_every_pair_gives(spread):
    rng = np.random.default_rng(10)
    middles = LAB.from_srgb(_draw(rng, "all", 60)).repeat(16, axis=0)
    lab = (middles + rng.normal(0, spread, middles.shape)).astype(np.float32)
    palette = (rng.uniform(-1, 1, (120, 3)) * (60, 110, 110) + (50, 0, 0)).astype(np.float32)
    labels, differences = nearest_by_difference(lab, palette)
    every = _compare_all(lab, palette)
    np.testing.assert_array_equal(labels, every.argmin(axis=1))
    np.testing.assert_array_equal(differences, every.min(axis=1))


def test_labels_of_more_than_256_colours_are_of_two_bytes():
    rng = np.random.default_rng(6)
    lab, palette = LAB.from_srgb(_draw(rng, "all", 9)), LAB.from_srgb(_draw(rng, "all", 257))
    assert nearest_by_difference(lab, palette)[0].dtype == np.uint16


@pytest.mark.parametrize("profile", [None, RgbProfile(make_rgb_profile("p3"))], ids=["srgb", "p3"])
def test_levels_of_both_depths_and_floats_are_one_colour(profile):
    metric = DifferenceMetric(SPACES["oklab"], profile=profile)
    levels = _draw(np.random.default_rng(7), "all", 200)
    for other in (levels.astype(np.uint16) * 257, (levels / 255).astype(np.float32)):
        np.testing.assert_allclose(metric.lab(other), metric.lab(levels), rtol=0, atol=2e-3)


def test_labels_do_not_depend_on_the_space():
    rng = np.random.default_rng(8)
    colors, palette = _draw(rng, "all", 500), _draw(rng, "all", 30)
    found = [DifferenceMetric(SPACES[name]).nearest(colors, palette)[0] for name in ("srgb", "oklab", "gray")]
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
