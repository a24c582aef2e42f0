from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import KMeans

import naive
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.clustering.complete import complete, few_colors
from napari_colorquant.clustering.exchange import exchange
from napari_colorquant.clustering.lloyd import lloyd, lloyd_step, refine
from napari_colorquant.clustering.nearest import nearest_with_distance
from napari_colorquant.clustering.points import Points, coarsen, widened
from napari_colorquant.pixels.cells import cells_of
from napari_colorquant.pixels.counts import count_colors
from napari_colorquant.quantizers import QUANTIZERS, Quantizer
from napari_colorquant.quantizers._seeding import SEEDINGS, seed_palette


def cloud(count, axes=3, seed=0):
    """Return colours in a few clumps, sorted so that neighbours are near, and weights."""
    rng = np.random.default_rng(seed)
    middles = rng.random((12, axes))
    colors = middles[rng.integers(0, 12, count)] + rng.normal(0, 0.04, (count, axes))
    order = np.lexsort(np.floor(colors * 32).T[::-1])
    return np.ascontiguousarray(colors[order], np.float32), rng.integers(1, 40, count).astype(np.float32)


def distortion(colors, weights, palette):
    distances = nearest_with_distance(colors, palette)[1].astype(np.float64)
    return float((distances * weights).sum() / weights.sum(dtype=np.float64))


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("n_colors", [1, 2, 7, 100])
@pytest.mark.parametrize("wide", [False, True])
def test_pruned_step_finds_the_clusters_of_the_plain_loop(axes, n_colors, wide):
    colors, weights = cloud(700, axes)
    points = Points.from_colors(colors, weights)
    if wide:
        points = widened(points, n_colors)
    palette = np.zeros((n_colors, 3), np.float32)
    palette[:, :axes] = np.random.default_rng(1).random((n_colors, axes))
    labels = np.empty(len(colors), np.int32)
    sums = lloyd_step(points, palette, labels)
    expected = naive.nearest(colors, palette[:, :axes])
    np.testing.assert_array_equal(labels, expected)
    for k in range(n_colors):
        inside = expected == k
        assert sums[k, 0] == weights[inside].sum(dtype=np.float64)
        np.testing.assert_allclose(
            sums[k, 1 : 1 + axes], weights[inside] @ colors[inside].astype(np.float64), rtol=1e-9
        )
    np.testing.assert_allclose(sums[:, 4].sum(), naive.distortion(colors, weights, palette[:, :axes]), rtol=1e-5)


@given(st.integers(0, 2**31), st.integers(1, 40), st.integers(1, 3))
@settings(max_examples=30, deadline=None)
def test_step_labels_every_point_with_a_nearest_color(seed, n_colors, axes):
    rng = np.random.default_rng(seed)
    colors = np.zeros((rng.integers(1, 300), 3), np.float32)
    colors[:, :axes] = rng.integers(0, 9, (len(colors), axes)) / np.float32(8)  # coarse, so that ties abound
    palette = colors[rng.integers(0, len(colors), n_colors)]
    labels = np.empty(len(colors), np.int32)
    lloyd_step(Points.from_colors(colors, np.ones(len(colors), np.float32)), palette, labels)
    gaps = ((colors - palette[labels]) ** 2).sum(axis=1)
    np.testing.assert_allclose(gaps, nearest_with_distance(colors, palette)[1], atol=1e-6)


@pytest.mark.parametrize("extent", [0.0, 1e-45, 1e-40, 1e-30, 1e-20])
def test_points_of_colors_that_hardly_differ(extent):
    colors = np.array([[0.5 * extent, 0, 0], [extent, 0, 0], [0, 0, 0]], np.float32)
    points = Points.from_colors(colors, np.ones(3, np.float32))
    assert points.group_moments[:, 0].sum() == 3
    labels = np.empty(3, np.int32)
    lloyd_step(points, colors[:1], labels)
    np.testing.assert_array_equal(labels, 0)


