"""Layers that are deleted take their OpenGL objects with them in the context of the canvas that made them.

napari 0.9 deletes the shaders and buffers of a removed layer in whichever context is current, which is mostly
the one that Qt puts the window together in. The canvas's own context then goes on with a program whose shaders
are gone; Mesa 22 (Debian 12, Ubuntu 22.04) ends the process in the next drawing. Two layers that go one after
the other, such as a result and its palette, are enough; `tools/napari_context_crash.py` shows it without us.
"""

from typing import Any

from qtpy.compat import isalive
from qtpy.QtCore import QObject

try:
    from qtpy.QtOpenGLWidgets import QOpenGLWidget
except ImportError:  # Qt 5 keeps it elsewhere
    from qtpy.QtWidgets import QOpenGLWidget


class CanvasContext(QObject):
    """Makes the context of a window's canvas the current one before a layer is removed.

    Parameters
    ----------
    viewer : napari.Viewer
    window : QMainWindow
        Its window, whose central widget holds the canvas; when it goes, so does this.
    """

    def __init__(self, viewer: Any, window: Any) -> None:
        super().__init__(window)
        self._window = window
        viewer.layers.events.removing.connect(self._on_removing)

    def _on_removing(self, _: Any = None) -> None:
        central = self._window.centralWidget() if isalive(self) else None
        for canvas in [] if central is None else central.findChildren(QOpenGLWidget):
            if canvas.isValid():
                canvas.makeCurrent()


def delete_in_own_context(viewer: Any) -> None:
    """Let layers of a viewer be deleted in the OpenGL context of its canvas, from now until its window closes.

    Asked again for the same viewer, or for one without a window, it does nothing more.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    """
    window = getattr(getattr(viewer, "window", None), "_qt_window", None)
    if window is not None and not window.findChildren(CanvasContext):
        CanvasContext(viewer, window)
