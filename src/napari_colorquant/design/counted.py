"""Counted colours where a metric sees them: what every step of a design looks at."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .._typing import Colors, Levels, Weights
from ..pixels.cells import CellCounts
from ..pixels.deep_counts import DeepCounts
from ..spaces import Metric
from .cells import Seen

#: What float32 may lose of a level, as a share of white.
_ROUNDED = np.float32(5e-7)


@dataclass(frozen=True, eq=False)
class CountedColors:
    """The distinct colours of one or more images.

    Attributes
    ----------
    colors : ndarray of shape (N, 3)
        uint8 or uint16 sRGB if each distinct colour is listed, else means of fine bins, float32 in 0..1.
    counts : ndarray of shape (N,), int64
        The pixels of each.
    coordinates : ndarray of shape (N, A), float32
        Where they lie.
    weights : ndarray of shape (N,), float32
        What each counts for in the design.
    depth : dtype
        uint8 or uint16: the levels in which a palette of these colours is kept.
    are_cells : bool
        True if they are the means of small cells.
    """

    colors: Levels | Colors
    counts: npt.NDArray[np.int64]
    coordinates: Colors
    weights: Weights
    depth: type[np.unsignedinteger[Any]] = np.uint8
    are_cells: bool = False

    @classmethod
    def from_counts(cls, counts: Seen, metric: Metric) -> "CountedColors":
        """Return the colours of `counts` with their coordinates in `metric`."""
        colors, pixels = counts.colors(), counts.weights()
        depth = np.uint16 if isinstance(counts, DeepCounts) else np.uint8
        weights = metric.weigh(colors, pixels)
        return cls(colors, pixels, metric.coordinates(colors), weights, depth, isinstance(counts, CellCounts))

    @property
    def is_exact(self) -> bool:
        """True if each distinct colour is listed."""
        return self.colors.dtype.kind == "u"

    def find_single(self, least: int) -> npt.NDArray[np.int64]:
        """Return the places of those that stand for pixels of one colour, at least so many of them.

        A cell is one if its mean is a level on all axes: that of several colours hardly ever is.
        """
        places = np.flatnonzero(self.counts >= least)
        if self.is_exact:
            return places
        top = np.float32(np.iinfo(self.depth).max)
        for axis in range(self.colors.shape[1]):  # most are ruled out by the first
            levels = self.colors[places, axis] * top
            places = places[np.abs(levels - np.rint(levels)) < _ROUNDED * top]
        return places

    @property
    def levels(self) -> Any:
        """The colours as levels of `depth`, rounded where they are means."""
        return self._round(self.colors)

    def levels_of(self, places: npt.NDArray[np.int64]) -> Any:
        """Return the `levels` of some of the colours."""
        return self._round(self.colors[places])

    def _round(self, colors: Any) -> Any:
        return colors if self.is_exact else np.rint(colors * np.iinfo(self.depth).max).astype(self.depth)

    def __len__(self) -> int:
        """Return the number of colours."""
        return len(self.colors)
