"""Which classes lie beside which: the counts are those of a loop over all sides of all pixels."""

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.annotate.patterns.adjacency import adjacency, to_matrix
from napari_colorquant.annotate.patterns.pattern import patches, pattern
from napari_colorquant.spaces import SPACES
from napari_colorquant.spaces.delta_e import ciede2000

SIZE = (2.0, 0.5)


@pytest.fixture
def indexed(photo):
    """Five colours, three of them in two classes, with a corner of no data."""
    mask = np.ones(photo.shape[:2], bool)
    mask[:40, :30] = False
    result = cq.quantize(photo, 5, mask=mask)
    return editing.classify(result, {0: "a", 1: "b", 2: "b"})


def _loop(labels, valid, regions=None):
    """Return (first, second, length) of each side that two pixels with data share, both ways round."""
    found = {}
    height, width = labels.shape
    for y in range(height):
        for x in range(width):
            for dy, dx, length in ((0, 1, SIZE[0]), (1, 0, SIZE[1])):
                v, u = y + dy, x + dx
                if v >= height or u >= width or not (valid[y, x] and valid[v, u]):
                    continue
                if regions is not None and not regions[y, x] == regions[v, u] == 1:
                    continue
                a, b = int(labels[y, x]), int(labels[v, u])
                for pair in {(a, b), (b, a)}:
                    count, sum_ = found.get(pair, (0, 0.0))
                    found[pair] = (count + 1, sum_ + length * (a != b))
    return found


@pytest.mark.parametrize("within", [False, True])
def test_pairs_and_lengths_are_those_of_a_loop(indexed, within):
    regions = np.zeros(indexed.shape, int)
    regions[20:90, 10:100] = 1
    rows = adjacency(indexed, pixel_size=SIZE, unit="um", regions=regions if within else None)
    expected = _loop(indexed.labels, indexed.valid, regions if within else None)
    codes = indexed.palette.hex
    for row in rows:
        count, length = expected.get((codes.index(row["first"]), codes.index(row["second"])), (0, 0.0))
        assert (row["pairs"], row["length"]) == (count, length)
        assert row.get("region") == (1 if within else None)
    assert len(rows) == 25


def test_transitions_add_up_to_one_and_contrast_is_that_of_the_colours(indexed):
    rows = adjacency(indexed)
    names, matrix = to_matrix(rows)
    assert names == list(indexed.palette.hex)
    np.testing.assert_allclose(matrix.sum(axis=1), 1)
    lab = SPACES["lab"].from_srgb(indexed.palette.colors)
    _, contrast = to_matrix(rows, "contrast")
    np.testing.assert_allclose(contrast[0], ciede2000(np.repeat(lab[:1], 5, axis=0), lab), rtol=1e-6)
    _, lengths = to_matrix(rows, "length")
    np.testing.assert_array_equal(lengths, lengths.T)


def test_classes_are_counted_as_their_colours_together(indexed):
    rows = {(row["first"], row["second"]): row["pairs"] for row in adjacency(indexed, by="class")}
    _, pairs = to_matrix(adjacency(indexed), "pairs")
    assert rows["a", "b"] == pairs[0, 1] + pairs[0, 2] == rows["b", "a"]
    assert rows["b", "b"] == pairs[1, 1] + pairs[2, 2] + pairs[1, 2]
    assert set(rows) == {(first, second) for first in "ab" for second in "ab"}


def test_frames_are_counted_apart_or_together(photo):
    stack = cq.quantize(np.stack([photo[:64], photo[64:]]), 4, rgb=True)
    apart, together = adjacency(stack, per_frame=True), adjacency(stack)
    assert [row["frame"] for row in apart] == ["0"] * 16 + ["1"] * 16
    first, second = apart[:16], apart[16:]
    assert [row["pairs"] for row in together] == [a["pairs"] + b["pairs"] for a, b in zip(first, second, strict=True)]
    assert len(pattern(stack, per_frame=True)) == 2
    assert sum(row["patches"] for row in patches(stack, per_frame=True)) == sum(
        row["patches"] for row in patches(stack)
    )


