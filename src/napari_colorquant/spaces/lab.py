"""CIELAB (CIE 1976, D65): lightness, and opponent colour from the differences of cube roots of XYZ."""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors, Levels
from ..pixels.transfer import level_table
from ._cie import FROM_RELATIVE_XYZ, TO_RELATIVE_XYZ, inverse_lightness_curve, lightness_curve
from ._matrix import transform
from ._space import Space


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


def levels_to_lab_planes(colors: Levels) -> Colors:
    """Return L*, a* and b* as planes, (3, N) float32, for sRGB levels, (N, 3): what `linear_to_lab` returns.

    Planes are for work on every pixel: a third of the time of colours side by side.
    """
    planes = np.empty((3, len(colors)), np.float32)
    _decode_to_planes(colors, level_table(colors.dtype, True), planes)
    _transform_planes(planes, TO_RELATIVE_XYZ)
    return planes


def lab_to_linear(lab: Colors) -> Colors:
    """Return linear sRGB, not clipped, for CIELAB, (N, 3) float32."""
    rgb = np.empty_like(lab)
    _lab_to_linear(lab, FROM_RELATIVE_XYZ, rgb)
    return rgb


LAB = Space(
    "lab",
    ("L", "a", "b"),
    linear_to_lab,
    lab_to_linear,
    linear=True,
    summary="CIELAB: the field's perceptual standard; saturated colours, blues above all, get more of the palette.",
    reference="CIE 15:2018",
    lightness="L",
    chroma=("a", "b"),
    title="CIE Lab",
)


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


@kernel
def _decode_to_planes(colors, decoded, planes):  # type: ignore[no-untyped-def]
    for i in range(len(colors)):
        planes[0, i], planes[1, i], planes[2, i] = decoded[colors[i, 0]], decoded[colors[i, 1]], decoded[colors[i, 2]]


@kernel
def _transform_planes(planes, matrix):  # type: ignore[no-untyped-def]
    first, second, third = planes[0], planes[1], planes[2]  # 1-D, or the loop would not be SIMD code
    m00, m01, m02 = matrix[0, 0], matrix[0, 1], matrix[0, 2]
    m10, m11, m12 = matrix[1, 0], matrix[1, 1], matrix[1, 2]
    m20, m21, m22 = matrix[2, 0], matrix[2, 1], matrix[2, 2]
    for i in range(first.size):
        red, green, blue = first[i], second[i], third[i]
        x = lightness_curve(m00 * red + m01 * green + m02 * blue)
        y = lightness_curve(m10 * red + m11 * green + m12 * blue)
        z = lightness_curve(m20 * red + m21 * green + m22 * blue)
        first[i] = np.float32(116) * y - np.float32(16)
        second[i] = np.float32(500) * (x - y)
        third[i] = np.float32(200) * (y - z)
