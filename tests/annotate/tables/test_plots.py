"""The figure of shares says what the rows say."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.annotate.tables.plots import plot_shares
from napari_colorquant.annotate.tables.table import measure


def _lengths(ax):
    return {bars.get_label(): [bar.get_width() for bar in bars] for bars in ax.containers}


def test_a_bar_has_the_share_of_each_colour_in_it(photo):
    indexed = editing.rename(cq.quantize(photo, 4), {0: "sky"})
    ax = plot_shares(measure(indexed))
    lengths = _lengths(ax)
    assert list(lengths) == ["sky", *indexed.palette.hex[1:]]
    np.testing.assert_allclose([length for (length,) in lengths.values()], 100 * indexed.palette.shares)
    assert [to_hex(bars[0].get_facecolor()) for bars in ax.containers] == list(indexed.palette.hex)


def test_frames_regions_and_images_have_bars_of_their_own(photo):
    stack = cq.quantize(np.stack([photo[:64], photo[64:]]), 3, rgb=True)
    rows = [{"image": name, **row} for name in ("a", "b") for row in measure(stack, per_frame=True)]
    ax = plot_shares(rows)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a, 0", "a, 1", "b, 0", "b, 1"]
    np.testing.assert_allclose(sum(np.array(each) for each in _lengths(ax).values()), 100)


def test_classes_have_the_mean_colour_of_their_pixels_and_areas_their_unit(photo):
    indexed = editing.classify(cq.quantize(photo, 4), {0: "a", 1: "a", 2: "b", 3: "b"})
    rows = measure(indexed, photo, by="class", pixel_size=(2, 3), unit="mm")
    ax = plot_shares(rows, value="area")
    assert {name: length for name, (length,) in _lengths(ax).items()} == {row["class"]: row["area"] for row in rows}
    assert "mm²" in ax.get_xlabel()
    means = [[row[f"mean_{name}"] / 255 for name in ("red", "green", "blue")] for row in rows]
    np.testing.assert_allclose([bars[0].get_facecolor()[:3] for bars in ax.containers], means)


def test_rows_with_an_error_are_left_out_and_nothing_is_refused(photo):
    rows = [*measure(cq.quantize(photo, 2)), {"image": "x", "error": "gone"}]
    assert len(plot_shares(rows).containers) == 2
    with pytest.raises(ValueError, match="rows must be of"):
        plot_shares(rows[2:])
    with pytest.raises(ValueError, match="value must be one of"):
        plot_shares(rows, value="mean")
