"""Two results of one image: the indices are those of scikit-learn, and colours that are alike are one."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, confusion_matrix, rand_score

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.annotate.patterns.adjacency import adjacency
from napari_colorquant.annotate.patterns.compare import compare
from napari_colorquant.annotate.patterns.plots import plot_adjacency, plot_comparison, plot_confusion


@pytest.mark.parametrize("count", [2, 5, 9])
def test_the_indices_are_those_of_scikit_learn(photo, count):
    mask = np.ones(photo.shape[:2], bool)
    mask[:30] = False
    first, second = cq.quantize(photo, 5, mask=mask), cq.quantize(photo, count, space="lab", quantizer="median_cut")
    found = compare(first, second)
    labels, others = first.labels[mask], second.labels[mask]
    assert found.rand == pytest.approx(rand_score(labels, others), abs=1e-12)
    assert found.adjusted_rand == pytest.approx(adjusted_rand_score(labels, others), abs=1e-12)
    side = max(5, count)
    np.testing.assert_array_equal(found.confusion, confusion_matrix(labels, others, labels=np.arange(side))[:5, :count])
    assert len(found.matches) == min(5, count)


@pytest.mark.parametrize("match", ["color", "overlap"])
def test_the_order_of_the_palette_does_not_matter(photo, match):
    first = cq.quantize(photo, 6)
    second = editing.reorder(first, [3, 1, 5, 0, 2, 4])
    found = compare(first, second, match=match)
    assert (found.rand, found.adjusted_rand, found.agreement) == (1, 1, 1)
    assert [second.palette.hex[j] for _, j in found.matches] == list(first.palette.hex)
    assert [row["share"] for row in found.rows() if row["match"]] == [1.0] * 6
    assert "100.0 %" in found.describe()


def test_classes_are_compared_where_both_have_some(photo):
    first = editing.classify(cq.quantize(photo, 4), {0: "a", 1: "b", 2: "b"})
    second = editing.classify(first, {1: "a"})
    found = compare(first, second, by="class", match="overlap")
    counts = np.bincount(first.labels.ravel(), minlength=4)
    np.testing.assert_array_equal(found.confusion, [[counts[0], 0], [counts[1], counts[2]]])


def test_lazy_results_are_compared_alike(photo):
    import dask.array as da

    palettes = [cq.design_palette(photo, count) for count in (3, 4)]
    whole = [cq.map_pixels(photo, palette) for palette in palettes]
    lazy = [cq.map_pixels(da.from_array(photo, (50, 60, 3)), palette) for palette in palettes]
    np.testing.assert_array_equal(compare(*lazy).confusion, compare(*whole).confusion)


def test_results_of_different_images_are_refused(photo):
    with pytest.raises(ValueError, match=r"second must have the shape of the first, \(128, 128\), got \(64, 128\)"):
        compare(cq.quantize(photo, 2), cq.quantize(photo[:64], 2))


def test_the_matrices_are_drawn_with_their_numbers(photo):
    first, second = cq.quantize(photo, 3), cq.quantize(photo, 4)
    found = compare(first, second)
    for ax in (plot_comparison(found), plot_confusion(found.rows())):
        assert [label.get_text() for label in ax.get_yticklabels()] == list(first.palette.hex)
        assert [label.get_text() for label in ax.get_xticklabels()] == list(second.palette.hex)
        assert len(ax.texts) == 12
    rows = adjacency(first, unit="um")
    for value, title in (("transition", "Share of the neighbours"), ("length", "Boundary (um)")):
        ax = plot_adjacency(rows, value=value)
        assert ax.images[0].colorbar.ax.get_ylabel() == title
    with pytest.raises(ValueError, match=r"rows must be of 1\.\.64 colours or classes, got 0"):
        plot_adjacency([])
