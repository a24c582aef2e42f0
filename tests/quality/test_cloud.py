import dataclasses

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant.quality.cloud import MAX_POINTS, color_cloud, hull_edges


@pytest.fixture(scope="module")
def indexed(photo):
    return cq.quantize(photo, 6, quantizer="median_cut", space="lab")


def test_points_are_the_distinct_colours_with_their_shares(photo, indexed):
    cloud = color_cloud(indexed, photo)
    distinct, counts = np.unique(photo.reshape(-1, 3), axis=0, return_counts=True)
    assert len(distinct) <= MAX_POINTS
    order = np.lexsort(cloud.colors.T[::-1])
    np.testing.assert_array_equal(cloud.colors[order], distinct)
    np.testing.assert_allclose(cloud.weights[order], counts / counts.sum())
    np.testing.assert_allclose(cloud.points, cq.SPACES["lab"].from_srgb(cloud.colors), atol=1e-3)
    np.testing.assert_array_equal(cloud.entries, cq.SPACES["lab"].from_srgb(indexed.palette.colors))


def test_owners_are_what_the_pixels_became(photo, indexed):
    cloud = color_cloud(indexed, photo)
    label_of = {tuple(color): label for color, label in zip(photo.reshape(-1, 3), indexed.labels.ravel(), strict=True)}
    assert all(label_of[tuple(color)] == owner for color, owner in zip(cloud.colors, cloud.owners, strict=True))


def test_owners_follow_edits(photo, indexed):
    merged = dataclasses.replace(indexed, labels=np.where(indexed.labels == 2, np.uint8(0), indexed.labels))
    assert not (color_cloud(merged, photo).owners == 2).any()


def test_many_colours_are_gathered_at_their_means(rng):
    noise = rng.integers(0, 256, (256, 256, 3), np.uint8)
    indexed = cq.map_pixels(noise, ["#000000", "#ffffff"])
    cloud = color_cloud(indexed, noise, space="srgb")
    assert 4000 < len(cloud.points) <= MAX_POINTS
    assert cloud.weights.sum() == pytest.approx(1)
    np.testing.assert_allclose(cloud.weights @ cloud.points * 255, noise.reshape(-1, 3).mean(axis=0), rtol=1e-4)


@pytest.mark.parametrize("space", list(cq.SPACES))
def test_every_space_fills_three_axes(photo, indexed, space):
    cloud = color_cloud(indexed, photo, space=space)
    assert cloud.space is cq.SPACES[space]
    assert cloud.points.shape == (len(cloud.weights), 3)
    assert cloud.entries.shape == (6, 3)
    edges = [cloud.cell(index) for index in range(6)]
    assert all(each.shape[1:] == (2, 3) and np.isfinite(each).all() for each in edges)


def test_pixels_without_data_are_no_points(rgba_photo):
    indexed = cq.quantize(rgba_photo, 4, quantizer="median_cut")
    shown = rgba_photo[rgba_photo[..., 3] > 0]
    cloud = color_cloud(indexed, rgba_photo)
    np.testing.assert_array_equal(np.unique(cloud.colors, axis=0), np.unique(shown[:, :3], axis=0))


def test_a_dask_stack_is_sampled_like_an_array(photo, indexed):
    import dask.array as da

    stack = np.stack([photo, photo])
    twice = dataclasses.replace(indexed, labels=np.stack([indexed.labels] * 2))
    lazy = dataclasses.replace(twice, labels=da.from_array(twice.labels))
    one, other = color_cloud(twice, stack), color_cloud(lazy, da.from_array(stack))
    np.testing.assert_array_equal(one.points, other.points)
    np.testing.assert_array_equal(one.owners, other.owners)


def test_large_images_are_looked_at_evenly(monkeypatch, photo, indexed):
    monkeypatch.setattr("napari_colorquant.quality.cloud.MAX_PIXELS", photo.shape[0] * photo.shape[1] // 4)
    cloud = color_cloud(indexed, photo)
    np.testing.assert_array_equal(np.unique(cloud.colors, axis=0), np.unique(photo[::2, ::2].reshape(-1, 3), axis=0))


def test_without_the_image_there_are_entries_only(indexed):
    cloud = color_cloud(indexed)
    assert len(cloud.points) == len(cloud.owners) == 0
    assert len(cloud.entries) == 6
    assert cloud.cell(0).shape == (0, 2, 3)


def test_gray_images_and_gray_spaces_lie_on_a_line(gray_photo):
    indexed = cq.quantize(gray_photo, 4, quantizer="median_cut", space="gray")
    cloud = color_cloud(indexed, gray_photo)
    assert np.all(cloud.points[:, 1:] == 0)
    assert cloud.cell(0).shape == (1, 2, 3)


def test_the_hull_of_a_cube_has_twelve_edges(rng):
    corners = np.array([[a, b, c] for a in (0, 1) for b in (0, 1) for c in (0, 1)], np.float32)
    edges = hull_edges(np.concatenate([corners, rng.random((50, 3), np.float32)]))
    assert len(edges) == 12
    np.testing.assert_allclose(np.linalg.norm(edges[:, 0] - edges[:, 1], axis=1), 1)


def test_images_of_another_shape_and_too_few_points_are_refused(photo, indexed):
    with pytest.raises(ValueError, match="must have the shape of the labels"):
        color_cloud(indexed, photo[1:])
    with pytest.raises(ValueError, match=r"max_points must lie in 4096.*, got 9"):
        color_cloud(indexed, photo, max_points=9)
