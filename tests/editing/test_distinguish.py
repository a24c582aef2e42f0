"""Colours that can be told apart: those that are shown move, those that are measured do not."""

import numpy as np
import pytest

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant.annotate.shapes.areas import read_areas
from napari_colorquant.annotate.tables.table import measure
from napari_colorquant.quality.distinguishability import distinguishability


def _least(palette):
    return min(found.difference for found in distinguishability(palette))


@pytest.mark.parametrize(("count", "least"), [(2, 30), (6, 20), (12, 10), (24, 8)])
def test_a_least_difference_holds_to_every_sight(any_photo, count, least):
    before = cq.quantize(any_photo, count)
    after = editing.make_distinguishable(before, least)
    assert _least(after.palette) >= least


def test_only_what_is_shown_changes(photo):
    before = editing.lock(cq.quantize(photo, 12), {11: True})
    after = editing.make_distinguishable(before, 10)
    assert after.labels is before.labels
    np.testing.assert_array_equal(after.palette.levels, before.palette.levels)
    assert after.palette.display[0] == after.palette.display[11] == ""  # the largest, and what is locked
    assert any(after.palette.display)
    np.testing.assert_array_equal(after.to_rgb(), before.to_rgb())
    rows = measure(after, photo)
    assert [{k: v for k, v in row.items() if k != "display"} for row in rows] == measure(before, photo)
    assert [row["display"] for row in rows] == ["#" + bytes(color).hex() for color in after.palette.shown]
    assert [area.color for area in read_areas(after).areas] == [tuple(map(int, c)) for c in after.palette.shown]
    assert editing.show_measured(after).palette == before.palette


def test_it_is_kept_with_the_palette_and_through_edits(photo, tmp_path):
    after = editing.make_distinguishable(cq.quantize(photo, 12), 10)
    for name in ("a.json", "a.csv"):
        cq.write_palette(after.palette, tmp_path / name)
        assert cq.read_palette(tmp_path / name).display == after.palette.display
    order = list(range(12))[::-1]
    assert editing.reorder(after, order).palette.display == after.palette.display[::-1]
    moved = next(index for index, code in enumerate(after.palette.display) if code)
    recolored = editing.recolor(after, {moved: "#123456"}).palette
    assert recolored.display[moved] == ""  # what is chosen by hand is seen
    assert recolored.display[moved + 1 :] == after.palette.display[moved + 1 :]
    assert len(editing.add_color(after, photo, "#010203").palette.display) == 13


def test_more_than_can_be_had_gives_what_can(photo):
    before = cq.quantize(photo, 64)
    after = editing.make_distinguishable(before, 50)
    assert 3 < _least(after.palette) < 50
    assert _least(after.palette) > _least(before.palette)


def test_what_cannot_be_told_apart_is_refused(photo):
    with pytest.raises(ValueError, match=r"the number of colours must lie in 2\.\.64, got 65"):
        editing.make_distinguishable(cq.quantize(photo, 65))
    with pytest.raises(ValueError, match="display must be '' or written #rrggbb, got '#12345678'"):
        cq.Palette(["#ff0000"], display=["#12345678"])
