"""Everything without a mouse: the way of the Tab key, the keys of Run and of the table, and names for all controls."""

import csv
import itertools

import pytest
from qtpy.QtCore import QPoint, Qt
from qtpy.QtGui import QColor
from qtpy.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QPushButton,
    QScrollBar,
    QWidget,
)

from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.widgets.docks import find_dock, open_dock
from napari_colorquant._plugin.widgets.focus import focusable
from napari_colorquant._plugin.widgets.forms import Fold

KEY, MODIFIER = Qt.Key, Qt.KeyboardModifier
PATIENCE_MS = 180_000


@pytest.fixture
def dock(viewer, photo_layer, show_result, qtbot):
    """The palette's dock in a window, on a result of six colours, with the focus in the table."""
    show_result(viewer, photo_layer)
    widget = open_palette(viewer)
    viewer.window._qt_window.activateWindow()
    widget.colors.table.setFocus()
    qtbot.waitUntil(widget.colors.table.hasFocus)
    return widget


@pytest.fixture
def press(qtbot):
    """A function that presses a key where the focus is."""

    def press(key, modifier=MODIFIER.NoModifier):
        qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        qtbot.keyClick(QApplication.focusWidget(), key, modifier)

    return press


def _focus(qtbot, widget):
    widget.window().activateWindow()
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(widget.hasFocus)


def _tab_through(root, press):
    """Return the widgets that get the focus from now on until it leaves `root` or comes back."""
    seen = [QApplication.focusWidget()]
    for _ in range(200):
        press(KEY.Key_Tab)
        here = QApplication.focusWidget()
        if here is None or not root.isAncestorOf(here) or here in seen:
            return seen
        seen.append(here)
    raise AssertionError("Tab never leaves")


def _reachable(root):
    proxies = [widget.focusProxy() or widget for widget in focusable(root) if widget.isVisible() and widget.isEnabled()]
    return list(dict.fromkeys(proxies))


@pytest.mark.parametrize("opened", [(), ("Advanced",), ("Advanced", "Options", "Axis weights", "Protect and focus")])
def test_tab_goes_through_the_panel_as_it_stands_on_the_screen(viewer, panel, press, qtbot, opened):
    viewer.window._qt_window.resize(1280, 1100)
    viewer.window._qt_window.activateWindow()
    folds = panel.findChildren(Fold)
    for fold in folds:
        if fold.toggleButton().accessibleName() in opened:
            fold.expand(False)
    QApplication.processEvents()
    closed = [fold.content() for fold in folds if not fold.isExpanded()]
    assert closed
    _focus(qtbot, panel.image.image.native)
    seen = _tab_through(panel, press)
    assert not [widget for widget in seen for content in closed if content.isAncestorOf(widget)]
    assert [widget for widget in _reachable(panel) if widget not in seen] == []
    centers = [widget.mapTo(panel, widget.rect().center()) for widget in seen]
    for before, after in itertools.pairwise(centers):
        assert after.y() > before.y() - 12, "further down"
        assert after.y() > before.y() + 12 or after.x() > before.x(), "or further right"


def test_options_that_are_made_later_stand_in_their_place(viewer, panel, press, qtbot):
    panel.advanced.expand(False)
    panel.quantizer.method.value = "median_cut"
    panel.quantizer.fold.expand(False)
    _focus(qtbot, panel.quantizer.fold.toggleButton())
    seen = _tab_through(panel, press)
    places = [seen.index(option.native) for option in panel.quantizer.options.values()]
    assert places == list(range(1, len(places) + 1))


def test_tab_goes_through_the_palette_dock_as_it_stands_on_the_screen(dock, press, qtbot):
    dock.colors.editor.write(0, "name", "one")  # there is something to undo
    dock.colors.table.select_rows([0], quiet=False)  # as Tab would, which comes to the buttons before the swatches
    for tab in range(dock.tabs.count()):
        dock.tabs.setCurrentIndex(tab)
        _focus(qtbot, dock.head.undo_button)
        seen = _tab_through(dock, press)
        assert [widget for widget in _reachable(dock) if widget not in seen] == []
        rows = [widget.mapTo(dock, QPoint(0, 0)).y() for widget in seen]
        assert all(after > before - 12 for before, after in itertools.pairwise(rows))


