"""Undo by hand: through a chain of edits, strokes and runs, by every key and button that a person may try."""

import itertools

import numpy as np
import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtWidgets import QApplication

from napari_colorquant._plugin.layers.indexed_layers import to_indexed
from napari_colorquant._plugin.palette_dock.model import KEYS

KEY, MODIFIER, LEFT = Qt.Key, Qt.KeyboardModifier, Qt.MouseButton.LeftButton
FORTH = MODIFIER.ControlModifier | MODIFIER.ShiftModifier


@pytest.fixture
def desk(viewer, panel, hand, run):
    """The panel with a result of twelve colours."""
    panel.colors.n_colors.value = 12
    run(panel)
    return panel


@pytest.fixture
def canvas(viewer):
    return viewer.window._qt_viewer.canvas.native


@pytest.fixture
def stroke(viewer, canvas, qtbot):
    """A function that paints a stroke across the canvas with napari's brush."""

    def stroke(layer, label):
        viewer.layers.selection.active = layer
        layer.mode, layer.brush_size, layer.selected_label = "paint", 40, label
        middle = canvas.rect().center()
        qtbot.mousePress(canvas, LEFT, pos=middle)
        for step in range(0, 60, 6):
            qtbot.mouseMove(canvas, middle + QPoint(step, step))
        qtbot.mouseRelease(canvas, LEFT, pos=middle + QPoint(60, 60))
        layer.mode = "pan_zoom"

    return stroke


def _click_row(hand, table, row):
    hand.click(table.viewport(), table.visualRect(table.palette_model.index(row, KEYS.index("name"))).center())


def _state(viewer, session):
    """Return all that a person sees of a result, to be compared."""
    session.settle()
    QApplication.processEvents()
    layer, squares = session.layer, viewer.layers["photo palette"]
    palette = to_indexed(layer).palette
    assert palette == session.indexed.palette
    assert len(squares.data) == len(palette)
    words = [*zip(palette.hex, palette.names, palette.classes, palette.locked, strict=True)]
    return words, layer.data.tobytes(), squares.face_color.tobytes(), layer.features.to_csv()


def _chain(viewer, desk, hand, stroke, run, qtbot):
    """Name, merge, recolour, delete, paint, run, merge; yield after each."""
    editor = desk.palette_editor
    table, session = editor.colors.table, editor.session
    _click_row(hand, table, 0)
    hand.type("sky")
    hand.press(KEY.Key_Return)
    hand.press(KEY.Key_Escape)
    yield
    _click_row(hand, table, 3)
    hand.press(KEY.Key_Down, MODIFIER.ShiftModifier)
    hand.press(KEY.Key_M, MODIFIER.ControlModifier)
    yield
    editor.colors.editor.write(3, "hex", "#00ff88")
    yield
    _click_row(hand, table, 5)
    hand.press(KEY.Key_Delete)
    yield
    stroke(session.layer, 3)
    yield
    desk.colors.n_colors.value = 6
    run(desk)
    yield
    _click_row(hand, table, 0)
    hand.press(KEY.Key_Down, MODIFIER.ShiftModifier)
    hand.click(editor.colors.toolbar.merge_button)
    yield


def test_every_way_of_undoing_goes_through_edits_strokes_and_runs(viewer, desk, hand, stroke, canvas, run, qtbot):
    editor = desk.palette_editor
    session, idle = editor.session, editor.colors.editor
    states = [_state(viewer, session)]
    for _ in _chain(viewer, desk, hand, stroke, run, qtbot):
        qtbot.waitUntil(lambda: not idle.is_busy)
        states.append(_state(viewer, session))
    assert len(set(map(str, states))) == len(states) == session.stack.count() + 1

    def by_key(focus, keys):
        focus.setFocus()
        qtbot.waitUntil(focus.hasFocus)
        hand.press(KEY.Key_Z, keys)

    def ways(keys, button):
        yield lambda: by_key(editor.colors.table, keys)
        yield lambda: hand.click(button)
        yield lambda: hand.press(KEY.Key_Z, keys)  # where the button has left the focus
        yield lambda: by_key(canvas, keys)
        yield lambda: by_key(desk.bar.run_button, keys)

    back = itertools.cycle(ways(MODIFIER.ControlModifier, editor.head.undo_button))
    for state, way in zip(states[-2::-1], back, strict=False):
        way()
        assert _state(viewer, session) == state
    forth = itertools.cycle(ways(FORTH, editor.head.redo_button))
    for state, way in zip(states[1:], forth, strict=False):
        way()
        assert _state(viewer, session) == state


def test_a_button_that_is_clicked_leaves_the_keys_to_the_colours(desk, hand, qtbot):
    editor = desk.palette_editor
    table = editor.colors.table
    _click_row(hand, table, 0)
    hand.press(KEY.Key_Down, MODIFIER.ShiftModifier)
    hand.click(editor.colors.toolbar.merge_button)
    qtbot.waitUntil(lambda: not editor.colors.editor.is_busy)
    assert len(editor.session.indexed.palette) == 11
    hand.press(KEY.Key_Delete)
    qtbot.waitUntil(lambda: not editor.colors.editor.is_busy)
    assert editor.session.stack.undoText() == "Delete 1 colour"
    with qtbot.waitSignal(desk.finished):
        hand.press(KEY.Key_Return, MODIFIER.ControlModifier)


def test_strokes_that_a_run_has_written_over_do_not_come_back_when_the_dock_is_closed(
    viewer, desk, hand, stroke, canvas, run
):
    layer = desk.palette_editor.session.layer
    stroke(layer, 12)
    desk.colors.n_colors.value = 4
    run(desk)
    values = layer.data.copy()
    layer.mode = "paint"
    viewer.window.remove_dock_widget(desk)
    QApplication.processEvents()
    assert layer.mode == "paint"
    canvas.setFocus()
    hand.press(KEY.Key_Z, MODIFIER.ControlModifier)
    np.testing.assert_array_equal(layer.data, values)
    layer.paint((10, 10), 2)
    hand.press(KEY.Key_Z, MODIFIER.ControlModifier)  # napari's own undo again
    np.testing.assert_array_equal(layer.data, values)
