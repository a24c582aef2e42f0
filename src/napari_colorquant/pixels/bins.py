"""Small cells of the colour cube, by number: what many distinct colours are gathered in.

There are those of 6 bits a channel, then each colour of which no channel reaches 32: of the darkest, four levels
lie too far apart in the spaces that see as eyes do.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._typing import RGB8, Colors, Keys
from .keys import color_of

#: The first dark bin, the level that a dark colour does not reach, and how many dark bins there are.
BRIGHT, DARK, DARK_BINS = np.uint32(1 << 18), np.uint32(32), 32**3
BINS = int(BRIGHT) + DARK_BINS
#: Bins by eight: those of a coarse cell of the cube are one octet, or 64 of them if it is dark.
OCTETS = BINS >> 3
#: The number of coarse cells along an axis that are dark.
DARK_CELL = int(DARK) >> 3
#: What each level of red, green and blue adds to the number of a bin, and of a dark one.
_LEVELS = np.arange(256, dtype=np.uint32)
_PLACES = np.stack([(_LEVELS >> 3) << (5 * axis + 3) | (_LEVELS >> 2 & 1) << axis for axis in (2, 1, 0)])
_DARK_PLACES = np.stack([(_LEVELS >> 3) << (2 * axis + 9) | (_LEVELS & 7) << 3 * axis for axis in (2, 1, 0)])


def rgb_to_bins(rgb: RGB8) -> npt.NDArray[np.uint32]:
    """Return the bin of each 8-bit colour, (N, 3) -> (N,)."""
    bins = np.empty(len(rgb), np.uint32)
    _rgb_to_bins(rgb, bins)
    return bins


def keys_to_bins(keys: Keys) -> npt.NDArray[np.uint32]:
    """Return the bins that hold the colours of keys, (N,)."""
    bins = np.empty(len(keys), np.uint32)
    _keys_to_bins(keys, bins)
    return bins


def bin_middles(bins: npt.NDArray[Any]) -> Colors:
    """Return the middle of each bin, (N, 3) float32 in 0..1: of a dark one, its only colour."""
    middles = np.empty((len(bins), 3), np.float32)
    _find_middles(bins, middles)
    return middles


@kernel
def bin_of(red, green, blue):  # type: ignore[no-untyped-def]
    """Return the bin of one colour, for kernels: of 4 x 4 x 4 colours, or of a single one if it is dark.

    Bins go in the order of the keys of their colours, but the dark ones follow the others.
    """
    # Unsigned throughout: an index that may be negative costs a comparison each time.
    if (red | green | blue) < DARK:
        return BRIGHT | _DARK_PLACES[0, red] | _DARK_PLACES[1, green] | _DARK_PLACES[2, blue]
    return _PLACES[0, red] | _PLACES[1, green] | _PLACES[2, blue]


@kernel
def key_of_bin(place):  # type: ignore[no-untyped-def]
    """Return the key of the darkest colour of a bin, for kernels."""
    if place < np.int64(BRIGHT):
        return place >> 3 << 9 | (place >> 2 & 1) << 8 | (place >> 1 & 1) << 5 | (place & 1) << 2
    cell = place >> 9 & 63
    return (cell >> 4 << 10 | (cell >> 2 & 3) << 5 | cell & 3) << 9 | place & 511


@kernel
def octets_of_cell(cell):  # type: ignore[no-untyped-def]
    """Return the first octet of the bins of a coarse cell, and the one after its last, for kernels."""
    red, green, blue = cell >> 10, cell >> 5 & 31, cell & 31
    if (red | green | blue) >= DARK_CELL:
        return cell, cell + 1
    first = (np.int64(BRIGHT) >> 3) + ((red << 4 | green << 2 | blue) << 6)
    return first, first + 64


@kernel
def add_to_bins(keys, counts, bins):  # type: ignore[no-untyped-def]
    """Add counted colours, by their keys, to the count and the sums of red, green and blue of their bins."""
    for i in range(len(keys)):
        red, green, blue = color_of(np.int64(keys[i]))
        place = bin_of(red, green, blue)
        bins[place, 0] += counts[i]
        bins[place, 1] += counts[i] * red
        bins[place, 2] += counts[i] * green
        bins[place, 3] += counts[i] * blue


@kernel
def _rgb_to_bins(rgb, bins):  # type: ignore[no-untyped-def]
    for i in range(len(rgb)):
        bins[i] = bin_of(np.uint32(rgb[i, 0]), np.uint32(rgb[i, 1]), np.uint32(rgb[i, 2]))


@kernel
def _keys_to_bins(keys, bins):  # type: ignore[no-untyped-def]
    for i in range(len(keys)):
        red, green, blue = color_of(keys[i])
        bins[i] = bin_of(np.uint32(red), np.uint32(green), np.uint32(blue))


@kernel
def _find_middles(bins, middles):  # type: ignore[no-untyped-def]
    for i in range(len(bins)):
        place = np.int64(bins[i])
        half = np.float32(1.5) if place < np.int64(BRIGHT) else np.float32(0)
        for axis, level in enumerate(color_of(key_of_bin(place))):
            middles[i, axis] = (np.float32(level) + half) / np.float32(255)
