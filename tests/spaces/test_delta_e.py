"""CIEDE2000 against Sharma's table and scikit-image, and its laws."""

from pathlib import Path

import numpy as np
import pytest
from skimage.color import deltaE_ciede2000

from napari_colorquant.spaces import SPACES
from napari_colorquant.spaces.delta_e import BLOCK, ciede2000, rgb_difference
from napari_colorquant.spaces.lab import levels_to_lab_planes

SHARMA = np.loadtxt(Path(__file__).parent / "reference" / "ciede2000.csv", delimiter=",", comments="#")


def random_pairs(reach, count=20_000):
    rng = np.random.default_rng(reach)
    colors = rng.integers(0, 256, (count, 3))
    others = np.clip(colors + rng.integers(-reach, reach + 1, colors.shape), 0, 255)
    return colors.astype(np.uint8), others.astype(np.uint8)


def test_agrees_with_sharmas_34_pairs():
    assert len(SHARMA) == 34
    np.testing.assert_allclose(ciede2000(SHARMA[:, :3], SHARMA[:, 3:6]), SHARMA[:, 6], rtol=0, atol=6e-5)


def test_agrees_with_sharmas_pairs_the_other_way_round():
    np.testing.assert_allclose(ciede2000(SHARMA[:, 3:6], SHARMA[:, :3]), SHARMA[:, 6], rtol=0, atol=6e-5)


@pytest.mark.parametrize("reach", [1, 5, 30, 255])
def test_agrees_with_skimage(reach):
    lab, others = (SPACES["lab"].from_srgb(colors) for colors in random_pairs(reach))
    expected = deltaE_ciede2000(lab.astype(np.float64), others.astype(np.float64))
    np.testing.assert_allclose(ciede2000(lab, others), expected, rtol=1e-5, atol=2e-5)
    assert np.abs(ciede2000(lab, others) - expected).mean() < 1e-5


def test_agrees_with_skimage_on_every_pair_of_corners_and_grays():
    levels = np.array([0, 1, 128, 254, 255], np.uint8)
    colors = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 3)
    first, second = np.repeat(colors, len(colors), axis=0), np.tile(colors, (len(colors), 1))
    lab, others = SPACES["lab"].from_srgb(first), SPACES["lab"].from_srgb(second)
    expected = deltaE_ciede2000(lab.astype(np.float64), others.astype(np.float64))
    np.testing.assert_allclose(ciede2000(lab, others), expected, rtol=1e-5, atol=2e-5)


def test_equal_colors_differ_by_nothing():
    colors, _ = random_pairs(1)
    lab = SPACES["lab"].from_srgb(colors)
    np.testing.assert_array_equal(ciede2000(lab, lab), 0)


def test_difference_is_symmetric():
    lab, others = (SPACES["lab"].from_srgb(colors) for colors in random_pairs(40))
    np.testing.assert_allclose(ciede2000(lab, others), ciede2000(others, lab), rtol=1e-5, atol=2e-5)


def test_rgb_difference_is_that_of_its_lab_coordinates():
    colors, others = random_pairs(20)
    differences = np.empty(len(colors), np.float32)
    rgb_difference(colors, others, differences)
    expected = ciede2000(SPACES["lab"].from_srgb(colors), SPACES["lab"].from_srgb(others))
    np.testing.assert_array_equal(differences, expected)


def test_lab_planes_hold_what_the_space_says():
    colors, _ = random_pairs(20)
    np.testing.assert_array_equal(levels_to_lab_planes(colors), SPACES["lab"].from_srgb(colors).T)


def test_pairs_differ_alike_wherever_they_stand():
    lab, others = (SPACES["lab"].from_srgb(colors) for colors in random_pairs(40, BLOCK + 50))
    whole = ciede2000(lab, others)
    for start, stop in ((0, 1), (5, 12), (BLOCK - 3, BLOCK + 50)):
        np.testing.assert_array_equal(ciede2000(lab[start:stop], others[start:stop]), whole[start:stop])


def test_no_pairs_have_no_differences():
    assert ciede2000(np.empty((0, 3)), np.empty((0, 3))).shape == (0,)


@pytest.mark.parametrize("shapes", [((4, 3), (5, 3)), ((4, 2), (4, 2)), ((3,), (3,))])
def test_unlike_shapes_are_refused(shapes):
    with pytest.raises(ValueError, match=r"lab and others must both have shape \(N, 3\), got "):
        ciede2000(*(np.zeros(shape) for shape in shapes))
