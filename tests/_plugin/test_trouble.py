"""What goes wrong in a window: bad input, a change of mind, layers and windows that go while we work."""

import threading

import numpy as np
import pytest
from napari.utils.notifications import notification_manager
from qtpy.compat import isalive
from qtpy.QtCore import QTimer

import napari_colorquant as cq
from napari_colorquant._plugin.tasks import task
from napari_colorquant._plugin.tasks.runner import running_jobs
from napari_colorquant._runtime.progress import checkpoint, stage

TEN_MEGAPIXELS = (2600, 3900)


@pytest.fixture
def complaints():
    """A function that lists the notifications of this test, as (severity, message)."""
    notification_manager.records.clear()
    yield lambda: [(record.severity.value, record.message) for record in notification_manager.records]
    notification_manager.records.clear()


@pytest.fixture
def gate(monkeypatch):
    """Hold every run between its checkpoints until the gate is opened."""
    opened, run = threading.Event(), task.run

    def held(*args, **kwargs):
        with stage("Waiting at the gate", 0.0, 0.5):
            while not opened.wait(0.002):
                checkpoint(0.5)
        return run(*args, **kwargs)

    monkeypatch.setattr(task, "run", held)
    yield opened
    opened.set()


@pytest.fixture
def held(panel, gate, qtbot):
    """The panel with a run under way."""
    panel.bar.run_button.click()
    qtbot.waitUntil(lambda: panel.bar.report.text() == "Waiting at the gate …")
    return panel


def test_a_run_shows_how_far_it_is(held, gate, qtbot):
    assert held.bar.progress_bar.isVisibleTo(held)
    assert held.bar.progress_bar.value() == 250
    assert held.bar.cancel_button.isEnabled()
    assert not held.bar.run_button.isEnabled()
    gate.set()
    qtbot.waitUntil(lambda: not held.is_running, timeout=60_000)
    assert not held.bar.cancel_button.isEnabled()
    assert held.bar.run_button.isEnabled()


def test_cancel_leaves_the_layers_as_they_were(viewer, held, photo_layer, complaints, qtbot):
    held.bar.cancel_button.click()
    assert not held.is_running
    qtbot.waitUntil(lambda: not running_jobs())
    assert list(viewer.layers) == [photo_layer]
    assert held.bar.report.text() == "Cancelled."
    assert not complaints()


def test_a_long_method_can_be_cancelled(viewer, panel, qtbot):
    panel.set_recipe(cq.Recipe(n_colors=256, quantizer="sklearn_kmeans:runs=10,iterations=1000"))
    panel.run()
    qtbot.waitUntil(lambda: panel.bar.report.text().startswith("Designing"), timeout=60_000)
    panel.cancel()
    qtbot.waitUntil(lambda: not running_jobs(), timeout=30_000)
    assert len(viewer.layers) == 1


def test_run_works_after_cancel(viewer, held, gate, run):
    held.cancel()
    gate.set()
    run(held)
    assert len(viewer.layers) == 3


def test_a_layer_that_is_deleted_ends_its_run(viewer, held, photo_layer, complaints, qtbot):
    viewer.layers.remove(photo_layer)
    assert not held.is_running
    qtbot.waitUntil(lambda: not running_jobs())
    assert not viewer.layers
    assert not complaints()


def test_deleting_another_layer_does_not_end_a_run(viewer, panel, gate, photo, qtbot):
    other = viewer.add_image(photo, name="other")
    panel.layer = viewer.layers["photo"]
    panel.run()
    viewer.layers.remove(other)
    assert panel.is_running
    gate.set()
    qtbot.waitUntil(lambda: not panel.is_running, timeout=60_000)
    assert "photo quantized" in viewer.layers


def test_closing_the_panel_ends_its_run(viewer, held, complaints, qtbot):
    viewer.window.remove_dock_widget(held)
    qtbot.waitUntil(lambda: not running_jobs())
    viewer.layers.clear()  # nobody listens any more
    assert not complaints()
    held.deleteLater()
    qtbot.waitUntil(lambda: not isalive(held))


def test_closing_the_window_ends_its_run(viewer, held, complaints, qtbot):
    viewer.close()
    qtbot.waitUntil(lambda: not running_jobs())
    assert not complaints()


