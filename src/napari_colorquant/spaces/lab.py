"""CIELAB (CIE 1976, D65): lightness, and opponent colour from the differences of cube roots of XYZ."""

import numpy as np

from .._jit import kernel
from .._typing import Colors
from ._cie import FROM_RELATIVE_XYZ, TO_RELATIVE_XYZ, inverse_lightness_curve, lightness_curve


def linear_to_lab(rgb: Colors) -> Colors:
    """Return CIELAB for linear sRGB, (N, 3) float32.

    L* lies in 0..100, a* and b* in about -107..98, as in `skimage.color.rgb2lab`.

    References
    ----------
    .. [1] CIE 15:2018, Colorimetry, 4th edition, section 8.2.1.
    """
    lab = np.empty_like(rgb)
    _linear_to_lab(rgb, TO_RELATIVE_XYZ, lab)
    return lab


def lab_to_linear(lab: Colors) -> Colors:
    """Return linear sRGB, not clipped, for CIELAB, (N, 3) float32."""
    rgb = np.empty_like(lab)
    _lab_to_linear(lab, FROM_RELATIVE_XYZ, rgb)
    return rgb


@kernel
def _linear_to_lab(rgb, matrix, lab):  # type: ignore[no-untyped-def]
    for i in range(len(rgb)):
        red, green, blue = rgb[i, 0], rgb[i, 1], rgb[i, 2]
        x = lightness_curve(matrix[0, 0] * red + matrix[0, 1] * green + matrix[0, 2] * blue)
        y = lightness_curve(matrix[1, 0] * red + matrix[1, 1] * green + matrix[1, 2] * blue)
        z = lightness_curve(matrix[2, 0] * red + matrix[2, 1] * green + matrix[2, 2] * blue)
        lab[i, 0] = np.float32(116) * y - np.float32(16)
        lab[i, 1] = np.float32(500) * (x - y)
        lab[i, 2] = np.float32(200) * (y - z)


@kernel
def _lab_to_linear(lab, matrix, rgb):  # type: ignore[no-untyped-def]
    for i in range(len(lab)):
        middle = (lab[i, 0] + np.float32(16)) / np.float32(116)
        x = inverse_lightness_curve(middle + lab[i, 1] / np.float32(500))
        y = inverse_lightness_curve(middle)
        z = inverse_lightness_curve(middle - lab[i, 2] / np.float32(200))
        for channel in range(3):
            rgb[i, channel] = matrix[channel, 0] * x + matrix[channel, 1] * y + matrix[channel, 2] * z
