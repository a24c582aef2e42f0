"""Which 16-bit colours an image has, and how many pixels of each.

An image of few such colours has them all listed. Of one that has more, as a photograph has through
its noise alone, the lowest bits are dropped, as few as will do, and each cell keeps the mean of its
pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import Colors, DeepKeys, Levels, Valid
from .counts import ColorCounts
from .deep_table import BITS, ColorTable
from .intensities import to_16bit
from .keys import deep_keys_to_levels, levels_to_keys

#: Pixels that one task counts.
_BLOCK = 1 << 20


@dataclass(frozen=True, eq=False)
class DeepCounts:
    """The distinct 16-bit colours of an image with their pixel counts; adds up over chunks in any order.

    Attributes
    ----------
    keys : ndarray of shape (N,), uint64
        The distinct colours in ascending order of their keys, without the bits that were dropped.
    sums : ndarray of shape (N, 4), int64
        Pixels (or fixed-point importance) of each, and the sums of their red, green and blue beyond those
        of the key: of the bits that were dropped.
    bits : int
        Bits of a channel that are left, 16 if every distinct colour is listed. As many as leave at most
        `DEEP_LIMIT` cells: parts of an image have no more than the whole, so that order does not matter.
    """

    keys: DeepKeys
    sums: npt.NDArray[np.int64]
    bits: int = BITS

    @property
    def is_exact(self) -> bool:
        """True if every distinct colour is listed."""
        return self.bits == BITS

    @property
    def total(self) -> int:
        """The number of pixels (or the sum of the importance)."""
        return int(self.sums[:, 0].sum())

    def __len__(self) -> int:
        """Return the number of distinct colours, or of cells."""
        return len(self.keys)

    def colors(self) -> npt.NDArray[np.uint16] | Colors:
        """Return the colours, (N, 3): uint16 sRGB if exact, else the means of cells, float32 in 0..1."""
        if self.is_exact:
            return deep_keys_to_levels(self.keys)
        means = deep_keys_to_levels(self.keys) + self.sums[:, 1:] / self.sums[:, :1]
        return (means / 65535).astype(np.float32)

    def weights(self) -> npt.NDArray[np.int64]:
        """Return the count of each of `colors`, (N,) int64."""
        return np.ascontiguousarray(self.sums[:, 0])

    def __add__(self, other: "DeepCounts | ColorCounts") -> "DeepCounts":
        """Return the counts of two images together; exact, hence the same in any order."""
        deep = _deepen(other) if isinstance(other, ColorCounts) else other
        return _together([part for part in (self, deep) if len(part)] or [self])

    __radd__ = __add__


def count_deep(
    levels: Levels,
    valid: Valid | None = None,
    importance: npt.NDArray[np.unsignedinteger[Any]] | None = None,
    *,
    bits: int = BITS,
) -> DeepCounts:
    """Count the distinct colours of 16-bit pixels.

    Parameters
    ----------
    levels : ndarray of shape (N, 3), uint16
        Encoded sRGB.
    valid : ndarray of shape (N,), bool, optional
        False for pixels that do not count.
    importance : ndarray of shape (N,), unsigned, optional
        What a pixel counts for instead of 1; pixels of importance 0 do not count.
    bits : int
        Those that another part of the same image has left: the whole will not have more.
    """
    shares = np.ones(len(levels), np.int64) if importance is None else importance.astype(np.int64)
    if valid is not None:
        shares = shares * valid
    if _is_gray(levels):
        return _count_gray(levels[:, 0], shares)
    left = [bits]

    def task(start: int, stop: int) -> DeepCounts:
        table = ColorTable(min(left))
        table.add_pixels(levels[start:stop], shares[start:stop])
        left.append(table.bits)
        return DeepCounts(*table.result())

    parts = map_blocks(task, len(levels), _BLOCK)
    return _together(parts) if parts else DeepCounts(*ColorTable(bits).result())


def _count_gray(grays: Levels, shares: npt.NDArray[np.int64]) -> DeepCounts:
    counts = np.zeros(1 << BITS, np.int64)
    _add_grays(np.ascontiguousarray(grays), shares, counts)
    found = np.flatnonzero(counts)
    pixels = counts[found, None]
    keys = found.astype(np.uint64) * np.uint64(1 << 32 | 1 << 16 | 1)
    return DeepCounts(keys, np.pad(pixels, ((0, 0), (0, 3))))


def _together(parts: Sequence[DeepCounts]) -> DeepCounts:
    if len(parts) == 1:
        return parts[0]
    table = ColorTable(min(part.bits for part in parts))
    for part in parts:
        table.add_rows(part.keys, part.sums)
    return DeepCounts(*table.result())


def _deepen(counts: ColorCounts) -> DeepCounts:
    """Return counts of 8-bit colours as those of 16-bit ones; bins, known to 6 bits, as cells of so many."""
    weights = np.asarray(counts.weights(), np.int64)[:, None]
    colors: Any = counts.colors()
    means = to_16bit(colors) if counts.is_exact else np.rint(colors * 65535).astype(np.uint16)
    table = ColorTable(BITS if counts.is_exact else 6)
    table.add_rows(levels_to_keys(means), np.pad(weights, ((0, 0), (0, 3))))
    return DeepCounts(*table.result())


@kernel
def _is_gray(levels):  # type: ignore[no-untyped-def]
    i = 0
    while i < len(levels) and levels[i, 0] == levels[i, 1] and levels[i, 0] == levels[i, 2]:
        i += 1
    return i == len(levels)


@kernel
def _add_grays(grays, shares, counts):  # type: ignore[no-untyped-def]
    for i in range(len(grays)):
        counts[grays[i]] += shares[i]
