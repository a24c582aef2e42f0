"""Where a dither does good: calm areas, away from edges and noise."""

import numpy as np
import numpy.typing as npt

from .._jit import kernel
from .._typing import RGB8


def find_calm(rgb: RGB8) -> npt.NDArray[np.uint8]:
    """Return how calm the surroundings of each pixel are: 255 in flat areas and even gradients, less in detail.

    Parameters
    ----------
    rgb : ndarray of shape (H, W, 3), uint8

    Returns
    -------
    calm : ndarray of shape (H, W), uint8
        From the second differences, across and down, of the channel where they are largest.
    """
    calm = np.empty(rgb.shape[:2], np.uint8)
    _find_calm(rgb, calm)
    return calm


@kernel
def _find_calm(rgb, calm):  # type: ignore[no-untyped-def]
    height, width = calm.shape
    for row in range(height):
        above, below = max(row - 1, 0), min(row + 1, height - 1)
        for column in range(width):
            left, right = max(column - 1, 0), min(column + 1, width - 1)
            bend = 0
            for channel in range(3):
                twice = 2 * np.int64(rgb[row, column, channel])
                across = abs(np.int64(rgb[row, left, channel]) + rgb[row, right, channel] - twice)
                down = abs(np.int64(rgb[above, column, channel]) + rgb[below, column, channel] - twice)
                bend = max(bend, across, down)
            calm[row, column] = max(0, 255 - bend)
