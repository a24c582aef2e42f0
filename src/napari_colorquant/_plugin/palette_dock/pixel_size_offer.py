"""The offer of the Measure tab to measure in the unit of the file, where the layer has lost it."""

from typing import Any

from qtpy.QtCore import Signal

from ...io.image import UNIT_SYMBOLS
from ..layers.file_scale import PixelSize, find_file_scale, take_file_scale
from ..widgets.formats import format_number
from ..widgets.offer import Offer
from .session import ResultSession


class PixelSizeOffer(Offer):
    """Says how large a pixel is in the file of the image, if the layer is in pixels.

    Parameters
    ----------
    viewer : napari.Viewer

    Attributes
    ----------
    taken : Signal
        The layers have this size now.
    """

    taken = Signal()

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._viewer = viewer
        self._session: ResultSession | None = None
        self.accepted.connect(self._take)

    def work_on(self, session: ResultSession | None) -> None:
        """Look at the image of another result."""
        self._session = session
        self.follow()

    def follow(self) -> None:
        """Look at the image again."""
        if (found := self._find()) is None:
            self.show_offer("", "")
            return
        (height, width), unit = found
        sides = f"{format_number(width)} × {format_number(height)}\N{NO-BREAK SPACE}{UNIT_SYMBOLS.get(unit, unit)}"
        self.show_offer(f"A pixel is {sides}, says the file; the layer is in pixels.", "Use this size")

    def _find(self) -> PixelSize | None:
        return find_file_scale(self._viewer, None if self._session is None else self._session.source)

    def _take(self) -> None:
        found = self._find()
        if found is not None and self._session is not None:
            take_file_scale(self._viewer, found)
            self._session.changed.emit()
            self.taken.emit()
        self.follow()
