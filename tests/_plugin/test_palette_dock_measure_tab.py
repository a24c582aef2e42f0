"""Measure and Apply: tables, CSV files, features, regions, class maps, other layers, folders; without a window."""

import csv

import numpy as np
import pandas as pd
import pytest
from napari.components import ViewerModel
from napari.layers import Image, Labels, Layer
from PIL import Image as PillowImage
from qtpy.QtGui import QShowEvent
from qtpy.QtWidgets import QApplication, QDialog

import napari_colorquant as cq
from napari_colorquant import editing
from napari_colorquant._plugin.layers.class_layer import show_class_map
from napari_colorquant._plugin.layers.indexed_layers import to_labels_layer
from napari_colorquant._plugin.layers.provenance import read_palette
from napari_colorquant._plugin.layers.regions import read_regions
from napari_colorquant._plugin.palette_dock.apply_tab import ApplyTab
from napari_colorquant._plugin.palette_dock.measure_tab import MeasureTab
from napari_colorquant._plugin.palette_dock.picking import color_at
from napari_colorquant._plugin.palette_dock.session import ResultSession
from napari_colorquant._plugin.widgets.share_bar import VALUE_ROLE

PATIENCE_MS = 180_000


@pytest.fixture
def viewer(qapp):
    return ViewerModel()


@pytest.fixture
def open_session(viewer):
    """A function that quantizes an image into four named colours in two classes, and opens the result."""
    sessions = []

    def open_session(image, **placement):
        source = viewer.add_image(image, name="photo", rgb=True, **placement)
        indexed = cq.quantize(image, 4)
        indexed = editing.rename(indexed, dict(enumerate("abcd")))
        indexed = editing.classify(indexed, {0: "light", 1: "dark", 2: "dark"})
        layer = viewer.add_layer(Layer.create(*to_labels_layer(indexed, source, "a")))
        sessions.append(ResultSession(viewer, layer))
        return sessions[-1]

    yield open_session
    for session in sessions:
        session.close()


@pytest.fixture
def session(open_session, photo):
    return open_session(photo, scale=(2, 0.5), units="um")


@pytest.fixture
def tab(viewer, session, qtbot):
    tab = MeasureTab(viewer)
    qtbot.addWidget(tab)
    tab.work_on(session)
    return tab


@pytest.fixture
def applying(viewer, session, qtbot):
    applying = ApplyTab(viewer)
    qtbot.addWidget(applying)
    applying.work_on(session)
    return applying


@pytest.fixture
def measured(tab, qtbot):
    """A function that measures with some choices, and returns the rows."""

    def measured(**choices):
        for name, value in choices.items():
            getattr(tab.choices, name).value = value
        with qtbot.waitSignal(tab.measured, timeout=PATIENCE_MS) as caught:
            tab.run()
        return caught.args[0]

    return measured


def test_rows_of_colours_have_the_areas_of_the_layer(measured, session):
    rows = measured(by="color")
    assert [row["name"] for row in rows] == list("abcd")
    np.testing.assert_allclose([row["share"] for row in rows], session.indexed.palette.shares)
    assert sum(row["area"] for row in rows) == pytest.approx(128 * 128 * 2 * 0.5)
    assert rows[0]["unit"] == "µm²"
    assert rows[0]["components"] > 0


def test_a_colour_without_a_class_is_told_and_counts_in_the_shares_of_the_others(measured, session, tab):
    shares = session.indexed.palette.shares
    session.edit("Set class", editing.classify(session.indexed, {0: ""}))
    (dark,) = measured(by="class", count_components=False)
    assert dark["share"] == pytest.approx(shares[1] + shares[2])
    assert tab.note.text().endswith(" pixels; 2 colours without a class left out")
    measured(by="color")
    assert tab.note.text().endswith(" pixels")


def test_rows_of_classes(measured, session):
    rows = measured(by="class", count_components=False)
    assert [row["class"] for row in rows] == ["light", "dark"]
    assert rows[1]["pixels"] == np.isin(session.indexed.labels, [1, 2]).sum()
    assert "components" not in rows[0]


