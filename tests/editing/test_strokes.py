"""Strokes are obeyed, the entries that have some look like them, and all other pixels follow."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.naive_bayes import GaussianNB

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.annotate.shapes.cleaning import clean
from napari_colorquant.mapping.smooth import Smoothing, Spreads, smooth_labels
from napari_colorquant.pixels.source import open_source

STROKES = {1: (slice(10, 14), slice(60, 80)), 3: (slice(100, 105), slice(5, 9)), 5: (slice(60, 61), slice(60, 61))}


@pytest.fixture
def strokes(photo):
    marks = np.zeros(photo.shape[:2], np.uint8)
    for value, place in STROKES.items():
        marks[place] = value
    return marks


@pytest.mark.parametrize("method", editing.LEARNERS)
@pytest.mark.parametrize("choices", [{}, {"space": "lab", "axis_weights": {"L": 0.5}}, {"smoothness": 2.0}])
def test_strokes_are_obeyed_and_entries_are_their_means(photo, strokes, method, choices):
    before = cq.quantize(photo, 6, **choices)
    after = editing.learn(before, photo, strokes, method=method)
    marked = strokes > 0
    np.testing.assert_array_equal(after.labels[marked], strokes[marked] - 1)
    metric = before.recipe.metric
    for value in STROKES:
        mean = metric.coordinates(photo[strokes == value]).mean(axis=0)
        np.testing.assert_allclose(metric.coordinates(after.palette.colors[value - 1 : value])[0], mean, atol=0.6)
    others = [entry for entry in range(6) if entry + 1 not in STROKES]
    np.testing.assert_array_equal(after.palette.colors[others], before.palette.colors[others])
    np.testing.assert_allclose(after.palette.shares, np.bincount(after.labels.ravel(), minlength=6) / marked.size)
    assert after.recipe == before.recipe


def test_all_other_pixels_take_the_nearest_of_what_was_learnt(photo, strokes):
    before = cq.quantize(photo, 6, smoothness=1.0)
    after = editing.learn(before, photo, strokes)
    mapped = cq.map_pixels(photo, after.palette, smoothness=1.0).labels
    np.testing.assert_array_equal(after.labels[strokes == 0], mapped[strokes == 0])


def test_the_most_likely_entry_is_that_of_scikit_learn_on_all_pixels(photo, strokes):
    before = cq.quantize(photo, 5)
    strokes[20:25, 20:30], strokes[120:125, 100:120] = 2, 4
    after = editing.learn(before, photo, strokes, method="gaussian")
    points, marks = before.recipe.metric.coordinates(photo.reshape(-1, 3)), strokes.ravel()
    model = GaussianNB(priors=np.full(5, 0.2), var_smoothing=1e-3).fit(points[marks > 0], marks[marks > 0])
    expected = np.where(marks > 0, marks, model.predict(points)) - 1
    np.testing.assert_array_equal(after.labels.ravel(), expected)
    deep = editing.learn(before, photo.astype(np.uint16) * 257, strokes, method="gaussian")
    np.testing.assert_array_equal(deep.labels, after.labels)


def test_what_is_most_likely_hangs_together_where_the_recipe_says_so(photo, strokes):
    before = cq.quantize(photo, 6, smoothness=2.0)
    exact = editing.learn(
        replace(before, recipe=before.recipe.replace(smoothness=0.0)), photo, strokes, method="gaussian"
    )
    smooth = editing.learn(before, photo, strokes, method="gaussian")
    assert _sides(smooth.labels) < 0.8 * _sides(exact.labels)
    assert (smooth.labels == exact.labels).mean() > 0.7


def test_spreads_of_one_width_smooth_as_distances_do(photo):
    before = cq.quantize(photo, 6)
    metric, colors = before.recipe.metric, before.palette.colors
    pixels, smoothing = open_source(photo).load(), Smoothing(2.0)
    spreads = Spreads(metric.coordinates(colors).astype(np.float64), np.full((6, 3), 4.0))
    plain = smooth_labels(pixels, before.labels, None, colors, metric, smoothing)
    np.testing.assert_array_equal(smooth_labels(pixels, before.labels, None, colors, metric, smoothing, spreads), plain)
    assert (plain != before.labels).any()


def _sides(labels):
    """Return how many neighbours differ."""
    return np.count_nonzero(labels[1:] != labels[:-1]) + np.count_nonzero(labels[:, 1:] != labels[:, :-1])


def test_a_class_that_spreads_takes_what_is_like_it():
    # Pixels between a narrow class and a wide one are nearer to the narrow one, and far more likely of the wide one.
    narrow, wide = np.full(50, 100), np.linspace(120, 220, 50)
    grays = np.concatenate([narrow, wide, [112, 115]]).round().astype(np.uint8)
    image = np.repeat(grays[None, :, None], 3, axis=2)
    before = cq.map_pixels(image, ["#646464", "#aaaaaa"])
    strokes = np.array([[1] * 50 + [2] * 50 + [0, 0]])
    near, likely = (editing.learn(before, image, strokes, method=method) for method in editing.LEARNERS)
    assert near.labels[0, -2:].tolist() == [0, 0]
    assert likely.labels[0, -2:].tolist() == [1, 1]


def test_locked_colours_names_and_gaps_stay(photo, strokes):
    mask = np.ones(photo.shape[:2], bool)
    mask[:12] = False
    before = editing.lock(editing.rename(cq.quantize(photo, 6, mask=mask), {0: "sky"}), {2: True})
    for method in editing.LEARNERS:
        after = editing.learn(before, photo, strokes, method=method, mask=mask)
        assert after.palette.hex[2] == before.palette.hex[2]
        assert after.palette.names[0] == "sky"
        np.testing.assert_array_equal(after.valid, mask)
        assert not after.labels[~mask].any()
        assert (after.labels[12:14, 60:80] == 0).all()


def test_the_cleaning_of_the_recipe_is_done_again(photo, strokes):
    before = clean(cq.quantize(photo, 4), min_size=30)
    after = editing.learn(before, photo, strokes * (strokes <= 4))
    mapped = clean(cq.map_pixels(photo, after.palette), min_size=30)
    away = (strokes == 0) | (strokes > 4)
    np.testing.assert_array_equal(after.labels[away], mapped.labels[away])


def test_what_are_no_strokes_is_told(photo, strokes):
    before = cq.quantize(photo, 3)
    for marks, told in (
        (np.zeros(photo.shape[:2], int), "strokes must mark at least one pixel that has data, got none"),
        (strokes, r"strokes must lie in 0\.\.3, got 5"),
        (strokes[:5], r"strokes must have the shape of the labels, \(128, 128\), got \(5, 128\)"),
    ):
        with pytest.raises(ValueError, match=told):
            editing.learn(before, photo, marks)
    with pytest.raises(TypeError, match="strokes must be an array of whole numbers"):
        editing.learn(before, photo, strokes.astype(float))
