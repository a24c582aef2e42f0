"""The model of the legend: one of napari's canvas overlays, with rows of a colour and a text."""

from typing import Any

from napari.components._viewer_constants import CanvasPosition
from napari.components.overlays import CanvasOverlay


class LegendOverlay(CanvasOverlay):  # type: ignore[misc]  # napari ships no types
    """Swatches with texts, in columns; the texts contrast with the canvas or the box, as those of the scale bar do.

    Attributes
    ----------
    rows : tuple of LegendRow
        What it says.
    columns : int
        In how many columns the rows stand, filled from top to bottom.
    font_size : float
        In points.
    """

    rows: Any = ()
    columns: int = 1
    font_size: float = 10.0
    position: CanvasPosition | Any = CanvasPosition.TOP_RIGHT