@pytest.mark.parametrize("key", [KEY.Key_Return, KEY.Key_Enter])
def test_ctrl_enter_runs_wherever_the_focus_is_in_the_panel(viewer, panel, press, qtbot, key):
    for control in (panel.image.image.native, panel.colors.n_colors.spin_box):
        _focus(qtbot, control)
        with qtbot.waitSignal(panel.finished, timeout=PATIENCE_MS):
            press(key, MODIFIER.ControlModifier)
    viewer.layers.clear()
    _focus(qtbot, panel.colors.n_colors.spin_box)
    press(key, MODIFIER.ControlModifier)
    assert not panel.is_running


def test_each_action_on_the_table_has_its_key(viewer, dock, press, qtbot, monkeypatch):
    table, session = dock.colors.table, dock.session
    menu_bar = viewer.window._qt_window.menuBar()
    was_visible = menu_bar.isVisible()

    def select(*rows):
        table.setFocus()
        table.select_rows(list(rows), quiet=False)

    def settled():
        qtbot.waitUntil(lambda: not dock.colors.editor.is_busy, timeout=PATIENCE_MS)
        return session.stack.undoText()

    select(0)
    press(KEY.Key_Down, MODIFIER.AltModifier)
    assert settled() == "Move 1 colour"
    assert table.rows() == [1]
    press(KEY.Key_Up, MODIFIER.AltModifier)
    assert table.rows() == [0]
    press(KEY.Key_Space)
    assert session.indexed.palette.locked[0]
    press(KEY.Key_F2)
    press(KEY.Key_A)
    press(KEY.Key_Return)
    press(KEY.Key_Escape)
    assert session.indexed.palette.names[0] == "a"
    asked = []
    monkeypatch.setattr("napari_colorquant._plugin.palette_dock.editor.QInputDialog.getItem",
                        lambda *_: asked.append("class") or ("tissue", True))  # fmt: skip
    monkeypatch.setattr("napari_colorquant._plugin.palette_dock.editor.QInputDialog.getInt",
                        lambda *_: asked.append("split") or (2, True))  # fmt: skip
    select(0, 1)
    press(KEY.Key_K, MODIFIER.ControlModifier)
    assert session.indexed.palette.classes[:2] == ("tissue", "tissue")
    press(KEY.Key_X, MODIFIER.ControlModifier | MODIFIER.ShiftModifier)
    assert settled() == "Swap colours"
    press(KEY.Key_E, MODIFIER.ControlModifier)
    assert dock.colors.toolbar.alone_button.isChecked()
    press(KEY.Key_E, MODIFIER.ControlModifier)
    press(KEY.Key_M, MODIFIER.ControlModifier)
    assert settled() == "Merge 2 colours"
    assert menu_bar.isVisible() == was_visible
    select(0)
    press(KEY.Key_D, MODIFIER.ControlModifier)
    assert settled() == "Split into 2"
    assert asked == ["class", "split"]
    select(1)
    press(KEY.Key_Delete)
    assert settled() == "Delete 1 colour"
    press(KEY.Key_P, MODIFIER.ControlModifier)
    assert session.layer.mode == "pick"
    press(KEY.Key_P, MODIFIER.ControlModifier)
    assert session.layer.mode == "pan_zoom"
    press(KEY.Key_Insert)
    assert "Click a pixel" in dock.colors.note.text()
    press(KEY.Key_Escape)
    press(KEY.Key_Insert, MODIFIER.ShiftModifier)
    dock.colors.editor.dialog.setCurrentColor(QColor("#00ff00"))
    dock.colors.editor.dialog.accept()
    assert settled() == "Add a colour"
    while dock.head.undo_button.isEnabled():
        press(KEY.Key_Z, MODIFIER.ControlModifier)
    assert not any(session.indexed.palette.names)


