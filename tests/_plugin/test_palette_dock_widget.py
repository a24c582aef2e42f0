"""The palette's dock in a real window: a whole sitting, and what mouse and keys do in the table."""

import csv

import numpy as np
import pytest
from napari.components import ViewerModel
from napari.layers import Layer
from qtpy.compat import isalive
from qtpy.QtCore import QMimeData, Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QLineEdit
from skimage import data

import napari_colorquant as cq
from napari_colorquant._plugin.layers.indexed_layers import to_labels_layer, to_palette_layer
from napari_colorquant._plugin.layers.provenance import KEY, VERSION, read_palette, read_recipe
from napari_colorquant._plugin.layers.results import Results
from napari_colorquant._plugin.palette_dock.model import KEYS
from napari_colorquant._plugin.palette_dock.widget import PaletteWidget
from napari_colorquant.io.named_palettes import sample_colormap

#: The first run on a machine compiles kernels.
PATIENCE_MS = 180_000


@pytest.fixture(scope="session")
def section():
    """A stained section of 512 x 512 pixels, and its six colours."""
    image = data.immunohistochemistry()
    return image, cq.quantize(image, 6, quantizer="wu")


@pytest.fixture
def model(qapp):
    """A viewer without a window: for all that does not need one, since it is there in no time."""
    return ViewerModel()


@pytest.fixture
def stained(model, section):
    return model.add_image(section[0], name="section", scale=(0.5, 0.5), units="um")


@pytest.fixture
def dock(model, stained, section, qtbot):
    """The palette's dock alone, on a result."""
    for make in (to_labels_layer, to_palette_layer):
        model.add_layer(Layer.create(*make(section[1], stained, "a")))
    widget = PaletteWidget(model)
    qtbot.addWidget(widget)
    widget.resize(340, 480)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def panel(viewer, section, open_panel, run):
    """The panel in a window, after a run with six colours."""
    viewer.add_image(section[0], name="section", scale=(0.5, 0.5), units="um")
    panel = open_panel()
    panel.set_recipe(cq.Recipe(n_colors=6, quantizer="wu"))
    run(panel)
    return panel


@pytest.fixture
def window_dock(panel, viewer, qtbot):
    """The palette's dock in that window, under the panel."""
    widget = panel.palette_editor
    qtbot.waitUntil(lambda: widget.session is not None)
    return widget


@pytest.fixture
def wait(qtbot):
    """A function that waits for edits on a thread, and what follows a moment later."""

    def wait(dock):
        qtbot.waitUntil(lambda: not dock.colors.editor.is_busy, timeout=PATIENCE_MS)
        dock.session.settle()

    return wait


def _place_of(table, row, key):
    return table.visualRect(table.palette_model.index(row, KEYS.index(key))).center()


def _type_into(qtbot, table, row, key, text):
    table.edit(table.palette_model.index(row, KEYS.index(key)))
    editor = table.findChild(QLineEdit)
    editor.setText(text)
    qtbot.keyClick(editor, Qt.Key.Key_Return)  # and on below
    table.setFocus()
    qtbot.waitUntil(lambda: table.findChild(QLineEdit) is None)


