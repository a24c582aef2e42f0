"""The mouse as a pointer between picture and palette: a swatch lights up its pixels, a pixel its swatch."""

from collections.abc import Callable
from typing import Any

from qtpy.compat import isalive
from qtpy.QtCore import QObject

from ..widgets.debouncer import Debouncer
from .session import ResultSession
from .swatch_grid import SwatchGrid

#: A mouse that only passes over the grid shall not make the picture flicker.
_REST_MS = 120


class HoverLink(QObject):
    """Shows one entry alone while the mouse rests on its swatch, and marks the swatch of the pixel under the cursor.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    grid : SwatchGrid
    show_chosen : callable
        Shows what the user has chosen to see again: everything, or the selected entries alone.
    """

    def __init__(self, viewer: Any, grid: SwatchGrid, show_chosen: Callable[[], None]) -> None:
        super().__init__(grid)
        self._viewer, self._grid, self._show_chosen = viewer, grid, show_chosen
        self._session: ResultSession | None = None
        self._row, self._is_shown = -1, False
        self._later = Debouncer(self._show, _REST_MS, self)
        grid.hovered.connect(self._on_hovered)

    def work_on(self, session: ResultSession | None) -> None:
        """Point at another result; the mouse is listened to as long as there is one."""
        self._later.cancel()
        callbacks = self._viewer.mouse_move_callbacks
        if session is not None and self._session is None:
            callbacks.append(self._on_mouse_moved)
        elif session is None and self._on_mouse_moved in callbacks:
            callbacks.remove(self._on_mouse_moved)
        self._session, self._row, self._is_shown = session, -1, False
        self._grid.light_up(-1)

    def _on_hovered(self, row: int) -> None:
        if row != self._row:
            self._row = row
            self._later.throttle()

    def _show(self) -> None:
        session = self._session
        if session is None:
            return
        if 0 <= self._row < len(session.indexed.palette):
            self._is_shown = True
            session.shown.emphasize([self._row])
        elif self._is_shown:
            self._is_shown = False
            self._show_chosen()

    def _on_mouse_moved(self, viewer: Any, event: Any) -> None:
        if not isalive(self) or self._session is None:
            return
        layer = self._session.layer
        value = None
        # In 3-D the value under the cursor is that of a ray through the volume, which takes too long for each move.
        if layer.visible and len(event.dims_displayed) == 2:
            value = layer.get_value(
                event.position, view_direction=event.view_direction, dims_displayed=event.dims_displayed, world=True
            )
        if isinstance(value, tuple):  # of a pyramid: the level and the value
            value = value[-1]
        self._grid.light_up(-1 if value is None else int(value) - 1)
