"""What a designer looks at: widths, what moves, what is cut off, what is seen at once, and an empty window."""

import numpy as np
import pytest
from qtpy.QtCore import QEvent, QObject, QPoint, Qt
from qtpy.QtGui import QHelpEvent
from qtpy.QtWidgets import QApplication, QScrollArea, QToolTip, QWidget

from napari_colorquant._plugin.commands.result_actions import open_palette
from napari_colorquant._plugin.quantize_dock.image_section import NO_IMAGE
from napari_colorquant._plugin.widgets.docks import find_dock

PATIENCE_MS = 180_000
LONG = "a very long name of an image 2024-05-17 slide 12 region 3 (copy).ome.tiff"


def _resize(viewer, title, width):
    dock, _ = find_dock(viewer, title)
    viewer.window._qt_window.resizeDocks([dock], [width], Qt.Orientation.Horizontal)
    return dock


def _scroll_bar(panel):
    return panel.findChild(QScrollArea).verticalScrollBar()


def _is_seen(widget):
    return widget.isVisible() and widget.visibleRegion().boundingRect() == widget.rect()


@pytest.mark.parametrize("has_result", [False, True])
def test_the_dock_can_be_as_narrow_as_its_controls(viewer, panel, run, has_result, qtbot):
    title, width = "Color Quantization", 275
    viewer.window._qt_window.resize(1280, 800)
    if has_result:
        run(panel)
    dock, _ = find_dock(viewer, title)
    qtbot.waitUntil(lambda: dock.minimumSizeHint().width() <= width)
    _resize(viewer, title, width)
    qtbot.waitUntil(lambda: dock.width() <= width)
    assert dock.windowTitle() == dock.titleBarWidget().title.text() == title


class LayoutRequests(QObject):
    """Counts how often widgets are asked for another layout."""

    def __init__(self, *widgets):
        super().__init__()
        self.count = 0
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, widget, event):  # noqa: N802, a name of Qt's
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False

    def settle(self):
        """Let all layouts be made that were asked for, and nothing else happen; return whether any was."""
        before = self.count
        for _ in range(20):  # from the parts to the window
            QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        return self.count > before


def test_a_report_does_not_have_the_window_laid_out_anew(viewer, panel, qtbot):
    viewer.window._qt_window.resize(1280, 800)
    qtbot.waitUntil(panel.bar.report.isVisible)
    requests = LayoutRequests(panel, panel.bar, viewer.window._qt_window)
    requests.settle()
    panel.bar.show_progress(0.3, "one line")
    panel.bar.progress_bar.show()
    panel.bar.show_progress(-1.0, "a report that needs more than the two lines which there are for it " * 4)
    panel.bar.show_idle("")
    assert not requests.settle()
    panel.bar.live_box.setText("Live, and more of it")  # as a word does that needs more room
    assert requests.settle()


def test_run_stays_where_it_is_whatever_is_reported(viewer, panel, run, qtbot):
    window = viewer.window._qt_window
    places = []
    panel.bar.report.setText("")
    for text in ("", "short", "a long report that needs more than the two lines which there are for it " * 4):
        panel.bar.report.setText(text)
        QApplication.processEvents()
        places.append(panel.bar.run_button.mapTo(window, QPoint(0, 0)))
        assert panel.bar.report.text() == panel.bar.report.toolTip() == text
    run(panel)
    places.append(panel.bar.run_button.mapTo(window, QPoint(0, 0)))
    panel.bar.show_running()
    QApplication.processEvents()
    places.append(panel.bar.run_button.mapTo(window, QPoint(0, 0)))
    panel.bar.show_idle("")
    assert len({(place.x(), place.y()) for place in places}) == 1


@pytest.mark.parametrize("width", [260, 420])
def test_it_scrolls_only_for_what_does_not_fit(viewer, panel, qtbot, width):
    window = viewer.window._qt_window
    for height in (1000, 620):
        window.resize(1280, height)
        _resize(viewer, "Color Quantization", width)
        for is_open in (False, True):
            panel.advanced.expand(False) if is_open else panel.advanced.collapse(False)
            column, view = panel.findChild(QScrollArea).widget(), panel.findChild(QScrollArea).viewport()
            qtbot.waitUntil(
                lambda column=column, view=view: (
                    _scroll_bar(panel).maximum() == max(0, column.layout().heightForWidth(view.width()) - view.height())
                )
            )


def test_in_a_small_window_all_that_a_newcomer_needs_is_seen(viewer, panel, run, qtbot):
    viewer.window._qt_window.resize(1024, 700)
    run(panel)
    needed = (
        panel.image.image, panel.palette_source.source, panel.colors.n_colors, panel.dither.method,
        panel.bar.run_button, panel.bar.report,
    )  # fmt: skip
    for control in needed:
        native = getattr(control, "native", control)
        qtbot.waitUntil(lambda native=native: _is_seen(native))
    assert _scroll_bar(panel).value() == 0