def test_the_menu_of_the_table_opens_by_key_and_holds_every_action(dock, press, qtbot):
    dock.colors.table.select_rows([0], quiet=False)
    press(KEY.Key_F10, MODIFIER.ShiftModifier)
    menu = QApplication.activePopupWidget()
    assert menu is not None

    def texts(menu):
        for action in menu.actions():
            yield action.text().partition("\t")[0]
            yield from () if action.menu() is None else texts(action.menu())

    offered = set(texts(menu))
    assert {action.text for action in dock.colors.toolbar.actions_by_name.values()} <= offered
    menu.close()


def test_by_key_alone_from_an_open_image_to_a_table_in_a_file(viewer, photo_layer, hand, qtbot, tmp_path):
    def tab_to(widget, most):
        for _ in range(most):
            if QApplication.focusWidget() is widget:
                return
            hand.press(KEY.Key_Tab)
        pytest.fail(f"Tab is at {QApplication.focusWidget()}, and not at {widget}")

    viewer.window._qt_window.activateWindow()
    hand.press(KEY.Key_P, MODIFIER.ControlModifier | MODIFIER.ShiftModifier)
    qtbot.waitUntil(lambda: type(QApplication.focusWidget()).__name__ == "QCommandLineEdit")
    hand.type("reduce photo")
    hand.press(KEY.Key_Return)
    qtbot.waitUntil(lambda: find_dock(viewer, "Color Quantization") is not None)
    panel = find_dock(viewer, "Color Quantization")[1]
    qtbot.waitUntil(lambda: "photo quantized" in viewer.layers and not panel.is_running)
    qtbot.waitUntil(lambda: panel.isAncestorOf(QApplication.focusWidget()))
    tabs, measure = panel.palette_editor.tabs, panel.palette_editor.measure
    tab_to(tabs.tabBar(), 16)
    hand.press(KEY.Key_Right)
    qtbot.waitUntil(measure.save_button.isEnabled)
    tab_to(measure.save_button, 9)
    with hand.answering(tmp_path / "areas.csv"):
        hand.press(KEY.Key_Space)
    with open(tmp_path / "areas.csv", newline="") as file:
        assert sum(float(row["area"]) for row in csv.DictReader(file)) == photo_layer.data[..., 0].size
    assert "click" not in hand.steps


def test_tab_leads_out_of_every_list_and_table(panel, run):
    run(panel)
    views = panel.findChildren(QAbstractItemView)
    assert len(views) > 3
    assert [type(view).__name__ for view in views if view.tabKeyNavigation()] == []


@pytest.mark.parametrize("title", ["Color Quantization", "Colour space"])
def test_every_control_has_a_name(viewer, photo_layer, show_result, qtbot, title):
    show_result(viewer, photo_layer)
    widget = open_dock(viewer, title)
    if title == "Color Quantization":
        qtbot.waitUntil(lambda: not widget.is_warming_up, timeout=PATIENCE_MS)
        widget.quantizer.method.value = "median_cut"
    nameless = []
    for each in widget.findChildren(QWidget):
        inside = isinstance(each, QScrollBar) or each.objectName().startswith("qt_")
        if inside or not each.focusPolicy() & Qt.FocusPolicy.TabFocus or each.window() is not widget.window():
            continue
        own = isinstance(each, (QAbstractButton,)) and each.text().strip("▸▾ ")
        if isinstance(each, QLineEdit) and isinstance(each.parent(), (QComboBox,)):
            continue
        if not (each.accessibleName() or own):
            nameless.append(f"{type(each).__name__} in {type(each.parent()).__name__}")
    assert nameless == []
    assert len(widget.findChildren((QPushButton, QCheckBox, QComboBox)) if title != "Colour space" else [1]) > 0
