"""Edits of an indexed image: what moves, what stays, and what is refused."""

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.clustering.nearest import nearest
from napari_colorquant.spaces import SPACES


@pytest.fixture
def image() -> np.ndarray:
    rng = np.random.default_rng(5)
    return rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)


@pytest.fixture
def indexed(image: np.ndarray) -> cq.IndexedImage:
    return cq.quantize(image, 8, space="srgb", quantizer="kmeans")


def test_recolor_changes_one_entry_and_shares_the_labels(indexed: cq.IndexedImage) -> None:
    changed = editing.recolor(indexed, {2: "#123456"})
    assert changed.palette.hex[2] == "#123456"
    assert changed.palette.hex[:2] == indexed.palette.hex[:2]
    assert changed.labels is indexed.labels


def test_the_original_is_never_changed(image: np.ndarray, indexed: cq.IndexedImage) -> None:
    labels, palette = indexed.labels.copy(), indexed.palette.to_dict()
    editing.recolor(indexed, {0: (1, 2, 3)})
    editing.add_color(indexed, image, (1, 2, 3))
    editing.delete_color(indexed, image, 0)
    editing.merge(indexed, [0, 1])
    editing.split(indexed, image, 0, 3)
    assert np.array_equal(indexed.labels, labels)
    assert indexed.palette.to_dict() == palette


def test_names_locks_and_classes_follow_their_colour_through_a_reorder(indexed: cq.IndexedImage) -> None:
    marked = editing.classify(editing.lock(editing.rename(indexed, {3: "sky"}), {3: True}), {3: "background"})
    moved = editing.reorder(marked, [3, 0, 1, 2, 7, 6, 5, 4])
    assert (moved.palette.names[0], moved.palette.locked[0], moved.palette.classes[0]) == ("sky", True, "background")


@pytest.mark.parametrize("key", editing.SORT_KEYS)
def test_order_never_changes_the_picture(indexed: cq.IndexedImage, key: str) -> None:
    order = editing.sort_order(indexed.palette, key)
    moved = editing.reorder(indexed, order)
    assert np.array_equal(moved.to_rgb(), indexed.to_rgb())
    assert moved.palette.hex == tuple(indexed.palette.hex[i] for i in order)


def test_lightness_order_goes_from_dark_to_light() -> None:
    palette = cq.Palette([[255, 255, 255], [0, 0, 0], [128, 128, 128]])
    assert editing.sort_order(palette, "lightness") == [1, 2, 0]


def test_the_smooth_path_visits_the_nearest_colour_next() -> None:
    palette = cq.Palette([[0, 0, 0], [255, 255, 255], [40, 40, 40], [200, 200, 200]])
    assert editing.sort_order(palette, "path") == [0, 2, 3, 1]


def test_swap_exchanges_two_colours(indexed: cq.IndexedImage) -> None:
    swapped = editing.swap(indexed, 1, 4)
    assert swapped.palette.hex[1] == indexed.palette.hex[4]
    assert swapped.palette.hex[4] == indexed.palette.hex[1]


def test_an_added_colour_takes_the_pixels_that_are_nearest_to_it(image: np.ndarray, indexed: cq.IndexedImage) -> None:
    longer = editing.add_color(indexed, image, (250, 10, 10))
    colors = np.concatenate([indexed.palette.colors, [[250, 10, 10]]]).astype(np.float32)
    oracle = nearest(image.reshape(-1, 3).astype(np.float32), colors).reshape(image.shape[:2])
    taken = longer.labels == 8
    assert taken.any()
    assert np.array_equal(taken, oracle == 8)
    assert np.array_equal(longer.labels[~taken], indexed.labels[~taken])


def test_the_pixels_of_a_deleted_colour_go_to_the_nearest_left(image: np.ndarray, indexed: cq.IndexedImage) -> None:
    shorter = editing.delete_color(indexed, image, 3)
    left = np.delete(indexed.palette.colors, 3, axis=0)
    oracle = nearest(image.reshape(-1, 3).astype(np.float32), left.astype(np.float32)).reshape(image.shape[:2])
    mine = indexed.labels == 3
    assert np.array_equal(shorter.labels[mine], oracle[mine])
    assert np.array_equal(shorter.to_rgb()[~mine], indexed.to_rgb()[~mine])
    assert len(shorter.palette) == 7


def test_merge_takes_the_weighted_mean_and_adds_the_shares(indexed: cq.IndexedImage) -> None:
    merged = editing.merge(indexed, [1, 4, 6])
    weights = indexed.palette.shares[[1, 4, 6]]
    mean = np.average(indexed.palette.colors[[1, 4, 6]].astype(float), axis=0, weights=weights)
    assert np.abs(merged.palette.colors[1] - mean).max() <= 0.5 + 1e-3
    assert merged.palette.shares[1] == pytest.approx(weights.sum())
    assert np.array_equal(merged.labels == 1, np.isin(indexed.labels, [1, 4, 6]))


def test_merge_keeps_the_colour_that_is_locked(indexed: cq.IndexedImage) -> None:
    merged = editing.merge(editing.lock(indexed, {4: True}), [1, 4])
    assert merged.palette.hex[1] == indexed.palette.hex[4]
    assert merged.palette.locked[1]


