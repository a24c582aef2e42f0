"""The colours of pixels are listed each once, in the order of their keys."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from napari_colorquant._runtime.threads import limit_threads
from napari_colorquant.pixels import listing as module
from napari_colorquant.pixels.keys import rgb_to_keys
from napari_colorquant.pixels.listing import list_colors


@given(st.sampled_from([0, 1, 2, 1000, 8192, 8193, 70_000]), st.sampled_from([1, 30, 255]), st.integers(0, 1000))
def test_they_are_those_of_numpy(count, top, seed):
    rgb = np.random.default_rng(seed).integers(0, top + 1, (count, 3), dtype=np.uint8)
    np.testing.assert_array_equal(list_colors(rgb), np.unique(rgb_to_keys(rgb)))


def test_threads_change_nothing(large_photo):
    rgb = large_photo.reshape(-1, 3)
    expected = list_colors(rgb)
    with limit_threads(1):
        np.testing.assert_array_equal(list_colors(rgb), expected)


def test_all_colors_there_are():
    levels = np.arange(256, dtype=np.uint8)
    rgb = np.stack(np.meshgrid(levels, levels, levels), axis=-1).reshape(-1, 3)
    np.testing.assert_array_equal(list_colors(rgb), np.arange(1 << 24))


def test_an_error_leaves_no_bits_behind(large_photo, monkeypatch):
    rgb = large_photo.reshape(-1, 3)
    with monkeypatch.context() as patched:
        patched.setattr(module, "_take_marked", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            list_colors(rgb)
    few = np.tile(np.array([[1, 2, 3]], np.uint8), (10_000, 1))
    np.testing.assert_array_equal(list_colors(few), rgb_to_keys(few[:1]))