def test_what_is_opened_below_is_scrolled_to(viewer, panel, run, qtbot):
    viewer.window._qt_window.resize(1024, 700)
    run(panel)
    bar, view = _scroll_bar(panel), panel.scroll_area.viewport()
    qtbot.mouseClick(panel.advanced.toggleButton(), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bar.value() > 0)
    top = panel.advanced.mapTo(view, QPoint(0, 0)).y()
    assert 0 <= top < view.height() / 3
    assert _is_seen(panel.goal.words)


def test_a_name_that_does_not_fit_is_told_whole(viewer, panel, run, large_photo, qtbot):
    viewer.add_image(large_photo, name=LONG)
    run(panel)
    _resize(viewer, "Color Quantization", 260)
    box = panel.image.image.native
    qtbot.waitUntil(lambda: box.width() < 300)
    QApplication.sendEvent(box, QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(5, 5), box.mapToGlobal(QPoint(5, 5))))
    assert QToolTip.text().startswith(f"{LONG}\n\nThe image to quantize")
    dock = open_palette(viewer)
    assert dock.title.toolTip() == f"{LONG} quantized"
    assert dock.title.text() == f"{LONG} quantized"


def test_the_report_of_one_image_is_not_shown_for_another(viewer, panel, run, gray_photo, photo_layer):
    run(panel)
    assert panel.bar.report.text()
    photo_layer.contrast_limits = (0, 250)
    assert panel.bar.report.text()
    viewer.add_image(gray_photo, name="other")
    assert panel.layer.name == "other"
    assert panel.bar.report.text() == ""


def test_numbers_keep_their_commas_and_have_their_thousands_apart(viewer, panel, run, qtbot):
    run(panel)
    dock = open_palette(viewer)
    dock.measure.run()
    qtbot.waitUntil(lambda: not dock.measure.is_busy, timeout=PATIENCE_MS)
    assert dock.measure.note.text() == "16 rows, 262\N{NARROW NO-BREAK SPACE}144 pixels"
    assert ", " in dock.colors.table.palette_model.index(0, 4).data(Qt.ItemDataRole.ToolTipRole)


def test_without_an_image_it_says_what_to_do(viewer, open_panel, large_photo, qtbot):
    panel = open_panel()
    assert panel.image.hint.isVisible()
    assert panel.image.hint.text() == NO_IMAGE
    assert not panel.bar.run_button.isEnabled()
    assert panel.bar.run_button.toolTip() == NO_IMAGE
    assert not panel.image.image.native.isEnabled()
    viewer.window._qt_window.resize(1024, 700)
    qtbot.waitUntil(lambda: _scroll_bar(panel).maximum() == 0)  # there is nothing else to show
    layer = viewer.add_image(large_photo, name="photo")
    assert not panel.image.hint.isVisible()
    assert panel.bar.run_button.isEnabled()
    assert "Ctrl+Enter" in panel.bar.run_button.toolTip()
    viewer.layers.remove(layer)
    assert not panel.bar.run_button.isEnabled()
    dock = panel.palette_editor
    assert "The palette comes here" in dock.hint.text()
    assert dock.hint.isVisible()
    assert not any(button.isEnabled() for button in dock.colors.toolbar.buttons)


@pytest.mark.parametrize("n_colors", [2, 256])
def test_the_squares_of_every_palette_are_in_view(viewer, panel, run, n_colors):
    run(panel)
    panel.colors.n_colors.value = n_colors
    run(panel)
    squares, camera = viewer.layers["photo palette"], viewer.scene.camera
    half = np.array(viewer.canvas.size) / camera.zoom / 2
    center = np.array(camera.center[-2:])
    places = np.array([squares.data_to_world(place) for place in squares.data])
    assert len(places) == n_colors
    assert (np.abs(places - center) < half).all()


def test_notes_are_smaller_and_quieter_than_labels_in_every_theme(viewer, panel, run):
    run(panel)
    notes = [panel.goal.words, panel.bar.report, panel.palette_editor.hint, panel.palette_editor.measure.note]
    label = panel.goal.form.labels[0]
    for theme in ("light", "dark"):
        viewer.theme = theme
        for each in (label, *notes):
            each.ensurePolished()
        loud = label.palette().windowText().color()
        for note in notes:
            quiet = note.palette().windowText().color()
            assert quiet.getRgb()[:3] == loud.getRgb()[:3]
            assert quiet.alpha() < loud.alpha()
            assert note.fontInfo().pointSizeF() < label.fontInfo().pointSizeF()


def test_no_style_is_worked_out_twice_on_the_way_into_the_window(panel):
    """A sheet on what holds others is; half of the time in which the panel opened went into that."""
    for each in (panel, *panel.findChildren(QWidget)):
        if each.styleSheet():
            assert len(each.findChildren(QWidget)) < 5, type(each)
