"""Pictures written several times as large: squares of the same pixels, in every format, lazily, and per frame."""

import dask.array as da
import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant.io.enlarge import enlarge
from napari_colorquant.io.formats import list_suffixes
from napari_colorquant.io.image import ImageFile
from napari_colorquant.io.indexed import read_indexed
from napari_colorquant.io.read import read_image
from napari_colorquant.io.write import write_indexed


def _squares(array, factor):
    return np.kron(array, np.ones((factor, factor), array.dtype))


@pytest.mark.parametrize("suffix", list_suffixes(written=True, indexed=True))
@pytest.mark.parametrize("factor", [1, 3])
def test_every_format_holds_the_squares(tmp_path, photo, suffix, factor):
    indexed = cq.quantize(photo[:20, :30], 7)
    write_indexed(indexed, tmp_path / f"a{suffix}", enlarge=factor)
    np.testing.assert_array_equal(read_indexed(tmp_path / f"a{suffix}").labels, _squares(indexed.labels, factor))


def test_gaps_alpha_and_kept_colours_grow_with_their_pixels(photo):
    image = np.dstack([photo[:8, :9], np.arange(72, dtype=np.uint8).reshape(8, 9) * 3])
    larger = enlarge(kept := cq.quantize(image, 4, keep="lightness"), 2)
    np.testing.assert_array_equal(larger.to_rgb(), np.repeat(np.repeat(kept.to_rgb(), 2, axis=0), 2, axis=1))
    assert larger.valid is None or larger.valid.shape == larger.shape
    assert enlarge(kept, 1) is kept


def test_lazy_labels_stay_lazy(photo):
    lazy = cq.quantize(da.from_array(photo[:20, :30], chunks=(10, 10, 3)), 5, rgb=True)
    larger = enlarge(lazy, 4)
    assert larger.is_lazy
    np.testing.assert_array_equal(larger.load().labels, _squares(lazy.load().labels, 4))


def test_a_pixel_is_a_part_of_what_it_was(tmp_path, photo):
    indexed = cq.quantize(photo[:8, :8], 3)
    like = ImageFile((photo[:8, :8],), True, ("y", "x"), ((0.6, 0.3),), ("micrometer",) * 2, (2.0, 1.0))
    write_indexed(indexed, tmp_path / "a.zarr", like, enlarge=3)
    read = read_image(tmp_path / "a.zarr")
    np.testing.assert_allclose(read.scales[0], (0.2, 0.1))
    np.testing.assert_allclose(read.origin, (2.0 - 0.2, 1.0 - 0.1))


@pytest.mark.parametrize("factor", [0, 65, 1.5, "2", True])
def test_other_factors_are_refused(tmp_path, photo, factor):
    with pytest.raises((TypeError, ValueError), match="enlarge must"):
        write_indexed(cq.quantize(photo[:8, :8], 3), tmp_path / "a.png", enlarge=factor)
    assert list(tmp_path.iterdir()) == []
