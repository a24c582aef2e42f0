"""Which colours pixels have, without how many of each: what a table of labels has to hold.

Nothing is sorted or counted: each pixel sets one bit of 2 MB, and the bits are read off in the order of the keys. That
takes a third of the time in which the colours are counted.
"""

import numpy as np

from .._runtime.buffers import zeroed_buffer
from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import RGB8, Keys
from .bits import place_of
from .keys import key_of, rgb_to_keys, unique_keys

#: So few pixels are sorted as they are: to go through all the bits would take longer.
_FEW = 1 << 13
#: From so many pixels on, two tasks set bits, each in a table of its own.
_TWO, _TABLES = 1 << 16, 2
#: Each holds a bit for every key, 64 in a word.
_WORDS = 1 << 18


def list_colors(rgb: RGB8) -> Keys:
    """Return the keys of the distinct colours of pixels, (N, 3) uint8, contiguous, in ascending order."""
    if len(rgb) <= _FEW:
        return unique_keys(rgb_to_keys(rgb))
    block = -(-len(rgb) // (1 if len(rgb) < _TWO else _TABLES))
    with zeroed_buffer("marks", (_TABLES, _WORDS), np.uint64) as marks:

        def task(start: int, stop: int) -> None:
            _mark(rgb[start:stop], marks[start // block])

        map_blocks(task, len(rgb), block)
        keys = np.empty(min(len(rgb), 64 * _WORDS), np.uint32)
        used = _take_marked(marks, keys)
    return keys[:used].copy()


@kernel
def _mark(rgb, marks):  # type: ignore[no-untyped-def]
    for i in range(len(rgb)):
        key = key_of(rgb[i, 0], rgb[i, 1], rgb[i, 2])
        marks[key >> np.uint32(6)] |= np.uint64(1) << np.uint64(key & np.uint32(63))


@kernel
def _take_marked(marks, keys):  # type: ignore[no-untyped-def]
    # The keys whose bits are set in some table, which holds zeros again.
    one = np.uint64(1)
    used = 0
    for word in range(marks.shape[1]):
        bits = np.uint64(0)
        for table in range(len(marks)):
            bits |= marks[table, word]
        if bits == 0:
            continue
        for table in range(len(marks)):
            marks[table, word] = 0
        while bits:
            lowest = bits & (~bits + one)
            keys[used] = np.uint32(word << 6 | place_of(lowest))
            used += 1
            bits ^= lowest
    return used
