"""CIELUV (CIE 1976, D65): lightness, and a chromaticity diagram that grows with it."""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors
from ._cie import RGB_TO_XYZ, WHITE, inverse_lightness_curve, lightness_curve
from ._space import Space

_TO_XYZ = RGB_TO_XYZ.astype(np.float32)
_FROM_XYZ = np.linalg.inv(RGB_TO_XYZ).astype(np.float32)
#: u' and v' of the white.
_WHITE_U, _WHITE_V = (np.array([4.0, 9.0]) * WHITE[:2] / (WHITE @ [1.0, 15.0, 3.0])).astype(np.float32)


def linear_to_luv(rgb: Colors) -> Colors:
    """Return CIELUV for linear sRGB, (N, 3) float32.

    L* lies in 0..100, u* in about -83..175 and v* in about -134..108, as in `skimage.color.rgb2luv`.

    References
    ----------
    .. [1] CIE 15:2018, Colorimetry, 4th edition, section 8.2.2.
    """
    luv = np.empty_like(rgb)
    _linear_to_luv(rgb, _TO_XYZ, _WHITE_U, _WHITE_V, luv)
    return luv


def luv_to_linear(luv: Colors) -> Colors:
    """Return linear sRGB, not clipped, for CIELUV, (N, 3) float32; black wherever L* is 0 or less."""
    rgb = np.empty_like(luv)
    _luv_to_linear(luv, _FROM_XYZ, _WHITE_U, _WHITE_V, rgb)
    return rgb


LUV = Space(
    "luv",
    ("L", "u", "v"),
    linear_to_luv,
    luv_to_linear,
    linear=True,
    summary="CIELUV: as CIELAB, with finer steps in reds and greens; made for screens and lights.",
    reference="CIE 15:2018",
    lightness="L",
    chroma=("u", "v"),
    title="CIE Luv",
)


@kernel
def _linear_to_luv(rgb, matrix, white_u, white_v, luv):  # type: ignore[no-untyped-def]
    for i in range(len(rgb)):
        red, green, blue = rgb[i, 0], rgb[i, 1], rgb[i, 2]
        x = matrix[0, 0] * red + matrix[0, 1] * green + matrix[0, 2] * blue
        y = matrix[1, 0] * red + matrix[1, 1] * green + matrix[1, 2] * blue
        z = matrix[2, 0] * red + matrix[2, 1] * green + matrix[2, 2] * blue
        lightness = np.float32(116) * lightness_curve(y) - np.float32(16)
        total = x + np.float32(15) * y + np.float32(3) * z + np.float32(1e-30)  # black has no chromaticity
        luv[i, 0] = lightness
        luv[i, 1] = np.float32(13) * lightness * (np.float32(4) * x / total - white_u)
        luv[i, 2] = np.float32(13) * lightness * (np.float32(9) * y / total - white_v)


@kernel
def _luv_to_linear(luv, matrix, white_u, white_v, rgb):  # type: ignore[no-untyped-def]
    for i in range(len(luv)):
        lightness = max(luv[i, 0], np.float32(1e-20))
        y = inverse_lightness_curve((lightness + np.float32(16)) / np.float32(116))
        u = luv[i, 1] / (np.float32(13) * lightness) + white_u
        # No colour has v' <= 0; a lightness lowered with u* and v* kept would ask for one.
        v = max(luv[i, 2] / (np.float32(13) * lightness) + white_v, np.float32(1e-3))
        x = y * np.float32(2.25) * u / v
        z = y * (np.float32(3) - np.float32(0.75) * u - np.float32(5) * v) / v
        for channel in range(3):
            rgb[i, channel] = matrix[channel, 0] * x + matrix[channel, 1] * y + matrix[channel, 2] * z
