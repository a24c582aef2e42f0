"""What a dither is given: one plane of the image, and the palette to choose from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._typing import RGB8, Labels, Valid


@dataclass(frozen=True, eq=False)
class Plane:
    """One plane of an image, or a block of one.

    Attributes
    ----------
    rgb : ndarray of shape (H, W, 3), uint8
        Encoded sRGB.
    labels : ndarray of shape (H, W), uint8
        The exact nearest palette colour of each pixel in the working space.
    valid : ndarray of shape (H, W), bool, or None
        False where there is no data: no error may enter or leave such pixels.
    origin : tuple of int
        Row and column of this block in the whole plane, so that threshold maps join.
    """

    rgb: RGB8
    labels: Labels
    valid: Valid | None = None
    origin: tuple[int, int] = (0, 0)


@dataclass(frozen=True, eq=False)
class Target:
    """The palette as a dither sees it.

    Attributes
    ----------
    colors : ndarray of shape (K, 3), uint8
        The palette, encoded sRGB.
    table : ndarray of shape (64, 64, 64), uint8
        For each cell of 4 x 4 x 4 levels of encoded sRGB, the palette colour that is nearest, in the
        working space, to the middle of the cell.
    """

    colors: RGB8
    table: npt.NDArray[np.uint8]
