"""Colours as people and files write them: ``#rrggbb`` or numbers, with or without alpha."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import refusal

#: The most colours that one list may hold.
MAX_COLORS = 1 << 16
#: The most that one byte for each pixel can tell apart, as in formats with a palette.
BYTE_COLORS = 256
#: The alpha of a colour that hides what lies below.
OPAQUE = 255
#: Hexadecimal digits of a colour, short or whole, and of one with alpha.
_SHORT, _WHOLE = (3, 4), (6, 8)


def parse_rgba(colors: Any) -> npt.NDArray[np.uint8]:
    """Return colours as an array of shape (K, 4), uint8: encoded sRGB and alpha, which is not multiplied in.

    Parameters
    ----------
    colors : array_like or sequence of str
        1 to 65,536 colours: ``#rgb``, ``#rgba``, ``#rrggbb``, ``#rrggbbaa``, or (r, g, b) or (r, g, b, a) in 0..255.
        Without alpha a colour is opaque.

    Raises
    ------
    ValueError, TypeError
        If a text is no colour, or the numbers are no 8-bit integers.
    """
    if isinstance(colors, str):
        colors = [colors]
    if not isinstance(colors, np.ndarray):
        if not hasattr(colors, "__iter__") or isinstance(colors, (bytes, Mapping, set, frozenset)):
            raise refusal("palette colours", "be a list of colours", colors, TypeError)
        colors = [_parse_hex(color) if isinstance(color, str) else color for color in colors]
        if any(isinstance(color, tuple) and len(color) == 4 for color in colors):
            colors = [(*color, OPAQUE) if _is_triple(color) else color for color in colors]
    return _as_rgba(colors)


def parse_with_alpha(color: Any) -> npt.NDArray[np.uint8]:
    """Return one colour as it was written, (3,) uint8, or (4,) if it says its alpha; errors as in `parse_rgba`."""
    has_alpha = len(_parse_hex(color)) == 4 if isinstance(color, str) else np.shape(color) == (4,)
    if not (has_alpha or is_color(color)):
        raise refusal("a colour", "be (red, green, blue) or written #rrggbb", color)
    return parse_rgba([color])[0, : 4 if has_alpha else 3]


def is_color(color: Any) -> bool:
    """Return True if `color` may be one colour: a text, or three numbers."""
    return isinstance(color, str) or _is_triple(color)


def _is_triple(color: Any) -> bool:
    try:
        return np.shape(color) == (3,) and not isinstance(color, (set, dict))
    except ValueError:  # parts of different lengths
        return False


def _parse_hex(text: str) -> tuple[int, ...]:
    digits = text.strip().removeprefix("#")
    if len(digits) in _SHORT:
        digits = "".join(2 * digit for digit in digits)
    try:
        if len(digits) not in _WHOLE:
            raise ValueError
        levels = tuple(bytes.fromhex(digits))
        if len(levels) != len(digits) // 2:  # fromhex passes over blanks
            raise ValueError
    except ValueError:
        raise refusal("a colour", "be written #rrggbb or #rgb, or #rrggbbaa", text) from None
    return levels


def _as_rgba(colors: Any) -> npt.NDArray[np.uint8]:
    try:
        array = np.asarray(colors)
    except ValueError:  # rows of different lengths
        raise refusal("palette colours", "have shape (K, 3)", colors) from None
    if array.ndim != 2 or array.shape[1] not in (3, 4):
        raise ValueError(f"palette colours must have shape (K, 3), or (K, 4) with alpha, got {array.shape}")
    if not 1 <= len(array) <= MAX_COLORS:
        raise ValueError(f"a palette must have 1..{MAX_COLORS} colours, got {len(array)}")
    if array.dtype.kind not in "iu":
        raise TypeError(f"palette colours must be integers in 0..255, got {array.dtype}")
    if array.dtype != np.uint8 and (array.min() < 0 or array.max() > 255):
        raise ValueError(f"palette colours must lie in 0..255, got {array.min()}..{array.max()}")
    rgba = np.full((len(array), 4), OPAQUE, np.uint8)
    rgba[:, : array.shape[1]] = array
    return rgba
