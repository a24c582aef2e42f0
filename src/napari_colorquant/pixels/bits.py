"""Which bit of a word is the lowest that is set, for kernels that read sets off bit by bit."""

import numpy as np

from .._runtime.jit import inner_kernel

#: Times a power of two, its upper six bits are different for each of the 64 powers (Leiserson, Prokop, Randall 1998).
_DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)
_PLACES = np.empty(64, np.uint8)
_PLACES[[(1 << bit) * int(_DE_BRUIJN) % (1 << 64) >> 58 for bit in range(64)]] = np.arange(64)


@inner_kernel
def place_of(power):  # type: ignore[no-untyped-def]
    """Return the place, 0 to 63, of the one bit that is set in a uint64."""
    return np.int64(_PLACES[(power * _DE_BRUIJN) >> np.uint64(58)])
