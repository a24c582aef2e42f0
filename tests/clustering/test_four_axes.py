"""Centres on four axes, against naive loops and scikit-learn."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from napari_colorquant.clustering.four_axes import nearest_of_four
from napari_colorquant.clustering.lloyd import refine
from napari_colorquant.clustering.refine_on_four import refine_on_four
from napari_colorquant.clustering.settle_on_four import settle_on_four


def cloud(count, axes, seed=0):
    """Return weighted points in a few clumps, (count, axes) float32."""
    rng = np.random.default_rng(seed)
    middles = rng.random((9, axes))
    points = middles[rng.integers(0, 9, count)] + rng.normal(0, 0.05, (count, axes))
    return points.astype(np.float32), rng.integers(1, 40, count).astype(np.float32)


def squares_to(points, centers):
    return ((points[:, None].astype(np.float64) - centers) ** 2).sum(axis=2)


def distortion(points, weights, centers):
    return float((squares_to(points, centers).min(axis=1) * weights).sum())


@pytest.mark.parametrize("axes", [1, 2, 3, 4])
@pytest.mark.parametrize("n_centers", [1, 5, 300])
def test_the_nearest_is_that_of_the_plain_loop(axes, n_centers):
    points, _ = cloud(400, axes)
    centers, _ = cloud(n_centers, axes, seed=1)
    labels, distances = nearest_of_four(points, centers)
    squares = squares_to(points, centers)
    assert labels.dtype == (np.uint8 if n_centers <= 256 else np.uint16)
    np.testing.assert_allclose(distances, squares.min(axis=1), rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(squares[np.arange(len(points)), labels], squares.min(axis=1), rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("n_centers", [3, 20])
def test_steps_end_where_scikit_learn_ends(n_centers):
    points, weights = cloud(500, 4)
    ours = refine_on_four(points, weights, points[:n_centers], 300, rest=0)
    theirs = KMeans(n_centers, init=points[:n_centers], n_init=1, tol=0, max_iter=300).fit(points, None, weights)
    assert distortion(points, weights, ours) == pytest.approx(theirs.inertia_, rel=1e-4)


def test_on_three_axes_a_step_is_that_of_three():
    points, weights = cloud(300, 3)
    once = refine_on_four(points, weights, points[:12], 1)
    np.testing.assert_allclose(once, refine(points, weights, points[:12], iterations=1), rtol=1e-4)


def test_empty_clusters_get_the_points_that_are_served_worst():
    points, weights = cloud(100, 4)
    weights[7] = 1e4
    points[7] = 3
    far = np.full((1, 4), -9, np.float32)
    moved = refine_on_four(points, weights, np.concatenate([points[:3], far]), 1)
    np.testing.assert_array_equal(moved[3], points[7])


@pytest.mark.parametrize("n_fixed", [0, 2])
@pytest.mark.parametrize("n_centers", [3, 8, 60])
def test_exchanges_never_raise_the_distortion_nor_move_what_is_fixed(n_centers, n_fixed):
    points, weights = cloud(600, 4)
    start = refine_on_four(points, weights, points[:n_centers], 3, n_fixed=n_fixed)
    np.testing.assert_array_equal(start[:n_fixed], points[:n_fixed])
    for rounds in (1, 4):
        moved = settle_on_four(points, weights, [start], 2, rounds, n_fixed=n_fixed)
        np.testing.assert_array_equal(moved[:n_fixed], points[:n_fixed])
        assert distortion(points, weights, moved) <= distortion(points, weights, start) * (1 + 1e-6)


@pytest.mark.parametrize("axis", range(4))
def test_a_centre_goes_where_it_matters_along_any_axis(axis):
    rng = np.random.default_rng(3)
    points = rng.normal(0, 0.01, (300, 4)).astype(np.float32)
    points[100:200, axis] += 3
    points[200:, axis] += 4
    weights = np.ones(300, np.float32)
    crowded = np.stack([points[0], points[1], points[150]])  # steps alone leave two in the first clump
    stuck = refine_on_four(points, weights, crowded, 50, rest=0)
    assert distortion(points, weights, stuck) > 100 * distortion(
        points, weights, settle_on_four(points, weights, [stuck], 0, 2)
    )


def test_of_several_starts_the_one_that_leads_to_less_is_taken():
    points, weights = cloud(600, 4)
    starts = [points[:12], points[100:112], points[200:212]]
    alone = [settle_on_four(points, weights, [start], 4, 0) for start in starts]
    best = min(alone, key=lambda each: distortion(points, weights, each))
    np.testing.assert_array_equal(settle_on_four(points, weights, starts, 4, 0), best)