def test_a_whole_sitting(viewer, window_dock, panel, run, qtbot, tmp_path):
    """Quantize, name two, merge two, lock one, run again, group, measure, export, undo everything."""
    dock = window_dock
    labels, table = viewer.layers["section quantized"], dock.colors.table
    start = dock.session.indexed
    _type_into(qtbot, table, 0, "name", "background")
    _type_into(qtbot, table, 1, "name", "stroma")
    assert dock.session.indexed.palette.names[:2] == ("background", "stroma")

    table.select_rows([4, 5], quiet=False)
    dock.colors.toolbar.merge_button.click()
    assert len(dock.session.indexed.palette) == 5
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=_place_of(table, 1, "lock"))
    locked = dock.session.indexed.palette.hex[1]
    assert dock.session.indexed.palette.locked == (False, True, False, False, False)

    panel.set_recipe(panel.recipe().replace(n_colors=5))
    run(panel)
    qtbot.waitUntil(lambda: dock.session.stack.undoText() == "Run again")
    palette = dock.session.indexed.palette
    place = palette.hex.index(locked)
    assert (len(palette), palette.names[place], palette.locked[place]) == (5, "stroma", True)
    assert read_recipe(labels).fixed == (locked,)

    for rows, name in (([0, 1], "background"), ([2, 3, 4], "tissue")):
        table.select_rows(rows, quiet=False)
        dock.colors.editor.classify(name)
    dock.show_class_map()
    classes = viewer.layers["section quantized classes"]
    assert list(classes.features["class"]) == ["background", "tissue"]
    np.testing.assert_array_equal(np.unique(classes.data), [1, 2])

    dock.measure.choices.by.value = "class"
    dock.measure.run()
    qtbot.waitUntil(lambda: not dock.measure.is_busy, timeout=PATIENCE_MS)
    dock.measure.save(tmp_path / "classes.csv")
    with open(tmp_path / "classes.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["class"] for row in rows] == ["background", "tissue"]
    assert sum(int(row["pixels"]) for row in rows) == 512 * 512
    assert sum(float(row["area"]) for row in rows) == pytest.approx(256 * 256)
    assert rows[0]["unit"] == "µm²"

    steps = 0
    while dock.head.undo_button.isEnabled():
        dock.head.undo_button.click()
        steps += 1
    assert steps == 7
    assert dock.session.indexed.palette == start.palette
    np.testing.assert_array_equal(labels.data, start.labels + 1)
    assert read_palette(labels) == start.palette
    while dock.head.redo_button.isEnabled():
        dock.head.redo_button.click()
    assert dock.session.indexed.palette.classes.count("tissue") == 3


def test_a_second_run_of_as_many_colours_is_one_step(viewer, window_dock, panel, run, qtbot):
    dock = window_dock
    before = dock.session.indexed
    panel.set_recipe(panel.recipe().replace(quantizer="median_cut"))
    run(panel)
    qtbot.waitUntil(lambda: dock.session.stack.count() == 1)
    assert dock.session.stack.undoText() == "Run again"
    assert dock.session.indexed.palette.hex == read_palette(viewer.layers["section palette"]).hex
    assert dock.session.indexed.palette.hex != before.palette.hex


def test_more_locked_colours_than_wanted_are_an_error(window_dock, panel, qtbot):
    window_dock.colors.table.select_rows([0, 1, 2], quiet=False)
    window_dock.colors.editor.lock(True)
    panel.set_recipe(panel.recipe().replace(n_colors=2))
    with qtbot.waitSignal(panel.failed) as caught:
        panel.run()
    assert caught.args[0].startswith("at most 2 colours may be fixed or locked, got 3")


def test_a_click_shows_a_colour_alone_and_makes_it_the_brush(model, dock, qtbot):
    table, labels = dock.colors.table, model.layers["section quantized"]
    dock.colors.toolbar.alone_button.click()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=_place_of(table, 2, "swatch"))
    assert table.rows() == [2]
    assert labels.selected_label == 3
    colors = {label: tuple(np.rint(labels.colormap.map(label)[:3] * 255)) for label in range(1, 7)}
    assert colors[3] == tuple(dock.session.indexed.palette.colors[2])
    assert len(set(colors[1])) == 1  # a gray
    assert model.layers["section palette"].selected_data == {2}
    dock.colors.toolbar.alone_button.click()
    assert tuple(np.rint(labels.colormap.map(1)[:3] * 255)) == tuple(dock.session.indexed.palette.colors[0])


def test_the_picker_selects_the_row_of_a_pixel(model, dock):
    labels = model.layers["section quantized"]
    dock.colors.toolbar.pick_button.click()
    assert labels.mode == "pick"
    labels.selected_label = 4  # what napari's picker does with a click
    assert dock.colors.table.rows() == [3]
    labels.mode = "paint"
    assert not dock.colors.toolbar.pick_button.isChecked()


def test_escape_ends_picking(model, dock, qtbot):
    before = list(model.mouse_drag_callbacks)
    dock.colors.editor.add_from_image()
    qtbot.keyClick(dock.colors.table, Qt.Key.Key_Escape)
    assert list(model.mouse_drag_callbacks) == before


def test_a_class_that_is_typed_completes_those_that_are_there(dock):
    table = dock.colors.table
    table.select_rows([0, 1], quiet=False)
    dock.colors.editor.classify("nuclei")
    table.edit(table.palette_model.index(2, KEYS.index("class")))
    completer = table.findChild(QLineEdit).completer()
    assert completer.model().index(0, 0).data() == "nuclei"


