"""The larger sections under Advanced, which many a panel never shows."""

from collections.abc import Callable, Iterator
from typing import Any

from napari.layers import Image
from qtpy.QtWidgets import QVBoxLayout, QWidget

from ...quantizers import QUANTIZERS
from ..widgets.forms import GAP
from .clean_section import CleanSection
from .focus_section import FocusSection
from .method_picker import MethodPicker
from .sections import Section
from .space_picker import SpacePicker


class RareSections(QWidget):
    """Space, method, protection and cleaning, one under the other: half of the controls of a panel.

    Parameters
    ----------
    viewer : napari.Viewer
    find_layer : callable
        Returns the image layer that the panel shows.
    """

    def __init__(self, viewer: Any, find_layer: Callable[[], Image | None]) -> None:
        super().__init__()
        self.space = SpacePicker(viewer, find_layer)
        self.quantizer = MethodPicker(QUANTIZERS, "quantizer", "Method", "How the colours are chosen.")
        self.focus, self.clean = FocusSection(viewer), CleanSection()
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(GAP)
        for section in self:
            rows.addWidget(section.form)

    def __iter__(self) -> Iterator[Section]:
        """Return the sections from top to bottom."""
        return iter((self.space, self.quantizer, self.focus, self.clean))

    def show_design(self, is_designed: bool) -> None:
        """Hide what matters only where a palette is designed."""
        for section in (self.quantizer, self.focus):
            section.form.setVisible(is_designed)
