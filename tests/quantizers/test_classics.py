"""The classic quantizers against their definitions, and what they share."""

import numpy as np
import pytest

import naive
from napari_colorquant.clustering.bins import FEW, fill_bins
from napari_colorquant.clustering.complete import complete, few_colors
from napari_colorquant.clustering.grid import bounding_box, cubic_grid
from napari_colorquant.clustering.nearest import nearest_with_distance
from napari_colorquant.quantizers import QUANTIZERS
from napari_colorquant.quantizers.pnn import merge_to


def random_colors(rng, size, axes=3):
    return rng.random((size, axes), np.float32), rng.integers(1, 9, size).astype(np.float32)


def as_set(palette):
    return np.array(sorted(palette.tolist()))


@pytest.mark.parametrize("split_at", ["median", "mean"])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_median_cut_is_its_definition(rng, axes, split_at):
    colors, weights = random_colors(rng, 60, axes)
    palette = QUANTIZERS["median_cut"](colors, weights, 11, split_at=split_at)
    np.testing.assert_allclose(as_set(palette), as_set(naive.median_cut(colors, weights, 11, split_at)), atol=1e-6)


@pytest.mark.parametrize("axes", [1, 2, 3])
def test_pnn_is_its_definition(rng, axes):
    colors, weights = random_colors(rng, 60, axes)
    np.testing.assert_allclose(
        as_set(QUANTIZERS["pnn"](colors, weights, 7)), as_set(naive.pnn(colors, weights, 7)), atol=1e-6
    )


def test_merging_keeps_what_is_few_enough_and_never_loses_weight(rng):
    colors, weights = random_colors(rng, 300)
    np.testing.assert_array_equal(merge_to(colors, weights, 300), colors)
    np.testing.assert_array_equal(merge_to(colors, weights, 999), colors)
    np.testing.assert_allclose(merge_to(colors, weights, 1)[0], naive.mean(colors, weights), atol=1e-6)


def test_bins_are_the_means_of_their_colors(rng):
    colors, weights = random_colors(rng, 2 * FEW)
    bins = fill_bins(colors, weights, 3)
    assert bins.weights.sum() == weights.sum()
    for index in (0, len(bins.means) // 2, len(bins.means) - 1):
        inside = bins.index == index
        np.testing.assert_allclose(bins.means[index], naive.mean(colors[inside], weights[inside]), atol=1e-6)
    spread = np.abs(colors - bins.means[bins.index]).max()
    assert spread < 1.5 / cubic_grid(np.ones(3, np.float32), 3)[0]


def test_a_picture_of_few_hues_gets_finer_bins(rng):
    along = rng.random((2 * FEW, 1), np.float32)
    line = np.ascontiguousarray(np.repeat(along, 3, axis=1))
    weights = np.ones(len(line), np.float32)
    assert len(fill_bins(line, weights, 3).means) == 8
    assert len(fill_bins(line, weights, 3, least=100).means) == 128


@pytest.mark.parametrize("extent", [[1, 1, 1], [1, 0.5, 0.25], [1, 1e-3, 1e-6], [1, 0, 0], [0, 0, 0], [1], [0.5, 1]])
def test_grids_have_as_many_cubes_as_asked_for(extent):
    shape = cubic_grid(np.array(extent, np.float32), 4)
    assert 2**11 <= np.prod(shape) <= 2**13 or not any(extent)


def test_few_colors_are_found_and_sorted(rng):
    colors = rng.integers(0, 3, (10_000, 3)).astype(np.float32)
    assert few_colors(colors, 26) is None
    np.testing.assert_array_equal(few_colors(colors, 27), np.stack(np.mgrid[:3, :3, :3], -1).reshape(-1, 3))
    late = np.zeros((10_000, 2), np.float32)
    late[-1] = 1
    assert few_colors(late, 1) is None
    assert len(few_colors(late, 2)) == 2
    assert len(few_colors(np.array([[0.0], [-0.0]], np.float32), 4)) == 1


@pytest.mark.parametrize("shape", [(1, 3), (7, 1), (4000, 2), (513, 3), (900, 4)])
def test_bounding_box_touches_the_colors_on_each_axis(rng, shape):
    colors = rng.normal(size=shape).astype(np.float32)
    low, high = bounding_box(colors)
    np.testing.assert_array_equal(low, colors.min(axis=0))
    np.testing.assert_array_equal(high, colors.max(axis=0))


@pytest.mark.parametrize("found", [0, 1, 5])
def test_gaps_are_filled_with_the_worst_fitted(rng, found):
    colors, weights = random_colors(rng, 500)
    start = np.repeat(colors[:1] * 3, found, axis=0)  # all equal, and outside
    palette = complete(start, colors, weights, 8)
    low, high = bounding_box(colors)
    assert palette.shape == (8, 3)
    assert len(np.unique(palette, axis=0)) == 8
    assert (palette >= low).all()
    assert (palette <= high).all()
    costs = [float((nearest_with_distance(colors, palette[:k])[1] * weights).sum()) for k in range(1, 9)]
    assert costs == sorted(costs, reverse=True)


@pytest.mark.parametrize(
    ("spec", "n_colors", "most"),
    [("median_cut", 16, 2.18), ("octree", 16, 1.47), ("octree", 64, 1.69), ("pnn", 16, 1.08), ("pnn", 64, 1.08)],
)
def test_error_is_no_more_than_known(any_photo, spec, n_colors, most):
    rgb, counts = np.unique(any_photo.reshape(-1, 3), axis=0, return_counts=True)
    colors, weights = (rgb / 255).astype(np.float32), counts.astype(np.float32)
    mine, reference = (QUANTIZERS[name](colors, weights, n_colors) for name in (spec, "sklearn_kmeans"))
    errors = [float((nearest_with_distance(colors, palette)[1] * weights).sum()) for palette in (mine, reference)]
    assert errors[0] <= most * errors[1]
