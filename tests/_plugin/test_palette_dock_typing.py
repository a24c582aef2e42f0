"""Words typed into the palette's table with real keys, in a real window."""

import pytest
from qtpy.QtCore import Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import QAbstractItemView, QApplication, QColorDialog, QLineEdit

from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.palette_dock.model import KEYS

KEY = Qt.Key


@pytest.fixture
def dock(viewer, photo_layer, show_result, qtbot):
    """The palette's dock in a window, on a result of six colours."""
    show_result(viewer, photo_layer)
    widget = open_palette(viewer)
    window = viewer.window._qt_window
    window.activateWindow()
    widget.colors.table.setFocus()
    qtbot.waitUntil(widget.colors.table.hasFocus)
    return widget


@pytest.fixture
def press(qtbot):
    """A function that presses keys, and types texts, where the focus is."""

    def press(*keys, modifier=Qt.KeyboardModifier.NoModifier):
        for key in keys:
            qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
            if isinstance(key, str):
                qtbot.keyClicks(QApplication.focusWidget(), key)
            else:
                qtbot.keyClick(QApplication.focusWidget(), key, modifier)

    return press


def _double_click(dock, qtbot, row, key):
    table = dock.colors.table
    place = table.visualRect(table.palette_model.index(row, KEYS.index(key))).center()
    for click in (qtbot.mouseClick, qtbot.mouseDClick):
        click(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def _editor(dock):
    return dock.colors.table.viewport().findChild(QLineEdit)


def test_enter_commits_a_name_and_goes_on_below(dock, qtbot, press):
    _double_click(dock, qtbot, 0, "name")
    press("nuclei", KEY.Key_Return, "stroma", KEY.Key_Enter, "mucus", KEY.Key_Return)
    assert dock.colors.editor.dialog is None
    assert not dock.findChildren(QColorDialog)
    assert dock.session.indexed.palette.names[:4] == ("nuclei", "stroma", "mucus", "")
    assert dock.colors.table.rows() == [3]
    press("left", KEY.Key_Escape)
    assert dock.session.indexed.palette.names[3] == ""
    assert dock.colors.table.hasFocus()


def test_enter_after_the_last_name_is_back_in_the_table(dock, qtbot, press):
    _double_click(dock, qtbot, 5, "name")
    press("last", KEY.Key_Return)
    assert dock.session.indexed.palette.names[5] == "last"
    assert dock.colors.table.hasFocus()
    assert dock.colors.editor.dialog is None


def test_tab_goes_from_name_to_class_to_the_next_name_and_back(dock, qtbot, press):
    before = dock.session.indexed.palette.hex
    _double_click(dock, qtbot, 0, "name")
    press(
        "nuclei", KEY.Key_Tab, "cells", KEY.Key_Tab, "dab", KEY.Key_Tab, "stain", KEY.Key_Backtab, "DAB", KEY.Key_Return
    )
    palette = dock.session.indexed.palette
    assert palette.names[:2] == ("nuclei", "DAB")
    assert palette.classes[:2] == ("cells", "stain")
    assert palette.hex == before


def test_a_word_is_no_hex_code(dock, qtbot, press):
    before = dock.session.indexed.palette.hex
    dock.resize(600, dock.height())
    dock.colors.table.resize(600, 300)
    for text, code in (("dab", before[1]), ("#dab", "#ddaabb"), ("00ff7f", "#00ff7f")):
        dock.colors.table._edit(1, "hex")
        press(text, KEY.Key_Return)
        press(KEY.Key_Escape)
        assert dock.session.indexed.palette.hex[1] == code


def test_a_class_that_is_marked_in_the_list_is_taken_with_the_same_enter(dock, qtbot, press):
    dock.colors.editor.write(0, "class", "nuclei")
    _double_click(dock, qtbot, 1, "class")
    press("nu")
    popup = _editor(dock).completer().popup()
    qtbot.waitUntil(popup.isVisible)
    qtbot.keyClick(popup, KEY.Key_Down)
    qtbot.keyClick(popup, KEY.Key_Return)
    assert dock.session.indexed.palette.classes[:3] == ("nuclei", "nuclei", "")
    qtbot.waitUntil(lambda: _editor(dock) is not None)
    press("new")
    assert dock.colors.table.rows() == [2]


def test_cancel_in_the_colour_dialog_takes_back_the_colour_alone(dock, qtbot, press):
    dock.colors.table.select_rows([1], quiet=False)
    press(KEY.Key_Return)
    dialog = dock.colors.editor.dialog
    before = dock.session.indexed.palette.hex
    dialog.setCurrentColor(QColor("#00ff00"))
    assert dock.session.indexed.palette.hex[1] == "#00ff00"
    dock.colors.editor.write(1, "name", "kept")  # whatever happens to the result meanwhile
    qtbot.keyClick(dialog, KEY.Key_Escape)
    assert dock.session.indexed.palette.names[1] == "kept"
    assert dock.session.indexed.palette.hex == before


def test_keys_of_an_editor_never_reach_the_table(dock, qtbot, press):
    _double_click(dock, qtbot, 1, "name")
    count = dock.session.stack.count()
    press("a b", KEY.Key_Up, KEY.Key_Down, KEY.Key_Backspace, KEY.Key_Delete, KEY.Key_Space)
    assert dock.session.stack.count() == count
    assert _editor(dock) is not None
    press(KEY.Key_Return)
    assert dock.session.indexed.palette.names[1] == "a"


def test_a_letter_begins_the_name_of_the_selected_colour(dock, qtbot, press):
    dock.colors.editor.write(1, "name", "before")
    dock.colors.grid.setFocus()
    dock.colors.table.select_rows([1], quiet=False)
    for letter in "DAB x":
        press(letter)
    press(KEY.Key_Return)
    assert dock.session.indexed.palette.names[1] == "DAB x"
    press(KEY.Key_Escape)
    dock.colors.table.clearSelection()
    press("q")
    assert dock.colors.table.state() != QAbstractItemView.State.EditingState
