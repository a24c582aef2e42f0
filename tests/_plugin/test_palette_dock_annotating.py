"""From colours to annotations in the dock: tables of patterns, strokes, colours told apart, outlines, a report."""

import re

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Layer, Shapes
from PIL import Image as PillowImage
from qtpy.QtCore import Qt
from qtpy.QtWidgets import QFileDialog, QInputDialog, QWidget

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant._plugin.commands import outlines_layer
from napari_colorquant._plugin.files.writer import write_indexed_image, write_palette
from napari_colorquant._plugin.layers.indexed_layers import to_labels_layer, to_palette_layer
from napari_colorquant._plugin.layers.provenance import read_palette
from napari_colorquant._plugin.layers.shape_layer import to_shapes_layer
from napari_colorquant._plugin.layers.strokes import find_strokes
from napari_colorquant._plugin.palette_dock.widget import PaletteWidget
from napari_colorquant._plugin.tasks.task import quantize_layer
from napari_colorquant._plugin.widgets.formats import format_number
from napari_colorquant.annotate.patterns.adjacency import adjacency
from napari_colorquant.annotate.patterns.compare import compare
from napari_colorquant.annotate.patterns.pattern import patches, pattern
from napari_colorquant.annotate.shapes.cleaning import clean
from napari_colorquant.annotate.tables.objects import object_colors

PATIENCE_MS = 180_000


@pytest.fixture
def viewer(qapp):
    return ViewerModel()


@pytest.fixture
def dock(viewer, photo, qtbot):
    """The palette's dock alone, on a result of five colours in two classes."""
    source = viewer.add_image(photo, name="photo", rgb=True, scale=(2, 0.5), units="um")
    indexed = editing.rename(cq.quantize(photo, 5), dict(enumerate("abcde")))
    indexed = editing.classify(indexed, {0: "light", 1: "dark", 2: "dark"})
    for make in (to_labels_layer, to_palette_layer):
        viewer.add_layer(Layer.create(*make(indexed, source, "a")))
    dock = PaletteWidget(viewer)
    qtbot.addWidget(dock)
    dock.open(viewer.layers["photo quantized"])
    return dock


@pytest.fixture
def measured(dock, qtbot):
    """A function that makes a table by its title, and returns the rows."""
    tab = dock.measure

    def measured(title, **choices):
        tab.choices.what.value = next(table for table in tab.choices.what.choices if table.title == title)
        for name, value in choices.items():
            getattr(tab.choices, name).value = value
        with qtbot.waitSignal(tab.measured, timeout=PATIENCE_MS) as caught:
            tab.run()
        return caught.args[0]

    return measured


@pytest.fixture
def settled(dock, qtbot):
    """A function that waits until the editor has done its work."""

    def settled():
        qtbot.waitUntil(lambda: not dock.colors.editor.is_busy, timeout=PATIENCE_MS)

    return settled


@pytest.mark.parametrize(
    ("title", "function"), [("Neighbours", adjacency), ("Pattern as a whole", pattern), ("Patches", patches)]
)
def test_a_table_of_a_pattern_is_that_of_python_in_the_units_of_the_layer(dock, measured, title, function):
    for by in ("color", "class"):
        rows = measured(title, by=by)
        assert rows == function(dock.session.indexed, by=by, pixel_size=(2, 0.5), unit="µm")
    if function is pattern:  # one row of many columns is read from top to bottom
        shown = {line[0]: line[1] for line in dock.measure.table.rows_model.lines}
        assert shown["Boundary (µm)"].replace("\N{NO-BREAK SPACE}", "").replace("\N{NARROW NO-BREAK SPACE}", "")
        assert shown["Area (µm²)"] == format_number(rows[0]["area"])
        assert shown["Evenness"] == f"{rows[0]['evenness']:.4g}"
        assert dock.measure.table.csv().count("\n") == 2
    assert dock.measure.plot_button.isEnabled() == (title == "Neighbours")
    assert dock.measure.save_button.isEnabled()


