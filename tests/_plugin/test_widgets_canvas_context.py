"""Layers are deleted in the OpenGL context of the canvas that shows them."""

import inspect

import napari
import numpy as np
import pytest
from napari._vispy.canvas import VispyCanvas
from napari.components import ViewerModel
from qtpy.compat import isalive
from qtpy.QtGui import QOffscreenSurface, QOpenGLContext
from qtpy.QtOpenGLWidgets import QOpenGLWidget

from napari_colorquant._plugin.widgets.canvas_context import CanvasContext, delete_in_own_context

#: Where napari frees what a layer had on the canvas, as it was when this was last read.
LOOKED_AT = "0.9.2"
SIGNATURES = {"_remove_layer": "(self, event: 'Event') -> 'None'", "_clean_and_update_scenegraph": "(self)"}


@pytest.fixture
def other_context():
    """Make a context current that is not the canvas's, as Qt does when it puts a window together."""
    surface, context = QOffscreenSurface(), QOpenGLContext()
    surface.create()
    assert context.create()
    yield lambda: context.makeCurrent(surface)
    context.doneCurrent()


@pytest.fixture
def contexts(viewer):
    """The contexts that were current when napari was about to free what a layer had on the canvas."""
    seen = []
    viewer.layers.events.removed.connect(lambda _: seen.append(QOpenGLContext.currentContext()), position="first")
    return seen


@pytest.fixture
def canvas(viewer):
    (canvas,) = viewer.window._qt_window.centralWidget().findChildren(QOpenGLWidget)
    return canvas


@pytest.mark.parametrize("dock", ["Color Quantization", "Colour space"])
def test_with_any_dock_of_ours_layers_go_in_the_context_of_the_canvas(
    viewer, dock, canvas, contexts, other_context, qtbot
):
    _, widget = viewer.window.add_plugin_dock_widget("napari-colorquant", dock)
    for name in ("one", "two", "three"):
        viewer.add_image(np.zeros((8, 8)), name=name)
    other_context()
    viewer.layers.remove("two")
    other_context()
    viewer.window.remove_dock_widget(widget)  # what was opened once holds for the window
    viewer.layers.clear()
    assert len(contexts) == 3
    assert all(context is canvas.context() for context in contexts)
    if dock != "Colour space":  # which goes by itself
        widget.deleteLater()
    qtbot.waitUntil(lambda: not isalive(widget))


def test_two_layers_go_while_an_image_stays(viewer, photo, qtbot):
    # What ended the process with Mesa 22, see tools/napari_context_crash.py.
    delete_in_own_context(viewer)
    viewer.add_image(photo)
    for _ in range(3):
        added = [viewer.add_labels(np.eye(16, dtype=int)), viewer.add_points(np.eye(2))]
        qtbot.wait(50)
        for layer in added:
            viewer.layers.remove(layer)
        qtbot.wait(50)
    assert len(viewer.layers) == 1


def test_a_window_is_looked_after_once(viewer):
    for _ in range(3):
        delete_in_own_context(viewer)
    assert len(viewer.window._qt_window.findChildren(CanvasContext)) == 1


def test_it_goes_with_its_window(viewer, qtbot):
    delete_in_own_context(viewer)
    (found,) = viewer.window._qt_window.findChildren(CanvasContext)
    viewer.close()
    qtbot.waitUntil(lambda: not isalive(found))
    viewer.layers.events.removing(index=0)  # nobody listens any more


def test_a_viewer_without_a_window_needs_nothing():
    model = ViewerModel()
    delete_in_own_context(model)
    model.add_points(np.eye(2))
    model.layers.clear()
    assert not model.layers


def test_napari_frees_what_a_layer_had_where_we_think():
    """A reminder, not a law: `removing` comes before these methods, which free in whichever context is current."""
    found = {name: str(inspect.signature(getattr(VispyCanvas, name, lambda: None))) for name in SIGNATURES}
    assert found == SIGNATURES, (
        f"napari {napari.__version__} removes layers from its canvas in another way than {LOOKED_AT}, for which "
        "_plugin/widgets/canvas_context.py was written: run tools/napari_context_crash.py; if it survives without "
        "--avoid on Mesa 22, the module can go, otherwise see whether `removing` still comes first"
    )
