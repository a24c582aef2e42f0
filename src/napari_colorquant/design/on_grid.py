"""A palette of colours that a device can show: on its grid, distinct, and moved to where they fit best.

Rounding each channel by itself takes the nearest level of the grid, which need not be the best: near is what the
metric says, and what counts are the colours that an entry stands for. So entries begin where rounding puts them; those
that are equal make room for the colours that fit worst; and then each entry goes to that one of the 27 colours of the
grid around it that is nearest to the mean of its colours, for as long as the error falls. It never rises.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from .._typing import Colors, Counts, Weights
from ..pixels.device_grid import DeviceGrid
from ..pixels.keys import unique_colors
from .rounding import fill_up

#: (K, 3) colours, or (K, 4) with their alpha, in 8 bits.
Rows = npt.NDArray[np.uint8]
#: Steps after which entries hardly move; most designs need two or three.
_STEPS = 12


@dataclass(frozen=True, eq=False)
class GridDesign:
    """What entries on a grid are chosen by.

    Attributes
    ----------
    grid : DeviceGrid
        The colours of the device; alpha has all its levels.
    colors : ndarray of shape (N, 3) or (N, 4), uint8
        The colours of the image.
    counts, weights : ndarray of shape (N,)
        Their pixels, and what they count for in the design.
    points : ndarray of shape (N, A), float32
        Where they lie.
    coordinates : callable
        Where rows such as `colors` lie, (K, A) float32.
    nearest : callable
        The labels of points among such coordinates, and their squared distances.
    """

    grid: DeviceGrid
    colors: Rows
    counts: Counts
    weights: Weights
    points: Colors
    coordinates: Callable[[Rows], Colors]
    nearest: Callable[[Colors, Colors], tuple[Any, npt.NDArray[np.float32]]]

    def settle(self, rows: Rows, wanted: int, fixed: Rows, *, moves: bool = True) -> Rows:
        """Return up to `wanted` distinct rows on the grid, those that are `fixed` among them.

        Parameters
        ----------
        rows : ndarray of shape (K, 3) or (K, 4), uint8
            A design that knows of no grid.
        wanted : int
        fixed : ndarray of shape (F, 3) or (F, 4), uint8
            On the grid; they stay.
        moves : bool
            Whether entries go to the mean of their colours. Otherwise each goes to what is nearest to it on the
            grid, for designs that lie elsewhere on purpose, those of a dither.

        Returns
        -------
        rows : ndarray of shape (<= wanted, 3) or (<= wanted, 4), uint8
            Fewer where the image's colours are rounded to fewer.
        """
        if not moves:
            return self._fill(self._move(rows, self.coordinates(rows)), wanted, fixed)
        palette = self._fill(self._round(rows), wanted, fixed)
        labels, distances = self.nearest(self.points, self.coordinates(palette))
        error = self._sum(distances)
        for _ in range(_STEPS):
            moved = self._fill(self._follow(palette, labels, fixed), wanted, fixed)
            labels, distances = self.nearest(self.points, self.coordinates(moved))
            if (less := self._sum(distances)) >= error:
                break
            palette, error = moved, less
        return palette

    def snap(self, rows: Rows) -> Rows:
        """Return for each of `rows` the nearest colour of the grid; what is on it stays."""
        return self._move(rows, self.coordinates(rows))

    @cached_property
    def _pool(self) -> Rows:
        """The colours of the image as the grid has them, with which a palette is filled up."""
        return self._round(self.colors)

    def _round(self, rows: Rows) -> Rows:
        return np.concatenate([self.grid.round(rows[:, :3]), rows[:, 3:]], axis=1)

    def _fill(self, rows: Rows, wanted: int, fixed: Rows) -> Rows:
        free = rows[~(rows[:, None] == fixed).all(axis=2).any(axis=1)] if len(fixed) else rows
        palette = unique_colors(np.concatenate([fixed, unique_colors(free)[: wanted - len(fixed)]]))

        def distances(known: Rows) -> npt.NDArray[np.float32]:
            return self.nearest(self.points, self.coordinates(known))[1]

        filled: Rows = fill_up(palette, wanted, self._pool, self.counts, distances)
        return filled

    def _follow(self, palette: Rows, labels: Any, fixed: Rows) -> Rows:
        """Return the palette with each entry moved towards the mean of its colours; those without any stay."""
        sums = np.bincount(labels, self.weights, len(palette))
        wide = self.weights.astype(np.float64)
        columns = [np.bincount(labels, wide * column, len(palette)) for column in self.points.T]
        means = np.column_stack(columns) / np.maximum(sums, np.finfo(np.float32).tiny)[:, None]
        stays = sums <= 0
        if len(fixed):
            stays |= (palette[:, None] == fixed).all(axis=2).any(axis=1)
        return np.where(stays[:, None], palette, self._move(palette, means.astype(np.float32)))

    def _move(self, rows: Rows, targets: Colors) -> Rows:
        """Return for each row that one of the grid's colours around it which is nearest to its target, (K, A)."""
        around = self.grid.around(np.ascontiguousarray(rows[:, :3]))
        alphas = np.repeat(rows[:, None, 3:], around.shape[1], axis=1)
        every = np.concatenate([around, alphas], axis=2)
        lie = self.coordinates(every.reshape(-1, every.shape[2])).reshape(*every.shape[:2], -1)
        away = np.square(lie.astype(np.float64) - targets[:, None]).sum(axis=2)
        chosen: Rows = every[np.arange(len(rows)), away.argmin(axis=1)]
        return chosen

    def _sum(self, distances: npt.NDArray[np.float32]) -> float:
        return float(np.dot(distances.astype(np.float64), self.weights.astype(np.float64)))
