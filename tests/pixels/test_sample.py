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


@pytest.mark.parametrize(
    ("shape", "chunks"),
    [
        ((3, 800, 900), -1),
        ((1, 4000, 4000), (1, 1000, 1000)),
        ((1, 6000, 300), (1, 6000, 300)),
        ((40, 90, 90), (1, 90, 90)),
    ],
)
def test_of_large_chunks_squares_are_taken_that_lie_far_apart(shape, chunks):
    import dask.array as da

    z, y, x = da.meshgrid(*(da.arange(n, chunks=-1) for n in shape), indexing="ij")
    image = da.stack([z, y * 255 // shape[1], x * 255 // shape[2]], axis=-1).astype(np.uint8)
    source = open_source(image.rechunk((*chunks, 3) if chunks != -1 else -1), frames=True)
    parts = sample_source(source, 10_000)
    assert 5_000 <= _pixels(parts) <= 10_500
    assert len(parts) >= 8
    colors = np.concatenate([np.asarray(part.load().image).reshape(-1, 3) for part in parts]).astype(int)
    spread = colors.max(axis=0) - colors.min(axis=0)
    tall = np.array([shape[0] > 1, shape[1] > 100, shape[2] > 100])  # what is worth being cut
    assert (spread[tall] >= 0.4 * np.array([shape[0] - 1, 255, 255])[tall]).all()


def test_a_design_from_a_sample_sees_what_lies_apart_in_large_chunks():
    """A slide is mostly bare glass: a single chunk of it, however large, may hold none of the tissue."""
    import dask.array as da

    image = np.full((1024, 1024, 3), 240, np.uint8)
    image[:400, :400] = (120, 40, 130)
    image[600:, 700:] = (200, 90, 150)
    parts = sample_source(open_source(da.from_array(image, chunks=(1024, 512, 3))), 40_000)
    seen = {tuple(color) for part in parts for color in np.asarray(part.load().image).reshape(-1, 3).tolist()}
    assert len(seen) == 3


def test_a_sample_has_at_least_one_pixel(photo):
    with pytest.raises(ValueError, match="n_pixels must be > 0, got 0"):
        sample_source(open_source(photo), 0)