def test_our_layer_deleted_while_we_run_is_made_again(viewer, panel, run, gate, qtbot):
    gate.set()
    run(panel)
    gate.clear()
    panel.run()
    viewer.layers.remove("photo quantized")
    viewer.layers.remove("photo palette")
    gate.set()
    qtbot.waitUntil(lambda: not panel.is_running, timeout=60_000)
    assert len(viewer.layers) == 3


def complain(panel, qtbot):
    """Press Run and return what the panel says went wrong."""
    said = []
    panel.failed.connect(said.append)
    panel.bar.run_button.click()
    qtbot.waitUntil(lambda: not panel.is_running, timeout=60_000)
    assert len(said) == 1
    return said[0]


def test_no_image_is_a_notification(viewer, open_panel, complaints, qtbot):
    viewer.add_labels(np.zeros((8, 8), int))
    panel = open_panel()
    assert not panel.bar.run_button.isEnabled()
    with qtbot.waitSignal(panel.failed) as caught:  # a script can ask for it all the same
        panel.run()
    assert "there must be an image layer" in caught.args[0]
    ((severity, message),) = complaints()
    assert severity == "error"
    assert "there must be an image layer to quantize, got none" in message
    assert len(viewer.layers) == 1


def test_a_layer_that_is_no_image_is_refused(viewer, panel):
    points = viewer.add_points(np.zeros((1, 2)), name="points")
    with pytest.raises(TypeError, match="must be an Image layer, got the Points layer 'points'"):
        panel.layer = points


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.full((40, 40, 3), 7.0), 'floats must lie in 0..1, got 7..7; choose "As displayed" or'),
        (np.full((40, 40), np.nan), "at least one pixel with data"),
        (np.zeros((40, 40, 4), np.uint8), "at least one pixel with data"),
    ],
)
def test_an_image_that_cannot_be_quantized_is_a_notification(viewer, open_panel, complaints, qtbot, image, message):
    layer = viewer.add_image(image, name="image", rgb=image.ndim == 3, contrast_limits=(0, 1))
    panel = open_panel()
    panel.image.scale.value = "dtype"
    assert message in complain(panel, qtbot)
    ((severity, said),) = complaints()
    assert severity == "error"
    assert message in said
    assert "Traceback" not in said
    assert list(viewer.layers) == [layer]


def test_levers_that_are_all_down_are_a_notification(viewer, panel, complaints, qtbot):
    for weight in panel.space.weights:
        weight.value = 0
    assert "axis" in complain(panel, qtbot)
    assert len(viewer.layers) == 1


@pytest.mark.parametrize("number", [0, 65537])
def test_numbers_of_colours_out_of_range_cannot_be_had(panel, number):
    with pytest.raises(ValueError, match=r"must lie in 2\.\.65536"):
        panel.colors.n_colors.value = number
    panel.colors.n_colors.spin_box.setValue(number)
    assert 2 <= panel.recipe().n_colors <= 65536


def test_an_error_of_ours_is_told_by_its_name(panel, complaints, qtbot, monkeypatch):
    def broken(*args, **kwargs):
        raise MemoryError("too large")

    monkeypatch.setattr(task, "run", broken)
    assert complain(panel, qtbot) == "MemoryError: too large"
    assert [severity for severity, _ in complaints()] == ["error"]


def test_the_window_stays_live_during_a_run_on_ten_megapixels(viewer, open_panel, qtbot, rng, monkeypatch):
    """The run waits until the event loop has turned again and again; the gaps are measured by the benchmarks."""
    image = rng.integers(0, 255, (*TEN_MEGAPIXELS, 3), np.uint8)
    viewer.add_image(image, name="large")
    panel = open_panel()
    turns, has_turned, run = [], threading.Event(), task.run

    def run_after_some_turns(*args, **choices):
        assert has_turned.wait(60)
        return run(*args, **choices)

    def turn():
        turns.append(panel.is_running)
        if len(turns) == 5:
            has_turned.set()

    monkeypatch.setattr(task, "run", run_after_some_turns)
    timer = QTimer()
    timer.setInterval(5)
    timer.timeout.connect(turn)
    panel.run()
    timer.start()
    qtbot.waitUntil(lambda: not panel.is_running)
    timer.stop()
    assert turns[:5] == [True] * 5
    assert "large quantized" in viewer.layers