def test_points_keep_every_color_and_all_weight():
    colors, weights = cloud(3000)
    points = Points.from_colors(colors, weights)
    covered = np.concatenate([np.arange(start, stop) for start, stop in points.spans])
    np.testing.assert_array_equal(np.sort(covered), np.arange(3000))
    np.testing.assert_array_equal(points.colors, colors)
    for moments in (points.moments, points.group_moments):
        assert moments[:, 0].sum() == weights.sum(dtype=np.float64)
        np.testing.assert_allclose(moments[:, 1:4].sum(axis=0), weights @ colors.astype(np.float64), rtol=1e-9)
    for (start, stop), box in zip(points.spans, points.boxes, strict=True):
        assert (np.abs(colors[start:stop] - box[:3]) <= box[3:] + 1e-6).all()


@pytest.mark.parametrize("n_colors", [4, 300])
def test_widened_points_are_the_same_in_fewer_runs(n_colors):
    colors, weights = cloud(20000)
    points = Points.from_colors(colors, weights)
    wide = widened(points, n_colors)
    assert 0 < len(wide.spans) < len(points.spans) / 2
    np.testing.assert_array_equal(wide.colors, points.colors)
    np.testing.assert_array_equal(wide.weights, points.weights)
    palette = colors[:n_colors]
    np.testing.assert_allclose(lloyd_step(wide, palette), lloyd_step(points, palette), rtol=1e-6, atol=1e-9)


def test_coarse_points_have_the_mean_of_all():
    colors, weights = cloud(20000)
    coarse = coarsen(Points.from_colors(colors, weights), 4)
    assert len(coarse.weights) < 10000
    np.testing.assert_allclose(coarse.weights @ coarse.colors, weights @ colors, rtol=1e-4)


def test_colors_too_few_to_coarsen_are_kept():
    points = Points.from_colors(*cloud(200))
    assert coarsen(points, 64) is points


