"""How a palette is shown as points: one square swatch per colour, in columns."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import numpy.typing as npt
from napari.layers import Layer

from ...palette import Palette
from .colormaps import palette_rgba

#: The strip of swatches is so many times as high as it is wide,
ROWS = 8
#: and so far from the image in its own widths.
_GAP = 0.25
#: More swatches stand side by side: the gaps and frames of so small ones would be a dark grid over their colours.
_MOST_FRAMED = 256


def style_swatches(palette: Palette, cell: float) -> dict[str, Any]:
    """Return what makes points swatches of a palette that are `cell` apart, as keywords for a Points layer."""
    return {
        "face_color": palette_rgba(palette),
        "symbol": "square",
        **frame_swatches(len(palette), cell),
        "border_color": "#808080",
        "opacity": 1.0,
    }


def frame_swatches(count: int, cell: float) -> dict[str, float]:
    """Return how large swatches that are `cell` apart are, and their frames, as attributes of a Points layer."""
    if count > _MOST_FRAMED:
        return {"size": cell, "border_width": 0.0, "antialiasing": 0.0}
    return {"size": 0.9 * cell, "border_width": 0.04, "antialiasing": 1.0}  # black stays visible on black


@contextmanager
def sliced(layer: Layer) -> Iterator[None]:
    """Let a hidden layer get another number of points.

    napari 0.9 does not look at the data of a layer that is hidden, and fails with the first colour of the new points.
    """
    was_hidden = not layer.visible
    if was_hidden:
        layer.visible = True
    try:
        yield
    finally:
        if was_hidden:
            layer.visible = False


def lay_out_palette(count: int, plane: tuple[int, ...]) -> tuple[npt.NDArray[np.float64], float]:
    """Return where the swatches of `count` colours stand beside an image of shape `plane`.

    The strip that they stand in is as wide for any number of colours: more of them are smaller, so that a view
    which shows the strip shows every palette of the image.

    Returns
    -------
    positions : ndarray of shape (count, 2), float64
        Row and column of each centre in pixels of the image: along the rows, from the top.
    cell : float
        The distance of neighbours.
    """
    height, width = plane
    strip = max(min(height, 2 * width) / ROWS, 1e-3)
    columns = max(1, math.ceil(math.sqrt(count / ROWS)))
    cell = strip / columns
    row, column = np.divmod(np.arange(count), columns)
    left = width - 0.5 + _GAP * strip
    return np.column_stack([(row + 0.5) * cell - 0.5, left + (column + 0.5) * cell]), cell
