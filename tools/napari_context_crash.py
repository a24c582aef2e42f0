"""End napari by deleting two layers; our plugin has no part in it.

    xvfb-run -a python tools/napari_context_crash.py

An image stays while two other layers go, one after the other, in one turn of the event loop, as a loop over
layers does it. napari deletes the OpenGL objects of a removed layer in whichever context is current: the one in
which Qt puts the window together. The context of the canvas goes on with a program whose shaders are gone. Mesa
22.3 (software, Debian 12) ends the process with a segmentation fault in ``glDrawArrays``; other drivers let it pass.

``--avoid`` makes the context of the canvas current before, which is what `_plugin/widgets/canvas_context.py` does.
"""

import argparse
import faulthandler
import time

import napari
import numpy as np
import vispy
from qtpy.QtGui import QOpenGLContext
from qtpy.QtOpenGLWidgets import QOpenGLWidget
from qtpy.QtWidgets import QApplication
from vispy.gloo import gl


def rest(turns: int = 15) -> None:
    """Let the window draw."""
    for _ in range(turns):
        QApplication.processEvents()
        time.sleep(0.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--avoid", action="store_true", help="make the context of the canvas current first")
    parser.add_argument("--times", type=int, default=5)
    choices = parser.parse_args()
    faulthandler.enable(all_threads=False)
    viewer = napari.Viewer()
    rest()
    (canvas,) = viewer.window._qt_window.centralWidget().findChildren(QOpenGLWidget)
    canvas.makeCurrent()
    print(f"napari {napari.__version__}, vispy {vispy.__version__}, OpenGL {gl.glGetParameter(gl.GL_VERSION)}")
    if choices.avoid:
        viewer.layers.events.removing.connect(lambda _: canvas.makeCurrent())
    rng = np.random.default_rng(0)
    viewer.add_image(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8))
    for turn in range(choices.times):
        first = viewer.add_labels(rng.integers(0, 9, (64, 64)))
        second = viewer.add_points(64 * rng.random((9, 2)))
        rest()
        is_own = QOpenGLContext.currentContext() is canvas.context()
        print(f"{turn + 1}: the current context is {'the canvas’s' if is_own else 'another one'}; deleting", flush=True)
        for layer in (first, second):
            viewer.layers.remove(layer)
        rest()
    print("survived")
    viewer.close()


if __name__ == "__main__":
    main()
