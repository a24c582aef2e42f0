"""A real napari window with the real dock widget in it."""

import gc
from functools import partial

import pytest
from napari.layers import Layer
from qtpy.QtCore import QEvent
from qtpy.QtWidgets import QApplication

import napari_colorquant as cq
from hand import Hand
from napari_colorquant._plugin.layers.indexed_layers import to_labels_layer, to_palette_layer
from napari_colorquant._plugin.quantize_dock.widget import QuantizeWidget
from napari_colorquant._plugin.tasks.runner import running_jobs
from napari_colorquant._plugin.widgets.canvas_context import delete_in_own_context
from napari_colorquant._plugin.widgets.docks import open_dock

#: The first run on a machine compiles kernels.
PATIENCE_MS = 180_000


@pytest.fixture(autouse=True, scope="module")
def _leave_old_objects_alone():
    """Leave out of all collections what was there before: modules, compiled kernels, what other tests have imported.

    A window is collected several times, by us and by napari's fixture, and each time went over all of it.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _collect_on_this_thread(request):
    """Collect garbage between tests only: a thread that collected a closed window would free its OpenGL objects."""
    if "make_napari_viewer" not in request.fixturenames:
        yield
        return
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def qtbot(qtbot):
    """What is waited for comes later on a busy machine; pytest-qt itself waits for five seconds."""
    for name in ("waitUntil", "waitSignal", "waitSignals"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=PATIENCE_MS))
    return qtbot


@pytest.fixture
def viewer(make_napari_viewer):
    """A window; whatever a test does, no job of ours outlives it for long, and no widget leaks."""
    viewer = make_napari_viewer(strict_qt="raise", show=True)
    delete_in_own_context(viewer)  # as with any dock of ours: a test may remove layers without one
    yield viewer
    for job in running_jobs():
        job.ended.wait(PATIENCE_MS / 1000)
    for widget in QApplication.topLevelWidgets():
        if isinstance(widget, QuantizeWidget):  # its dock was closed; napari keeps it for the life of the window
            widget.deleteLater()
            QApplication.sendPostedEvents(widget, QEvent.Type.DeferredDelete)


@pytest.fixture
def photo_layer(viewer, large_photo):
    """The photograph as the active image layer."""
    return viewer.add_image(large_photo, name="photo")


@pytest.fixture
def open_panel(viewer, qtbot):
    """A function that opens the panel, and waits for its kernels."""

    def open_panel():
        panel = open_dock(viewer, "Color Quantization")
        qtbot.waitUntil(lambda: not panel.is_warming_up, timeout=PATIENCE_MS)
        return panel

    return open_panel


@pytest.fixture
def panel(photo_layer, open_panel):
    """The dock widget, pointing at the photograph."""
    return open_panel()


@pytest.fixture
def live_panel(panel, qtbot):
    """The panel on the photograph, with Live on and its first full result there."""
    panel.bar.live_box.setChecked(True)
    qtbot.waitUntil(lambda: "photo quantized" in panel.viewer.layers, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not panel.live.is_shown and not panel.is_running, timeout=PATIENCE_MS)
    return panel


@pytest.fixture
def run(qtbot):
    """Press Run and wait for the end; return the run_result."""

    def run(panel):
        run_results = []
        panel.finished.connect(run_results.append)
        panel.bar.run_button.click()
        qtbot.waitUntil(lambda: not panel.is_running, timeout=PATIENCE_MS)
        panel.finished.disconnect(run_results.append)
        assert len(run_results) == 1, panel.bar.report.text()
        return run_results[0]

    return run


@pytest.fixture
def hand(viewer, qtbot):
    """A person at a window of 1440 x 900 pixels."""
    viewer.window._qt_window.resize(1440, 900)
    return Hand(qtbot, viewer)


@pytest.fixture
def wait_for(viewer, qtbot):
    """A function that waits until a run is over and the result of that name is there."""

    def wait_for(panel, name):
        qtbot.waitUntil(lambda: name in viewer.layers and not panel.is_running)
        panel.palette_editor.session.settle()

    return wait_for


@pytest.fixture
def show_result():
    """A function that quantizes an image layer and adds the layers of the result, without a panel."""

    def show_result(viewer, layer, n_colors=6, **choices):
        indexed = cq.quantize(layer.data, n_colors, rgb=layer.rgb, **{"quantizer": "median_cut", **choices})
        made = [Layer.create(*make(indexed, layer, "a result")) for make in (to_labels_layer, to_palette_layer)]
        for each in made:
            viewer.add_layer(each)
        viewer.layers.selection.active = made[0]
        return made

    return show_result