def test_a_table_is_of_regions_where_they_are_chosen(viewer, dock, measured):
    regions = viewer.add_labels(np.repeat([[1], [2]], 64, axis=0) * np.ones((1, 128), int), name="halves")
    rows = measured("Patches", by="color", within=regions)
    assert [row["region"] for row in rows] == [1] * 5 + [2] * 5
    assert not dock.measure.features_button.isEnabled()
    assert dock.measure.table.rows_model.columns[0] == "region"
    regions.data[regions.data == 2] = 1
    measured("Patches", by="color", within=regions)
    assert "region" not in dock.measure.table.rows_model.columns  # of one alone, it would say nothing


def test_another_result_is_offered_to_be_compared_with(viewer, dock, measured, photo):
    other = cq.quantize(photo, 3)
    viewer.add_layer(Layer.create(*to_labels_layer(other, viewer.layers["photo"], "b")))
    viewer.layers[-1].name = "mine"
    viewer.layers.selection.active = viewer.layers["photo quantized"]
    rows = measured("Compared with mine", by="color")
    assert rows == compare(dock.session.indexed, other).rows()
    dock.measure.choices.by.value = "class"
    dock.measure.run()
    assert dock.measure.note.text() == "mine has no classes: compare each colour."
    assert not dock.measure.table.rows_model.rows  # those of another table do not stay under this name
    viewer.layers.remove("mine")
    assert dock.measure.choices.what.value.title == "Areas"


def test_objects_get_their_colours_as_features(viewer, dock, measured, photo):
    numbers = np.zeros((128, 128), np.int32)
    numbers[10:30, 10:30], numbers[50:90, 50:60] = 4, 9
    dock.measure.choices.what.value = next(
        table for table in dock.measure.choices.what.choices if table.title == "Colours of objects"
    )
    dock.measure.run()
    assert "Choose under Within the Labels layer" in dock.measure.note.text()
    objects = viewer.add_labels(numbers, name="cells")
    rows = measured("Colours of objects", within=objects, n_colors=2)
    assert rows == object_colors(photo, numbers, 2)
    dock.measure.write_features()
    assert list(objects.features["index"]) == [4, 9]
    assert list(objects.features["color_2_hex"]) == [row["color_2_hex"] for row in rows]


def test_a_table_follows_the_brush_while_it_is_seen_and_is_out_of_date_otherwise(dock, measured, qtbot):
    dock.tabs.setCurrentWidget(dock.measure)
    dock.show()
    before = measured("Areas", by="color")
    layer = dock.session.layer
    with qtbot.waitSignal(dock.measure.measured, timeout=PATIENCE_MS) as caught:
        layer.data[:60, :60] = 1
        layer.events.paint(value=[])
    pixels = [row["pixels"] for row in caught.args[0]]
    assert pixels == np.bincount(layer.data.ravel() - 1, minlength=5).tolist()
    assert pixels[0] > before[0]["pixels"]
    dock.hide()
    dock.colors.editor.write(0, "name", "wall")
    assert dock.measure.note.text() == "The result has changed since; measure again."


