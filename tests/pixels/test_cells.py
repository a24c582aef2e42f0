"""The cells of an image hold every pixel once, with exact sums, whatever the parts and their order."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.pixels import cells as module
from napari_colorquant.pixels.cells import cells_of, count_cells, count_cells_of_parts
from napari_colorquant.pixels.counts import count_colors
from napari_colorquant.pixels.keys import keys_to_rgb


def assert_equal_cells(first, second):
    np.testing.assert_array_equal(first.keys, second.keys)
    np.testing.assert_array_equal(first.sums, second.sums)


def naive_cells(rgb):
    """Return {darkest colour of the cell: [pixels, and sums of the channels]}."""
    found = {}
    for color in rgb.astype(np.int64):
        sums = found.setdefault(tuple(color if color.max() < 32 else color // 4 * 4), np.zeros(4, np.int64))
        sums += [1, *color]
    return found


def assert_are_cells_of(cells, rgb):
    expected = naive_cells(rgb)
    assert len(cells) == len(expected)
    assert (np.diff(cells.keys.astype(np.int64)) > 0).all()
    for color, sums in zip(keys_to_rgb(cells.keys).tolist(), cells.sums, strict=True):
        np.testing.assert_array_equal(sums, expected[tuple(color)])


@given(st.sampled_from([255, 40, 9]), st.data())
def test_sums_are_those_of_a_plain_loop(top, data):
    rgb = data.draw(hnp.arrays(np.uint8, st.tuples(st.integers(0, 200), st.just(3)), elements=st.integers(0, top)))
    valid = data.draw(st.none() | hnp.arrays(np.bool_, len(rgb)))
    shown = rgb if valid is None else rgb[valid]
    cells = count_cells(rgb, valid)
    assert_are_cells_of(cells, shown)
    assert cells.total == len(shown)
    assert_equal_cells(cells, cells_of(count_colors(rgb, valid)))


def test_cells_of_a_photograph_are_those_of_its_colors_and_of_its_bins(large_photo):
    rgb = large_photo.reshape(-1, 3)
    cells = count_cells(rgb)
    assert_equal_cells(cells, cells_of(count_colors(rgb)))
    assert_equal_cells(cells, cells_of(count_colors(rgb, limit=10)))
    with limit_threads(1):
        assert_equal_cells(cells, count_cells(rgb))


@pytest.mark.parametrize("color", [(255, 3, 7), (31, 31, 31)])
@pytest.mark.parametrize("tasks", [1, 2])
def test_a_cell_may_hold_any_number_of_pixels(tasks, color, monkeypatch, rng):
    monkeypatch.setattr(module, "_TWO", 1 << (30 if tasks == 1 else 0))
    rgb = np.full((300_000, 3), color, np.uint8)
    rgb[::1000] = rng.integers(0, 256, (300, 3))
    cells = count_cells(rgb)
    assert_equal_cells(cells, cells_of(count_colors(rgb)))
    assert cells.total == len(rgb)


def test_cells_add_up_in_any_order(large_photo):
    rgb = large_photo.reshape(-1, 3)
    parts = [count_cells(part) for part in (rgb[:1000], rgb[1000:70_000], rgb[70_000:])]
    whole = count_cells(rgb)
    assert_equal_cells(parts[0] + parts[1] + parts[2], whole)
    assert_equal_cells(parts[2] + (parts[0] + parts[1]), whole)
    assert_equal_cells(
        count_cells_of_parts((part, None) for part in (rgb[:1000], rgb[1000:200_000], rgb[200_000:])), whole
    )
    assert_equal_cells(count_cells(np.ascontiguousarray(rgb[::-1])), whole)


def test_means_and_coarse_cells(large_photo):
    rgb = large_photo.reshape(-1, 3)
    cells = count_cells(rgb)
    colors, weights = cells.colors(), cells.weights()
    assert colors.dtype == np.float32
    np.testing.assert_allclose(weights @ colors.astype(np.float64), rgb.sum(axis=0) / 255, rtol=1e-6)
    np.testing.assert_array_equal(cells.occurs(), np.bincount(cells.keys >> 9, minlength=1 << 15) > 0)


def test_an_error_between_two_parts_leaves_nothing_behind(large_photo):
    rgb = large_photo.reshape(-1, 3)

    def parts():
        yield rgb[:100_000], None
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        count_cells_of_parts(parts())
    assert_equal_cells(count_cells(rgb), cells_of(count_colors(rgb)))
