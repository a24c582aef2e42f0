"""Colours as a user gives them: texts, numbers, or a palette."""

from typing import Any

import numpy as np

from .._checks import refusal
from .._typing import RGB8
from ..pixels.written_colors import OPAQUE, is_color, parse_rgba
from .palette import Palette


def parse_colors(colors: Any) -> RGB8:
    """Return opaque colours given as ``#rgb``, ``#rrggbb``, or (r, g, b) in 0..255, of shape (K, 3), uint8.

    Parameters
    ----------
    colors : Palette, array_like or sequence of str
        K colours; of a palette, their alpha is left out.

    Raises
    ------
    ValueError, TypeError
        If a text is no colour, the numbers are no 8-bit integers, or a colour is not opaque.
    """
    if isinstance(colors, Palette):
        return colors.colors
    rgba = parse_rgba(colors)
    if (rgba[:, 3] < OPAQUE).any():
        raise refusal("colours", "be opaque here", "#" + bytes(rgba[rgba[:, 3].argmin()]).hex())
    return np.ascontiguousarray(rgba[:, :3])


def parse_color(color: Any) -> RGB8:
    """Return one colour given as ``#rgb``, ``#rrggbb``, or (r, g, b) in 0..255 as an array of shape (3,), uint8."""
    if not is_color(color):
        raise refusal("a colour", "be (red, green, blue) or written #rrggbb", color)
    parsed: RGB8 = parse_colors([color])[0]
    return parsed
