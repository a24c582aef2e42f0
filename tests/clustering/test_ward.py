"""Which two clusters cost least to merge, against a plain loop; and exchanges, which go by it."""

import numpy as np
import pytest

from napari_colorquant.clustering.exchange import swap_clusters
from napari_colorquant.clustering.ward import find_partner


def cost_of(i, j, columns, weight):
    square = ((columns[:, i].astype(float) - columns[:, j]) ** 2).sum()
    return weight[i] * weight[j] / (weight[i] + weight[j]) * square


@pytest.mark.parametrize("count", [2, 7, 300, 700])
def test_the_partner_is_the_one_after_it_that_costs_least(count, rng):
    columns, weight = rng.random((4, count), np.float32), rng.integers(1, 99, count).astype(np.float32)
    gone = rng.random(count) < 0.2
    columns[0, gone] = np.inf
    costs = np.empty(count, np.float32)
    for i in np.flatnonzero(~gone)[:40]:
        partner = find_partner(i, *columns, weight, costs)
        others = [j for j in range(i + 1, count) if not gone[j]]
        if not others:
            assert (partner, costs[i]) == (i, np.inf)
            continue
        least = min(cost_of(i, j, columns, weight) for j in others)
        assert not gone[partner]
        assert costs[i] == pytest.approx(least, rel=1e-5)
        assert cost_of(i, partner, columns, weight) == pytest.approx(least, rel=1e-5)


@pytest.mark.parametrize("axes", [3, 4])
def test_an_empty_cluster_goes_where_splitting_gains_most(axes, rng):
    palette = rng.random((6, axes), np.float32)
    sums = np.column_stack([np.full(6, 10.0), palette * 10.0, np.ones(6)])
    sums[2] = 0
    gains = np.array([0.1, 0.2, 0.0, 5.0, 0.1, 0.1])
    halves = np.zeros((6, 2, axes + 1))
    halves[3, :, 0] = 5
    halves[3, 0, 1:], halves[3, 1, 1:] = 0.25, 0.75
    before = palette.copy()
    assert swap_clusters(palette, sums, gains, halves, 1, 0) == 1
    assert (palette[3] == 0.25).all()
    assert (palette == 0.75).all(axis=1).sum() == 1
    for other in (0, 1, 4, 5):  # to merge with nothing is to stay, be it in another place
        assert np.isclose(palette, before[other]).all(axis=1).any()


@pytest.mark.parametrize("n_fixed", [0, 4, 5, 6])
def test_what_is_fixed_is_neither_split_nor_merged(n_fixed, rng):
    palette = rng.random((6, 4), np.float32)
    sums = np.column_stack([np.ones(6), palette, np.ones(6)])
    before = palette.copy()
    made = swap_clusters(palette, sums, np.full(6, 9.0), np.ones((6, 2, 5)), 3, n_fixed)
    np.testing.assert_array_equal(palette[:n_fixed], before[:n_fixed])
    assert made == {0: 2, 4: 0, 5: 0, 6: 0}[n_fixed]
