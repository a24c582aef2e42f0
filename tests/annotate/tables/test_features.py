"""Measurements as columns: one row per colour, region or class."""

import math

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.annotate.tables.features import (
    class_colors,
    class_features,
    color_features,
    palette_features,
    region_features,
)
from napari_colorquant.annotate.tables.table import class_map, measure


@pytest.fixture(scope="module")
def indexed(photo):
    return editing.classify(cq.quantize(photo, 4, quantizer="median_cut"), {0: "light", 1: "dark", 2: "dark"})


def test_a_palette_has_a_row_per_colour_with_its_pixels(indexed):
    features = palette_features(indexed)
    assert list(features["index"]) == [1, 2, 3, 4]
    assert list(features["count"]) == list(np.bincount(indexed.labels.ravel(), minlength=4))
    assert "name" not in features
    assert list(palette_features(editing.rename(indexed, {1: "sky"}))["name"]) == ["", "sky", "", ""]
    assert list(features["class"]) == ["light", "dark", "dark", ""]
    assert "class" not in palette_features(editing.classify(indexed, dict.fromkeys(range(4), "")))


def test_measured_columns_follow_the_label_values(indexed):
    rows = measure(indexed, count_components=False)
    features = color_features(rows[::-1], {"index": [3, 1, 9], "hex": ["c", "a", "?"], "share": [0, 0, 0]})
    assert features["hex"] == ["c", "a", "?"]
    assert features["pixels"][:2] == [rows[2]["pixels"], rows[0]["pixels"]]
    assert features["share"][:2] == [rows[2]["share"], rows[0]["share"]]
    assert math.isnan(features["share"][2])
    assert list(features)[:2] == ["index", "hex"]


def test_a_region_has_a_column_per_class_and_measure(indexed):
    regions = np.zeros(indexed.shape, int)
    regions[:20], regions[60:] = 5, 9
    features = region_features(measure(indexed, by="class", regions=regions, count_components=False), [9, 5, 7])
    assert features["index"] == [9, 5, 7]
    inside = indexed.labels[60:]
    dark = np.count_nonzero(np.isin(inside, [1, 2]))
    assert features["dark share"][0] * inside.size == pytest.approx(dark)
    assert math.isnan(features["dark area"][2])


def test_a_class_has_the_share_of_its_colours_and_a_colour_between_them(indexed):
    names = class_map(indexed)[1]
    features, colors = class_features(indexed.palette, names), class_colors(indexed.palette, names)
    assert list(features["class"]) == list(names)
    dark = list(names).index("dark")
    assert features["share"][dark] == pytest.approx(indexed.palette.shares[[1, 2]].sum())
    assert np.array_equal(colors[list(names).index("light")], indexed.palette.colors[0])
    low, high = indexed.palette.colors[[1, 2]].min(axis=0), indexed.palette.colors[[1, 2]].max(axis=0)
    assert (colors[dark] + 8 >= low).all()
    assert (colors[dark] <= high + 8).all()


def test_a_class_without_pixels_has_the_plain_mean():
    palette = cq.Palette(np.array([[0, 0, 0], [0, 0, 0]], np.uint8), np.zeros(2), classes=("a", "a"))
    assert class_colors(palette, ["a"]).tolist() == [[0, 0, 0]]
    assert class_colors(palette, []).shape == (0, 3)
