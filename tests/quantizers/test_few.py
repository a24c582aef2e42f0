"""K-means of few colours on up to four axes, against scikit-learn, and with a fourth axis that is nothing."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from napari_colorquant.clustering.four_axes import nearest_of_four, weighted_rows
from napari_colorquant.quantizers import QUANTIZERS
from napari_colorquant.quantizers._line import divide_line
from napari_colorquant.quantizers.pca import split_rows
from napari_colorquant.quantizers.pnn import merge_to

SEEDINGS = ("wu", "pca", "kmeans++", "maximin")
kmeans_of_few = QUANTIZERS["kmeans"].on_four


def cloud(rng, count, axes=4):
    """Return weighted points in a few clumps, some of them rare."""
    middles = rng.random((12, axes))
    points = middles[rng.integers(0, 12, count)] + rng.normal(0, 0.06, (count, axes))
    return points.astype(np.float32), (1 + rng.pareto(1.5, count) * 10).astype(np.float32)


def distortion(points, weights, centers):
    return float((nearest_of_four(points, centers)[1].astype(np.float64) * weights).sum())


@pytest.mark.parametrize("count", [60, 700, 3000])
@pytest.mark.parametrize("n_colors", [1, 2, 8, 40])
def test_the_error_is_near_that_of_the_best_of_many_runs_of_scikit_learn(count, n_colors, rng):
    points, weights = cloud(rng, count)
    theirs = KMeans(n_colors, n_init=20, random_state=0).fit(points, None, weights).inertia_
    ours = kmeans_of_few(points, weights, n_colors)
    assert len(np.unique(ours, axis=0)) == n_colors
    assert distortion(points, weights, ours) <= theirs * 1.04


@pytest.mark.parametrize("seeding", SEEDINGS)
@pytest.mark.parametrize("n_colors", [3, 30, 150])
def test_exchanges_lower_the_error_of_each_seeding(seeding, n_colors, rng):
    points, weights = cloud(rng, 500)
    plain, exchanged = (
        kmeans_of_few(points, weights, n_colors, seeding=seeding, exchanges=rounds, seed=3) for rounds in (0, 4)
    )
    assert plain.shape == exchanged.shape == (n_colors, 4)
    assert distortion(points, weights, exchanged) <= distortion(points, weights, plain) * 1.0001
    again = kmeans_of_few(points, weights, n_colors, seeding=seeding, exchanges=4, seed=3)
    np.testing.assert_array_equal(exchanged, again)


@pytest.mark.parametrize("n_colors", [4, 16, 100])
def test_where_the_fourth_axis_is_nothing_the_error_is_that_of_three(n_colors, rng):
    points, weights = cloud(rng, 2000, 3)
    four = np.column_stack([points, np.full(len(points), 0.3, np.float32)])
    ours = distortion(four, weights, kmeans_of_few(four, weights, n_colors))
    assert ours <= 1.03 * distortion(points, weights, QUANTIZERS["kmeans"](points, weights, n_colors))


def test_of_few_colours_each_is_its_own_and_more_are_not_made_up(rng):
    points, weights = cloud(rng, 20)
    found = kmeans_of_few(np.repeat(points, 3, axis=0), np.repeat(weights, 3), 20)
    assert distortion(points, weights, found) == pytest.approx(0, abs=1e-9)
    assert len(split_rows(weighted_rows(np.repeat(points, 3, axis=0), np.repeat(weights, 3)), 50)) <= 20


def test_more_entries_than_are_exchanged(rng):
    points, weights = cloud(rng, 9000)
    found = kmeans_of_few(points, weights, 2500)
    assert len(found) == 2500
    assert distortion(points, weights, found) < 0.8 * distortion(points, weights, points[:2500])


@pytest.mark.parametrize("axes", [1, 2, 3, 4])
def test_clusters_weigh_what_their_points_do(axes, rng):
    points, weights = cloud(rng, 400, axes)
    found = split_rows(weighted_rows(points, weights), 23)
    assert found[:, 4].sum() == pytest.approx(weights.sum(), rel=1e-5)
    middle = np.average(found[:, :axes], axis=0, weights=found[:, 4])
    np.testing.assert_allclose(middle, np.average(points, axis=0, weights=weights), rtol=1e-4)
    assert not found[:, axes:4].any()


def test_pairs_are_merged_by_all_four_axes():
    points = np.array([[0, 0, 0, 0], [0, 0, 0, 1], [0.1, 0, 0, 0], [0, 0, 0, 1.1]], np.float32)
    merged = merge_to(points, np.ones(4, np.float32), 2)
    np.testing.assert_allclose(merged[np.argsort(merged[:, 3])], [[0.05, 0, 0, 0], [0, 0, 0, 1.05]], atol=1e-6)


@pytest.mark.parametrize("count", [300, 4000])
def test_a_line_on_four_axes_is_divided_as_one_on_three(count, rng):
    places, direction = rng.random((count, 1)), np.array([[0.3, -0.2, 0.5, 0.4]])
    weights = rng.integers(1, 99, count).astype(np.float32)
    four = (places * direction + 0.1).astype(np.float32)
    three = (places * [[np.sqrt(np.square(direction).sum()), 0, 0]]).astype(np.float32)
    errors = [distortion(each, weights, divide_line(each, weights, 9)) for each in (four, three)]
    assert errors[0] == pytest.approx(errors[1], rel=2e-3)
    np.testing.assert_array_equal(kmeans_of_few(four, weights, 9), divide_line(four, weights, 9))


@pytest.mark.parametrize("count", [100, 700, 3000])
@pytest.mark.parametrize("n_colors", [5, 60])
def test_only_how_weights_compare_counts(count, n_colors, rng):
    points, weights = cloud(rng, count)
    first, second = (kmeans_of_few(points, factor * weights, n_colors) for factor in (1, np.float32(2**22)))
    np.testing.assert_array_equal(first, second)