def test_split_touches_the_pixels_of_that_colour_alone(image: np.ndarray, indexed: cq.IndexedImage) -> None:
    parts = editing.split(indexed, image, 2, 3)
    mine = indexed.labels == 2
    assert len(parts.palette) == 10
    assert set(np.unique(parts.labels[mine])) == {2, 3, 4}
    assert np.array_equal(parts.to_rgb()[~mine], indexed.to_rgb()[~mine])


def test_split_lowers_the_error(image: np.ndarray, indexed: cq.IndexedImage) -> None:
    parts = editing.split(indexed, image, 0, 2)
    assert cq.distortion(image, parts).mse < cq.distortion(image, indexed).mse


def test_shares_always_sum_to_one(image: np.ndarray, indexed: cq.IndexedImage) -> None:
    for edited in (
        editing.add_color(indexed, image, (255, 0, 255)),
        editing.delete_color(indexed, image, 0),
        editing.merge(indexed, [0, 7]),
        editing.split(indexed, image, 0, 4),
    ):
        assert edited.palette.shares.sum() == pytest.approx(1)
        counts = np.bincount(edited.labels.ravel(), minlength=len(edited.palette))
        assert np.allclose(edited.palette.shares, counts / edited.labels.size)


def test_snap_goes_to_the_nearest_of_the_other_palette_and_spares_locked_colours(indexed: cq.IndexedImage) -> None:
    snapped = editing.snap(editing.lock(indexed, {0: True}), ["#000000", "#ffffff"])
    assert set(snapped.palette.hex[1:]) <= {"#000000", "#ffffff"}
    assert snapped.palette.hex[0] == indexed.palette.hex[0]


def test_set_colors_goes_in_order(indexed: cq.IndexedImage) -> None:
    changed = editing.set_colors(indexed, ["#000001", "#000002"])
    assert changed.palette.hex[:3] == ("#000001", "#000002", indexed.palette.hex[2])


def test_pixels_without_data_stay_without_a_colour(image: np.ndarray) -> None:
    mask = np.ones(image.shape[:2], bool)
    mask[:, :10] = False
    indexed = cq.quantize(image, 4, mask=mask)
    for edited in (
        editing.add_color(indexed, image, (255, 0, 0)),
        editing.delete_color(indexed, image, 0),
        editing.split(indexed, image, 0),
    ):
        assert (edited.labels[:, :10] == 0).all()
        assert np.array_equal(edited.valid, indexed.valid)


def test_painted_labels_bring_their_shares(indexed: cq.IndexedImage) -> None:
    labels = np.zeros_like(indexed.labels)
    assert editing.painted(indexed, labels).palette.shares[0] == 1
    with pytest.raises(ValueError, match=r"labels must lie in 0\.\.7, got"):
        editing.painted(indexed, labels + 9)


@pytest.mark.parametrize("index", [-1, 8])
def test_an_entry_that_is_not_there_is_refused(indexed: cq.IndexedImage, image: np.ndarray, index: int) -> None:
    with pytest.raises(IndexError, match=r"palette index must lie in 0\.\.7"):
        editing.recolor(indexed, {index: (0, 0, 0)})
    with pytest.raises(IndexError, match=r"palette index must lie in 0\.\.7"):
        editing.delete_color(indexed, image, index)


def test_impossible_edits_say_what_must_hold(indexed: cq.IndexedImage, image: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"indices must be those of at least two colours, got \[2\]"):
        editing.merge(indexed, [2, 2])
    with pytest.raises(ValueError, match="must not be in the palette yet"):
        editing.add_color(indexed, image, indexed.palette.hex[0])
    with pytest.raises(ValueError, match=r"n_colors must lie in 2\.\.65529, got 1"):
        editing.split(indexed, image, 0, 1)
    with pytest.raises(ValueError, match=r"order must hold each of 0\.\.7 once"):
        editing.reorder(indexed, [0, 1])
    with pytest.raises(ValueError, match="key must be one of lightness, hue"):
        editing.sort_order(indexed.palette, "taste")
    with pytest.raises(ValueError, match="must have the shape of the labels"):
        editing.delete_color(indexed, image[:10], 0)
    one = cq.quantize(image, 1)
    with pytest.raises(ValueError, match="keep at least one"):
        editing.delete_color(one, image, 0)


def test_a_ramp_is_even_for_the_eye_and_spares_its_ends_and_locked_colours(indexed: cq.IndexedImage) -> None:
    colors = {0: (0, 0, 0), 1: (255, 0, 0), 2: (9, 9, 9), 3: (255, 255, 255)}
    grays = editing.ramp(editing.recolor(indexed, colors), [0, 1, 2, 3]).palette
    assert grays.hex[0] == "#000000"
    assert grays.hex[3] == "#ffffff"
    lightness = SPACES["oklab"].from_srgb(grays.colors[:4])[:, 0]
    np.testing.assert_allclose(np.diff(lightness), 1 / 3, atol=0.003)
    locked = editing.ramp(editing.lock(editing.recolor(indexed, colors), {1: True}), [3, 2, 1, 0]).palette
    assert locked.hex[1] == "#ff0000"
    assert locked.hex[2] == grays.hex[2]


@pytest.mark.parametrize("entries", [[0, 1], [0, 1, 1], []])
def test_a_ramp_needs_three_entries(indexed: cq.IndexedImage, entries: list[int]) -> None:
    with pytest.raises(ValueError, match="entries must hold at least three different entries"):
        editing.ramp(indexed, entries)
