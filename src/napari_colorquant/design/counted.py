"""Counted colours where a metric sees them: what every step of a design looks at."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._typing import RGB8, Colors, Weights
from ..pixels.counts import ColorCounts
from ..spaces import Metric


@dataclass(frozen=True, eq=False)
class CountedColors:
    """The distinct colours of one or more images.

    Attributes
    ----------
    colors : ndarray of shape (N, 3)
        uint8 sRGB if each distinct colour is listed, else means of fine bins, float32 in 0..1.
    counts : ndarray of shape (N,), int64
        The pixels of each.
    coordinates : ndarray of shape (N, A), float32
        Where they lie.
    weights : ndarray of shape (N,), float32
        What each counts for in the design.
    """

    colors: RGB8 | Colors
    counts: npt.NDArray[np.int64]
    coordinates: Colors
    weights: Weights

    @classmethod
    def from_counts(cls, counts: ColorCounts, metric: Metric) -> "CountedColors":
        """Return the colours of `counts` with their coordinates in `metric`."""
        colors, pixels = counts.colors(), counts.weights()
        return cls(colors, pixels, metric.coordinates(colors), metric.weigh(colors, pixels))

    @property
    def is_exact(self) -> bool:
        """True if each distinct colour is listed."""
        return self.colors.dtype == np.uint8

    @property
    def rgb8(self) -> RGB8:
        """The colours, rounded to 8 bits where they are means."""
        rounded = self.colors if self.is_exact else np.rint(self.colors * 255).astype(np.uint8)
        eight_bit: RGB8 = np.ascontiguousarray(rounded, np.uint8)
        return eight_bit

    def __len__(self) -> int:
        """Return the number of colours."""
        return len(self.colors)