def test_a_swatch_opens_a_dialog_and_the_picture_follows_it(model, dock, qtbot):
    table, labels = dock.colors.table, model.layers["section quantized"]
    before = dock.session.indexed
    for press in (qtbot.mouseClick, qtbot.mouseDClick):
        press(table.viewport(), Qt.MouseButton.LeftButton, pos=_place_of(table, 1, "swatch"))
    dialog = dock.colors.editor.dialog
    dialog.setCurrentColor(QColor("#00ff00"))
    np.testing.assert_allclose(labels.colormap.map(2), (0, 1, 0, 1))
    dialog.reject()
    assert dock.session.indexed is before
    assert dock.session.stack.count() == 0
    dock.colors.editor.recolor(1)
    dock.colors.editor.dialog.setCurrentColor(QColor("#0000ff"))
    dock.colors.editor.dialog.accept()
    assert dock.session.indexed.palette.hex[1] == "#0000ff"
    assert dock.session.stack.count() == 1
    assert labels.data is not None
    dock.undo()
    assert dock.session.indexed.palette == before.palette


def test_add_split_and_delete_map_pixels_on_a_thread(model, dock, qtbot, wait):
    table, editor = dock.colors.table, dock.colors.editor
    editor.add("#204080")
    assert not dock.colors.toolbar.add_button.isEnabled()
    wait(dock)
    assert dock.session.indexed.palette.hex[-1] == "#204080"
    table.select_rows([0], quiet=False)
    editor.split(3)
    wait(dock)
    assert len(dock.session.indexed.palette) == 9
    table.select_rows([1, 2], quiet=False)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    wait(dock)
    assert len(dock.session.indexed.palette) == 7
    assert model.layers["section quantized"].data.max() == 7
    assert [dock.session.stack.text(i) for i in range(3)] == ["Add a colour", "Split into 3", "Delete 2 colours"]


def test_a_pixel_that_is_clicked_gives_the_colour_to_add(model, dock, wait, stained):
    before = list(model.mouse_drag_callbacks)
    dock.colors.editor.add_from_image()
    callback = model.mouse_drag_callbacks[-1]
    event = type("Event", (), {"pos": (5, 5), "position": (50.0, 80.0), "type": "mouse_press"})()
    gesture = callback(model, event)
    next(gesture)
    event.type = "mouse_release"
    with pytest.raises(StopIteration):
        next(gesture)
    wait(dock)
    assert tuple(dock.session.indexed.palette.colors[-1]) == tuple(stained.data[100, 160])
    assert list(model.mouse_drag_callbacks) == before


def test_rows_are_dragged_and_the_picture_stays(model, dock):
    table, before = dock.colors.table.palette_model, dock.session.indexed
    dragged = table.mimeData([table.index(4, 0), table.index(4, 1)])
    assert isinstance(dragged, QMimeData)
    table.dropMimeData(dragged, Qt.DropAction.MoveAction, 1, 0, table.index(-1, -1))
    after = dock.session.indexed
    assert after.palette.hex == tuple(before.palette.hex[i] for i in (0, 4, 1, 2, 3, 5))
    np.testing.assert_array_equal(after.to_rgb(), before.to_rgb())


def test_titles_sort_and_sort_back(dock, qtbot):
    table = dock.colors.table
    for section, key in ((KEYS.index("share"), "share"), (KEYS.index("swatch"), "hue")):
        table.horizontalHeader().sectionClicked.emit(section)
        weights = dock.session.indexed.palette.shares
        if key == "share":  # was sorted by share: is turned round
            assert list(weights) == sorted(weights)
    dock.undo()
    dock.undo()
    weights = dock.session.indexed.palette.shares
    assert list(weights) == sorted(weights, reverse=True)


