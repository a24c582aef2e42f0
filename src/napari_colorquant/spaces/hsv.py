"""HSV (Smith 1978) on its cone: hue is a direction, not a number, so that a straight line means difference."""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors
from ._space import Space

_SIXTH = np.float32(np.pi / 3)


def srgb_to_hsv(srgb: Colors) -> Colors:
    """Return points of the HSV cone for encoded sRGB in 0..1, (N, 3) float32.

    The coordinates are (s v cos h, s v sin h, v), each within -1..1: grays lie on the axis, black
    at the tip. Raw (h, s, v) would put the two reds at h = 0 and h = 1 far apart, and tear dark
    grays apart by a hue that cannot be seen.

    References
    ----------
    .. [1] Smith A.R., "Color gamut transform pairs", SIGGRAPH 1978. doi:10.1145/800248.807361
    """
    hsv = np.empty_like(srgb)
    _srgb_to_hsv(srgb, hsv)
    return hsv


def hsv_to_srgb(hsv: Colors) -> Colors:
    """Return encoded sRGB, not clipped, for points of the HSV cone, (N, 3) float32."""
    srgb = np.empty_like(hsv)
    _hsv_to_srgb(hsv, srgb)
    return srgb


HSV = Space(
    "hsv",
    ("x", "y", "value"),
    srgb_to_hsv,
    hsv_to_srgb,
    linear=False,
    summary="Hue, saturation and value on their cone: keeps vivid hues apart, merges dark and grayish ones.",
    reference="Smith 1978",
    lightness="value",
    chroma=("x", "y"),
    title="HSV",
)


@kernel
def _srgb_to_hsv(srgb, hsv):  # type: ignore[no-untyped-def]
    for i in range(len(srgb)):
        red, green, blue = srgb[i, 0], srgb[i, 1], srgb[i, 2]
        value = max(red, green, blue)
        chroma = value - min(red, green, blue)  # s v
        if chroma == 0:
            sixths = np.float32(0)
        elif value == red:
            sixths = (green - blue) / chroma
        elif value == green:
            sixths = (blue - red) / chroma + np.float32(2)
        else:
            sixths = (red - green) / chroma + np.float32(4)
        hsv[i, 0] = chroma * np.cos(sixths * _SIXTH)
        hsv[i, 1] = chroma * np.sin(sixths * _SIXTH)
        hsv[i, 2] = value


@kernel
def _hsv_to_srgb(hsv, srgb):  # type: ignore[no-untyped-def]
    for i in range(len(hsv)):
        x, y, value = hsv[i, 0], hsv[i, 1], hsv[i, 2]
        chroma = np.sqrt(x * x + y * y)
        sixths = np.arctan2(y, x) / _SIXTH
        if sixths < 0:
            sixths += np.float32(6)
        for channel in range(3):
            # How far, 0..1, the channel falls below the value: 0 within one sixth of its own hue, 1 beyond two.
            away = abs(sixths - np.float32(2 * channel))
            away = min(away, np.float32(6) - away)
            fall = min(max(away - np.float32(1), np.float32(0)), np.float32(1))
            srgb[i, channel] = value - chroma * fall
