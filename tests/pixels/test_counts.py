import numpy as np
import pytest

import naive
from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.pixels.counts import ColorCounts, count_colors
from napari_colorquant.pixels.keys import keys_to_rgb, rgb_to_keys


def as_dict(counts):
    return dict(zip(map(tuple, counts.colors().tolist()), counts.weights().tolist(), strict=True))


def assert_same(first, second):
    np.testing.assert_array_equal(first.keys, second.keys)
    np.testing.assert_array_equal(first.counts, second.counts)
    np.testing.assert_array_equal(first.bins, second.bins)


def test_every_color_is_counted_once(photo):
    counts = count_colors(photo.reshape(-1, 3))
    assert counts.is_exact
    assert counts.total == photo.size // 3
    assert as_dict(counts) == naive.count(photo)
    assert counts.keys.dtype == np.uint32
    assert (np.diff(counts.keys.astype(np.int64)) > 0).all()


def test_keys_are_colors_and_back(rng):
    rgb = rng.integers(0, 256, (5000, 3), np.uint8)
    np.testing.assert_array_equal(keys_to_rgb(rgb_to_keys(rgb)), rgb)
    corners = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)
    assert rgb_to_keys(corners).tolist() == [0, 2**24 - 1]


@pytest.mark.parametrize("pieces", [2, 3, 50])
@pytest.mark.parametrize("threads", [1, 3])
def test_counts_are_the_same_for_any_chunks_in_any_order_on_any_threads(rng, photo, pieces, threads):
    rgb = np.tile(photo.reshape(-1, 3), (20, 1))
    whole = count_colors(rgb)
    parts = np.split(rgb, np.sort(rng.integers(0, len(rgb), pieces - 1)))
    with limit_threads(threads):
        assert_same(count_colors(rgb), whole)
        for order in (parts, parts[::-1]):
            added = ColorCounts(np.empty(0, np.uint32), np.empty(0, np.int64))
            for part in order:
                added += count_colors(part)
            assert_same(added, whole)


def test_hidden_pixels_do_not_count(rng, photo):
    rgb = photo.reshape(-1, 3)
    valid = rng.random(len(rgb)) < 0.3
    assert as_dict(count_colors(rgb, valid)) == naive.count(rgb[valid])
    none = count_colors(rgb, np.zeros(len(rgb), bool))
    assert len(none) == none.total == 0
    assert none.colors().shape == (0, 3)


def test_few_pixels_are_counted_as_many_are(rng, photo):
    rgb = np.ascontiguousarray(photo.reshape(-1, 3)[:9000])
    valid = rng.random(len(rgb)) < 0.9
    for count in (1, 50, 8191, 8192, 8193, 9000):
        some, shown = rgb[:count], valid[:count]
        for mask, kept in ((None, some), (shown, some[shown])):
            counts = count_colors(some, mask)
            assert as_dict(counts) == naive.count(kept)
            assert (np.diff(counts.keys.astype(np.int64)) > 0).all()
            assert (counts.keys.dtype, counts.counts.dtype) == (np.uint32, np.int64)


def test_importance_counts_instead_of_pixels(rng, photo):
    rgb = photo.reshape(-1, 3)
    importance = rng.integers(0, 4, len(rgb)).astype(np.uint16)
    valid = rng.random(len(rgb)) < 0.5
    repeated = np.repeat(rgb[valid], importance[valid], axis=0)
    assert as_dict(count_colors(rgb, valid, importance)) == naive.count(repeated)


def test_too_many_colors_become_bins_with_true_means(rng):
    rgb = rng.integers(0, 256, (200_000, 3), np.uint8)
    exact, binned = count_colors(rgb), count_colors(rgb, limit=1000)
    assert exact.is_exact
    assert not binned.is_exact
    assert binned.total == exact.total == len(rgb)
    is_dark = (rgb < 32).all(axis=1)
    bins = len(np.unique(rgb[~is_dark] // 4, axis=0)) + len(np.unique(rgb[is_dark], axis=0))
    assert len(binned) == bins
    colors = binned.colors()
    assert colors.dtype == np.float32
    means = (colors * binned.weights()[:, np.newaxis]).sum(axis=0, dtype=np.float64) / len(rgb)
    np.testing.assert_allclose(means, rgb.mean(axis=0) / 255, atol=1e-6)
    assert_same(binned + count_colors(rgb[:10]), count_colors(rgb[:10]) + binned)
    assert (binned + exact).total == 2 * len(rgb)


def test_no_pixels_have_no_colors():
    assert len(count_colors(np.empty((0, 3), np.uint8))) == 0