def test_measured_within_each_shape_wherever_it_stands(viewer, measured, session):
    shapes = viewer.add_shapes(
        [np.array([[0, 0], [0, 31.5], [127, 31.5], [127, 0]])], shape_type="rectangle", scale=(2, 1), name="half"
    )
    half = read_regions(shapes, session.layer)
    assert half[:, :60].all()
    assert not half[:, 68:].any()
    rows = measured(by="color", within=shapes)
    assert {row["region"] for row in rows} == {1}
    assert sum(row["pixels"] for row in rows) == np.count_nonzero(half)


def test_measured_within_each_label_and_written_into_its_features(viewer, measured, session, tab):
    quarters = np.zeros((128, 128), np.int32)
    quarters[:64, :64], quarters[64:, 64:] = 5, 9
    regions = viewer.add_labels(quarters, name="quarters")
    rows = measured(by="class", within=regions)
    assert sorted({row["region"] for row in rows}) == [5, 9]
    tab.write_features()
    assert list(regions.features["index"]) == [5, 9]
    dark = np.isin(session.indexed.labels[:64, :64], [1, 2]).sum()
    assert regions.features["dark share"][0] == pytest.approx(dark / 64**2)


def test_colours_measured_become_features_of_the_result(measured, session, tab):
    rows = measured(by="color")
    tab.write_features()
    features = session.layer.features
    assert isinstance(features, pd.DataFrame)
    assert list(features["components"]) == [row["components"] for row in rows]
    assert list(features["name"]) == list("abcd")


def test_csv_holds_every_row_with_full_precision(measured, tab, tmp_path):
    rows = measured(by="color")
    tab.save(tmp_path / "table.csv")
    with open(tmp_path / "table.csv", newline="") as file:
        read = list(csv.DictReader(file))
    assert [float(row["share"]) for row in read] == [row["share"] for row in rows]
    with pytest.raises(FileExistsError):
        tab.save(tmp_path / "table.csv")


def test_regions_must_fit_the_result(viewer, session, tab):
    other = viewer.add_labels(np.ones((5, 7), np.int32), name="small")
    tab.choices.within.value = other
    tab.run()
    assert "must have the shape of the image, (128, 128), or of its planes, got (5, 7)" in tab.note.text()
    with pytest.raises(TypeError, match="must be a Labels or Shapes layer"):
        read_regions(viewer.layers[0], session.layer)
    with pytest.raises(ValueError, match="at least one shape"):
        read_regions(viewer.add_shapes(ndim=2), session.layer)


def test_each_frame_of_a_stack(viewer, open_session, photo, qtbot):
    session = open_session(np.stack([photo, photo[::-1], 255 - photo]))
    tab = MeasureTab(viewer)
    qtbot.addWidget(tab)
    tab.work_on(session)
    assert not tab.choices.per_frame.native.isHidden()
    tab.choices.per_frame.value = True
    tab.choices.by.value = "color"
    with qtbot.waitSignal(tab.measured, timeout=PATIENCE_MS) as caught:
        tab.run()
    assert [row["frame"] for row in caught.args[0]] == [frame for frame in "012" for _ in range(4)]


def test_a_class_map_is_a_layer_that_is_brought_up_to_date(viewer, session):
    added = show_class_map(viewer, session.indexed, session.layer)
    np.testing.assert_array_equal(added.data, np.array([1, 2, 2, 0])[session.indexed.labels])
    assert list(added.features["class"]) == ["light", "dark"]
    session.edit("Class", editing.classify(session.indexed, {3: "rest"}))
    assert show_class_map(viewer, session.indexed, session.layer) is added
    assert list(added.features["class"]) == ["light", "dark", "rest"]
    assert added.data.all()


