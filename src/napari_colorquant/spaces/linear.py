"""Linear sRGB: the light itself, undone of the transfer function; only mixing light is even in it."""

from .._typing import Colors


def linear_to_linear(rgb: Colors) -> Colors:
    """Return linear sRGB, float32 (N, 3), as it is."""
    return rgb
