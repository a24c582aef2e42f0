"""The transfer function of sRGB (IEC 61966-2-1:1999): encoded levels and linear light."""

from functools import lru_cache
from typing import Any

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors, Levels


def decode(encoded: Colors) -> Colors:
    """Return linear light for encoded sRGB; both float32 in 0..1, any shape."""
    encoded = np.ascontiguousarray(encoded, np.float32)
    linear = np.empty_like(encoded)
    _decode(encoded.reshape(-1), linear.reshape(-1))
    return linear


def encode(linear: Colors) -> Colors:
    """Return encoded sRGB for linear light; both float32 in 0..1, any shape. Negative light encodes to its line."""
    linear = np.ascontiguousarray(linear, np.float32)
    encoded = np.empty_like(linear)
    _encode(linear.reshape(-1), encoded.reshape(-1))
    return encoded


def encode_unbounded(linear: Colors) -> Colors:
    """Return encoded sRGB for any light, as `encode`; negative light as that of the same amount, with its sign."""
    return np.copysign(encode(np.abs(linear)), linear)


def decode_unbounded(encoded: Colors) -> Colors:
    """Return the light of encoded sRGB; the inverse of `encode_unbounded`."""
    return np.copysign(decode(np.abs(encoded)), encoded)


def look_up_levels(colors: Levels, table: Colors) -> Colors:
    """Return ``table[colors]`` as a contiguous array: levels as encoded or linear values, see `level_table`."""
    colors = np.ascontiguousarray(colors)
    levels = np.empty(colors.shape, np.float32)
    _look_up(colors.reshape(-1), table, levels.reshape(-1))
    return levels


@kernel
def _look_up(colors, table, levels):  # type: ignore[no-untyped-def]
    for i in range(colors.size):
        levels[i] = table[colors[i]]


@kernel
def _decode(encoded, linear):  # type: ignore[no-untyped-def]
    for i in range(encoded.size):
        value = encoded[i]
        if value <= np.float32(0.04045):
            linear[i] = value / np.float32(12.92)
        else:
            linear[i] = ((value + np.float32(0.055)) / np.float32(1.055)) ** np.float32(2.4)


@kernel
def _encode(linear, encoded):  # type: ignore[no-untyped-def]
    for i in range(linear.size):
        value = linear[i]
        if value <= np.float32(0.0031308):
            encoded[i] = value * np.float32(12.92)
        else:
            encoded[i] = np.float32(1.055) * value ** np.float32(1 / 2.4) - np.float32(0.055)


def _tabulate(n_levels: int, linear: bool) -> Colors:
    encoded = np.arange(n_levels) / (n_levels - 1)
    light = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    return (light if linear else encoded).astype(np.float32)


#: The 256 levels of an 8-bit channel as encoded values in 0..1.
ENCODED: Colors = _tabulate(256, linear=False)
#: The same levels as linear light in 0..1, computed in float64.
DECODED: Colors = _tabulate(256, linear=True)


@lru_cache
def level_table(dtype: np.dtype[Any], linear: bool) -> Colors:
    """Return what the levels of uint8 or uint16 mean: encoded values in 0..1, or linear light."""
    if dtype == np.uint8:
        return DECODED if linear else ENCODED
    return _tabulate(1 << 16, linear)
