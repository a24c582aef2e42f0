"""A matplotlib figure in a window of its own, with matplotlib's own tools: zoom, and save as PNG, SVG or PDF."""

from importlib import import_module
from typing import Any

from qtpy.QtCore import Qt
from qtpy.QtWidgets import QDialog, QVBoxLayout, QWidget


def show_figure(parent: QWidget, figure: Any, title: str) -> QDialog:
    """Show a figure beside the main window; ImportError if matplotlib is not installed.

    Parameters
    ----------
    parent : QWidget
    figure : matplotlib.figure.Figure
    title : str
        That of the window.
    """
    backend: Any = import_module("matplotlib.backends.backend_qtagg")
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setStyleSheet("QDialog, QToolBar, QToolButton, QLabel { background: white; color: black; border: none }")
    canvas = backend.FigureCanvasQTAgg(figure)
    layout = QVBoxLayout(dialog)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(backend.NavigationToolbar2QT(canvas, dialog))
    layout.addWidget(canvas)
    width, height = figure.get_size_inches() * figure.dpi
    dialog.resize(int(width), int(height) + 40)
    dialog.show()
    return dialog