def test_strokes_are_painted_learnt_and_taken_back(viewer, dock, settled, qtbot):
    editor, before = dock.colors.editor, dock.session.indexed
    dock.colors.table.select_rows([2], quiet=False)
    editor.learn()  # there are none yet: what is to be done is said, and can be done at once
    assert "Paint a few strokes" in dock.colors.note.text()
    strokes = find_strokes(viewer, dock.session.layer)
    assert (strokes.mode, strokes.selected_label, viewer.layers.selection.active) == ("paint", 3, strokes)
    assert not dock.session.layer.visible  # the image is looked at
    assert dock.session.layer is viewer.layers["photo quantized"]  # whose palette stays in the dock
    dock.colors.table.select_rows([0], quiet=False)
    assert strokes.selected_label == 1
    strokes.data[10:14, 60:80], strokes.data[100:105, 5:9] = 1, 3
    qtbot.keyClick(dock.colors.table, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    settled()
    after = dock.session.indexed
    assert dock.session.layer.visible
    marked = strokes.data > 0
    np.testing.assert_array_equal(dock.session.layer.data[marked], strokes.data[marked])
    expected = editing.learn(before, viewer.layers["photo"].data, strokes.data)
    np.testing.assert_array_equal(after.labels, expected.labels)
    assert read_palette(dock.session.layer).hex == expected.palette.hex
    dock.undo()
    assert dock.session.indexed.palette == before.palette
    editor.learn("gaussian")
    settled()
    expected = editing.learn(before, viewer.layers["photo"].data, strokes.data, method="gaussian")
    np.testing.assert_array_equal(dock.session.indexed.labels, expected.labels)


def test_the_dock_warns_of_colours_that_are_mixed_up_and_mends_it(viewer, dock, tmp_path):
    def colors(layer):
        return np.rint(255 * np.asarray(layer.colormap.map(np.arange(1, 6)))[:, :3]).astype(int)

    editor, layer, swatches = dock.colors.editor, dock.session.layer, viewer.layers["photo palette"]
    dock.colors.table.clearSelection()
    editor.write(1, "hex", dock.session.indexed.palette.hex[0][:-1] + "0")
    assert "hard to tell apart: a and b, ΔE" in dock.colors.note.text()
    before = dock.session.indexed.palette
    editor.distinguish(12)
    after = dock.session.indexed.palette
    assert dock.colors.note.text() == "5 colours"
    assert editing.least_difference(after) >= 12
    assert after.hex == before.hex
    np.testing.assert_array_equal(colors(layer), after.shown)
    np.testing.assert_array_equal(np.rint(255 * swatches.face_color[:, :3]), after.shown)
    write_indexed_image(str(tmp_path / "seen.png"), *layer.as_layer_data_tuple()[:2])
    np.testing.assert_array_equal(cq.read_palette(tmp_path / "seen.png").colors[:5], after.shown)  # as it is seen
    write_palette(str(tmp_path / "p.json"), *layer.as_layer_data_tuple()[:2])
    assert cq.read_palette(tmp_path / "p.json") == after  # with both
    editor.show_measured()
    np.testing.assert_array_equal(colors(layer), before.colors)
    dock.undo()
    assert dock.session.indexed.palette.display == after.display
    editor.distinguish(50)
    assert "So many colours differ by a ΔE₂₀₀₀ of" in dock.colors.note.text()


def test_the_least_difference_is_asked_for(dock, monkeypatch):
    monkeypatch.setattr(QInputDialog, "getDouble", lambda *_: (20.0, False))
    dock.colors.editor.distinguish()
    assert not any(dock.session.indexed.palette.display)
    monkeypatch.setattr(QInputDialog, "getDouble", lambda *_: (20.0, True))
    dock.colors.editor.distinguish()
    assert editing.least_difference(dock.session.indexed.palette) >= 20


@pytest.mark.parametrize("by", ["color", "class"])
def test_outlines_drawn_again_are_the_labels_with_their_holes(dock, photo, by):
    cleaned = clean(dock.session.indexed, min_size=20, min_hole=20)
    layer = Layer.create(*to_shapes_layer(cleaned, dock.session.layer, by).layer)
    assert isinstance(layer, Shapes)
    drawn = np.zeros((128, 128), int)
    for value, mask in zip(layer.features["index"], layer.to_masks((128, 128)), strict=True):
        drawn[mask] = value
    table = np.array([1, 2, 2, 0, 0]) if by == "class" else np.arange(1, 6)
    expected = table[cleaned.labels]
    inner = (slice(1, -1), slice(1, -1))  # napari draws the sides of shapes by the pixel, one way or the other
    assert (drawn[inner] == expected[inner]).mean() > 0.97
    unit_area = 2 * 0.5
    for value in set(layer.features["index"]):
        area = layer.features["area"][layer.features["index"] == value].sum()
        assert area == pytest.approx(np.count_nonzero(expected == value) * unit_area)
    np.testing.assert_allclose(layer.scale, (2, 0.5))


def test_outlines_are_added_above_their_result_and_can_be_measured_in(viewer, dock, photo, qtbot, monkeypatch):
    parent = QWidget()
    qtbot.addWidget(parent)
    dock.session.edit("Clean", clean(dock.session.indexed, min_size=60))
    monkeypatch.setattr(QInputDialog, "getDouble", lambda *_: (1.0, True))
    outlines_layer.show_outlines(parent, viewer, dock.session.layer)
    qtbot.waitUntil(lambda: "photo quantized outlines" in viewer.layers, timeout=PATIENCE_MS)
    added = viewer.layers["photo quantized outlines"]
    assert viewer.layers.index(added) == viewer.layers.index(dock.session.layer) + 1
    assert set(added.features["class"]) == {"light", "dark"}
    assert added in dock.measure.choices.within.choices
    monkeypatch.setattr(QInputDialog, "getDouble", lambda *_: (1.0, False))
    assert outlines_layer.show_outlines(parent, viewer, dock.session.layer) is None


def test_of_more_outlines_than_napari_bears_the_largest_are_shown_and_the_rest_is_told(dock):
    labels = (np.indices((128, 128)).sum(axis=0) % 2).astype(np.uint8)
    labels[:40, :40] = 0
    noisy = editing.painted(dock.session.indexed, labels)
    (paths, values, _), told = to_shapes_layer(noisy, dock.session.layer)
    assert len(paths) == 3000
    areas = values["features"]["area"]
    assert max(areas) >= 1600 * 2 * 0.5
    assert min(areas) == 1.0
    assert re.fullmatch(r"The 3,000 largest of \d+,\d+ outlines are shown; those left out have at most 1 µm².*", told)


def test_a_folder_becomes_a_report_that_goes_on(dock, photo, tmp_path, qtbot, monkeypatch):
    (tmp_path / "in").mkdir()
    for name in ("a", "b"):
        PillowImage.fromarray(photo).save(tmp_path / f"in/{name}.png")
    (tmp_path / "in/c.png").write_bytes(b"broken")
    folders = iter([str(tmp_path / "in"), str(tmp_path / "out")] * 2)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: next(folders))
    tab = dock.apply
    tab.to.value = "report"
    with qtbot.waitSignal(tab.applied, timeout=PATIENCE_MS) as caught:
        tab.run()
    assert caught.args[0].text.startswith("2 images measured, 1 could not be read: open <a href=")
    assert "<title>in</title>" in (tmp_path / "out/report.html").read_text("utf-8")
    assert cq.read_palette(tmp_path / "out/palette.json").names == tuple("abcde")
    rows = dock.measure.table.rows_model.rows
    assert [row["class"] for row in rows[:2]] == ["light", "dark"]
    with qtbot.waitSignal(tab.applied, timeout=PATIENCE_MS) as caught:
        tab.run()
    assert caught.args[0].text.startswith("0 images measured, 2 done before, 1 could not be read")


@pytest.mark.filterwarnings("ignore:the image shows fewer than two stains")
def test_a_run_without_two_stains_says_so_in_its_summary(viewer):
    gray = np.repeat(np.linspace(0, 255, 64).astype(np.uint8)[None, :, None], 3, axis=2)
    layer = viewer.add_image(np.repeat(gray, 4, axis=0), rgb=True)
    found = quantize_layer(layer, cq.Recipe(n_colors=3, space="stains"), "labels", {})()
    assert "the image shows fewer than two stains, so those of H&E were taken" in found.summary
