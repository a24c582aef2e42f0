"""CIELAB (CIE 1976, D65): lightness, and opponent colour from the differences of cube roots of XYZ."""

import numpy as np

from .._jit import kernel
from .._typing import Colors
from ._cie import FROM_RELATIVE_XYZ, TO_RELATIVE_XYZ, inverse_lightness_curve, lightness_curve
from ._matrix import transform


def linear_to_lab(rgb: Colors) -> Colors:
    """Return CIELAB for linear sRGB, (N, 3) float32.

    L* lies in 0..100, a* and b* in about -107..98, as in `skimage.color.rgb2lab`.

    References
    ----------
    .. [1] CIE 15:2018, Colorimetry, 4th edition, section 8.2.1.
    """
    lab = transform(rgb, TO_RELATIVE_XYZ)
    _bend(lab.reshape(-1))
    _take_differences(lab)
    return lab


def lab_to_linear(lab: Colors) -> Colors:
    """Return linear sRGB, not clipped, for CIELAB, (N, 3) float32."""
    rgb = np.empty_like(lab)
    _lab_to_linear(lab, FROM_RELATIVE_XYZ, rgb)
    return rgb


@kernel
def _bend(xyz):  # type: ignore[no-untyped-def]
    for i in range(xyz.size):  # apart from the rest, this loop is SIMD code
        xyz[i] = lightness_curve(xyz[i])


@kernel
def _take_differences(curves):  # type: ignore[no-untyped-def]
    for i in range(len(curves)):
        x, y, z = curves[i, 0], curves[i, 1], curves[i, 2]
        curves[i, 0] = np.float32(116) * y - np.float32(16)
        curves[i, 1] = np.float32(500) * (x - y)
        curves[i, 2] = np.float32(200) * (y - z)


@kernel
def _lab_to_linear(lab, matrix, rgb):  # type: ignore[no-untyped-def]
    for i in range(len(lab)):
        middle = (lab[i, 0] + np.float32(16)) / np.float32(116)
        x = inverse_lightness_curve(middle + lab[i, 1] / np.float32(500))
        y = inverse_lightness_curve(middle)
        z = inverse_lightness_curve(middle - lab[i, 2] / np.float32(200))
        for channel in range(3):
            rgb[i, channel] = matrix[channel, 0] * x + matrix[channel, 1] * y + matrix[channel, 2] * z
