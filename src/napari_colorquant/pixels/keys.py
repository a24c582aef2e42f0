"""Colours as keys: one number each, in an order that puts near colours together.

The key of an 8-bit colour holds its coarse cell in the upper 15 bits (5 bits a channel) and its place
in the cell in the lower 9. That of a 16-bit colour is its three channels side by side in 48 bits.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import inner_kernel, kernel
from .._typing import RGB8, DeepKeys, Keys, Levels, Valid

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


def levels_to_keys(levels: Levels) -> Any:
    """Return the keys of colours of either depth, (N, 3), or of 8 bits with alpha, (N, 4): (N,) uint32 or uint64."""
    if levels.shape[1] == 4:
        return rgba_to_keys(levels.view(np.uint8))
    if levels.dtype == np.uint8:
        return rgb_to_keys(levels.view(np.uint8))
    keys = np.empty(len(levels), np.uint64)
    _levels_to_keys(np.ascontiguousarray(levels), keys)
    return keys


def deep_keys_to_levels(keys: DeepKeys) -> npt.NDArray[np.uint16]:
    """Return the 16-bit sRGB colours of keys, (N, 3) uint16."""
    places = np.array([32, 16, 0], np.uint64)
    return (keys[:, None] >> places).astype(np.uint16)


def rgba_to_keys(rgba: npt.NDArray[np.uint8]) -> Keys:
    """Return the keys of 8-bit colours with alpha, (..., 4) -> (...) uint32: its four channels side by side."""
    keys: Keys = np.ascontiguousarray(rgba).view(">u4")[..., 0].astype(np.uint32)
    return keys


def take_keys(rgb: RGB8, alphas: npt.NDArray[np.uint8], where: Valid) -> Keys:
    """Return the keys of the pixels (N, 3) of `alphas` (N,) for which `where`, (N,) bool, is True."""
    keys = np.empty(np.count_nonzero(where), np.uint32)
    _take_keys(rgb, alphas, where, keys)
    return keys


def keys_to_rgba(keys: Keys) -> npt.NDArray[np.uint8]:
    """Return the colours of `rgba_to_keys`, (N, 4) uint8."""
    return np.ascontiguousarray(keys, ">u4").view(np.uint8).reshape(-1, 4)


def unpack_keys(opaque: Keys, others: Keys) -> tuple[RGB8, npt.NDArray[np.uint8]]:
    """Return the colours, (M + N, 3) uint8, and alphas, (M + N,) uint8, of opaque keys and of others with alpha."""
    rgb, alphas = np.empty((len(opaque) + len(others), 3), np.uint8), np.empty(len(opaque) + len(others), np.uint8)
    _unpack_keys(opaque, others, rgb, alphas)
    return rgb, alphas


def unique_keys(keys: Keys) -> Keys:
    """Return the keys in ascending order without repeats; `np.unique` hashes many of them, ten times as long."""
    ordered = np.sort(keys)
    is_first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    return ordered[is_first]


def unique_colors(colors: Levels) -> Any:
    """Return the colours, as `levels_to_keys` takes them, without repeats, in the order of their first occurrence."""
    keys = levels_to_keys(colors)
    if len(unique_keys(keys)) == len(keys):
        return np.ascontiguousarray(colors)
    first = np.unique(keys, return_index=True)[1]
    return np.ascontiguousarray(colors[np.sort(first)])


@inner_kernel
def key_of(red, green, blue):  # type: ignore[no-untyped-def]
    """Return the key of one colour, for kernels: uint8 levels to uint32."""
    cell = (np.uint32(red >> 3) << 10) | (np.uint32(green >> 3) << 5) | np.uint32(blue >> 3)
    place = (np.uint32(red & 7) << 6) | (np.uint32(green & 7) << 3) | np.uint32(blue & 7)
    return (cell << 9) | place


@inner_kernel
def color_of(key):  # type: ignore[no-untyped-def]
    """Return the red, green and blue of a key, for kernels."""
    return key >> 19 << 3 | key >> 6 & 7, (key >> 14 & 31) << 3 | key >> 3 & 7, (key >> 9 & 31) << 3 | key & 7


@kernel
def _rgb_to_keys(rgb, keys):  # type: ignore[no-untyped-def]
    for i in range(len(rgb)):
        keys[i] = key_of(rgb[i, 0], rgb[i, 1], rgb[i, 2])


@kernel
def _levels_to_keys(levels, keys):  # type: ignore[no-untyped-def]
    for i in range(len(levels)):
        red, green, blue = np.uint64(levels[i, 0]), np.uint64(levels[i, 1]), np.uint64(levels[i, 2])
        keys[i] = red << np.uint64(32) | green << np.uint64(16) | blue


@kernel
def _keys_to_rgb(keys, rgb):  # type: ignore[no-untyped-def]
    for i in range(len(keys)):
        rgb[i, 0], rgb[i, 1], rgb[i, 2] = color_of(keys[i])


@kernel
def _unpack_keys(opaque, others, rgb, alphas):  # type: ignore[no-untyped-def]
    for i in range(len(opaque)):
        rgb[i, 0], rgb[i, 1], rgb[i, 2] = color_of(opaque[i])
        alphas[i] = 255
    for i in range(len(others)):
        key, k = others[i], len(opaque) + i
        rgb[k, 0], rgb[k, 1], rgb[k, 2], alphas[k] = key >> 24, key >> 16 & 255, key >> 8 & 255, key & 255


@kernel
def _take_keys(rgb, alphas, where, keys):  # type: ignore[no-untyped-def]
    used = 0
    for i in range(len(rgb)):
        if where[i]:
            keys[used] = (
                np.uint32(rgb[i, 0]) << np.uint32(24) | np.uint32(rgb[i, 1]) << np.uint32(16)
                | np.uint32(rgb[i, 2]) << np.uint32(8) | np.uint32(alphas[i])
            )  # fmt: skip
            used += 1
