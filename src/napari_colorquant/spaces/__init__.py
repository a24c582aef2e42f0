"""Room 1: the colour spaces. A new one is its file (two functions) and one entry here."""

from ..registry import Registry
from ._space import Metric, Space, parse_axis_weights
from .oklab import linear_to_oklab, oklab_to_linear
from .srgb import identity

__all__ = ["SPACES", "Metric", "Space", "parse_axis_weights"]

SPACES: Registry[Space] = Registry(
    "colour space",
    Space(
        "srgb",
        ("red", "green", "blue"),
        identity,
        identity,
        linear=False,
        summary="The pixels as they are stored: the lowest MSE, and what most tools work in.",
        reference="IEC 61966-2-1:1999",
    ),
    Space(
        "oklab",
        ("L", "a", "b"),
        linear_to_oklab,
        oklab_to_linear,
        linear=True,
        summary="Perceptual: even steps of lightness and hue; the default.",
        reference="Ottosson 2020",
        scale=(1.0, 2.0, 2.0),  # Ottosson's advice for colour differences; halves the gap to CIEDE2000
        lightness="L",
        chroma=("a", "b"),
    ),
)
