"""Label tables that fill as colours turn up, for images whose colours are not known beforehand.

Every task of a process shares the table of a palette: a page of 512 colours is worked out when its
first colour is met, and never again. Nothing but the palette travels to a worker of a cluster.
"""

from functools import lru_cache
from threading import Lock, get_ident

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._typing import RGB8, Labels
from ..dithers import Target
from ..pixels.keys import CELLS, PLACES
from ..spaces import Metric
from .dither import make_target
from .labels import LabelTable, label_keys


class GrowingTable(LabelTable):
    """The label of every colour that was looked up so far, and of its neighbours.

    Parameters
    ----------
    colors : ndarray of shape (K, 3), uint8
        The palette.
    metric : Metric
        What "nearest" means.
    """

    def __init__(self, colors: RGB8, metric: Metric) -> None:
        # Zeros that nobody touches take no memory: 16 MB only if all cells of the cube occur.
        super().__init__(np.zeros(CELLS, np.uint32), np.zeros((CELLS + 1, PLACES), np.uint8))
        object.__setattr__(self, "_colors", colors)
        object.__setattr__(self, "_metric", metric)
        object.__setattr__(self, "_lock", Lock())

    def look_up(self, rgb: RGB8, labels: Labels | None = None) -> Labels:
        """Return the labels of any colours, (N, 3) uint8 -> (N,) uint8; safe to call from several threads."""
        occurs = np.zeros(CELLS, np.bool_)
        _mark_cells(rgb, occurs)
        with self._lock:  # type: ignore[attr-defined]
            self._fill(np.flatnonzero(occurs & (self.page_of_cell == 0)))
        return super().look_up(rgb, labels)

    def _fill(self, cells: npt.NDArray[np.int64]) -> None:
        if not len(cells):
            return
        keys = (cells.astype(np.uint32)[:, None] << np.uint32(9)) | np.arange(PLACES, dtype=np.uint32)
        labels = label_keys(keys.reshape(-1), self._colors, self._metric)  # type: ignore[attr-defined]
        self.pages[cells + 1] = labels.reshape(-1, PLACES)
        self.page_of_cell[cells] = cells + 1


def table_of(colors: RGB8, metric: Metric) -> GrowingTable:
    """Return this process's table of a palette, the same one whenever it is among the last four asked for."""
    return _table_of(np.ascontiguousarray(colors).tobytes(), metric)


def target_of(colors: RGB8, metric: Metric) -> Target:
    """Return this thread's `Target` of a palette, kept for the next task: dithers keep their plans in it."""
    return _target_of(np.ascontiguousarray(colors).tobytes(), metric, get_ident())


@lru_cache(maxsize=16)
def _target_of(colors: bytes, metric: Metric, thread: int) -> Target:
    return make_target(np.frombuffer(colors, np.uint8).reshape(-1, 3), metric)


@lru_cache(maxsize=4)
def _table_of(colors: bytes, metric: Metric) -> GrowingTable:
    return GrowingTable(np.frombuffer(colors, np.uint8).reshape(-1, 3), metric)


@kernel
def _mark_cells(rgb, occurs):  # type: ignore[no-untyped-def]
    for i in range(len(rgb)):
        cell = (np.int64(rgb[i, 0] >> 3) << 10) | (np.int64(rgb[i, 1] >> 3) << 5) | np.int64(rgb[i, 2] >> 3)
        occurs[cell] = True
