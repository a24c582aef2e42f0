"""Measurement: counts, areas, mean colours and connected regions."""

import csv
import io

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.annotate.tables.table import class_map, measure, to_csv

RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


@pytest.fixture
def image() -> np.ndarray:
    image = np.full((20, 30, 3), 255, np.uint8)
    image[2:6, 2:7] = RED
    image[10:12, 20:22] = RED
    image[15:18, 3:9] = BLUE
    return image


@pytest.fixture
def indexed(image: np.ndarray) -> cq.IndexedImage:
    indexed = cq.map_pixels(image, [WHITE, RED, BLUE])
    return editing.classify(editing.rename(indexed, {1: "spots"}), {0: "ground", 1: "stain", 2: "stain"})


def test_pixels_shares_and_areas(image: np.ndarray, indexed: cq.IndexedImage) -> None:
    rows = measure(indexed, image, pixel_size=(0.5, 0.25), unit="µm")
    red = rows[1]
    assert (red["pixels"], red["area"], red["unit"]) == (24, 24 * 0.125, "µm²")
    assert red["share"] == 24 / 600
    assert (red["mean_red"], red["mean_green"], red["mean_blue"]) == RED
    assert (red["name"], red["class"], red["hex"]) == ("spots", "stain", "#ff0000")
    assert sum(row["pixels"] for row in rows) == 600


def test_components_are_counted(indexed: cq.IndexedImage) -> None:
    assert [row["components"] for row in measure(indexed)] == [1, 2, 1]


def test_classes_add_up_their_colours(image: np.ndarray, indexed: cq.IndexedImage) -> None:
    ground, stain = measure(indexed, image, by="class")
    assert (ground["class"], stain["class"]) == ("ground", "stain")
    assert stain["pixels"] == 24 + 18
    assert stain["components"] == 3
    assert stain["mean_red"] == pytest.approx(255 * 24 / 42)


def test_the_class_map_numbers_classes_from_one(indexed: cq.IndexedImage) -> None:
    classes, names = class_map(indexed)
    assert names == ("ground", "stain")
    assert np.array_equal(classes, np.where(indexed.labels == 0, 1, 2))


def test_entries_of_no_class_are_background(image: np.ndarray) -> None:
    indexed = editing.classify(cq.map_pixels(image, [WHITE, RED, BLUE]), {2: "blue"})
    classes, names = class_map(indexed)
    assert names == ("blue",)
    assert np.array_equal(classes, (indexed.labels == 2).astype(np.uint16))
    assert [row["pixels"] for row in measure(indexed, by="class")] == [18]


@pytest.mark.parametrize("regions", [None, np.arange(20)[:, None] // 10 + np.ones((1, 30), int)])
def test_the_share_of_a_class_is_that_of_its_colours_whatever_has_no_class(
    image: np.ndarray, indexed: cq.IndexedImage, regions: np.ndarray | None
) -> None:
    indexed = editing.classify(indexed, {0: ""})
    of_colors = [row for row in measure(indexed, image, regions=regions) if row["class"] == "stain"]
    of_class = measure(indexed, image, by="class", regions=regions)
    for row in of_class:
        its = [each for each in of_colors if each.get("region") == row.get("region")]
        assert row["share"] == pytest.approx(sum(each["share"] for each in its))
        assert row["pixels"] == sum(each["pixels"] for each in its)
    assert sum(row["share"] for row in of_class) < len(of_class)


def test_regions_are_measured_apart_and_add_up(image: np.ndarray, indexed: cq.IndexedImage) -> None:
    regions = np.zeros(image.shape[:2], int)
    regions[:9] = 1
    regions[9:] = 7
    rows = measure(indexed, image, regions=regions)
    assert [(row["region"], row["index"]) for row in rows] == [(r, i) for r in (1, 7) for i in range(3)]
    assert [row["pixels"] for row in rows if row["index"] == 1] == [20, 4]
    whole = [row["pixels"] for row in measure(indexed)]
    assert [rows[i]["pixels"] + rows[3 + i]["pixels"] for i in range(3)] == whole


def test_frames_are_measured_apart(image: np.ndarray) -> None:
    stack = np.stack([image, np.full_like(image, 255)])
    rows = measure(cq.map_pixels(stack, [WHITE, RED]), stack, per_frame=True)
    assert [(row["frame"], row["pixels"]) for row in rows if row["index"] == 1] == [("0", 42 - 18), ("1", 0)]
    assert np.isnan(rows[3]["mean_red"])


def test_pixels_without_data_do_not_count(image: np.ndarray) -> None:
    mask = np.zeros(image.shape[:2], bool)
    mask[2:6, 2:7] = True
    rows = measure(cq.map_pixels(image, [WHITE, RED], mask=mask), image)
    assert [row["pixels"] for row in rows] == [0, 20]


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x","y")', "+1", "-x", "@x", "\t=1", "\r=1", "\n=1", "'=1"])
def test_no_text_of_a_csv_is_a_formula_and_numbers_stay_numbers(indexed: cq.IndexedImage, name: str) -> None:
    named = editing.classify(editing.rename(indexed, {0: name}), {0: name})
    row = next(csv.DictReader(io.StringIO(to_csv(measure(named)), newline="")))
    assert (row["name"], row["class"]) == (f"'{name}", f"'{name}")
    read = next(csv.reader(io.StringIO(to_csv([{name: -1.5}]), newline="").readlines()[-1:]))
    assert read == ["-1.5"]


def test_csv_reads_back(indexed: cq.IndexedImage) -> None:
    rows = measure(editing.rename(indexed, {0: 'a "name", with commas\nand lines'}))
    read = list(csv.DictReader(io.StringIO(to_csv(rows), newline="")))
    assert read[0]["name"] == 'a "name", with commas\nand lines'
    assert [int(row["pixels"]) for row in read] == [row["pixels"] for row in rows]
    assert to_csv([]) == ""


def test_wrong_requests_say_what_must_hold(image: np.ndarray, indexed: cq.IndexedImage) -> None:
    with pytest.raises(ValueError, match="by must be one of color, class"):
        measure(indexed, by="taste")
    with pytest.raises(ValueError, match="pixel_size must be > 0"):
        measure(indexed, pixel_size=(0, 1))
    with pytest.raises(ValueError, match="regions must have the shape of the labels"):
        measure(indexed, regions=np.zeros((3, 3), int))
    with pytest.raises(ValueError, match="image must have the shape of the labels"):
        measure(indexed, image[:3])
