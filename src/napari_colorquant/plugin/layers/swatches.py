"""How a palette is shown as points: one square swatch per colour, in columns."""

from typing import Any

import numpy as np
import numpy.typing as npt
from napari.layers import Points

from ...palette import Palette
from .colormaps import palette_rgba


def style_swatches(palette: Palette, cell: float) -> dict[str, Any]:
    """Return what makes points swatches of a palette that are `cell` apart, as keywords for a Points layer."""
    return {
        "face_color": palette_rgba(palette),
        "symbol": "square",
        "size": 0.9 * cell,
        "border_width": 0.04,  # black stays visible on black
        "border_color": "#808080",
        "opacity": 1.0,
    }


def lay_out_palette(count: int, plane: tuple[int, ...]) -> tuple[npt.NDArray[np.float64], float]:
    """Return where the swatches of `count` colours stand beside an image of shape `plane`.

    Returns
    -------
    positions : ndarray of shape (count, 2), float64
        Row and column of each centre in pixels of the image: down the columns, from left to right.
    cell : float
        The distance of neighbours.
    """
    height, width = plane
    rows = 8 if count <= 8 else 16 if count <= 32 else 32
    cell = max(min(height, 2 * width) / rows, 1e-3)
    column, row = np.divmod(np.arange(count), rows)
    positions = np.column_stack([(row + 0.5) * cell - 0.5, width + (column + 1.0) * cell - 0.5])
    return positions, cell


def move_swatches(points: Points, positions: npt.NDArray[np.float64]) -> None:
    """Give swatches other places, and maybe another number of them, in a layer that may be hidden."""
    points.selected_data = set()
    points.data = positions
    if not points.visible:  # napari 0.9 has the old ones in view still, and would look for colours that are gone
        points.set_view_slice()
