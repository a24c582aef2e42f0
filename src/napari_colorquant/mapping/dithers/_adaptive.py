"""Where a dither does good: calm areas, away from edges and noise."""

import numpy as np
import numpy.typing as npt

from ..._runtime.jit import kernel
from ..._runtime.threads import map_blocks
from ..._typing import RGB8, Valid

#: Rows in one task of the thread pool.
_ROWS = 128


def find_calm(rgb: RGB8, valid: Valid | None = None) -> npt.NDArray[np.uint8]:
    """Return how calm the surroundings of each pixel are: 255 in flat areas and even gradients, less in detail.

    Parameters
    ----------
    rgb : ndarray of shape (H, W, 3), uint8
    valid : ndarray of shape (H, W), bool, optional
        Pixels where it is False have no say, as if the plane ended there.

    Returns
    -------
    calm : ndarray of shape (H, W), uint8
        From the second differences, across and down, of the channel where they are largest.
    """
    calm = np.empty(rgb.shape[:2], np.uint8)
    channels = rgb.reshape(len(rgb), -1)
    map_blocks(lambda start, stop: _find_calm(channels, start, calm[start:stop]), len(rgb), _ROWS)
    if valid is not None:
        _find_calm_beside_gaps(rgb, valid, calm)
    return calm


@kernel
def _find_calm(channels, start, calm):  # type: ignore[no-untyped-def]
    height, width = channels.shape
    bends = np.zeros(width, np.int32)
    for row in range(len(calm)):
        middle = channels[start + row]
        above, below = channels[max(start + row - 1, 0)], channels[min(start + row + 1, height - 1)]
        for i in range(3):  # the first and last column have themselves as a neighbour
            last = width - 3 + i
            bends[i] = abs(np.int32(above[i]) + below[i] - 2 * np.int32(middle[i]))
            bends[last] = abs(np.int32(above[last]) + below[last] - 2 * np.int32(middle[last]))
            if width > 3:
                bends[i] = max(bends[i], abs(np.int32(middle[i + 3]) - middle[i]))
                bends[last] = max(bends[last], abs(np.int32(middle[last - 3]) - middle[last]))
        for i in range(3, width - 3):
            twice = np.int32(middle[i]) + np.int32(middle[i])
            down = abs(np.int32(above[i]) + np.int32(below[i]) - twice)
            across = abs(np.int32(middle[i - 3]) + np.int32(middle[i + 3]) - twice)
            bends[i] = max(down, across)
        for column in range(calm.shape[1]):
            bend = max(bends[3 * column], bends[3 * column + 1], bends[3 * column + 2])
            calm[row, column] = max(0, 255 - bend)


@kernel
def _find_calm_beside_gaps(rgb, valid, calm):  # type: ignore[no-untyped-def]
    height, width = calm.shape
    for row in range(height):
        above, below = max(row - 1, 0), min(row + 1, height - 1)
        for column in range(width):
            left, right = max(column - 1, 0), min(column + 1, width - 1)
            if valid[above, column] and valid[below, column] and valid[row, left] and valid[row, right]:
                continue
            bend = np.int32(0)
            for channel in range(3):
                middle = np.int32(rgb[row, column, channel])
                up = np.int32(rgb[above, column, channel]) - middle if valid[above, column] else np.int32(0)
                down = np.int32(rgb[below, column, channel]) - middle if valid[below, column] else np.int32(0)
                back = np.int32(rgb[row, left, channel]) - middle if valid[row, left] else np.int32(0)
                forth = np.int32(rgb[row, right, channel]) - middle if valid[row, right] else np.int32(0)
                bend = max(bend, abs(up + down), abs(back + forth))
            calm[row, column] = max(0, 255 - bend)
