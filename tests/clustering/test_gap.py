"""The widest gap among points, beside SciPy's spanning tree."""

import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree

from napari_colorquant.clustering.gap import find_widest_gap


@pytest.mark.parametrize("count", [2, 3, 40, 256])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_the_widest_gap_is_the_longest_edge_of_the_shortest_tree(count, axes, rng):
    points = rng.random((count, axes), np.float32)
    apart = np.linalg.norm(points[:, None] - points, axis=-1)
    assert find_widest_gap(points) == pytest.approx(minimum_spanning_tree(apart).data.max(), rel=1e-4)
    assert find_widest_gap(np.repeat(points, 2, axis=0)) == find_widest_gap(points)


def test_among_equal_points_there_is_no_gap():
    assert find_widest_gap(np.ones((1, 3), np.float32)) == find_widest_gap(np.ones((5, 3), np.float32)) == 0