def test_ctrl_z_in_the_table(model, dock, qtbot):
    dock.activateWindow()
    dock.colors.editor.write(0, "name", "one")
    dock.colors.table.setFocus()
    qtbot.waitUntil(dock.colors.table.hasFocus)
    qtbot.keyClick(dock.colors.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not any(dock.session.indexed.palette.names)
    qtbot.keyClick(
        dock.colors.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    )
    assert dock.session.indexed.palette.names[0] == "one"


def test_the_error_of_each_colour_is_measured(dock, qtbot):
    model, column = dock.colors.table.palette_model, KEYS.index("error")
    qtbot.waitUntil(lambda: model.index(0, column).data() != "–", timeout=PATIENCE_MS)
    shown = [float(model.index(row, column).data()) for row in range(6)]
    expected = cq.distortion(data.immunohistochemistry(), dock.session.indexed).mean_de2000
    assert np.average(shown, weights=dock.session.indexed.palette.shares) == pytest.approx(expected, abs=0.1)


def test_names_reach_the_status_bar(model, dock):
    dock.colors.editor.write(0, "name", "mucus")
    dock.session.settle()
    labels = model.layers["section quantized"]
    row, column = np.argwhere(labels.data == 1)[0]
    status = labels.get_status((row * 0.5, column * 0.5), world=True)
    assert "mucus" in str(status)


def test_mistakes_are_told_and_change_nothing(dock, qtbot):
    before, editor = dock.session.indexed, dock.colors.editor
    for mistake, words in (
        (lambda: editor.write(0, "hex", "reddish"), "must be written #rrggbb"),
        (editor.swap, "Select two colours"),
        (editor.split, "Select one colour"),
        (dock.show_class_map, "at least one class"),
    ):
        mistake()
        assert words in dock.colors.note.text()
    dock.measure.choices.by.value = "class"
    dock.measure.run()
    assert "no classes yet" in dock.measure.note.text()
    assert dock.session.indexed is before


def test_without_its_image_a_result_can_still_be_recoloured(model, dock, stained):
    model.layers.remove(stained)
    dock.colors.editor.add("#00ff00")
    assert "needs the image" in dock.colors.note.text()
    dock.colors.editor.write(0, "hex", "#00ff00")
    assert dock.session.indexed.palette.hex[0] == "#00ff00"


def test_the_table_goes_with_its_layer_and_follows_the_active_one(model, dock, stained, section):
    first = dock.session
    second = model.add_layer(Layer.create(*to_labels_layer(section[1], stained, "b")))
    model.layers.selection.active = second
    assert dock.session.layer is second
    model.layers.selection.active = first.layer
    assert dock.session is first
    model.layers.remove(first.layer)
    assert dock.session.layer is second
    model.layers.clear()
    assert dock.session is None
    assert dock.hint.isVisible()


def test_an_image_that_is_selected_to_apply_the_palette_to_leaves_the_table_alone(model, dock, stained, qtbot):
    first, other = dock.session, model.add_image(stained.data[::-1].copy(), name="other")
    for _ in range(2):  # the second time, the other image has a result of its own
        model.layers.selection = {other}
        with qtbot.waitSignal(dock.apply.applied, timeout=PATIENCE_MS):
            dock.apply.run()
        assert dock.session is first
    assert list(dict.fromkeys(row["image"] for row in dock.measure.table.rows_model.rows)) == ["section", "other"]
    model.layers.selection.active = model.layers["other quantized"]
    assert dock.session is not first


def test_a_narrow_dock_shows_the_name_and_a_wide_one_everything(dock, qtbot):
    table = dock.colors.table
    for width, shown in ((260, {"swatch", "name", "share", "lock"}), (520, set(KEYS))):
        table.resize(width, 300)
        table.fit_columns()
        assert shown <= {key for section, key in enumerate(KEYS) if not table.isColumnHidden(section)}
        qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)


def test_a_context_menu_offers_what_is_possible(dock):
    dock.colors.table.select_rows([0, 1], quiet=False)
    menu = dock.colors.toolbar.context_menu()
    possible = {action.text().partition("\t")[0]: action.isEnabled() for action in menu.actions() if action.text()}
    assert possible["Merge"]
    assert possible["Swap"]
    assert not possible["Split …"]
    menu.deleteLater()


def test_set_and_snap_take_named_palettes(dock):
    dock.colors.editor.snap()
    dialog = dock.colors.editor.dialog
    dialog.choice.setCurrentIndex(dialog.choice.findText("web safe"))
    dialog.accept()
    assert all(level % 51 == 0 for color in dock.session.indexed.palette for level in color)
    dock.colors.editor.set_colors()
    dialog = dock.colors.editor.dialog
    dialog.choice.setCurrentIndex(dialog.choice.findText("Colormap: viridis"))
    dialog.accept()
    assert dock.session.indexed.palette.hex == sample_colormap("viridis", 6).hex


def test_palettes_of_results_alone_are_offered(model, dock, stained):
    # A preview of Live is a layer of ours, too, and has no palette.
    model.add_image(stained.data, name="preview", metadata={KEY: {"version": VERSION, "id": "", "role": "preview"}})
    dock.colors.editor.snap()
    choice = dock.colors.editor.dialog.choice
    offered = [choice.itemText(place) for place in range(choice.count())]
    assert [text for text in offered if text.startswith("Layer")] == ["Layer: section quantized"]
    dock.colors.editor.dialog.reject()


