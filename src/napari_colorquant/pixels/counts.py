"""Which colours an image has, and how many pixels of each: everything that a design looks at.

Colours go by their keys (`napari_colorquant.pixels.keys`), whose upper bits name a coarse cell: one
pass of counting sort over the cells finds the distinct colours in a few nanoseconds a pixel.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.buffers import work_buffer
from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import RGB8, Colors, Counts, Keys, Valid
from .bins import BINS, add_to_bins
from .bits import place_of
from .keys import CELLS, PLACES, key_of, keys_to_rgb, rgb_to_keys

#: More distinct colours than this (noise, 16-bit-like gradients) are kept as fine bins with true means.
EXACT_LIMIT = 1 << 21
#: Pixels whose keys are sorted at once; bounds the scratch memory to 2 bytes for each.
_BATCH = 1 << 24
#: A batch is cut into 2, 4 or 8 equal blocks for the threads, each with a histogram of the cells, hence large.
_MIN_BLOCK = 3 << 15
#: So few pixels are sorted as they are: to go through all the cells would take longer.
_FEW = 1 << 13


@dataclass(frozen=True, eq=False)
class ColorCounts:
    """The distinct colours of an image with their pixel counts; adds up over chunks in any order.

    Attributes
    ----------
    keys : ndarray of shape (N,), uint32
        The distinct colours in ascending order of their keys; empty if there were too many.
    counts : ndarray of shape (N,), int64
        Pixels (or fixed-point importance) of each.
    bins : ndarray of shape (BINS, 4), int64, or None
        Where there are more than `EXACT_LIMIT` distinct colours: pixel count and the sums of red,
        green and blue in each bin, see `napari_colorquant.pixels.bins.bin_of`.
    """

    keys: Keys
    counts: Counts
    bins: npt.NDArray[np.int64] | None = None

    @property
    def is_exact(self) -> bool:
        """True if every distinct colour is listed, False if they were binned."""
        return self.bins is None

    @property
    def total(self) -> int:
        """The number of pixels (or the sum of the importance)."""
        return int(self.counts.sum()) if self.bins is None else int(self.bins[:, 0].sum())

    def __len__(self) -> int:
        """Return the number of distinct colours, or of filled bins."""
        return len(self.keys) if self.bins is None else int(np.count_nonzero(self.bins[:, 0]))

    def colors(self) -> RGB8 | Colors:
        """Return the colours, (N, 3): uint8 sRGB if exact, else bin means, float32 in 0..1."""
        if self.bins is None:
            return keys_to_rgb(self.keys)
        filled = self.bins[self.bins[:, 0] > 0]
        return (filled[:, 1:] / (255.0 * filled[:, :1])).astype(np.float32)

    def weights(self) -> npt.NDArray[np.int64]:
        """Return the count of each of `colors`, (N,) int64."""
        return self.counts if self.bins is None else self.bins[self.bins[:, 0] > 0, 0]

    def __add__(self, other: "ColorCounts") -> "ColorCounts":
        """Return the counts of two images together; exact, hence the same in any order."""
        if not isinstance(other, ColorCounts):
            return NotImplemented
        if not len(self) or not len(other):
            return self if len(self) else other
        if self.bins is None and other.bins is None:
            keys, counts = _merge_sorted(self.keys, self.counts, other.keys, other.counts)
            if len(keys) <= EXACT_LIMIT:
                return ColorCounts(keys, counts)
            return ColorCounts(keys[:0], counts[:0], _fill_bins(keys, counts))
        return ColorCounts(np.empty(0, np.uint32), np.empty(0, np.int64), self._as_bins() + other._as_bins())

    def _as_bins(self) -> npt.NDArray[np.int64]:
        return _fill_bins(self.keys, self.counts) if self.bins is None else self.bins


def count_colors(
    rgb: RGB8,
    valid: Valid | None = None,
    importance: npt.NDArray[np.uint32] | None = None,
    *,
    limit: int = EXACT_LIMIT,
) -> ColorCounts:
    """Count the distinct colours of pixels.

    Parameters
    ----------
    rgb : ndarray of shape (N, 3), uint8, contiguous
        Encoded sRGB.
    valid : ndarray of shape (N,), bool, optional
        False for pixels that do not count.
    importance : ndarray of shape (N,), uint32, optional
        What a pixel counts for instead of 1; pixels of importance 0 do not count.
    limit : int
        Distinct colours beyond which a batch is binned.

    Returns
    -------
    counts : ColorCounts
    """
    if importance is not None:
        valid = importance > 0 if valid is None else valid & (importance > 0)
    result = ColorCounts(np.empty(0, np.uint32), np.empty(0, np.int64))
    for start in range(0, len(rgb), _BATCH):
        batch = slice(start, start + _BATCH)
        shown = None if valid is None else valid[batch]
        shares = None if importance is None else importance[batch]
        counted = _count_batch(rgb[batch], shown, shares, limit)
        result = counted if not len(result) else result + counted
    return result


def _count_batch(rgb: RGB8, valid: Valid | None, importance: npt.NDArray[np.uint32] | None, limit: int) -> ColorCounts:
    # Three passes: how many pixels fall into each cell, sort their places by cell, count within the cells.
    count = len(rgb)
    if importance is None and count <= min(_FEW, limit):
        return ColorCounts(*np.unique(rgb_to_keys(rgb if valid is None else rgb[valid]), return_counts=True))
    shown = np.empty(0, np.bool_) if valid is None else valid
    blocks = next((size for size in (8, 4, 2) if count >= size * _MIN_BLOCK), 1)
    block = max(1, -(-count // blocks))
    given = np.empty(0, np.uint32) if importance is None else importance
    with work_buffer("offsets", (blocks, CELLS), np.uint32) as offsets:

        def histogram(start: int, stop: int) -> None:
            cells = offsets[start // block]
            cells[:] = 0
            _count_cells(rgb[start:stop], shown[start:stop], cells)

        map_blocks(histogram, count, block)
        starts = _starts_in_place(offsets[: -(-count // block)])
        shares = np.empty(0 if importance is None else starts[-1], np.uint32)
        with work_buffer("places", int(starts[-1]), np.uint16) as places:

            def scatter(start: int, stop: int) -> None:
                free = offsets[start // block]
                _sort_places(rgb[start:stop], shown[start:stop], given[start:stop], free, places, shares)

            map_blocks(scatter, count, block)
            return _count_places(starts, places, shares, limit)


def _starts_in_place(offsets: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """Turn counts per (block, cell) into where that block's pixels of that cell go; return the cells' bounds."""
    starts = np.empty(CELLS + 1, np.int64)
    _start_cells(offsets, starts)
    return starts


def _count_places(
    starts: npt.NDArray[np.int64], places: npt.NDArray[np.uint16], shares: npt.NDArray[np.uint32], limit: int
) -> ColorCounts:
    # Blocks hold about equal numbers of pixels, however unevenly the colours are spread. Each lists its
    # distinct colours where its own pixels would have room, then all close up. Few pixels are one block.
    blocks = 8 if starts[-1] >= _MIN_BLOCK else 1
    bounds = np.searchsorted(starts, np.linspace(0, starts[-1], blocks + 1)[1:-1], side="left")
    edges = np.unique(np.concatenate([[0], bounds, [CELLS]]))
    rooms = np.cumsum([0, *np.minimum(np.diff(starts[edges]), np.diff(edges) * PLACES)])
    room = int(rooms[-1])
    with work_buffer("keys", room, np.uint32) as keys, work_buffer("counts", room, np.int64) as counts:

        def distinct(start: int, stop: int) -> int:
            own = slice(rooms[start], rooms[stop])
            found = keys[own], counts[own]
            scratch = np.zeros(512, np.int64), np.zeros(8, np.uint64)  # in a kernel, zeros take long to compile
            used: int = _distinct_in_cells(edges[start], edges[stop], starts, places, shares, *found, *scratch)
            return used

        sizes = map_blocks(distinct, len(edges) - 1, 1)
        if sum(sizes) > limit:
            bins = np.zeros((BINS, 4), np.int64)
            for start, size in zip(rooms, sizes, strict=False):
                add_to_bins(keys[start : start + size], counts[start : start + size], bins)
            return ColorCounts(np.empty(0, np.uint32), np.empty(0, np.int64), bins)
        return ColorCounts(*(_close_up(column, rooms, sizes) for column in (keys, counts)))


def _close_up(column: npt.NDArray[Any], rooms: npt.NDArray[np.int64], sizes: list[int]) -> npt.NDArray[Any]:
    """Return what stands at the beginning of each room, one after the other."""
    return np.concatenate([column[start : start + size] for start, size in zip(rooms, sizes, strict=False)])


def _merge_sorted(keys: Keys, counts: Counts, others: Keys, other_counts: Counts) -> tuple[Keys, Counts]:
    merged = np.empty(len(keys) + len(others), np.uint32)
    merged_counts = np.empty(len(merged), np.int64)
    used = _merge(keys, counts, others, other_counts, merged, merged_counts)
    return merged[:used].copy(), merged_counts[:used].copy()


def _fill_bins(keys: Keys, counts: Counts) -> npt.NDArray[np.int64]:
    bins = np.zeros((BINS, 4), np.int64)
    add_to_bins(keys, counts, bins)
    return bins


@kernel
def _count_cells(rgb, valid, cells):  # type: ignore[no-untyped-def]
    masked = len(valid) > 0
    for i in range(len(rgb)):
        if not masked or valid[i]:
            cells[key_of(rgb[i, 0], rgb[i, 1], rgb[i, 2]) >> 9] += 1


@kernel
def _start_cells(offsets, starts):  # type: ignore[no-untyped-def]
    total = 0
    for cell in range(offsets.shape[1]):
        starts[cell] = total
        for block in range(len(offsets)):
            count = offsets[block, cell]
            offsets[block, cell] = total
            total += count
    starts[offsets.shape[1]] = total


@kernel
def _sort_places(rgb, valid, importance, next_free, places, shares):  # type: ignore[no-untyped-def]
    masked, weighted = len(valid) > 0, len(importance) > 0
    for i in range(len(rgb)):
        if not masked or valid[i]:
            key = key_of(rgb[i, 0], rgb[i, 1], rgb[i, 2])
            position = next_free[key >> 9]
            next_free[key >> 9] = position + 1
            places[position] = key & 511
            if weighted:
                shares[position] = importance[i]


@kernel
def _distinct_in_cells(first, last, starts, places, shares, keys, counts, totals, filled):  # type: ignore[no-untyped-def]
    # Most cells hold few of their 512 places: which ones, is kept as bits, and read off bit by bit.
    weighted = len(shares) > 0
    one = np.uint64(1)
    used = 0
    for cell in range(first, last):
        for i in range(starts[cell], starts[cell + 1]):
            place = places[i]
            totals[place] += np.int64(shares[i]) if weighted else np.int64(1)
            filled[place >> 6] |= one << np.uint64(place & 63)
        if starts[cell] == starts[cell + 1]:
            continue
        for word in range(8):
            bits = filled[word]
            filled[word] = 0
            while bits:
                lowest = bits & (~bits + one)
                place = word << 6 | place_of(lowest)
                keys[used] = (np.uint32(cell) << 9) | np.uint32(place)
                counts[used] = totals[place]
                totals[place] = 0
                used += 1
                bits ^= lowest
    return used


@kernel
def _merge(keys, counts, others, other_counts, merged, merged_counts):  # type: ignore[no-untyped-def]
    i, j, used = 0, 0, 0
    while i < len(keys) or j < len(others):
        if j == len(others) or (i < len(keys) and keys[i] < others[j]):
            merged[used], merged_counts[used] = keys[i], counts[i]
            i += 1
        elif i == len(keys) or others[j] < keys[i]:
            merged[used], merged_counts[used] = others[j], other_counts[j]
            j += 1
        else:
            merged[used], merged_counts[used] = keys[i], counts[i] + other_counts[j]
            i += 1
            j += 1
        used += 1
    return used
