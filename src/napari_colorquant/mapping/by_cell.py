"""Labels by cell: a pixel gets the palette colour nearest to the middle of its small cell, quickly and inexactly.

The cells are those of 4 x 4 x 4 levels of 8 bits in which photographs are counted; the darkest colours are cells of
their own, see `napari_colorquant.pixels.bins`. This is the inverse colour map of Heckbert [1]_ and Thomas [2]_, filled
where it is wanted, as libjpeg and GIMP have it in cells of other sizes. One table of labels is small enough to stay in
a processor's cache, which that of all colours is not, and only as many colours as there are cells need to be compared,
so that a space costs little.

Colours of the palette are told apart all the same: each has the label that it has exactly. So a picture of no more
colours than the palette comes out as it is, and one that was mapped stays as it is. What the label of a colour is
depends on nothing but the colour and the palette; it is said in `napari_colorquant.mapping.nearest_colors`.

References
----------
.. [1] Heckbert P. Color image quantization for frame buffer display. SIGGRAPH 1982. doi:10.1145/965145.801294
.. [2] Thomas S. W. Efficient inverse color map computation. Graphics Gems II, 1991, pages 116-125.
"""

from __future__ import annotations  # of functions within functions, they would be worked out in every call

from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import RGB8, Labels, Levels, label_type
from ..pixels.bins import BINS, OCTETS, bin_middles, bin_of, keys_to_bins, rgb_to_bins
from ..pixels.cells import CellCounts
from ..pixels.intensities import to_8bit
from ..pixels.keys import deep_keys_to_levels, key_of, keys_to_rgb, levels_to_keys
from ..spaces import Metric
from .nearest_colors import keys_at_depth, label_exactly

#: Pixels in one task.
_BLOCK = 1 << 16
#: From so many pixels on, two tasks look which cells occur, each in a table of its own.
_TWO, _TABLES = 1 << 16, 2


@dataclass(frozen=True, eq=False)
class Apart:
    """Colours of a palette that have another label than the middle of their cell.

    Attributes
    ----------
    keys : ndarray of shape (E,), uint32, or uint64 of 16-bit colours
        Ascending.
    labels : ndarray of shape (E,), uint8 or uint16
    octets : ndarray of shape (36864,), bool
        Which eight cells have one.
    """

    keys: npt.NDArray[np.unsignedinteger[Any]]
    labels: Labels
    octets: npt.NDArray[np.bool_]

    @classmethod
    def of_palette(cls, colors: Levels, metric: Metric, depth: type[np.unsignedinteger[Any]]) -> Apart:
        """Return those of a palette, (K, 3), that images of 8 or 16 bits can have."""
        keys = np.unique(keys_at_depth(colors, depth))
        levels = keys_to_rgb(keys) if depth == np.uint8 else deep_keys_to_levels(keys)
        bins = rgb_to_bins(to_8bit(levels))
        labels = label_exactly(levels, colors, metric)
        differs = labels != label_bins(bins, colors, metric)
        octets = np.zeros(OCTETS, np.bool_)
        octets[bins[differs] >> 3] = True
        return cls(keys[differs], labels[differs], octets)


#: Where no colour is told apart.
NONE_APART = Apart(np.empty(0, np.uint32), np.empty(0, np.uint8), np.zeros(0, np.bool_))


@dataclass(frozen=True, eq=False)
class CellTable:
    """The label of every small cell that occurs.

    Attributes
    ----------
    labels : ndarray of shape (294912,), uint8 or uint16
        By the numbers of `napari_colorquant.pixels.bins`; any where a cell does not occur.
    apart : Apart
        Colours of 8 bits that have another label than their cell.
    """

    labels: Labels
    apart: Apart

    @classmethod
    def of_cells(cls, cells: CellCounts, colors: Levels, metric: Metric) -> CellTable:
        """Return the table of the cells in which an image has pixels."""
        return cls._of_bins(keys_to_bins(cells.keys), colors, metric)

    @classmethod
    def of_colors(cls, rgb: RGB8, colors: Levels, metric: Metric) -> CellTable:
        """Return the table of the cells of some colours, (N, 3)."""
        return cls._of_bins(np.flatnonzero(find_bins(rgb)), colors, metric)

    @classmethod
    def _of_bins(cls, bins: npt.NDArray[Any], colors: Levels, metric: Metric) -> CellTable:
        labels = np.zeros(BINS, label_type(len(colors)))
        labels[bins] = label_bins(bins, colors, metric)
        return cls(labels, Apart.of_palette(colors, metric, np.uint8))

    def ranked(self, rank: Labels) -> CellTable:
        """Return the table in which each label is replaced by its entry in `rank`."""
        return CellTable(rank[self.labels], replace(self.apart, labels=rank[self.apart.labels]))

    def look_up(self, rgb: RGB8, labels: Labels | None = None) -> Labels:
        """Return the labels of colours that occur, (N, 3) uint8 -> (N,), in `labels` if it is given."""
        return self._gather(rgb, self.apart, np.empty(len(rgb), self.labels.dtype) if labels is None else labels)

    def _gather(self, rgb: RGB8, apart: Apart, labels: Labels) -> Labels:
        def task(start: int, stop: int) -> None:
            _gather(rgb[start:stop], self.labels, apart.octets, apart.keys, apart.labels, labels[start:stop])

        map_blocks(task, len(rgb), _BLOCK)
        return labels


