"""Clean classes: what is too small or too thin goes, all else stays, and the recipe does it again."""

import dask.array as da
import numpy as np
import pytest
from skimage.measure import label

import napari_colorquant as cq
from naive_polygons import make_labels
from napari_colorquant import editing
from napari_colorquant.annotate.shapes.cleaning import clean
from napari_colorquant.pipeline.verbs import run

OPTIONS = [{"majority": 1.5}, {"opening": 1}, {"closing": 1}, {"min_hole": 9}, {"min_size": 12}]


def test_nothing_to_do_does_nothing(photo):
    indexed = cq.quantize(photo, 5)
    cleaned = clean(indexed)
    assert np.array_equal(cleaned.labels, indexed.labels)
    assert cleaned.recipe == indexed.recipe


@pytest.mark.parametrize("options", OPTIONS)
def test_one_class_alone_is_left_alone(options):
    labels = np.full((9, 11), 3)
    assert np.array_equal(clean(labels, **options), labels)
    assert np.array_equal(clean(labels * 0, **options), labels * 0)


@pytest.mark.parametrize("seed", range(8))
def test_no_island_is_smaller_than_asked_for_and_large_ones_keep_their_pixels(seed):
    labels = make_labels(seed, seed % 2)
    cleaned = clean(labels, min_size=12)
    before, after = label(labels + 1, connectivity=2), label(cleaned + 1, connectivity=2)
    sizes = np.bincount(before.reshape(-1))
    if sizes.max() < 12:
        assert np.array_equal(cleaned, labels)
    else:
        assert np.bincount(after.reshape(-1))[1:].min() >= 12
        large = (sizes >= 12)[before]
        assert np.array_equal(cleaned[large], labels[large])


@pytest.mark.parametrize("seed", range(8))
def test_no_hole_is_smaller_than_asked_for(seed):
    cleaned = clean(make_labels(seed, seed % 2), min_hole=9)
    for value in np.unique(cleaned):
        others = label(cleaned != value, connectivity=1)
        border = np.concatenate([others[0], others[-1], others[:, 0], others[:, -1]])
        holes = np.setdiff1d(np.arange(1, others.max() + 1), border)
        assert (np.bincount(others.reshape(-1), minlength=1)[holes] >= 9).all()


def test_opening_removes_threads_and_closing_fills_slits():
    labels = np.zeros((24, 40), int)
    labels[4:20, 3:14] = labels[4:20, 22:36] = 1
    labels[11, 14:22] = 1  # a thread from one to the other
    opened = clean(labels, opening=2)
    assert not opened[11, 16:20].any()
    assert opened[8:16, 5:12].all()
    assert not opened[:3].any()
    labels[4:20, 8] = 0  # a slit
    assert clean(labels, closing=1)[6:18, 8].all()
    assert clean(labels, closing=1)[6:18, 24:34].all()
    assert not clean(labels, closing=1)[:, 37:].any()


def test_the_majority_smooths_outlines(rng):
    rows, columns = np.mgrid[:60, :60]
    disc = ((rows - 30) ** 2 + (columns - 30) ** 2 < 400).astype(int)
    noisy = np.where(rng.random(disc.shape) < 0.15, 1 - disc, disc)
    assert (clean(noisy, majority=3) != disc).mean() < (noisy != disc).mean() / 5


def test_sizes_are_in_the_unit_of_the_pixels():
    labels = make_labels(3, False)
    assert np.array_equal(clean(labels, min_size=3, pixel_size=(0.5, 0.5)), clean(labels, min_size=12))
    assert np.array_equal(clean(labels, majority=0.75, pixel_size=(0.5, 0.5)), clean(labels, majority=1.5))
    assert not np.array_equal(clean(labels, opening=0.5, pixel_size=(0.5, 0.5)), labels)


def test_classes_are_cleaned_as_wholes_and_their_pixels_take_the_nearest_color(photo):
    indexed = editing.classify(cq.quantize(photo, 6), {0: "a", 1: "a", 2: "b", 3: "b", 4: "b"})
    cleaned = clean(indexed, min_size=20, by="class")
    groups = np.array([1, 1, 2, 2, 2, 3])
    before, after = groups[indexed.labels], groups[cleaned.labels]
    assert np.array_equal(after, clean(before, min_size=20))
    assert np.array_equal(cleaned.labels[before == after], indexed.labels[before == after])


def test_gaps_stay_and_have_no_say(rng):
    image = rng.integers(0, 2, (30, 40), np.uint8) * 255
    mask = rng.random(image.shape) > 0.2
    indexed = cq.map_pixels(image, ["#000000", "#ffffff"], mask=mask)
    cleaned = clean(indexed, majority=2, closing=1, min_size=5)
    assert np.array_equal(cleaned.valid, mask)
    assert not cleaned.labels[~mask].any()
    image[~mask] = 255
    other = cq.map_pixels(image, ["#000000", "#ffffff"], mask=mask)
    assert np.array_equal(clean(other, majority=2, closing=1, min_size=5).labels, cleaned.labels)


@pytest.mark.parametrize("n_colors", [4, 12])
def test_the_recipe_does_it_again_in_memory_and_in_chunks(n_colors, photo):
    indexed = cq.quantize(photo, n_colors, smoothness=0.5)
    cleaned = clean(clean(indexed, majority=1, min_size=6), opening=1, pixel_size=(0.5, 0.5))
    assert len(cleaned.recipe.cleaning) == 2
    again = run(photo, cq.Recipe.from_json(cleaned.recipe.to_json()))
    assert np.array_equal(again.labels, cleaned.labels)
    assert again.palette == cleaned.palette
    lazy = run(da.from_array(photo, chunks=(40, 50, 3)), cleaned.recipe)
    assert np.array_equal(np.asarray(lazy.labels), cleaned.labels)
    counts = np.bincount(cleaned.labels.reshape(-1), minlength=n_colors)
    assert np.allclose(cleaned.palette.shares, counts / counts.sum())


def test_a_stack_is_cleaned_plane_by_plane():
    stack = np.stack([make_labels(3, False)] * 3)
    stack[1] = 0
    cleaned = clean(stack, min_size=9, majority=1)
    assert all(
        np.array_equal(plane, clean(old, min_size=9, majority=1)) for plane, old in zip(cleaned, stack, strict=True)
    )


def test_a_dithered_image_is_not_cleaned(photo):
    with pytest.raises(ValueError, match="dither must be 'none' with cleaning"):
        clean(cq.quantize(photo, 4, dither="bayer"), min_size=3)


def test_labels_have_no_classes():
    with pytest.raises(ValueError, match="by must be 'color' for labels without a palette, got 'class'"):
        clean(np.ones((2, 2), int), by="class")
