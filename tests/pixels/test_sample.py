"""Samples: as many pixels as wanted, spread over the image, and nothing read in vain."""

import numpy as np
import pytest

from napari_colorquant.pixels.sample import sample_source
from napari_colorquant.pixels.source import open_source


def _pixels(parts):
    return sum(part.size for part in parts)


def test_a_small_image_is_its_own_sample(photo):
    (sample,) = sample_source(open_source(photo), photo.size)
    assert sample.image is photo


@pytest.mark.parametrize("shape", [(100, 70), (100, 70, 3), (4, 50, 60, 3), (1, 5000), (5000, 1)])
def test_a_sample_in_memory_is_a_view_of_all_frames(shape):
    image = np.zeros(shape, np.uint8)
    rgb = shape[-1] == 3
    (sample,) = sample_source(open_source(image), 500)
    assert np.shares_memory(sample.image, image)
    assert sample.shape[:-2] == shape[: -3 if rgb else -2]
    assert 0 < _pixels([sample]) <= 600


def test_a_lazy_sample_is_made_of_whole_chunks_that_lie_apart():
    import dask.array as da

    read = []

    def note(block, block_info=None):
        read.append(tuple(block_info[0]["chunk-location"]))
        return block

    image = da.zeros((1600, 1600, 3), dtype=np.uint8, chunks=(100, 100, 3)).map_blocks(note, dtype=np.uint8)
    read.clear()
    parts = sample_source(open_source(image), 160_000)
    assert not read  # nothing is computed
    assert 40_000 <= _pixels(parts) <= 160_000
    for part in parts:
        part.load()
    assert len(read) == len(set(read)) == len(parts)
    rows = {place[0] for place in read}
    assert min(rows) < 5
    assert max(rows) > 10
    assert len(rows) >= 3


def test_of_chunks_that_are_too_large_a_part_is_taken():
    import dask.array as da

    parts = sample_source(open_source(da.zeros((3, 800, 900), dtype=np.uint8, chunks=-1), frames=True), 10_000)
    assert [part.shape for part in parts] == [(1, 100, 100)]


def test_a_sample_has_at_least_one_pixel(photo):
    with pytest.raises(ValueError, match="n_pixels must be > 0, got 0"):
        sample_source(open_source(photo), 0)
