"""A hash table of colours with alpha: counts those of an image that has few of them, and looks them up again.

Shadows, glows and icons have some hundred colours. One pass over a table that fits into the cache finds them, where
the ways that large photographs need would go through an image several times.
"""

from __future__ import annotations  # of functions within functions, they would be worked out in every call

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._runtime.jit import inner_kernel, kernel
from .._runtime.progress import checkpoint
from .._runtime.threads import map_blocks
from .._typing import Counts, Keys, Labels, Valid
from .hashing import find_slot
from .keys import color_of
from .memory import BLOCK_CONVERTED, BLOCK_IN_PLACE, Pixels

RGBA8 = npt.NDArray[np.uint8]
#: The sizes of tables, as powers of two: one that is soon made, as for icons, one that fits into the first cache, and
#: one that fits into the second.
_BITS = (10, 13, 17)
#: The most colours that are few: a table is half full at most.
MOST = 1 << _BITS[-1] - 1
#: Pixels that a task looks up.
_BLOCK = 1 << 18


def plain_rgba(pixels: Pixels) -> RGBA8 | None:
    """Return the pixels of an image, (N, 4) contiguous, where their colour and alpha alone count, else None.

    So they are of 8 bits, have data wherever alpha is above 0, and count alike. Large images that lie in memory
    otherwise are not copied: of them, too, None.
    """
    image = pixels.image
    if not pixels.has_alpha or image.dtype != np.uint8 or pixels.least_alpha > 1:
        return None
    if pixels.limits is not None or pixels.mask is not None or pixels.importance is not None:
        return None
    if not image.flags.c_contiguous and pixels.size > BLOCK_CONVERTED:
        return None
    return np.ascontiguousarray(image).reshape(-1, 4)


def count_rgba(rgba: RGBA8) -> tuple[Keys, Counts] | None:
    """Return the distinct colours that are seen, and the pixels of each; None if there are more than `MOST`.

    Parameters
    ----------
    rgba : ndarray of shape (N, 4), uint8, contiguous

    Returns
    -------
    keys : ndarray of shape (K,), uint32
        As `napari_colorquant.pixels.keys.rgba_to_keys` makes them, in ascending order; none of alpha 0.
    counts : ndarray of shape (K,), int64
    """
    return next((found for bits in _BITS if (found := _count_in(rgba, bits)) is not None), None)


def _count_in(rgba: RGBA8, bits: int) -> tuple[Keys, Counts] | None:
    slots, places = np.zeros(1 << bits, np.uint64), np.empty(1 << bits, np.uint16)
    keys, counts = np.empty(1 << bits - 1, np.uint32), np.zeros(1 << bits - 1, np.int64)
    used = 0
    for start in range(0, len(rgba), BLOCK_IN_PLACE):
        block = rgba[start : start + BLOCK_IN_PLACE]
        used = _count_rgba(block, slots, places, keys, counts, used, 64 - bits)
        if used < 0:
            return None
        checkpoint((start + len(block)) / len(rgba))
    order = np.argsort(keys[:used])
    return keys[order], counts[order]


@dataclass(frozen=True, eq=False)
class RgbaTable:
    """The labels of few colours with alpha, up to `MOST`.

    Attributes
    ----------
    bits : int
        The binary logarithm of the number S of slots.
    slots : ndarray of shape (S,), uint64
        See `find_slot`.
    places : ndarray of shape (S,), uint16
        Which of the colours is in each slot.
    labels, is_seen : ndarray of shape (K,), uint8 or uint16, and bool
        Of each colour.
    """

    bits: int
    slots: npt.NDArray[np.uint64]
    places: npt.NDArray[np.uint16]
    labels: Labels
    is_seen: Valid

    @classmethod
    def build(cls, opaque: Keys, others: Keys, labels: Labels, is_seen: Valid) -> RgbaTable:
        """Return the table of distinct colours, K <= `MOST`, and what belongs to each.

        The opaque ones come first, as `napari_colorquant.pixels.keys.rgb_to_keys` makes them.
        """
        bits = next(bits for bits in _BITS if len(labels) <= 1 << bits - 1)
        slots, places = np.zeros(1 << bits, np.uint64), np.empty(1 << bits, np.uint16)
        _fill_slots(opaque, others, slots, places, 64 - bits)
        return cls(bits, slots, places, labels, is_seen)

    def look_up(self, rgba: RGBA8, packed: Labels) -> None:
        """Write the label of each pixel (N, 4) and whether it is seen into `packed`, (N, 2); alpha 0 gets zeros.

        All other colours must be in the table.
        """

        def task(start: int, stop: int) -> None:
            found = self.slots, self.places, self.labels, self.is_seen
            _look_up(rgba[start:stop], *found, 64 - self.bits, packed[start:stop])

        map_blocks(task, len(rgba), _BLOCK)


@inner_kernel
def _key_at(rgba, i):  # type: ignore[no-untyped-def]
    return np.uint32(
        np.uint32(rgba[i, 0]) << 24 | np.uint32(rgba[i, 1]) << 16 | np.uint32(rgba[i, 2]) << 8 | np.uint32(rgba[i, 3])
    )


@kernel
def _count_rgba(rgba, slots, places, keys, counts, used, shift):  # type: ignore[no-untyped-def]
    # Return how many keys are distinct, with the `used` ones of blocks before, or -1 where there are more than fit. Key
    # 0 is not seen, so the first differs.
    place, before = np.int64(0), np.uint32(0)
    for i in range(len(rgba)):
        key = _key_at(rgba, i)
        if key & np.uint32(255) == 0:
            continue
        if key != before:  # neighbours are often equal
            before = key
            slot = find_slot(np.uint64(key), slots, np.uint64(shift))
            if slots[slot] == 0:
                if used == len(keys):
                    return -1
                slots[slot], places[slot], keys[used] = np.uint64(key) + np.uint64(1), used, key
                used += 1
            place = np.int64(places[slot])
        counts[place] += 1
    return used


@kernel
def _fill_slots(opaque, others, slots, places, shift):  # type: ignore[no-untyped-def]
    for i in range(len(opaque) + len(others)):
        if i < len(opaque):
            red, green, blue = color_of(opaque[i])
            key = np.uint32(red << 24 | green << 16 | blue << 8 | 255)
        else:
            key = others[i - len(opaque)]
        slot = find_slot(np.uint64(key), slots, np.uint64(shift))
        slots[slot], places[slot] = np.uint64(key) + np.uint64(1), i


@kernel
def _look_up(rgba, slots, places, labels, is_seen, shift, packed):  # type: ignore[no-untyped-def]
    place, before = np.int64(0), np.uint32(0)
    for i in range(len(rgba)):
        key = _key_at(rgba, i)
        if key & np.uint32(255) == 0:
            packed[i, 0], packed[i, 1] = 0, 0
            continue
        if key != before:
            before = key
            place = np.int64(places[find_slot(np.uint64(key), slots, np.uint64(shift))])
        packed[i, 0], packed[i, 1] = labels[place], is_seen[place]