def test_painting_on_the_canvas_reaches_the_table(model, dock, qtbot):
    labels = model.layers["section quantized"]
    labels.brush_size = 60
    labels.paint((100, 100), 1)
    dock.session.settle()
    share = np.mean(labels.data == 1)
    assert dock.colors.table.palette_model.palette.shares[0] == pytest.approx(share)
    assert dock.head.undo_button.toolTip().startswith("Undo: Paint")


def test_the_dock_bears_the_name_of_its_layer(model, dock):
    dock.session.layer.name = "liver, slice 4"
    assert dock.title.text() == "liver, slice 4"


def test_swatches_that_come_after_their_result_recolour_it(model, section, qtbot):
    # As in a run while the dock is open: the labels are there first.
    widget = PaletteWidget(model)
    qtbot.addWidget(widget)
    source = model.add_image(section[0], name="section")
    labels, swatches = (Layer.create(*make(section[1], source, "a")) for make in (to_labels_layer, to_palette_layer))
    model.add_layer(labels)
    model.add_layer(swatches)
    model.layers.selection.active = swatches
    swatches.selected_data = {1}
    swatches.current_face_color = "#ff00ff"
    assert widget.session.indexed.palette.hex[1] == "#ff00ff"


def test_with_hidden_swatches_colours_can_be_deleted_and_come_back(window_dock, viewer, panel, run):
    # napari looks for the colours of points that are gone, as long as their layer is hidden.
    viewer.layers["section palette"].visible = False
    window_dock.colors.table.select_rows([1, 3])
    window_dock.colors.editor.merge()
    assert len(viewer.layers["section palette"].data) == 5
    window_dock.undo()
    assert len(viewer.layers["section palette"].data) == 6
    panel.colors.n_colors.value = 3
    run(panel)
    assert len(viewer.layers["section palette"].data) == 3
    viewer.layers["section palette"].visible = True


def test_a_dialog_that_is_open_when_its_layer_goes_ends_with_it_and_does_nothing(model, dock, qtbot):
    layer = dock.session.layer
    dock.colors.editor.recolor(1)
    dialog = dock.colors.editor.dialog
    dialog.setCurrentColor(QColor("#0000ff"))
    model.layers.remove(layer)
    qtbot.waitUntil(lambda: not isalive(dialog))
    assert dock.session is None
    assert layer not in model.layers


@pytest.mark.parametrize("end", ["accept", "reject"])
def test_a_dialog_that_is_open_when_a_run_ends_leaves_its_result_alone(model, dock, section, stained, end, qtbot):
    session = dock.session
    dock.colors.editor.recolor(1)
    dialog = dock.colors.editor.dialog
    dialog.setCurrentColor(QColor("#0000ff"))
    made = to_labels_layer(cq.quantize(section[0], 4, quantizer="wu"), stained, "b")
    Results(model).place(stained, [made])
    getattr(dialog, end)()
    assert len(session.indexed.palette) == 4
    assert "#0000ff" not in session.indexed.palette.hex
    assert session.layer.data.max() == 4
    assert session.stack.undoText() == "Run again"
    if end == "accept":
        assert "changed meanwhile" in dock.colors.note.text()


def test_another_palette_is_set_in_the_result_that_was_asked_for_it(model, dock, stained, section):
    dock.colors.editor.set_colors()
    dialog = dock.colors.editor.dialog
    second = model.add_layer(Layer.create(*to_labels_layer(section[1], stained, "b")))
    model.layers.selection.active = second
    dialog.accept()
    assert dock.session.layer is second
    assert dock.session.indexed.palette.hex == section[1].palette.hex
    assert "changed meanwhile" in dock.colors.note.text()


@pytest.mark.parametrize("mode", ["dim", "hide"])
def test_a_run_while_colours_are_shown_alone_is_shown_in_its_own_colours(model, dock, section, stained, mode):
    dock.colors.toolbar.alone_mode = mode
    dock.colors.toolbar.alone_button.click()
    dock.colors.table.select_rows([1, 2], quiet=False)
    run = cq.quantize(section[0], 6, quantizer="median_cut")
    Results(model).place(stained, [make(run, stained, "b") for make in (to_labels_layer, to_palette_layer)])
    dock.session.settle()
    dock.colors.toolbar.alone_button.setChecked(False)
    shown = np.rint(255 * dock.session.layer.colormap.map(np.arange(1, 7))[:, :3])
    np.testing.assert_array_equal(shown, dock.session.indexed.palette.colors)
    np.testing.assert_array_equal(dock.session.indexed.palette.colors, run.palette.colors)