def test_a_lazy_result_has_the_same_rows(photo):
    import dask.array as da

    palette = cq.design_palette(photo, 4)
    whole, lazy = (cq.map_pixels(image, palette) for image in (photo, da.from_array(photo, (50, 60, 3))))
    for function in (adjacency, pattern, patches):
        assert function(lazy) == function(whole)


def _flag(*rows):
    return cq.map_pixels(np.uint8(rows), ["#ff0000", "#0000ff", "#ffffff"])


RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def test_a_pattern_of_even_stripes_is_as_diverse_as_it_has_colours():
    (row,) = pattern(_flag([RED] * 4, [BLUE] * 4, [WHITE] * 4), pixel_size=(2, 3), unit="mm")
    assert (row["classes"], row["pixels"], row["area"], row["unit"]) == (3, 12, 72.0, "mm")
    assert row["diversity"] == pytest.approx(3)
    assert row["evenness"] == pytest.approx(1)
    assert row["entropy"] == pytest.approx(np.log(3))
    assert (row["transition_diversity"], row["transition_evenness"]) == pytest.approx((2, 2 / 3))
    assert row["boundary"] == 2 * 4 * 3
    assert row["boundary_density"] == pytest.approx(24 / 72)
    lab = SPACES["lab"].from_srgb(np.uint8([RED, BLUE, WHITE]))
    contrasts = ciede2000(lab[:2], lab[1:])
    assert row["contrast"] == pytest.approx(contrasts.mean())
    assert row["contrast_deviation"] == pytest.approx(contrasts.std())
    assert np.isnan(row["aspect"])  # nothing changes along rows


def test_the_pattern_of_one_colour_has_no_boundary():
    (row,) = pattern(_flag([RED, RED]))
    assert (row["classes"], row["diversity"], row["boundary"], row["transition_diversity"]) == (1, 1.0, 0.0, 0.0)
    assert np.isnan(row["contrast"])


def test_aspect_is_one_for_a_checkerboard_and_larger_for_stripes_that_lie():
    (board,) = pattern(_flag([RED, BLUE, RED], [BLUE, RED, BLUE], [RED, BLUE, RED]))
    (lying,) = pattern(_flag([RED, RED, BLUE], [BLUE, BLUE, RED], [RED, RED, BLUE]))
    assert board["aspect"] == 1
    assert lying["aspect"] > 1


def test_patches_are_the_connected_parts_with_their_areas(indexed):
    from skimage.measure import label, regionprops

    labels = np.where(indexed.valid, indexed.labels + 1, 0)
    rows = patches(indexed, pixel_size=SIZE, unit="um")
    for number, row in enumerate(rows, start=1):
        areas = [found.area * SIZE[0] * SIZE[1] for found in regionprops(label(labels == number, connectivity=2))]
        assert row["patches"] == len(areas)
        expected = np.mean(areas), np.median(areas), np.max(areas)
        assert (row["mean_patch"], row["median_patch"], row["largest_patch"]) == pytest.approx(expected)
        assert row["unit"] == "um²"


def test_a_colour_without_pixels_has_no_patch():
    rows = patches(_flag([RED, RED]))
    assert [row["patches"] for row in rows] == [1, 0, 0]
    assert rows[1]["mean_patch"] == 0


@pytest.mark.parametrize("function", [adjacency, pattern, patches])
def test_what_cannot_be_counted_is_told(function, photo):
    with pytest.raises(ValueError, match=r"indexed must have 1\.\.256 classes here, got 0"):
        function(cq.quantize(photo, 3), by="class")
    with pytest.raises(ValueError, match=r"indexed must have 1\.\.256 colours here, got 300"):
        function(cq.quantize(photo, 300, quantizer="median_cut"))
