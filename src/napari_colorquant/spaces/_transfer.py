"""The transfer function of sRGB (IEC 61966-2-1:1999): encoded levels and linear light."""

import numpy as np

from .._runtime.jit import kernel
from .._typing import RGB8, Colors


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


def look_up_levels(colors: RGB8, table: Colors) -> Colors:
    """Return ``table[colors]`` as a contiguous array: 8-bit levels as `ENCODED` or `DECODED` values."""
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


#: The 256 levels of an 8-bit channel as encoded values in 0..1.
ENCODED: Colors = (np.arange(256) / 255).astype(np.float32)
#: The same levels as linear light in 0..1, computed in float64.
DECODED: Colors = np.where(
    np.arange(256) / 255 <= 0.04045,
    np.arange(256) / 255 / 12.92,
    ((np.arange(256) / 255 + 0.055) / 1.055) ** 2.4,
).astype(np.float32)
