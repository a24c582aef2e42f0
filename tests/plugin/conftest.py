"""A real napari window with the real dock widget in it."""

import threading

import pytest

from napari_colorquant.plugin.runner import THREAD_NAME

#: The first run on a machine compiles kernels.
PATIENCE_MS = 180_000


def job_threads():
    return [thread for thread in threading.enumerate() if thread.name == THREAD_NAME]


@pytest.fixture
def viewer(make_napari_viewer, qtbot):
    """A window; whatever a test does, no thread of ours outlives it, and no widget leaks."""
    yield make_napari_viewer(strict_qt="raise")
    for thread in job_threads():
        thread.join(PATIENCE_MS / 1000)
    assert not job_threads()


@pytest.fixture
def photo_layer(viewer, large_photo):
    """The photograph as the active image layer."""
    return viewer.add_image(large_photo, name="photo")


@pytest.fixture
def panel(viewer, photo_layer, qtbot):
    """The dock widget as the Plugins menu opens it, on the photograph, its kernels compiled."""
    return open_panel(viewer, qtbot)


def open_panel(viewer, qtbot):
    _, panel = viewer.window.add_plugin_dock_widget("napari-colorquant", "Color Quantization")
    qtbot.waitUntil(lambda: not panel.is_warming_up, timeout=PATIENCE_MS)
    return panel


@pytest.fixture
def run(qtbot):
    """Press Run and wait for the end; return what the panel reported."""

    def run(panel):
        outcomes = []
        panel.finished.connect(outcomes.append)
        panel.bar.run_button.click()
        qtbot.waitUntil(lambda: not panel.is_running, timeout=PATIENCE_MS)
        panel.finished.disconnect(outcomes.append)
        assert len(outcomes) == 1, panel.bar.report.text()
        return outcomes[0]

    return run
