"""Tables of labels: each distinct colour is looked up once, pixels then read their label.

A table has a page of 512 entries for each coarse cell of the colour cube that occurs; a photograph
touches a few thousand. In a page, entries go blue by blue: 64 of them are compared at once. One that
grows serves images whose colours are not known beforehand: every task of a process shares it, and
nothing but the palette travels to a worker of a cluster.
"""

from __future__ import annotations  # of functions within functions, they would be worked out in every call

from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import RGB8, Keys, Labels, Levels
from ..pixels.keys import CELLS, PLACES
from ..pixels.listing import list_colors
from ..spaces import Metric
from .by_cell import CellTable, GrowingCellTable
from .cells import fill_cells, uniform_pages
from .nearest_colors import label_colors, label_keys

#: Pixels in one task.
_BLOCK = 1 << 16
_LEVELS = np.arange(256, dtype=np.uint32)
#: What each level of red, green and blue adds to 512 times the number of its cell and to the place in its page.
_PLACES = np.stack(
    [(_LEVELS >> 3) << 9 + 5 * axis | (_LEVELS & 7) << place for axis, place in ((2, 3), (1, 0), (0, 6))]
)


@dataclass(frozen=True, eq=False)
class LabelTable:
    """The label of every colour that occurs, as pages of 512 entries.

    Attributes
    ----------
    page_of_cell : ndarray of shape (32768,), uint16
        The page of each coarse cell; any where the cell does not occur.
    pages : ndarray of shape (P, 512), uint8 or uint16
    """

    page_of_cell: Labels
    pages: Labels

    @classmethod
    def build(cls, keys: Keys, labels: Labels) -> LabelTable:
        """Return the table in which each key (ascending) has its label."""
        page_of_cell = np.zeros(CELLS, np.uint16)
        pages = np.zeros((_number_pages(keys, page_of_cell) + 1, PLACES), labels.dtype)
        _fill_pages(keys, labels, page_of_cell, pages.reshape(-1))
        return cls(page_of_cell, pages)

    @classmethod
    def of_cells(cls, occurs: npt.NDArray[np.bool_], colors: Levels, metric: Metric) -> LabelTable:
        """Return the table of all colours of the cells that occur, (32768,) bool, where a metric `is_separable`."""
        cells = np.flatnonzero(occurs)
        pages = uniform_pages(len(colors), len(cells))
        page_of_cell = np.zeros(CELLS, np.uint16)
        page_of_cell[cells] = np.arange(len(pages) - len(cells), len(pages))
        fill_cells(occurs, colors, metric, page_of_cell, pages)
        return cls(page_of_cell, pages)

    def ranked(self, rank: Labels) -> LabelTable:
        """Return the table in which each label is replaced by its entry in `rank`."""
        return LabelTable(self.page_of_cell, np.take(rank, self.pages, mode="clip"))  # unused pages hold anything

    def look_up(self, rgb: RGB8, labels: Labels | None = None) -> Labels:
        """Return the labels of colours that occur, (N, 3) uint8 -> (N,), in `labels` if it is given."""
        labels = np.empty(len(rgb), self.pages.dtype) if labels is None else labels
        pages = self.pages.reshape(-1)

        def task(start: int, stop: int) -> None:
            _gather(rgb[start:stop], self.page_of_cell, pages, labels[start:stop])

        map_blocks(task, len(rgb), _BLOCK)
        return labels


class GrowingTable(LabelTable):
    """The label of every colour that was looked up so far, and of its neighbours.

    Parameters
    ----------
    colors : ndarray of shape (K, 3), uint8 or uint16
        The palette.
    metric : Metric
        What "nearest" means.
    """

    def __init__(self, colors: Levels, metric: Metric) -> None:
        # What is not touched takes no memory: 16 MB, or 32, only if all cells of the cube occur.
        pages = uniform_pages(len(colors), CELLS)
        super().__init__(np.arange(len(pages) - CELLS, len(pages), dtype=np.uint16), pages)
        object.__setattr__(self, "_colors", colors)
        object.__setattr__(self, "_metric", metric)
        object.__setattr__(self, "_filled", np.zeros(CELLS, np.bool_))
        object.__setattr__(self, "_lock", Lock())

    def look_up(self, rgb: RGB8, labels: Labels | None = None) -> Labels:
        """Return the labels of any colours, (N, 3) uint8 -> (N,); safe to call from several threads."""
        occurs = find_cells(rgb)
        with self._lock:  # type: ignore[attr-defined]
            self._fill(occurs & ~self._filled)  # type: ignore[attr-defined]
        return super().look_up(rgb, labels)

    def _fill(self, missing: npt.NDArray[np.bool_]) -> None:
        cells = np.flatnonzero(missing)
        colors, metric, filled = self._colors, self._metric, self._filled  # type: ignore[attr-defined]
        if not len(cells):
            return
        if metric.is_separable:
            fill_cells(missing, colors, metric, self.page_of_cell, self.pages)
        else:
            keys = (cells.astype(np.uint32)[:, None] << np.uint32(9)) | np.arange(PLACES, dtype=np.uint32)
            labels = label_keys(keys.reshape(-1), colors, metric)
            _fill_pages(keys.reshape(-1), labels, self.page_of_cell, self.pages.reshape(-1))
        filled[cells] = True


