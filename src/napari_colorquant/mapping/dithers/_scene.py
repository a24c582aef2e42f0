"""What a dither is given: one plane of the image, and the palette to choose from."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..._typing import RGB8, Labels, Valid


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
    held : ndarray of shape (H, W), int32, or None
        In a stack, the label that a pixel had in the frame before, where it was of the same colour there,
        and -1 elsewhere. A dither that carries errors keeps such labels: what stands still does not boil.
    """

    rgb: RGB8
    labels: Labels
    valid: Valid | None = None
    origin: tuple[int, int] = (0, 0)
    held: npt.NDArray[np.int32] | None = None


@dataclass(eq=False)
class Plans:
    """Which palette colours mix to the colour of each cell, for the cells met so far.

    Attributes
    ----------
    known : ndarray of shape (64**3,), bool
        The cells of `Target.table` that have a plan already.
    labels : ndarray of shape (64**3, levels), uint8 or uint16
        The palette colours of each plan, the darkest first. Pages that are not written to take no memory.
    """

    known: npt.NDArray[np.bool_]
    labels: Labels

    @classmethod
    def empty(cls, levels: int, dtype: npt.DTypeLike) -> "Plans":
        """Return no plans yet, each to have `levels` palette colours, as labels of a dtype."""
        return cls(np.zeros(1 << 18, np.bool_), np.zeros((1 << 18, levels), dtype))


@dataclass(frozen=True, eq=False)
class Target:
    """The palette as a dither sees it.

    Attributes
    ----------
    colors : ndarray of shape (K, 3), uint8
        The palette, encoded sRGB.
    table : ndarray of shape (64, 64, 64), uint8 or uint16
        For each cell of 4 x 4 x 4 levels of encoded sRGB, the palette colour that is nearest, in the
        working space, to the middle of the cell.
    plans : dict
        What ordered dithers have worked out for this palette, by levels and strength: it follows
        from the above, and is kept from block to block and from frame to frame.
    """

    colors: RGB8
    table: Labels
    plans: dict[tuple[int, float], Plans] = field(default_factory=dict)
