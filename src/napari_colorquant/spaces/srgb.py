"""sRGB (IEC 61966-2-1:1999): the space of the pixels themselves, encoded."""

from .._typing import Colors
from ._space import Space


def identity(colors: Colors) -> Colors:
    """Return the colours as they are."""
    return colors


SRGB = Space(
    "srgb",
    ("red", "green", "blue"),
    identity,
    identity,
    linear=False,
    summary="The pixels as they are stored: the lowest MSE, and what most tools work in.",
    reference="IEC 61966-2-1:1999",
    is_separable=True,
    title="sRGB",
)