class GrowingCellTable(CellTable):
    """The label of every cell that was looked up so far.

    Parameters
    ----------
    colors : ndarray of shape (K, 3), uint8 or uint16
        The palette.
    metric : Metric
        What "nearest" means.
    """

    def __init__(self, colors: Levels, metric: Metric) -> None:
        super().__init__(np.zeros(BINS, label_type(len(colors))), Apart.of_palette(colors, metric, np.uint8))
        object.__setattr__(self, "_colors", colors)
        object.__setattr__(self, "_metric", metric)
        object.__setattr__(self, "_filled", np.zeros(BINS, np.bool_))
        object.__setattr__(self, "_lock", Lock())

    @cached_property
    def apart_deep(self) -> Apart:
        """Colours of 16 bits that have another label than their cell."""
        return Apart.of_palette(self._colors, self._metric, np.uint16)  # type: ignore[attr-defined]

    def look_up(self, rgb: RGB8, labels: Labels | None = None) -> Labels:
        """Return the labels of any colours, (N, 3) uint8 -> (N,); safe to call from several threads."""
        self._fill(rgb)
        return super().look_up(rgb, labels)

    def look_up_deep(self, levels: Levels) -> Labels:
        """Return the labels of any colours of 16 bits, (N, 3) uint16 -> (N,)."""
        rgb, apart = to_8bit(levels), self.apart_deep
        self._fill(rgb)
        labels = self._gather(rgb, NONE_APART, np.empty(len(rgb), self.labels.dtype))
        if len(apart.keys):
            some = np.flatnonzero(apart.octets[rgb_to_bins(rgb) >> 3])
            keys = levels_to_keys(levels[some])
            place = np.minimum(np.searchsorted(apart.keys, keys), len(apart.keys) - 1)
            found = apart.keys[place] == keys
            labels[some[found]] = apart.labels[place[found]]
        return labels

    def _fill(self, rgb: RGB8) -> None:
        occurs = find_bins(rgb)
        with self._lock:  # type: ignore[attr-defined]
            filled = self._filled  # type: ignore[attr-defined]
            missing = np.flatnonzero(occurs & ~filled)
            self.labels[missing] = label_bins(missing, self._colors, self._metric)  # type: ignore[attr-defined]
            filled[missing] = True


def label_bins(bins: npt.NDArray[Any], colors: Levels, metric: Metric) -> Labels:
    """Return the label of the middle of each cell, by its number in `napari_colorquant.pixels.bins`, (N,)."""
    return label_exactly(bin_middles(bins), colors, metric)


def find_bins(rgb: RGB8) -> npt.NDArray[np.bool_]:
    """Return which cells occur among colours, (N, 3) uint8 -> (294912,) bool."""
    block = -(-len(rgb) // (1 if len(rgb) < _TWO else _TABLES))
    occurs = np.zeros((_TABLES, BINS), np.bool_)

    def task(start: int, stop: int) -> None:
        _mark(rgb[start:stop], occurs[start // block])

    map_blocks(task, len(rgb), max(1, block))
    either: npt.NDArray[np.bool_] = np.logical_or(*occurs)
    return either


@kernel
def _gather(rgb, table, octets, keys, own, labels):  # type: ignore[no-untyped-def]
    has_apart = len(keys) > 0
    for i in range(len(rgb)):
        place = bin_of(np.uint32(rgb[i, 0]), np.uint32(rgb[i, 1]), np.uint32(rgb[i, 2]))
        labels[i] = table[place]
        if has_apart and octets[place >> np.uint32(3)]:
            key = key_of(rgb[i, 0], rgb[i, 1], rgb[i, 2])
            found = np.searchsorted(keys, key)
            if found < len(keys) and keys[found] == key:
                labels[i] = own[found]


@kernel
def _mark(rgb, occurs):  # type: ignore[no-untyped-def]
    for i in range(len(rgb)):
        occurs[bin_of(np.uint32(rgb[i, 0]), np.uint32(rgb[i, 1]), np.uint32(rgb[i, 2]))] = True
