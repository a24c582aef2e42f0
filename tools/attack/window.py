"""Attack on the window: run after run in a real one, under a display or a virtual one (`xvfb-run`)."""

import ctypes
import gc
import sys
import time

from outcome import Outcome
from values import GROWTH, resident

#: Seconds that a run may take.
PATIENCE = 120.0
#: Methods that take well below a second here.
METHODS = ("fast", "kmeans", "wu", "median_cut", "octree", "pnn")


def run_often(count, rng):
    """Press Run again and again, with other choices, and delete what came; memory and widgets are not to grow."""
    import napari
    from qtpy.QtWidgets import QApplication
    from skimage import data

    from napari_colorquant._plugin.widgets.docks import open_dock

    # Each method's options have been shown, and the count begins with those that it ends with.
    outcome, warm = Outcome(), max(count // 6, len(METHODS))
    warm += (count - warm) % len(METHODS)
    viewer = napari.Viewer()
    viewer.window.resize(900, 700)  # a virtual screen draws without a graphics card
    image = viewer.add_image(data.astronaut()[::4, ::4], name="image")
    panel = open_dock(viewer, "Color Quantization")
    _wait(lambda: not panel.is_warming_up)
    before = (0, 0)
    for number in range(count):
        if number == warm:
            before = _count()
        viewer.layers.selection.active = image
        panel.quantizer.method.value = METHODS[number % len(METHODS)]
        panel.colors.n_colors.value = n_colors = int(rng.integers(2, 40))
        panel.bar.run_button.click()
        outcome.tried += 1
        _check(outcome, viewer, n_colors, f"run {number}")
        for layer in [each for each in viewer.layers if each is not image]:
            viewer.layers.remove(layer)
        QApplication.processEvents()
    bytes_, widgets = (after - start for after, start in zip(_count(), before, strict=True))
    outcome.expect(count < 60 or bytes_ < GROWTH, f"memory grew by {bytes_ >> 20} MB")
    outcome.expect(widgets <= 0, f"{widgets} more widgets")
    outcome.note = f"{bytes_ / (1 << 20):+.1f} MB and {widgets:+d} widgets after the first {warm}"
    viewer.close()
    return outcome


def _check(outcome, viewer, n_colors, what):
    """Wait for the result; it has the colours asked for."""
    from napari.layers import Labels

    from napari_colorquant._plugin.tasks.runner import running_jobs

    found = _wait(lambda: not running_jobs() and any(isinstance(each, Labels) for each in viewer.layers))
    outcome.expect(found, f"{what} gave no result")
    if found:
        (labels,) = [each for each in viewer.layers if isinstance(each, Labels)]
        outcome.expect(labels.data.max() == n_colors, f"{what}: {labels.data.max()} colours instead of {n_colors}")


def _wait(condition):
    from qtpy.QtCore import QEvent
    from qtpy.QtWidgets import QApplication

    end = time.monotonic() + PATIENCE
    while not condition() and time.monotonic() < end:
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # left to the loop of a running application
        time.sleep(0.005)
    return condition()


def _count():
    from qtpy.QtWidgets import QApplication

    end = time.monotonic() + 1.0
    _wait(lambda: time.monotonic() > end)
    gc.collect()
    if sys.platform == "linux":  # what the allocator holds back
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    return resident(), len(QApplication.allWidgets())