def test_the_palette_is_applied_to_other_layers(viewer, applying, session, photo, qtbot):
    other = viewer.add_image(photo[::-1].copy(), name="other", rgb=True)
    viewer.layers.selection = {other}
    with qtbot.waitSignal(applying.applied, timeout=PATIENCE_MS) as caught:
        applying.run()
    result = viewer.layers["other quantized"]
    assert isinstance(result, Labels)
    np.testing.assert_array_equal(result.data, session.layer.data[::-1])
    palette = read_palette(result)
    assert (palette.names, palette.classes) == (session.indexed.palette.names, session.indexed.palette.classes)
    rows = caught.args[0].rows
    assert [(row["image"], row["class"]) for row in rows] == [
        (image, group) for image in ("photo", "other") for group in ("light", "dark")
    ]
    assert viewer.layers.selection == {other}
    assert applying.cancel_button.isEnabled() is False


def test_nothing_is_applied_without_other_layers(applying):
    applying.run()
    assert "Select one or more other image layers" in applying.note.text()


def test_the_palette_is_applied_to_a_folder(applying, photo, tmp_path, qtbot):
    folder = tmp_path / "images"
    folder.mkdir()
    for name, image in (("b.png", photo), ("a.png", photo[::-1]), ("c.png", photo[:, ::2])):
        PillowImage.fromarray(np.ascontiguousarray(image)).save(folder / name)
    (folder / "d.png").write_bytes(b"no picture")
    with qtbot.waitSignal(applying.applied, timeout=PATIENCE_MS):
        applying.apply_to_folder(folder, tmp_path / "all.csv")
    with open(tmp_path / "all.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["image"] for row in rows] == ["a.png", "a.png", "b.png", "b.png", "c.png", "c.png", "d.png"]
    assert rows[0]["pixels"] == rows[2]["pixels"]
    assert "must be an image file" in rows[-1]["error"]
    assert applying.note.text() == "4 images in all.csv, 1 could not be read."
    applying.apply_to_folder(folder, tmp_path / "all.csv")
    assert "must not exist" in applying.note.text()


def test_a_folder_that_is_cancelled_leaves_no_file(applying, photo, tmp_path):
    for number in range(40):
        PillowImage.fromarray(photo).save(tmp_path / f"{number}.png")
    applying.apply_to_folder(tmp_path, tmp_path / "all.csv")
    applying.cancel()
    assert not applying.is_busy
    assert applying.note.text() == "Cancelled."
    assert not (tmp_path / "all.csv").exists()


def test_a_colour_is_picked_in_the_world_and_scaled_as_the_recipe_says():
    image = np.zeros((4, 6), np.uint16)
    image[2, 5] = 4095
    layer = Image(image, scale=(10, 10))
    assert tuple(color_at(layer, (20, 50), scale=(0.0, 4095.0))) == (255, 255, 255)
    assert tuple(color_at(layer, (20, 50), scale="range")) == (255, 255, 255)
    assert tuple(color_at(layer, (20, 50))) == (16, 16, 16)
    assert color_at(layer, (20, 70)) is None
    assert color_at(layer, (-20, 0)) is None


def test_the_pictures_of_a_folder_are_written_beside_the_table(applying, photo, tmp_path, qtbot):
    folder = tmp_path / "images"
    folder.mkdir()
    PillowImage.fromarray(photo).save(folder / "b.png")
    applying.to.value = "folder"
    applying.pictures.value = "{name}-quantized.png"
    with qtbot.waitSignal(applying.applied, timeout=PATIENCE_MS):
        applying.apply_to_folder(folder, tmp_path / "all.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.csv", "b-quantized.png", "images"]
    applying.pictures.value = "quantized.png"
    with qtbot.waitSignal(applying._runner.failed, timeout=PATIENCE_MS):
        applying.apply_to_folder(folder, tmp_path / "other.csv")
    assert "{name}" in applying.note.text()
    assert not (tmp_path / "other.csv").exists()


def test_classes_are_measured_by_default_where_there_are_some(viewer, open_session, tab, photo):
    assert tab.choices.by.value == "class"
    tab.choices.by.value = "color"
    tab.showEvent(QShowEvent())
    assert tab.choices.by.value == "color"  # chosen by hand
    session = open_session(photo)
    session.edit("none", editing.classify(session.indexed, dict.fromkeys(range(4), "")))
    tab.work_on(session)
    assert tab.choices.by.value == "color"
    session.edit("one", editing.classify(session.indexed, {0: "new"}))
    tab.showEvent(QShowEvent())
    assert tab.choices.by.value == "class"


def test_the_figure_of_a_table_opens(tab, measured):
    assert not tab.plot_button.isEnabled()
    measured(by="color")
    tab.plot_button.click()
    (dialog,) = tab.findChildren(QDialog)
    picture = dialog.grab().toImage()
    assert len({picture.pixel(x, y) for x in range(0, picture.width(), 3) for y in range(0, picture.height(), 3)}) > 4
    dialog.close()


def test_the_longest_bar_is_that_of_the_largest_share(tab, measured):
    rows = measured(by="color")
    section = tab.table.rows_model.columns.index("share")
    values = [tab.table.rows_model.index(row, section).data(VALUE_ROLE) for row in range(len(rows))]
    assert values == [row["share"] for row in rows]
    assert tab.table.itemDelegateForColumn(section).largest == max(values)


def test_columns_that_fit_are_shown_and_others_by_choice(tab, measured, qtbot):
    measured(by="class")
    table, columns = tab.table, tab.table.rows_model.columns
    tab.show()

    def shown():
        return [name for section, name in enumerate(columns) if not table.isColumnHidden(section)]

    for width in (280, 900):
        tab.resize(width, 500)
        qtbot.waitUntil(lambda width=width: table.width() > 0.8 * width)
        fitting = shown()
        assert fitting[:3] == ["class", "area", "share"]
        assert sum(table.columnWidth(columns.index(name)) for name in fitting) <= table.viewport().width()
        assert table.horizontalScrollBar().maximum() == 0
    assert shown() == columns
    tab.resize(280, 500)
    qtbot.waitUntil(lambda: shown() == fitting or "components" not in shown())
    table.customContextMenuRequested.emit(table.rect().center())
    menu = QApplication.activePopupWidget()
    action = next(action for action in menu.actions() if action.text() == "Parts")
    assert not action.isChecked()
    action.trigger()
    menu.close()
    assert "components" in shown()
    assert tab.table.csv().splitlines()[0].count(",") >= len(columns) - 1


def test_what_is_shown_is_measured_and_what_others_measured_stays(viewer, tab, session, photo, qtbot):
    def rows():
        return tab.table.rows_model.rows

    tab.showEvent(QShowEvent())
    qtbot.waitUntil(lambda: len(rows()) == 2, timeout=PATIENCE_MS)
    session.edit("three", editing.classify(session.indexed, {3: "rest"}))
    tab.showEvent(QShowEvent())
    qtbot.waitUntil(lambda: len(rows()) == 3, timeout=PATIENCE_MS)
    quarters = np.zeros((128, 128), np.int32)
    quarters[:64, :64], quarters[64:, 64:] = 1, 2
    regions = viewer.add_labels(quarters, name="quarters")
    tab.showEvent(QShowEvent())
    assert tab.choices.within.value is regions
    qtbot.waitUntil(lambda: len(rows()) == 6, timeout=PATIENCE_MS)
    tab.choices.within.value = "image"  # by hand
    tab.run()
    qtbot.waitUntil(lambda: len(rows()) == 3 and not tab.is_busy, timeout=PATIENCE_MS)
    tab.show_rows_of_others([{"image": "a", **row} for row in rows()] * 2, "others")
    tab.showEvent(QShowEvent())
    assert not tab.is_busy
    assert [len(rows()), tab.note.text()] == [6, "others"]


def test_regions_are_taken_only_if_it_is_clear_which(viewer, tab):
    viewer.add_labels(np.ones((5, 7), np.int32), name="of another shape")
    viewer.add_shapes(ndim=2, name="empty")
    tab.showEvent(QShowEvent())
    assert tab.choices.within.value == "image"
    two = [viewer.add_labels(np.ones((128, 128), np.int32), name=name) for name in "ab"]
    tab.showEvent(QShowEvent())
    assert tab.choices.within.value == "image"
    viewer.layers.remove(two[0])
    tab.showEvent(QShowEvent())
    assert tab.choices.within.value is two[1]
