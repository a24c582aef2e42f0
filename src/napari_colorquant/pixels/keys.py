"""Colours as keys: 24 bits in an order that puts near colours together.

A colour's key holds its coarse cell in the upper 15 bits (5 bits a channel) and its place in the
cell in the lower 9.
"""

import numpy as np

from .._runtime.jit import kernel
from .._typing import RGB8, Keys

#: Coarse cells of the colour cube, 32 a side.
CELLS = 1 << 15
#: Colours in a cell.
PLACES = 1 << 9


def keys_to_rgb(keys: Keys) -> RGB8:
    """Return the 8-bit sRGB colours of keys, (N, 3) uint8."""
    rgb = np.empty((len(keys), 3), np.uint8)
    _keys_to_rgb(keys, rgb)
    return rgb


def rgb_to_keys(rgb: RGB8) -> Keys:
    """Return the keys of 8-bit sRGB colours, (N,) uint32."""
    keys = np.empty(len(rgb), np.uint32)
    _rgb_to_keys(np.ascontiguousarray(rgb), keys)
    return keys


def unique_colors(rgb: RGB8) -> RGB8:
    """Return the colours, (N, 3) uint8, without repeats, in the order of their first occurrence."""
    first = np.unique(rgb_to_keys(rgb), return_index=True)[1]
    return np.ascontiguousarray(rgb[np.sort(first)])


@kernel
def key_of(red, green, blue):  # type: ignore[no-untyped-def]
    """Return the key of one colour, for kernels: uint8 levels to uint32."""
    cell = (np.uint32(red >> 3) << 10) | (np.uint32(green >> 3) << 5) | np.uint32(blue >> 3)
    place = (np.uint32(red & 7) << 6) | (np.uint32(green & 7) << 3) | np.uint32(blue & 7)
    return (cell << 9) | place


@kernel
def _rgb_to_keys(rgb, keys):  # type: ignore[no-untyped-def]
    for i in range(len(rgb)):
        keys[i] = key_of(rgb[i, 0], rgb[i, 1], rgb[i, 2])


@kernel
def _keys_to_rgb(keys, rgb):  # type: ignore[no-untyped-def]
    for i in range(len(keys)):
        key = keys[i]
        rgb[i, 0] = ((key >> 19) & 31) << 3 | ((key >> 6) & 7)
        rgb[i, 1] = ((key >> 14) & 31) << 3 | ((key >> 3) & 7)
        rgb[i, 2] = ((key >> 9) & 31) << 3 | (key & 7)
