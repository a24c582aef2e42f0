"""Few colours are found at once, and many are told from them without a look at all."""

import numpy as np
import pytest

from napari_colorquant.clustering import complete
from napari_colorquant.clustering.complete import few_colors


@pytest.mark.parametrize("n_colors", [1, 16, 256, 300, 1000])
def test_few_colours_are_the_distinct_ones(rng, n_colors):
    distinct = np.unique(rng.random((n_colors, 3)).astype(np.float32), axis=0)
    found = few_colors(distinct[rng.integers(0, len(distinct), 5000)].astype(np.float32), n_colors)
    every = few_colors(np.concatenate([distinct, distinct]), n_colors)
    np.testing.assert_array_equal(every, distinct)
    assert found is not None
    assert len(found) <= n_colors
    assert few_colors(np.concatenate([distinct, distinct + 2]), n_colors) is None


@pytest.mark.parametrize("n_colors", [16, 255, 256])
def test_more_colours_than_asked_for_are_not_all_sorted(rng, n_colors, monkeypatch):
    def refuse(_):
        raise AssertionError("all colours were sorted")

    monkeypatch.setattr(complete, "distinct_rows", refuse)
    assert few_colors(rng.random((20_000, 3)).astype(np.float32), n_colors) is None