def test_each_plain_step_lowers_the_distortion():
    colors, weights = cloud(4000)
    points = Points.from_colors(colors, weights)
    palette = colors[:: 4000 // 20][:20]
    errors = []
    for _ in range(8):
        errors.append(distortion(colors, weights, palette))
        palette = lloyd(points, palette, 1)
    assert all(later <= earlier * (1 + 1e-6) for earlier, later in pairwise(errors))


@pytest.mark.parametrize("n_colors", [4, 16, 64])
def test_lloyd_ends_where_scikit_learn_ends_from_the_same_seeds(n_colors):
    colors, weights = cloud(5000)
    seeds = seed_palette(Points.from_colors(colors, weights), n_colors, "wu", 0)
    ours = lloyd(Points.from_colors(colors, weights), seeds, 300)
    theirs = KMeans(n_colors, init=seeds, n_init=1, max_iter=300, tol=0).fit(colors, sample_weight=weights)
    assert distortion(colors, weights, ours) <= distortion(colors, weights, theirs.cluster_centers_) * 1.0001


@pytest.mark.parametrize("n_colors", [4, 16, 64])
@pytest.mark.parametrize("name", ["kmeans", "best", "genetic_kmeans", "breathing_kmeans"])
def test_result_is_no_worse_than_scikit_learn_from_the_same_seeds(name, n_colors):
    colors, weights = cloud(5000)
    seeds = seed_palette(Points.from_colors(colors, weights), n_colors, "wu", 0)
    theirs = KMeans(n_colors, init=seeds, n_init=1, max_iter=300, tol=0).fit(colors, sample_weight=weights)
    ours = QUANTIZERS[name](colors, weights, n_colors)
    assert distortion(colors, weights, ours) <= distortion(colors, weights, theirs.cluster_centers_) * 1.005


def test_better_methods_have_the_lower_error():
    colors, weights = cloud(20000, seed=3)
    error = {name: distortion(colors, weights, QUANTIZERS[name](colors, weights, 32)) for name in QUANTIZERS}
    assert error["best"] <= error["kmeans"] <= error["fast"] <= error["wu"]
    assert error["best"] <= min(error.values()) * 1.002
    assert error["pca"] <= error["median_cut"]


def test_exchange_never_raises_the_distortion():
    colors, weights = cloud(6000)
    points = Points.from_colors(colors, weights)
    seeds = np.ascontiguousarray(colors[:24])  # all in one corner: hopeless for Lloyd's steps alone
    plain, exchanged = lloyd(points, seeds, 20), exchange(points, seeds, 10)
    assert distortion(colors, weights, exchanged) < 0.9 * distortion(colors, weights, plain)
    errors = [distortion(colors, weights, exchange(points, seeds, rounds)) for rounds in range(6)]
    assert all(later <= earlier * (1 + 1e-6) for earlier, later in pairwise(errors))


@pytest.mark.parametrize("kind", ["ramp", "cloud"])
@pytest.mark.parametrize("each", [1.3, 2, 3, 4])
def test_of_few_colors_no_start_alone_gives_a_lower_error(kind, each):
    count = int(40 * each)
    colors, weights = cloud(count)
    if kind == "ramp":  # merged by pairs, it falls into twos and fours
        colors = np.linspace(0, 1, count, dtype=np.float32)[:, None] * np.array([[1, 0.5, 0.2]], np.float32)
    found = distortion(colors, weights, QUANTIZERS["kmeans"](colors, weights, 40))
    assert distortion(colors, weights, QUANTIZERS["best"](colors, weights, 40)) <= found * (1 + 1e-6)
    merged = refine(colors, weights, QUANTIZERS["pnn"](colors, weights, 40), iterations=1)
    assert found <= distortion(colors, weights, merged) * (1 + 1e-6)
    wu = refine(colors, weights, QUANTIZERS["wu"](colors, weights, 40), iterations=5)
    assert found <= distortion(colors, weights, wu) * (1.01 if kind == "ramp" else 1)


def test_fixed_colors_never_move_and_the_rest_does_no_worse():
    colors, weights = cloud(3000)
    palette = np.ascontiguousarray(colors[::300][:10])
    refined = refine(colors, weights, palette, 4, 5)
    np.testing.assert_array_equal(refined[:4], palette[:4])
    assert distortion(colors, weights, refined) < distortion(colors, weights, palette)


def test_weight_two_is_the_color_twice():
    colors, weights = cloud(2000)
    twice = np.repeat(colors, 2, axis=0)
    halves = np.repeat(weights / 2, 2)
    seeds = np.ascontiguousarray(colors[::250])
    once, double = (lloyd(Points.from_colors(*given), seeds, 4) for given in ((colors, weights), (twice, halves)))
    np.testing.assert_allclose(once, double, atol=1e-6)


@pytest.mark.parametrize("name", ["kmeans", "best", "wu", "fast", "breathing_kmeans"])
def test_any_number_of_threads_gives_the_same_bits(name):
    colors, weights = cloud(80_000)
    palettes = []
    for threads in (1, 2, 5):
        with limit_threads(threads):
            palettes.append(QUANTIZERS[name](colors, weights, 24))
    np.testing.assert_array_equal(palettes[0], palettes[1])
    np.testing.assert_array_equal(palettes[0], palettes[2])


@pytest.mark.parametrize("seeding", SEEDINGS)
def test_each_seeding_gives_distinct_seeds(seeding):
    points = Points.from_colors(*cloud(2000))
    seeds = seed_palette(points, 50, seeding, 1)
    assert len(np.unique(seeds, axis=0)) == len(seeds) == 50


@pytest.mark.parametrize("name", ["wu", "pca"])
def test_each_doubling_of_a_divisive_palette_lowers_the_distortion(name):
    colors, weights = cloud(5000)
    errors = [distortion(colors, weights, QUANTIZERS[name].func(colors, weights, 2**k)) for k in range(9)]
    mean = np.average(colors, axis=0, weights=weights.astype(np.float64)).astype(np.float32)
    np.testing.assert_allclose(errors[0], distortion(colors, weights, mean[None]), rtol=1e-5)
    assert (np.diff(errors) < 0).all()


def test_distinct_colors_are_found_up_to_the_limit():
    colors = np.float32([[2, 0], [1, 0], [2, 0], [1, -0.0], [3, 1]])
    np.testing.assert_array_equal(few_colors(colors, 4), [[1, 0], [2, 0], [3, 1]])
    assert few_colors(colors, 2) is None


def test_colors_too_near_for_a_distance_are_colors_yet():
    colors = np.float32([[0, 0, 0], [1e-30, 0, 0], [2e-30, 0, 0], [1, 1, 1]])
    palette = complete(colors[:1], colors, np.ones(4, np.float32), 3)
    assert len(np.unique(palette, axis=0)) == 3


def test_palettes_are_filled_up_with_the_worst_fitted_colors():
    colors = np.float32([[0, 0, 0], [0.1, 0, 0], [1, 1, 1], [0.5, 0.5, 0.5]])
    palette = complete(np.zeros((2, 3), np.float32), colors, np.float32([1, 1, 1, 9]), 3)
    assert {tuple(row) for row in palette} == {(0, 0, 0), (0.5, 0.5, 0.5), (1, 1, 1)}


@pytest.mark.parametrize("seeding", ["wu", "incremental"])
def test_online_pass_lowers_the_error_of_wu(seeding, photo):
    rgb, counts = np.unique(photo.reshape(-1, 3), axis=0, return_counts=True)
    colors, weights = (rgb / np.float32(255)).astype(np.float32), counts.astype(np.float32)
    online = QUANTIZERS["online_kmeans"](colors, weights, 32, seeding=seeding)
    assert distortion(colors, weights, online) < distortion(colors, weights, QUANTIZERS["wu"](colors, weights, 32))


def test_maximin_takes_the_farthest_color_next():
    colors = np.float32([[0.0], [0.4], [0.45], [1.0]])
    weights = np.float32([1, 50, 50, 1])
    palette = QUANTIZERS["maximin"](colors, weights, 3)
    np.testing.assert_array_equal(palette.ravel(), np.float32([1.0, 0.0, 0.45]))


@pytest.mark.parametrize("name", [name for name, entry in QUANTIZERS.items() if entry.on_cells])
def test_what_a_method_does_with_cells_has_its_options(name):
    entry = QUANTIZERS[name]
    theirs = Quantizer(entry.on_cells)
    assert list(theirs.options) == list(entry.options)
    assert [option.default for option in theirs.options.values()] == [o.default for o in entry.options.values()]


@pytest.mark.parametrize("n_colors", [2, 16, 100, 256])
@pytest.mark.parametrize("name", [name for name, entry in QUANTIZERS.items() if entry.on_cells])
def test_cells_give_the_error_of_the_colors_themselves(name, n_colors, large_photo):
    counts = count_colors(large_photo.reshape(-1, 3))
    cells = cells_of(counts)
    colors, weights = counts.colors() / np.float32(255), counts.weights().astype(np.float32)
    means, sizes = cells.colors(), cells.weights().astype(np.float32)
    palette = QUANTIZERS[name](means, sizes, n_colors, are_cells=True)
    assert len(palette) == n_colors
    alone = QUANTIZERS[name](colors, weights, n_colors)
    assert distortion(colors, weights, palette) <= 1.006 * distortion(colors, weights, alone)


def test_no_exchanges_and_seedings_are_heeded_on_cells(large_photo):
    cells = cells_of(count_colors(large_photo.reshape(-1, 3)))
    means, sizes = cells.colors(), cells.weights().astype(np.float32)
    method = QUANTIZERS["kmeans"]
    plain = method(means, sizes, 24, are_cells=True, exchanges=0, iterations=2)
    better = method(means, sizes, 24, are_cells=True)
    assert distortion(means, sizes, better) < distortion(means, sizes, plain)
    for seeding in SEEDINGS:
        palette = method(means, sizes, 24, are_cells=True, seeding=seeding)
        assert len(np.unique(palette, axis=0)) == 24
