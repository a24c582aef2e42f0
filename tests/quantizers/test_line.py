"""Colours along a line: the division of least squared error, against all divisions and against every other method."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import napari_colorquant as cq
from napari_colorquant.clustering.nearest import nearest_with_distance
from napari_colorquant.quantizers import QUANTIZERS
from napari_colorquant.quantizers._line import divide_line

#: Neither along an axis nor through black.
DIRECTION, START = np.array([0.9, 0.4, -0.2]), np.array([0.05, 0.1, 0.8])


def on_line(places):
    return (np.asarray(places)[:, None] * DIRECTION + START).astype(np.float32)


def distortion(colors, weights, palette):
    return float((nearest_with_distance(colors, palette)[1].astype(np.float64) * weights).sum())


def least_by_hand(places, weights, count):
    """Return the least error of all ways to cut sorted places into so many stretches."""

    def cost(start, stop):
        mean = np.average(places[start:stop], weights=weights[start:stop])
        return float((weights[start:stop] * (places[start:stop] - mean) ** 2).sum())

    cuts = combinations(range(1, len(places)), count - 1)
    return min(sum(cost(*bounds) for bounds in pairwise((0, *inner, len(places)))) for inner in cuts)


@given(st.lists(st.integers(0, 255), min_size=2, max_size=11, unique=True), st.integers(1, 6), st.data())
@settings(max_examples=60, deadline=None)
def test_no_division_has_a_lower_error(levels, n_colors, data):
    places = np.array(levels) / 255  # in no order
    weights = np.array(data.draw(st.lists(st.integers(1, 999), min_size=len(places), max_size=len(places))), np.float32)
    palette = divide_line(on_line(places), weights, n_colors)
    if len(places) <= n_colors:
        assert palette is None
        return
    order = np.argsort(places)
    least = least_by_hand(places[order], weights[order].astype(float), n_colors) * np.square(DIRECTION).sum()
    assert distortion(on_line(places), weights, palette) == pytest.approx(
        least, rel=1e-3, abs=1e-6 * float(weights.sum())
    )
    assert len(np.unique(palette, axis=0)) == n_colors


@pytest.mark.parametrize("count", [200, 1024, 5000])
@pytest.mark.parametrize("n_colors", [2, 16, 100])
def test_no_other_method_has_a_lower_error(count, n_colors, rng):
    colors = on_line(np.concatenate([rng.normal(0.2, 0.02, count // 2), rng.normal(0.7, 0.1, count - count // 2)]))
    weights = rng.integers(1, 500, count).astype(np.float32)
    least = distortion(colors, weights, divide_line(colors, weights, n_colors))
    for name in ("wu", "pca", "pnn", "breathing_kmeans", "genetic_kmeans"):
        others = distortion(colors, weights, QUANTIZERS[name](colors, weights, n_colors))
        assert least <= others * (1 + 1e-5 if count <= 1024 else 1.01), name


def test_k_means_and_best_take_it(rng):
    gray = rng.normal(120, 40, (60, 60)).clip(0, 255).astype(np.uint8)
    for space in ("oklab", "srgb", "gray"):
        first, second = (cq.quantize(gray, 9, space=space, quantizer=name) for name in ("kmeans", "best"))
        assert first.palette == second.palette
    plain = cq.quantize(gray, 9, quantizer_options={"exchanges": 0})
    assert plain.palette != cq.quantize(gray, 9).palette


def test_equal_places_are_one():
    colors = on_line([0.1, 0.1, 0.5, 0.5, 0.9])
    weights = np.ones(5, np.float32)
    np.testing.assert_allclose(divide_line(colors, weights, 2)[:, 0].min(), on_line([0.1])[0, 0], rtol=1e-6)
    assert divide_line(colors, weights, 3) is None
    assert divide_line(colors[:2], weights[:2], 1) is None


@pytest.mark.parametrize("count", [40, 3000])
def test_what_is_beside_the_line_is_on_none(count, rng):
    colors = on_line(rng.random(count))
    colors[count // 3, 2] += 0.01
    assert divide_line(colors, np.ones(count, np.float32), 4) is None


def test_of_many_colours_so_few_parts_are_no_help(rng):
    colors = on_line(rng.random(4000))
    assert divide_line(colors, np.ones(4000, np.float32), 400) is None
