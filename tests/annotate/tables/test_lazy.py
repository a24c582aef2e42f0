"""Measures of dask images: those of numpy, whatever the chunks, and nothing held."""

import dask.array as da
import numpy as np
import pytest
from skimage.measure import label

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.annotate.tables import table as measure_table
from napari_colorquant.annotate.tables.sums import sum_components, sum_regions
from napari_colorquant.annotate.tables.table import color_errors, measure
from napari_colorquant.indexed import IndexedImage
from napari_colorquant.quality.distortion import delta_e_map, distortion


def lazily(indexed, chunks):
    labels, valid = (
        None if array is None else da.from_array(array, chunks=chunks) for array in (indexed.labels, indexed.valid)
    )
    return IndexedImage(labels, indexed.palette, indexed.recipe, valid)


def assert_near(found, expected):
    assert (found.mse, found.n_pixels, found.p95_de2000) == (expected.mse, expected.n_pixels, expected.p95_de2000)
    assert found.max_de2000 == expected.max_de2000
    assert found.mean_de2000 == pytest.approx(expected.mean_de2000, rel=1e-9)


def test_distortion_is_that_of_numpy(photo, rgba_photo, gray_photo):
    mask = np.arange(128 * 128).reshape(128, 128) % 5 > 0
    for image in (photo, rgba_photo, gray_photo, (photo / 255).astype(np.float32)):
        indexed = cq.quantize(image, 6)
        for its_mask in (None, mask):
            expected = distortion(image, indexed, mask=its_mask)
            lazy = da.from_array(image, chunks=37)
            assert_near(distortion(lazy, indexed, mask=its_mask), expected)
            assert_near(distortion(lazy, lazily(indexed, 50), mask=its_mask), expected)
            assert_near(distortion(image, lazily(indexed, 50), mask=its_mask), expected)


def test_two_images_and_a_recolored_one_are_compared(photo, rgba_photo):
    other = rgba_photo // 2
    assert_near(distortion(da.from_array(photo, chunks=50), da.from_array(other, chunks=33)), distortion(photo, other))
    kept = cq.quantize(photo, 4, keep="lightness")
    lazy = da.from_array(photo, chunks=50)
    assert_near(distortion(lazy, cq.quantize(lazy, 4, keep="lightness")), distortion(photo, kept))


def test_intensities_are_read_as_in_the_recipe(gray_photo):
    indexed = cq.quantize(gray_photo, 4, scale=(50, 200))
    lazy = da.from_array(gray_photo, chunks=50)
    assert_near(distortion(lazy, indexed), distortion(gray_photo, indexed))


def test_the_map_is_that_of_numpy_and_lazy(photo, rgba_photo):
    for image in (photo, rgba_photo):
        indexed = cq.quantize(image, 5)
        found = delta_e_map(da.from_array(image, chunks=50), lazily(indexed, 33))
        assert not isinstance(found, np.ndarray)
        np.testing.assert_array_equal(found, delta_e_map(image, indexed))


def test_unlike_shapes_are_refused(photo):
    with pytest.raises(ValueError, match="must have the shape of the labels"):
        distortion(da.from_array(photo, chunks=50), photo[:50])


def test_perceptual_measures_are_those_of_numpy(rgba_photo):
    stack = np.stack([rgba_photo, rgba_photo[::-1]])
    indexed = cq.quantize(stack, 3)
    expected = distortion(stack, indexed, perceptual=True)
    for image, result in ((da.from_array(stack, chunks=50), indexed), (stack, lazily(indexed, 50))):
        assert distortion(image, result, perceptual=True) == pytest.approx(expected)


def test_errors_of_colors_are_those_of_numpy(photo):
    indexed = cq.quantize(photo, 7)
    found = color_errors(lazily(indexed, 50), da.from_array(photo, chunks=33))
    np.testing.assert_allclose(found, color_errors(indexed, photo), rtol=1e-9)


@pytest.mark.parametrize("by", ["color", "class"])
@pytest.mark.parametrize("per_frame", [False, True])
def test_rows_are_those_of_numpy(photo, rgba_photo, by, per_frame):
    stack = np.stack([rgba_photo, rgba_photo[::-1], rgba_photo // 2])
    indexed = editing.classify(cq.quantize(stack, 5), {0: "dark", 1: "light", 2: "light"})
    regions = np.zeros(indexed.shape, np.int32)
    regions[:, :40], regions[1:, 70:] = 3, 9
    options = {"by": by, "per_frame": per_frame, "pixel_size": (0.5, 2)}
    for zones in (None, regions):
        expected = measure(indexed, stack, regions=zones, **options)
        lazy_zones = None if zones is None else da.from_array(zones, chunks=77)
        found = measure(lazily(indexed, (2, 50, 60)), da.from_array(stack, chunks=64), regions=lazy_zones, **options)
        assert same(found, expected)


def same(rows, others):
    return len(rows) == len(others) and all(
        row.keys() == other.keys() and all(row[name] == other[name] or row[name] != row[name] for name in row)
        for row, other in zip(rows, others, strict=True)
    )


def test_sums_of_zones_are_those_of_loops(photo, rng):
    labels = rng.integers(0, 4, (128, 128)).astype(np.uint8)
    zones, valid = rng.integers(0, 3, (128, 128)), rng.random((128, 128)) > 0.3
    sums = sum_regions(labels, count=4, valid=valid, regions=zones, colors=photo)
    assert sorted(sums) == [1, 2]
    for zone, table in sums.items():
        for k in range(4):
            inside = valid & (zones == zone) & (labels == k)
            assert table[k].tolist() == [inside.sum(), *photo[inside].sum(axis=0)]


def test_components_end_where_label_zone_or_data_end(rng):
    labels = rng.integers(0, 3, (40, 50)).astype(np.uint8)
    zones, valid = np.zeros((40, 50), int), rng.random((40, 50)) > 0.2
    zones[:20], zones[20:, 10:] = 5, 2
    groups = np.array([1, 0, 2])
    found = sum_components(groups, 2, labels, valid, zones)
    assert sorted(found) == [2, 5]
    for zone, counts in found.items():
        for group in (1, 2):
            inside = (groups[labels] == group) & valid & (zones == zone)
            assert counts[group - 1] == label(inside, connectivity=2).max()


def test_regions_of_a_plane_too_large_to_hold_are_refused(monkeypatch, photo):
    monkeypatch.setattr(measure_table, "LARGEST_PLANE", 1000)
    indexed = lazily(cq.quantize(photo, 3), 50)
    with pytest.raises(ValueError, match="at most 1000 pixels of a dask array, got 128 x 128"):
        measure(indexed)
    assert sum(row["pixels"] for row in measure(indexed, count_components=False)) == 128 * 128
