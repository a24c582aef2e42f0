"""Palettes that are designed for a dither: their mixtures reach farther, and what is flat stays."""

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant.clustering.nearest import nearest
from napari_colorquant.design.apart import move_apart
from napari_colorquant.design.counted import CountedColors
from napari_colorquant.pixels.counts import count_colors
from napari_colorquant.recipe import Recipe

DITHERED = Recipe(8, dither="floyd_steinberg")


@pytest.fixture
def counted(photo):
    return CountedColors.from_counts(count_colors(photo.reshape(-1, 3)), DITHERED.metric)


@pytest.mark.parametrize("count", [2, 8, 64])
def test_centers_move_outward_and_no_farther_than_their_own_colors_lie(count, counted):
    centers = counted.coordinates[:: len(counted) // count][:count]
    moved = move_apart(counted, centers, centers[:0], DITHERED)
    own = nearest(counted.coordinates, centers)
    distances = np.linalg.norm(counted.coordinates - centers[own], axis=1)
    reach = np.bincount(own, counted.weights * distances, count) / np.bincount(own, counted.weights, count)
    assert (np.linalg.norm(moved - centers, axis=1) <= reach * 1.001 + 1e-6).all()
    assert moved.var(axis=0).sum() > centers.var(axis=0).sum()


@pytest.mark.parametrize("dither", ["none", "floyd_steinberg:strength=0"])
def test_without_a_dither_nothing_moves(dither, counted, photo):
    centers = counted.coordinates[:8]
    assert move_apart(counted, centers, centers[:0], Recipe(8, dither=dither)) is centers
    plain = cq.design_palette(photo, 8)
    assert (cq.design_palette(photo, 8, dither=dither).colors == plain.colors).all()


def test_a_center_among_others_on_all_sides_stays(counted):
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32) * 0.1
    centers = np.concatenate([corners, np.zeros((1, 3), np.float32)]) + np.float32(0.5)
    moved = move_apart(counted, centers, centers[:0], DITHERED)
    assert np.abs(moved[-1] - centers[-1]).max() < 1e-6


def test_flat_colors_among_others_stay_and_are_not_dithered(rng):
    flat = np.array([[200, 30, 40], [20, 90, 200], [250, 250, 240]], np.uint8)
    image = np.repeat(np.repeat(flat, 40, axis=0)[:, None], 60, axis=1)
    image[:, 40:] = rng.integers(0, 120, (120, 20, 3))
    shown = cq.quantize(image, 16, dither="floyd_steinberg").to_rgb()
    assert (shown[:, :39] == image[:, :39]).all()


def test_fixed_colors_stay_as_they_are(photo):
    palette = cq.design_palette(photo, 8, dither="floyd_steinberg", fixed=["#102030", "#fefefe"])
    assert {(16, 32, 48), (254, 254, 254)} <= set(map(tuple, palette.colors.tolist()))


def test_a_target_is_met_without_a_dither_and_the_number_of_colors_is_the_same(photo):
    plain = cq.design_palette(photo, "auto", target={"mean_de2000": 4})
    assert len(cq.design_palette(photo, "auto", target={"mean_de2000": 4}, dither="bayer")) == len(plain)


@pytest.mark.parametrize("n_colors", [8, 32])
def test_mixtures_come_nearer_to_what_an_eye_sees_that_blurs(n_colors, photo):
    from scipy.ndimage import gaussian_filter

    from napari_colorquant.mapping.dithers._light import LIGHT

    def lack(palette):
        seen = cq.map_pixels(photo, palette, dither="floyd_steinberg").to_rgb()
        return np.square(gaussian_filter(LIGHT[seen] - LIGHT[photo], (1.5, 1.5, 0))).mean()

    apart = cq.design_palette(photo, n_colors, dither="floyd_steinberg")
    assert lack(apart) < 0.9 * lack(cq.design_palette(photo, n_colors))
