"""A hash table from 16-bit colours to the sums of their pixels, which is never full: it drops bits instead."""

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._typing import DeepKeys, Levels
from .hashing import find_slot

#: More distinct colours than this are gathered in cells.
DEEP_LIMIT = 1 << 18
#: Bits of a channel.
BITS = 16
#: The slots of a table, as a power of two.
_SLOT_BITS = 19
_SHIFT = np.uint64(64 - _SLOT_BITS)


class ColorTable:
    """A table that drops a bit of each channel whenever it has more than `DEEP_LIMIT` colours.

    Parameters
    ----------
    bits : int
        Bits of a channel that are kept from the start.
    """

    def __init__(self, bits: int = BITS) -> None:
        self.bits, self._used = bits, 0
        self._clear()

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
        self._add_slots(keys + np.uint64(1), sums)

    def result(self) -> tuple[DeepKeys, npt.NDArray[np.int64], int]:
        """Return the keys, ascending, their sums, and the bits that are left."""
        filled = np.flatnonzero(self._keys)
        order = filled[np.argsort(self._keys[filled])]
        return self._keys[order] - np.uint64(1), self._sums[order], self.bits

    def _add_slots(self, slots: DeepKeys, sums: npt.NDArray[np.int64]) -> None:
        done = 0
        while done < len(slots):
            self._used, done = _add_slots(slots, sums, done, self._keys, self._sums, self._used, _mask(self.bits))
            if self._used > DEEP_LIMIT:
                self._drop_bit()

    def _clear(self) -> None:
        # Zeros that are not touched take no memory.
        self._keys, self._sums = np.zeros(1 << _SLOT_BITS, np.uint64), np.zeros((1 << _SLOT_BITS, 4), np.int64)
        self._used = 0

    def _drop_bit(self) -> None:
        slots, sums = self._keys, self._sums
        self.bits -= 1
        self._clear()
        self._add_slots(slots, sums)


def _mask(bits: int) -> np.uint64:
    kept = (1 << BITS) - (1 << BITS - bits)
    return np.uint64(kept << 32 | kept << 16 | kept)


@kernel
def _insert(whole, share, mask, keys, sums):  # type: ignore[no-untyped-def]
    # Keys are stored plus one, as `find_slot` wants them. What a key loses goes into the sums: small numbers, which do
    # not overflow however many pixels there are.
    key = whole & mask
    lost, slot = whole ^ key, find_slot(key, keys, _SHIFT)
    is_new = keys[slot] == 0
    keys[slot] = key + np.uint64(1)
    sums[slot, 0] += share
    sums[slot, 1] += share * np.int64(lost >> np.uint64(32))
    sums[slot, 2] += share * np.int64(lost >> np.uint64(16) & np.uint64(0xFFFF))
    sums[slot, 3] += share * np.int64(lost & np.uint64(0xFFFF))
    return slot, is_new


@kernel
def _add_pixels(levels, shares, start, keys, sums, used, mask, limit):  # type: ignore[no-untyped-def]
    i = start
    while i < len(levels) and used <= limit:
        if shares[i] > 0:
            red, green, blue = np.uint64(levels[i, 0]), np.uint64(levels[i, 1]), np.uint64(levels[i, 2])
            whole = red << np.uint64(32) | green << np.uint64(16) | blue
            used += _insert(whole, shares[i], mask, keys, sums)[1]
        i += 1
    return used, i


@kernel
def _add_slots(slots, slot_sums, start, keys, sums, used, mask):  # type: ignore[no-untyped-def]
    # Keys plus one, as a table keeps them. May pass the limit, but leaves a quarter of the table free.
    i = start
    while i < len(slots) and used < len(keys) - len(keys) // 4:
        if slots[i] != 0:
            slot, is_new = _insert(slots[i] - np.uint64(1), slot_sums[i, 0], mask, keys, sums)
            used += is_new
            for j in range(1, 4):
                sums[slot, j] += slot_sums[i, j]
        i += 1
    return used, i
