"""How many pixels an image has in each small cell of the colour cube, and their mean: enough to design from.

A photograph of 100,000 distinct colours fills some 20,000 of these cells, of 4 x 4 x 4 colours, and
they are found in a quarter of the time, as nothing is sorted: each pixel adds to one number. The
darkest colours are cells of their own, see `napari_colorquant.pixels.bins.bin_of`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from .._runtime.buffers import zeroed_buffer
from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import RGB8, Colors, Keys, Valid
from .bins import BINS, BRIGHT, DARK, OCTETS, bin_of, key_of_bin, octets_of_cell
from .counts import ColorCounts
from .keys import CELLS, color_of

#: From so many pixels on, as many tasks add, each to a table of its own.
_TWO, _TABLES = 1 << 16, 2
#: Pixels after which the four sums of a cell, 16 bits each, are put aside: those of some tables may be added.
_MOST = 1 << 12
#: What was put aside: where, and what stood there.
_Aside: TypeAlias = tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint64]]


@dataclass(frozen=True, eq=False)
class CellCounts:
    """The small cells of the colour cube in which an image has pixels; adds up over parts in any order.

    Attributes
    ----------
    keys : ndarray of shape (N,), uint32
        The cells in ascending order, each by the key of its darkest colour.
    sums : ndarray of shape (N, 4), int64
        The pixels (or fixed-point importance) of each, and the sums of their red, green and blue.
    """

    keys: Keys
    sums: npt.NDArray[np.int64]

    @property
    def is_exact(self) -> bool:
        """False: colours are not listed one by one."""
        return False

    @property
    def total(self) -> int:
        """The number of pixels (or the sum of the importance)."""
        return int(self.sums[:, 0].sum())

    def __len__(self) -> int:
        """Return the number of cells."""
        return len(self.keys)

    def colors(self) -> Colors:
        """Return the mean colour of each cell, (N, 3) float32 in 0..1."""
        means = np.empty((len(self.keys), 3), np.float32)
        _divide(self.sums, means)
        return means

    def weights(self) -> npt.NDArray[np.int64]:
        """Return the count of each of `colors`, (N,) int64."""
        return np.ascontiguousarray(self.sums[:, 0])

    def occurs(self) -> npt.NDArray[np.bool_]:
        """Return which coarse cells have pixels, (32768,) bool."""
        occurs = np.zeros(CELLS, np.bool_)
        occurs[self.keys >> 9] = True
        return occurs

    def __add__(self, other: "CellCounts") -> "CellCounts":
        """Return the cells of two images together; exact, hence the same in any order."""
        keys = np.empty(len(self) + len(other), np.uint32)
        sums = np.empty((len(keys), 4), np.int64)
        used = _merge(self.keys, self.sums, other.keys, other.sums, keys, sums)
        return CellCounts(keys[:used].copy(), sums[:used].copy())


def count_cells(rgb: RGB8, valid: Valid | None = None) -> CellCounts:
    """Count the pixels in each cell.

    Parameters
    ----------
    rgb : ndarray of shape (N, 3), uint8, contiguous
        Encoded sRGB.
    valid : ndarray of shape (N,), bool, optional
        False for pixels that do not count.
    """
    return count_cells_of_parts([(rgb, valid)])


def count_cells_of_parts(parts: Iterable[tuple[RGB8, Valid | None]]) -> CellCounts:
    """Count the pixels of several parts of an image, each as `count_cells` takes it, together."""
    aside: list[_Aside] = []
    touched = np.zeros((_TABLES, OCTETS), np.bool_)
    with zeroed_buffer("cells", (_TABLES, BINS), np.uint64) as packed:
        for rgb, valid in parts:
            aside += _add_part(rgb, valid, packed, touched)
        cells = _list_tables(packed, np.logical_or(*touched))
    for places, sums in aside:
        _add_aside(places, sums, cells.keys, cells.sums)
    return cells


def _add_part(
    rgb: RGB8, valid: Valid | None, packed: npt.NDArray[np.uint64], touched: npt.NDArray[np.bool_]
) -> list[_Aside]:
    shown = np.empty(0, np.bool_) if valid is None else valid
    block = max(1, -(-len(rgb) // (1 if len(rgb) < _TWO else _TABLES)))

    def task(start: int, stop: int) -> _Aside:
        table, most = start // block, block // _MOST + 1
        places, sums = np.empty(most, np.uint32), np.empty(most, np.uint64)
        used = _add_pixels(rgb[start:stop], shown[start:stop], packed[table], touched[table], places, sums)
        return places[:used], sums[:used]

    return map_blocks(task, len(rgb), block)


def _list_tables(packed: npt.NDArray[np.uint64], touched: npt.NDArray[np.bool_]) -> CellCounts:
    most = 8 * int(np.count_nonzero(touched))
    keys, sums = np.empty(most, np.uint32), np.empty((most, 4), np.int64)
    used = _list_cells(packed, touched, keys, sums)
    return CellCounts(keys[:used], sums[:used])


def cells_of(counts: ColorCounts) -> CellCounts:
    """Return the cells of counted colours: those that `count_cells` finds in the image itself."""
    if counts.bins is not None:
        places = np.flatnonzero(counts.bins[:, 0])
        keys = np.empty(len(places), np.uint32)
        _places_to_keys(places, keys)
        order = np.argsort(keys)
        return CellCounts(keys[order], counts.bins[places[order]])
    most = min(len(counts.keys), BINS)
    keys, sums = np.empty(most, np.uint32), np.empty((most, 4), np.int64)
    used = _gather_colors(counts.keys, counts.counts, keys, sums)
    return CellCounts(keys[:used].copy(), sums[:used].copy())


@kernel
def _add_pixels(rgb, valid, packed, touched, full, full_sums):  # type: ignore[no-untyped-def]
    # One number of 64 bits holds the count of a cell and the sums of red, green and blue in it, so a
    # pixel is one addition. Return how many had to be put aside before they ran over.
    masked = len(valid) > 0
    one, limit = np.uint64(1) << np.uint64(48), np.uint64(_MOST) << np.uint64(48)
    used = 0
    for i in range(len(rgb)):
        if masked and not valid[i]:
            continue
        red, green, blue = np.uint32(rgb[i, 0]), np.uint32(rgb[i, 1]), np.uint32(rgb[i, 2])
        place = bin_of(red, green, blue)
        pixel = one
        if place < BRIGHT:
            pixel |= np.uint64(red & 3) << np.uint64(32) | np.uint64((green & 3) << 16 | blue & 3)
        touched[place >> np.uint32(3)] = True  # rather than to ask whether it is the first: half of the time was that
        before = packed[place]
        packed[place] = before + pixel
        if before >= limit:
            full[used], full_sums[used] = place, before
            packed[place] = pixel
            used += 1
    return used


@kernel
def _unpack(packed, key):  # type: ignore[no-untyped-def]
    # What one number holds: the pixels of the cell of a key, and the sums of their red, green and blue.
    count = np.int64(packed >> np.uint64(48))
    red, green, blue = color_of(key)
    reds = count * red + np.int64(packed >> np.uint64(32) & np.uint64(65535))
    greens = count * green + np.int64(packed >> np.uint64(16) & np.uint64(65535))
    return count, reds, greens, count * blue + np.int64(packed & np.uint64(65535))


@kernel
def _list_cells(packed, touched, keys, sums):  # type: ignore[no-untyped-def]
    # In the order of their keys, what the tables hold of each cell is summed up, and they hold zeros again.
    used = 0
    for cell in range(CELLS):
        first, stop = octets_of_cell(cell)
        for octet in range(first, stop):
            if not touched[octet]:
                continue
            for place in range(octet << 3, (octet + 1) << 3):
                total = np.uint64(0)
                for table in range(len(packed)):
                    total += packed[table, place]
                    packed[table, place] = 0
                if total > 0:
                    key = key_of_bin(place)
                    keys[used] = key
                    sums[used, 0], sums[used, 1], sums[used, 2], sums[used, 3] = _unpack(total, key)
                    used += 1
    return used


@kernel
def _add_aside(places, packed, keys, sums):  # type: ignore[no-untyped-def]
    for i in range(len(places)):
        key = key_of_bin(np.int64(places[i]))
        row = np.searchsorted(keys, np.uint32(key))
        count, reds, greens, blues = _unpack(packed[i], key)
        sums[row, 0] += count
        sums[row, 1] += reds
        sums[row, 2] += greens
        sums[row, 3] += blues


@kernel
def _places_to_keys(places, keys):  # type: ignore[no-untyped-def]
    for i in range(len(places)):
        keys[i] = key_of_bin(places[i])


@kernel
def _gather_colors(colors, counts, keys, sums):  # type: ignore[no-untyped-def]
    # The colours of a coarse cell stand together: its eight small ones are summed side by side.
    eight = np.zeros((8, 4), np.int64)
    used = 0
    for i in range(len(colors)):
        key = np.int64(colors[i])
        cell, count = key >> 9, counts[i]
        red, green, blue = color_of(key)
        if (red | green | blue) < np.int64(DARK):
            keys[used] = key
            sums[used, 0], sums[used, 1], sums[used, 2], sums[used, 3] = count, count * red, count * green, count * blue
            used += 1
            continue
        half = (red >> 2 & 1) << 2 | (green >> 2 & 1) << 1 | blue >> 2 & 1
        eight[half, 0] += count
        eight[half, 1] += count * red
        eight[half, 2] += count * green
        eight[half, 3] += count * blue
        if i == len(colors) - 1 or np.int64(colors[i + 1]) >> 9 != cell:
            for half in range(8):
                if eight[half, 0] > 0:
                    keys[used] = cell << 9 | (half >> 2) << 8 | (half >> 1 & 1) << 5 | (half & 1) << 2
                    for moment in range(4):
                        sums[used, moment] = eight[half, moment]
                        eight[half, moment] = 0
                    used += 1
    return used


@kernel
def _merge(keys, sums, others, other_sums, merged, merged_sums):  # type: ignore[no-untyped-def]
    i, j, used = 0, 0, 0
    while i < len(keys) or j < len(others):
        own = j == len(others) or (i < len(keys) and keys[i] <= others[j])
        theirs = i == len(keys) or (j < len(others) and others[j] <= keys[i])
        merged[used] = keys[i] if own else others[j]
        for moment in range(4):
            merged_sums[used, moment] = (sums[i, moment] if own else 0) + (other_sums[j, moment] if theirs else 0)
        i += own
        j += theirs
        used += 1
    return used


@kernel
def _divide(sums, means):  # type: ignore[no-untyped-def]
    for i in range(len(sums)):
        for axis in range(3):
            means[i, axis] = sums[i, 1 + axis] / (255.0 * sums[i, 0])
