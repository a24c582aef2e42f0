"""Linear sRGB: the light itself, undone of the transfer function; only mixing light is even in it."""

from .._typing import Colors
from ._space import Space


def linear_to_linear(rgb: Colors) -> Colors:
    """Return linear sRGB, float32 (N, 3), as it is."""
    return rgb


LINEAR = Space(
    "linear",
    ("red", "green", "blue"),
    linear_to_linear,
    linear_to_linear,
    linear=True,
    summary="Amounts of light: spends the palette on highlights and leaves few colours for shadows.",
    reference="IEC 61966-2-1:1999",
    is_separable=True,
    title="Linear RGB",
)
