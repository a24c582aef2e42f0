"""What the dithers share: 8-bit levels as linear light, and linear light as a cell of the target's table."""

import numpy as np
import numpy.typing as npt

from ..._typing import RGB8, Colors
from ...clustering.gap import find_widest_gap
from ...pixels.transfer import DECODED, ENCODED

#: Steps of linear light in 0..1 of which the encoded cell is tabled: the darkest cell still has five.
LIGHT_STEPS = 4096


def _tabulate_cells() -> npt.NDArray[np.uint8]:
    # The light halfway, in encoded sRGB, between the levels 4 c - 1 and 4 c is where cell c begins.
    halfway = (ENCODED[3:-1:4] + ENCODED[4::4]) / 2
    bounds = np.where(halfway <= 0.04045, halfway / 12.92, ((halfway + 0.055) / 1.055) ** 2.4)
    return np.searchsorted(bounds, np.arange(LIGHT_STEPS) / (LIGHT_STEPS - 1)).astype(np.uint8)


#: The cell, 0..63, of each step of linear light: sRGB encoding and 6-bit binning in one look-up.
CELL_OF_LIGHT = _tabulate_cells()
#: Linear light of the 256 levels of a channel.
LIGHT: Colors = DECODED


def bound_errors(colors: RGB8) -> np.float32:
    """Return how large an error may get, in linear light: as the palette's widest gap, 1 if it has one colour only.

    An error that is larger cannot be made up for; to carry it would only smear it over the picture.

    Parameters
    ----------
    colors : ndarray of shape (K, 3), uint8
    """
    return np.float32(find_widest_gap(LIGHT[colors]) or 1)
