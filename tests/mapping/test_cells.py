"""Labels found cell by cell are those found colour by colour, bit for bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_colorquant.mapping.nearest_colors import label_keys
from napari_colorquant.mapping.tables import GrowingTable, LabelTable, find_cells, table_of_block
from napari_colorquant.pixels.keys import CELLS, PLACES, keys_to_rgb, levels_to_keys
from napari_colorquant.spaces import SPACES, Metric

SEPARABLE = [name for name in SPACES if SPACES[name].is_separable]


def _colors_of(cells):
    keys = (np.asarray(cells, np.uint32)[:, None] << np.uint32(9)) | np.arange(PLACES, dtype=np.uint32)
    return keys.reshape(-1)


def _naive_labels(rgb, palette, metric):
    """Return the first nearest palette colour in the order of their keys, by whole distances in float32."""
    order = np.argsort(levels_to_keys(palette), kind="stable")
    points, centers = metric.coordinates(rgb), metric.coordinates(palette[order])
    squares = np.zeros((len(points), len(centers)), np.float32)
    for axis in range(points.shape[1]):
        difference = points[:, axis, None] - centers[None, :, axis]
        squares += difference * difference
    return order[squares.argmin(axis=1)]


@st.composite
def _palettes(draw):
    """Draw palettes that are spread, crowded, in few channels, or have repeats; of either depth."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.sampled_from([1, 2, 3, 16, 100, 256, 257, 400, 600]))
    depth = draw(st.sampled_from([np.uint8, np.uint16]))
    top = np.iinfo(depth).max
    kind = draw(st.sampled_from(["spread", "crowded", "gray", "coarse"]))
    colors = rng.integers(0, top + 1, (count, 3))
    if kind == "crowded":
        colors = np.clip(rng.normal(colors[0], top / 40, (count, 3)), 0, top)
    elif kind == "gray":
        colors[:, 1:] = colors[:, :1]
    elif kind == "coarse":  # many colours are equally near
        colors = colors // (top // 4 + 1) * (top // 4 + 1)
    return colors.astype(depth)


_WEIGHTS = st.sampled_from([(1, 1, 1), (1, 2, 0.5), (0, 1, 0), (1, 0, 1), (1e-12, 1, 1), (3, 1e-3, 0)])


@given(_palettes(), st.sampled_from(SEPARABLE), _WEIGHTS, st.integers(0, 2**32 - 1))
def test_labels_of_cells_are_those_of_colors(palette, space, weights, seed):
    metric = Metric(SPACES[space], weights)
    cells = np.unique(np.random.default_rng(seed).integers(0, CELLS, 24))
    occurs = np.zeros(CELLS, np.bool_)
    occurs[cells] = True
    rgb = keys_to_rgb(_colors_of(cells))
    expected = _naive_labels(rgb, palette, metric)
    np.testing.assert_array_equal(LabelTable.of_cells(occurs, palette, metric).look_up(rgb), expected)
    np.testing.assert_array_equal(label_keys(_colors_of(cells), palette, metric), expected)


@pytest.mark.parametrize("space", SEPARABLE)
@pytest.mark.parametrize("n_colors", [2, 16, 256])
def test_every_color_has_the_label_that_it_has_alone(space, n_colors):
    palette = np.random.default_rng(n_colors).integers(0, 256, (n_colors, 3), dtype=np.uint8)
    metric = Metric(SPACES[space])
    keys = np.arange(1 << 24, dtype=np.uint32)
    labels = LabelTable.of_cells(np.ones(CELLS, np.bool_), palette, metric).look_up(keys_to_rgb(keys))
    np.testing.assert_array_equal(labels, label_keys(keys, palette, metric))


@pytest.mark.parametrize("n_colors", [64_000, 65_536])
def test_pages_are_no_more_than_cells_of_a_palette_of_many_colors(rng, n_colors):
    palette = rng.integers(0, 65, (n_colors, 3), dtype=np.uint8)  # crowded in a corner, so that few are near elsewhere
    cells = np.arange(CELLS - 200, CELLS)
    table = LabelTable.of_cells(np.isin(np.arange(CELLS), cells), palette, Metric(SPACES["srgb"]))
    assert len(table.pages) == len(cells)
    keys = _colors_of(cells)
    np.testing.assert_array_equal(table.look_up(keys_to_rgb(keys)), label_keys(keys, palette, Metric(SPACES["srgb"])))


@pytest.mark.parametrize("space", ["srgb", "linear", "oklab", "lab"])
def test_a_photograph_has_the_labels_of_its_colors(large_photo, space):
    rgb = large_photo.reshape(-1, 3)
    palette = rgb[np.random.default_rng(1).choice(len(rgb), 64)]
    metric = Metric(SPACES[space], (1, 2, 1))
    expected = label_keys(levels_to_keys(rgb), palette, metric)
    np.testing.assert_array_equal(table_of_block(rgb, palette, metric).look_up(rgb), expected)
    growing = GrowingTable(palette, metric)
    for part in np.array_split(np.arange(len(rgb)), 5):
        np.testing.assert_array_equal(growing.look_up(np.ascontiguousarray(rgb[part])), expected[part])


def test_cells_are_found_wherever_they_occur(large_photo):
    rgb = large_photo.reshape(-1, 3)
    expected = np.isin(np.arange(CELLS), levels_to_keys(rgb) >> 9)
    np.testing.assert_array_equal(find_cells(rgb), expected)


@pytest.mark.parametrize("n_colors", [3, 200, 300])
def test_a_ranked_table_has_the_labels_of_a_palette_in_that_order(large_photo, rng, n_colors):
    rgb = large_photo.reshape(-1, 3)
    palette = rgb[rng.choice(len(rgb), n_colors, replace=False)]
    table = LabelTable.of_cells(find_cells(rgb), palette, Metric(SPACES["srgb"]))
    rank = rng.permutation(n_colors).astype(table.pages.dtype)
    np.testing.assert_array_equal(table.ranked(rank).look_up(rgb), rank[table.look_up(rgb)])
