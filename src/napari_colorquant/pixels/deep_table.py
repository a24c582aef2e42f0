"""A hash table from 16-bit colours to the sums of their pixels, which is never full: it drops bits instead."""

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._typing import DeepKeys, Levels

#: More distinct colours than this are gathered in cells.
DEEP_LIMIT = 1 << 18
#: Bits of a channel.
BITS = 16
_SLOTS = 1 << 19
#: What spreads keys over the slots of a table: 2**64 by the golden ratio (Knuth, TAOCP 3, 6.4).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class ColorTable:
    """A table that drops a bit of each channel whenever it has more than `DEEP_LIMIT` colours.

    Parameters
    ----------
    bits : int
        Bits of a channel that are kept from the start.
    """

    def __init__(self, bits: int = BITS) -> None:
        self.bits = bits
        # Zeros that are not touched take no memory.
        self._keys, self._sums = np.zeros(_SLOTS, np.uint64), np.zeros((_SLOTS, 4), np.int64)
        self._used = 0

    def add_pixels(self, levels: Levels, shares: npt.NDArray[np.int64]) -> None:
        """Add pixels, (N, 3) uint16, each as often as its share says."""
        done = 0
        while done < len(levels):
            self._used, done = _add_pixels(
                levels, shares, done, self._keys, self._sums, self._used, _mask(self.bits), DEEP_LIMIT
            )
            if self._used > DEEP_LIMIT:
                self._drop_bit()

    def add_rows(self, keys: DeepKeys, sums: npt.NDArray[np.int64]) -> None:
        """Add colours with their sums."""
        done = 0
        while done < len(keys):
            self._used, done = _add_rows(keys, sums, done, self._keys, self._sums, self._used, _mask(self.bits))
            if self._used > DEEP_LIMIT:
                self._drop_bit()

    def result(self) -> tuple[DeepKeys, npt.NDArray[np.int64], int]:
        """Return the keys, ascending, their sums, and the bits that are left."""
        filled = np.flatnonzero(self._keys)
        order = filled[np.argsort(self._keys[filled])]
        return self._keys[order] - np.uint64(1), self._sums[order], self.bits

    def _drop_bit(self) -> None:
        self.bits -= 1
        keys, sums = np.zeros(_SLOTS, np.uint64), np.zeros((_SLOTS, 4), np.int64)
        self._used = _move(self._keys, self._sums, keys, sums, _mask(self.bits))
        self._keys, self._sums = keys, sums


def _mask(bits: int) -> np.uint64:
    kept = (1 << BITS) - (1 << BITS - bits)
    return np.uint64(kept << 32 | kept << 16 | kept)


@kernel
def _find_slot(key, keys):  # type: ignore[no-untyped-def]
    # Keys are stored plus one: 0 is an empty slot.
    last = np.uint64(len(keys) - 1)
    slot = (key * _SPREAD) >> np.uint64(45) & last
    while keys[slot] != 0 and keys[slot] != key + np.uint64(1):
        slot = (slot + np.uint64(1)) & last
    return slot


@kernel
def _add_dropped(bits, share, sums):  # type: ignore[no-untyped-def]
    # What a key loses goes into the sums: small numbers, which do not overflow however many pixels there are.
    sums[1] += share * np.int64(bits >> np.uint64(32))
    sums[2] += share * np.int64(bits >> np.uint64(16) & np.uint64(0xFFFF))
    sums[3] += share * np.int64(bits & np.uint64(0xFFFF))


@kernel
def _add_pixels(levels, shares, start, keys, sums, used, mask, limit):  # type: ignore[no-untyped-def]
    i = start
    while i < len(levels) and used <= limit:
        share = shares[i]
        if share > 0:
            red, green, blue = np.uint64(levels[i, 0]), np.uint64(levels[i, 1]), np.uint64(levels[i, 2])
            key = (red << np.uint64(32) | green << np.uint64(16) | blue) & mask
            slot = _find_slot(key, keys)
            used += keys[slot] == 0
            keys[slot] = key + np.uint64(1)
            sums[slot, 0] += share
            _add_dropped((red << np.uint64(32) | green << np.uint64(16) | blue) ^ key, share, sums[slot])
        i += 1
    return used, i


@kernel
def _move(old, old_sums, keys, sums, mask):  # type: ignore[no-untyped-def]
    used = 0
    for i in range(len(old)):
        if old[i] != 0:
            key = (old[i] - np.uint64(1)) & mask
            slot = _find_slot(key, keys)
            used += keys[slot] == 0
            keys[slot] = key + np.uint64(1)
            for j in range(4):
                sums[slot, j] += old_sums[i, j]
            _add_dropped((old[i] - np.uint64(1)) ^ key, old_sums[i, 0], sums[slot])
    return used


@kernel
def _add_rows(rows, row_sums, start, keys, sums, used, mask):  # type: ignore[no-untyped-def]
    # May pass the limit, but not the size of the table: at most half of it is added at once.
    i = start
    while i < len(rows) and used < len(keys) - len(keys) // 4:
        key = rows[i] & mask
        slot = _find_slot(key, keys)
        used += keys[slot] == 0
        keys[slot] = key + np.uint64(1)
        for j in range(4):
            sums[slot, j] += row_sums[i, j]
        _add_dropped(rows[i] ^ key, row_sums[i, 0], sums[slot])
        i += 1
    return used, i
