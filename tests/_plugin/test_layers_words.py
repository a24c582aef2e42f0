"""Names, classes and locks over a new run, and what is told of them."""

import numpy as np
import pytest
from skimage import data

import napari_colorquant as cq
from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.layers.provenance import read_palette
from napari_colorquant._plugin.layers.words import tell_names
from napari_colorquant.palette import Palette

PATIENCE_MS = 180_000


@pytest.fixture
def panel(viewer, open_panel):
    """The panel on a stained section, set to six colours."""
    viewer.add_image(data.immunohistochemistry()[::2, ::2], name="section")
    panel = open_panel()
    panel.set_recipe(cq.Recipe(n_colors=6, quantizer="wu"))
    return panel


def _name(dock, *names):
    for row, name in enumerate(names):
        dock.colors.editor.write(row, "name", name)
        dock.colors.editor.write(row, "class", f"class of {name}")


def test_names_go_to_the_nearest_colours_and_it_is_told_which_did_not(viewer, panel, run, qtbot):
    run(panel)
    dock, labels = open_palette(viewer), viewer.layers["section quantized"]
    _name(dock, "one", "two", "three", "four")
    before = dock.session.indexed.palette
    dock.colors.editor.write(5, "name", "green")
    dock.colors.editor.write(5, "hex", "#00ff00")
    panel.colors.n_colors.value = 7
    run(panel)
    dock.session.settle()
    after = read_palette(labels)
    told = "4 of 5 names kept, without green"
    assert set(after.names) == {"one", "two", "three", "four", ""}
    assert panel.bar.report.text().endswith(told)
    assert dock.colors.note.text() == f"{told}."
    for name in ("one", "two", "three", "four"):
        old, new = (each.colors[each.names.index(name)].astype(int) for each in (before, after))
        assert np.abs(old - new).max() < 40
    assert list(labels.features["name"]) == list(after.names)
    assert "class of one" in after.classes
    dock.undo()
    assert "green" in dock.session.indexed.palette.names


def test_names_are_kept_when_no_palette_is_open(viewer, panel, run):
    run(panel)
    dock = open_palette(viewer)
    _name(dock, "one", "two")
    dock.end_work()
    panel.colors.n_colors.value = 7
    run(panel)
    assert panel.bar.report.text().endswith("all names kept")
    labels, squares = viewer.layers["section quantized"], viewer.layers["section palette"]
    assert {"one", "two"} <= set(read_palette(labels).names)
    assert read_palette(labels).names == read_palette(squares).names
    assert {"one", "two"} <= set(labels.features["name"])


def test_a_locked_colour_that_fits_no_pixel_is_counted_apart(viewer, panel, run, qtbot):
    run(panel)
    dock = open_palette(viewer)
    dock.colors.editor.write(0, "hex", "#00ff00")
    dock.colors.editor.write(0, "lock", "locked")
    panel.colors.n_colors.value = 8
    run(panel)
    dock.session.settle()
    assert panel.bar.report.text().startswith("7 colours + 1 locked, unused · ")
    assert dock.colors.note.text().startswith("7 colours + 1 locked, unused")


def test_names_that_live_loses_on_the_way_come_back(viewer, panel, run, qtbot):
    run(panel)
    _name(open_palette(viewer), "one", "two", "three", "four", "five", "six")
    panel.bar.live_box.setChecked(True)
    for n_colors in (2, 6):
        panel.colors.n_colors.value = n_colors
        qtbot.waitUntil(
            lambda n_colors=n_colors: len(read_palette(viewer.layers["section quantized"])) == n_colors,
            timeout=PATIENCE_MS,
        )
    panel.bar.live_box.setChecked(False)
    assert set(read_palette(viewer.layers["section quantized"]).names) == {"one", "two", "three", "four", "five", "six"}


def test_names_and_classes_that_runs_of_fewer_colours_lose_come_back(viewer, panel, run):
    run(panel)
    dock, labels = open_palette(viewer), viewer.layers["section quantized"]
    _name(dock, "one", "two", "three", "four", "five")
    dock.colors.editor.write(5, "class", "no name")
    before = read_palette(labels)
    for n_colors in (3, 2, 6):
        panel.colors.n_colors.value = n_colors
        run(panel)
        dock.session.settle()
    after = read_palette(labels)
    assert (after.hex, after.names, after.classes) == (before.hex, before.names, before.classes)
    dock.colors.editor.write(0, "name", "")  # which a person has taken away, and no run
    run(panel)
    assert "one" not in read_palette(labels).names


def test_a_run_opens_its_own_palette_where_that_of_another_image_is_open(viewer, panel, run):
    run(panel)
    other = viewer.add_image(data.astronaut()[::4, ::4], name="person")
    run(panel)
    dock = panel.palette_editor
    assert dock.session.layer is viewer.layers["person quantized"]
    viewer.layers.selection.active = viewer.layers["section"]
    run(panel)
    assert dock.session.layer is viewer.layers["section quantized"]
    viewer.layers.selection.active = other
    assert dock.session.layer is viewer.layers["section quantized"], "as long as nothing is run"


def test_long_lists_of_lost_names_are_cut():
    before = Palette(np.arange(15).reshape(5, 3), np.full(5, 0.2), names=tuple("abcde"))
    gone = Palette([[255, 255, 255]], [1.0])
    assert tell_names(gone, before) == "0 of 5 names kept, without a, b, c and 2 more"
    assert tell_names(gone, gone) == ""
    assert tell_names(gone, None) == ""