#: What tells the labels of colours, one by one or by cell.
Table: TypeAlias = LabelTable | CellTable


def table_of(colors: Levels, metric: Metric) -> GrowingTable | GrowingCellTable:
    """Return this process's table of a palette, the same one whenever it is among the last four asked for."""
    return _growing_table(np.ascontiguousarray(colors).tobytes(), colors.dtype.char, metric)


def table_of_block(rgb: RGB8, colors: Levels, metric: Metric) -> Table:
    """Return the table of the colours that occur in a block, (N, 3) uint8."""
    if metric.by_cell:
        return CellTable.of_colors(rgb, colors, metric)
    if metric.is_separable:
        return LabelTable.of_cells(find_cells(rgb), colors, metric)
    keys = list_colors(rgb)
    return LabelTable.build(keys, label_keys(keys, colors, metric))


def find_cells(rgb: RGB8) -> npt.NDArray[np.bool_]:
    """Return which coarse cells occur among pixels, (N, 3) uint8 -> (32768,) bool."""

    def task(start: int, stop: int) -> npt.NDArray[np.bool_]:
        occurs = np.zeros(CELLS, np.bool_)
        _mark_cells(rgb[start:stop], occurs)
        return occurs

    occurs = np.zeros(CELLS, np.bool_)
    for part in map_blocks(task, len(rgb), _BLOCK):
        occurs |= part
    return occurs


def gray_table(colors: Levels, metric: Metric) -> Labels:
    """Return the label of every 16-bit gray, (65536,); kept as `table_of` is."""
    return _gray_table(np.ascontiguousarray(colors).tobytes(), colors.dtype.char, metric)


@lru_cache(maxsize=4)
def _growing_table(colors: bytes, depth: str, metric: Metric) -> GrowingTable | GrowingCellTable:
    make = GrowingCellTable if metric.by_cell else GrowingTable
    return make(_read_colors(colors, depth), metric)


@lru_cache(maxsize=4)
def _gray_table(colors: bytes, depth: str, metric: Metric) -> Labels:
    levels = np.repeat(np.arange(1 << 16, dtype=np.uint16)[:, None], 3, axis=1)
    return label_colors(levels, _read_colors(colors, depth), metric)


def _read_colors(colors: bytes, depth: str) -> Levels:
    levels: Levels = np.frombuffer(colors, depth).reshape(-1, 3)
    return levels


@kernel
def _number_pages(keys, page_of_cell):  # type: ignore[no-untyped-def]
    used = 0
    for i in range(len(keys)):
        cell = keys[i] >> 9
        used += page_of_cell[cell] == 0
        page_of_cell[cell] = used  # keys ascend: those of a cell stand together
    return used


@kernel
def _fill_pages(keys, labels, page_of_cell, pages):  # type: ignore[no-untyped-def]
    for i in range(len(keys)):
        key = keys[i]
        pages[np.uint32(page_of_cell[key >> 9]) << 9 | (key & 7) << 6 | key >> 3 & 63] = labels[i]


@kernel
def _gather(rgb, page_of_cell, pages, labels):  # type: ignore[no-untyped-def]
    # Unsigned throughout: an index that may be negative costs a comparison each time.
    for i in range(len(rgb)):
        place = _PLACES[0, rgb[i, 0]] | _PLACES[1, rgb[i, 1]] | _PLACES[2, rgb[i, 2]]
        page = np.uint32(page_of_cell[place >> np.uint32(9)])
        labels[i] = pages[page << np.uint32(9) | place & np.uint32(511)]


@kernel
def _mark_cells(rgb, occurs):  # type: ignore[no-untyped-def]
    for i in range(len(rgb)):
        red, green, blue = np.uint32(rgb[i, 0]), np.uint32(rgb[i, 1]), np.uint32(rgb[i, 2])
        occurs[(red >> 3) << 10 | (green >> 3) << 5 | blue >> 3] = True
