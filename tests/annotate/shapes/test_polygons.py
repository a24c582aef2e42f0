"""Polygons, filled again, are the labels: exactly at tolerance 0, within it otherwise."""

from itertools import combinations

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt
from skimage.measure import label

from naive_polygons import fill, make_labels
from napari_colorquant.annotate.shapes.outlines import crosses_itself, signed_area, trace_rings
from napari_colorquant.annotate.shapes.polygons import to_polygons

SEEDS = [(seed, seed % 2 == 0) for seed in range(16)]
RING = np.array([[0, 0], [0, 4], [4, 4], [4, 0]], float)[::-1]


def distance_to(points, ring):
    """Return how far each point is from a closed outline."""
    start, end = ring[None], np.roll(ring, -1, axis=0)[None]
    along = end - start
    length = np.maximum((along**2).sum(axis=2), 1e-12)
    share = np.clip(((points[:, None] - start) * along).sum(axis=2) / length, 0, 1)
    return np.sqrt(((start + share[..., None] * along - points[:, None]) ** 2).sum(axis=2)).min(axis=1)


@pytest.mark.parametrize(("seed", "smooth"), SEEDS)
def test_filled_again_they_are_the_labels(seed, smooth):
    labels = make_labels(seed, smooth)
    polygons = to_polygons(labels)
    filled, cover = fill(polygons, labels.shape)
    assert np.array_equal(filled, labels)
    assert np.array_equal(cover, labels > 0)
    assert sum(polygon.area for polygon in polygons) == np.count_nonzero(labels)
    assert len(polygons) == label(labels, connectivity=1).max()


@pytest.mark.parametrize(("seed", "smooth"), SEEDS)
def test_rings_visit_no_point_twice_and_have_corners_only(seed, smooth):
    for polygon in to_polygons(make_labels(seed, smooth)):
        assert signed_area(polygon.exterior) > 0 > max(map(signed_area, polygon.holes), default=-1)
        for ring in polygon.rings:
            assert len(np.unique(ring, axis=0)) == len(ring)
            sides = np.roll(ring, -1, axis=0) - ring
            assert ((sides != 0).sum(axis=1) == 1).all()
            assert ((sides[:, 0] == 0) != (np.roll(sides, 1, axis=0)[:, 0] == 0)).all()


@pytest.mark.parametrize("tolerance", [0.4, 0.75, 1.5, 3.0])
@pytest.mark.parametrize(("seed", "smooth"), SEEDS[:8])
def test_simplified_they_are_the_labels_within_the_tolerance(seed, smooth, tolerance):
    labels = make_labels(seed, smooth)
    exact, simple = to_polygons(labels), to_polygons(labels, tolerance=tolerance)
    for one, other in zip(exact, simple, strict=True):
        assert (one.value, one.component, len(one.holes)) == (other.value, other.component, len(other.holes))
        assert not crosses_itself(list(other.rings))
        for ring, short in zip(one.rings, other.rings, strict=True):
            assert {tuple(point) for point in short} <= {tuple(point) for point in trace_points(labels)}
            assert distance_to(ring, short).max() <= tolerance + 1e-9
    filled, _ = fill(simple, labels.shape)
    for value in np.unique(labels):
        inside = distance_transform_edt(np.pad(labels == value, 1))[1:-1, 1:-1]
        assert (filled[inside > tolerance + 1] == value).all()


def trace_points(labels):
    """Return every corner and node of the outlines."""
    return trace_rings(label(labels, background=0, connectivity=1).astype(np.int64), with_nodes=True).points.tolist()


def test_simplified_neighbors_have_no_gap_between_them():
    rows, columns = np.mgrid[:40, :60]
    labels = 1 + (columns > 30 + 12 * np.sin(rows / 6)) + 2 * (rows > 20 + 8 * np.cos(columns / 9))
    filled, cover = fill(to_polygons(labels, tolerance=1.2, pixel_size=(1.0, 1.001)), labels.shape, (1.0, 1.001))
    assert (cover == 1).all()
    assert (filled != labels).mean() < 0.05
    corners = sum(len(ring) for polygon in to_polygons(labels) for ring in polygon.rings)
    assert sum(len(ring) for one in to_polygons(labels, tolerance=1.2) for ring in one.rings) < corners / 4


def test_units_scale_points_and_tolerance():
    labels = make_labels(4, True)
    pixels, units = to_polygons(labels, tolerance=1.5), to_polygons(labels, tolerance=0.75, pixel_size=(0.5, 0.5))
    for one, other in zip(pixels, units, strict=True):
        assert all(np.array_equal(a, 2 * b) for a, b in zip(one.rings, other.rings, strict=True))
    assert to_polygons(labels, pixel_size=(2, 3))[0].area == 6 * to_polygons(labels)[0].area


def test_an_indexed_image_is_outlined_by_color_or_class_without_its_gaps(indexed):
    filled, _ = fill(to_polygons(indexed), indexed.shape)
    assert np.array_equal(filled, np.where(indexed.valid, indexed.labels + 1, 0))
    filled, _ = fill(to_polygons(indexed, by="class"), indexed.shape)
    assert np.array_equal(filled, np.where(indexed.valid & (indexed.labels > 0), 1, 0))
    assert {polygon.component for polygon in to_polygons(indexed, by="class")} == {1, 2}


def test_a_background_alone_has_no_polygons():
    assert to_polygons(np.zeros((3, 4), int)) == []


@pytest.mark.parametrize(
    ("others", "crosses"),
    [
        ([], False),
        ([RING / 4 + 1], False),
        ([RING + 4], False),  # a corner in common
        ([RING + 2], True),
        ([RING + np.array([0, 4])], True),  # a side in common
        ([RING / 2 + (4, 1)], True),  # a part of a side
        ([np.array([[2, 4], [3, 6], [1, 6]], float)], True),  # a corner on a side, from outside
    ],
)
def test_crossing_sides_are_found(others, crosses):
    for rings in ([RING, *others], [*others, RING]):
        assert crosses_itself(rings) is crosses


@pytest.mark.parametrize("seed", range(8))
def test_crossing_is_found_where_two_by_two_finds_it(seed):
    ring = np.random.default_rng(seed).random((7, 2))
    sides = list(zip(ring, np.roll(ring, -1, axis=0), strict=True))

    def side(a, b, c):
        return np.sign((b[1] - a[1]) * (c[0] - a[0]) - (b[0] - a[0]) * (c[1] - a[1]))

    expected = any(
        side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
        for (a, b), (c, d) in combinations(sides, 2)
    )
    assert crosses_itself([ring]) is expected
