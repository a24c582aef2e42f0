"""Hash tables of keys: where one stands or would stand, and the distinct keys of many."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._typing import Keys

#: The first size of a table, as a power of two: one that fits into the cache does mostly.
_FIRST_BITS = 12
#: What spreads keys over the slots: 2**64 over the golden ratio (Knuth, TAOCP 3, 6.4).
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def number_keys(keys: npt.NDArray[Any]) -> tuple[Keys, npt.NDArray[np.uint32]]:
    """Return the distinct keys below 2**32 in ascending order, and the place of each key among them.

    As `numpy.unique` does, which sorts all of them; here only those are sorted that are distinct.
    """
    keys = np.ascontiguousarray(keys, np.uint32)
    distinct, index = np.empty(len(keys), np.uint32), np.empty(len(keys), np.uint32)
    most = max(len(keys), 1).bit_length() + 1
    for bits in (*range(min(_FIRST_BITS, most), most, 3), most):
        slots, numbers = np.zeros(1 << bits, np.uint64), np.empty(1 << bits, np.uint32)
        used = _number_keys(keys, slots, numbers, distinct, index, 64 - bits)
        if used >= 0:
            break
    order = np.argsort(distinct[:used])
    rank = np.empty(used, np.uint32)
    rank[order] = np.arange(used)
    return distinct[:used][order], rank[index]


@kernel
def find_slot(key, slots, shift):  # type: ignore[no-untyped-def]
    """Return the slot of a uint64 key, for kernels, or the empty one where it belongs; linear probing.

    Keys stand in `slots`, (2**n,) uint64, plus one: 0 is an empty slot, of which there must be one. `shift` is
    64 - n as uint64: the upper bits of a key's multiple, which are spread evenly, name its first slot.
    """
    last = np.uint64(len(slots) - 1)
    slot = (key * _SPREAD) >> shift
    while slots[slot] != 0 and slots[slot] != key + np.uint64(1):
        slot = (slot + np.uint64(1)) & last
    return slot


@kernel
def _number_keys(keys, slots, numbers, distinct, index, shift):  # type: ignore[no-untyped-def]
    # Return how many keys are distinct, or -1 where they would fill more than half of the table.
    used, most = 0, len(slots) >> 1
    slot = np.uint64(0)
    for i in range(len(keys)):
        if i == 0 or keys[i] != keys[i - 1]:  # neighbours are often equal
            slot = find_slot(np.uint64(keys[i]), slots, np.uint64(shift))
            if slots[slot] == 0:
                if used == most:
                    return -1
                slots[slot], numbers[slot], distinct[used] = np.uint64(keys[i]) + np.uint64(1), used, keys[i]
                used += 1
        index[i] = numbers[slot]
    return used
