import numpy as np
import pytest
from sklearn.metrics import pairwise_distances_argmin

import naive
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.clustering.nearest import find_candidates, nearest, nearest_with_distance, rule_out


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("n_colors", [1, 2, 17, 256])
def test_nearest_is_what_scikit_learn_finds_up_to_ties(rng, axes, n_colors):
    colors, palette = rng.random((5000, axes), np.float32), rng.random((n_colors, axes), np.float32)
    labels, distances = nearest_with_distance(colors, palette)
    theirs = ((colors - palette[pairwise_distances_argmin(colors, palette)]) ** 2).sum(axis=1)
    assert labels.dtype == np.uint8
    assert distances.dtype == np.float32
    np.testing.assert_allclose(((colors - palette[labels]) ** 2).sum(axis=1), theirs, atol=1e-6)
    np.testing.assert_allclose(distances, theirs, atol=1e-6)


def test_the_lowest_index_wins_a_tie(rng):
    palette = rng.integers(0, 4, (40, 3)).astype(np.float32)  # with duplicates, at equal distances
    colors = rng.integers(0, 8, (500, 3)).astype(np.float32) / 2
    np.testing.assert_array_equal(nearest(colors, palette), naive.nearest(colors, palette))


@pytest.mark.parametrize("spread", [1.0, 0.02, 1e-5])
@pytest.mark.parametrize("n_colors", [25, 300, 2000])
def test_no_color_that_may_be_nearest_is_ruled_out(rng, n_colors, spread):
    # On a lattice, with palette colours on it and halfway between: ties and all but ties throughout.
    steps = np.sort(rng.integers(0, 40, (6000, 3)), axis=0)[:, ::-1]
    colors = (np.float32(0.7) + np.float32(spread) * steps.astype(np.float32) / 40).astype(np.float32)
    halves = rng.integers(0, 80, (n_colors, 3)).astype(np.float32) / 80
    palette = (np.float32(0.7) + np.float32(spread) * halves).astype(np.float32)
    squares = np.square(colors[:, None] - palette)
    distances = squares[..., 0] + squares[..., 1] + squares[..., 2]
    labels, least = nearest_with_distance(colors, palette)
    np.testing.assert_array_equal(labels, distances.argmin(axis=1))
    np.testing.assert_array_equal(least, distances.min(axis=1))


@pytest.mark.parametrize("extent", [0.5, 0.2, 0.0])
@pytest.mark.parametrize("n_colors", [1, 7, 8, 30, 200])
def test_what_is_held_against_all_others_keeps_whatever_is_nearest_somewhere(rng, n_colors, extent):
    # On a lattice, so that there are duplicates and ties; the box's points are on it and halfway between.
    palette = rng.integers(0, 9, (n_colors, 3)).astype(np.float32) / 8
    box = np.array([0.5, 0.5, 0.5, extent, extent, extent / 2], np.float32)
    squares, excess = np.empty((2, n_colors + 7), np.float32)
    chosen = np.empty(n_colors + 1, np.int64)
    found = find_candidates(box, *palette.T, n_colors, squares, excess, chosen)
    before = chosen[:found].copy()
    scratch = *np.empty((4, n_colors + 7), np.float32), np.empty(n_colors + 7, np.int32)
    left = chosen[: rule_out(box, *palette.T, squares, chosen, found, *scratch)]
    assert np.isin(left, before).all()
    assert (np.diff(left) > 0).all()
    points = box[:3] + box[3:] * rng.integers(-16, 17, (2000, 3)).astype(np.float32) / 16
    apart = np.square(points[:, None].astype(np.float64) - palette).sum(axis=2)
    is_nearest = (apart == apart.min(axis=1, keepdims=True)).any(axis=0)
    assert set(np.flatnonzero(is_nearest)) <= set(left)
    assert extent != 0.2 or n_colors < 200 or len(left) < 0.8 * len(before)


def test_palette_colors_are_their_own_nearest(rng):
    palette = rng.random((256, 3), np.float32)
    labels, distances = nearest_with_distance(palette, palette)
    np.testing.assert_array_equal(labels, np.arange(256))
    assert not distances.any()


@pytest.mark.parametrize("own", [0.0, 0.5, 1e-12])
def test_many_points_at_one_palette_color_are_its_own(rng, own):
    # Their box has no extent, and nothing is farther from its middle than that colour: not even the colour.
    palette = np.concatenate([rng.random((60, 3), np.float32) + np.float32(2), np.full((1, 3), own, np.float32)])
    labels, distances = nearest_with_distance(np.full((500, 3), own, np.float32), palette)
    assert (labels == 60).all()
    assert not distances.any()


@pytest.mark.parametrize("size", [0, 1, 2047, 2048, 2049, 70_000])
def test_any_number_of_colors_on_any_number_of_threads(rng, size):
    colors, palette = rng.random((size, 3), np.float32), rng.random((9, 3), np.float32)
    results = []
    for threads in (1, 3):
        with limit_threads(threads):
            results.append(nearest(colors, palette))
    np.testing.assert_array_equal(*results)
    assert results[0].shape == (size,)


def test_strided_and_read_only_arrays_will_do(rng):
    colors = rng.random((900, 6), np.float32)[::3, ::2]
    colors.flags.writeable = False
    palette = np.asfortranarray(rng.random((8, 3), np.float32))
    np.testing.assert_array_equal(nearest(colors, palette), naive.nearest(colors, palette))
