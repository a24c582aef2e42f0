"""CMYK, HSB, Lab and gray swatches as 8-bit sRGB.

Palette files do not say which press or paper their inks are for, so CMYK is taken as ideal inks:
each takes its share of one channel away. Adobe's own preview, made with a press profile, looks
duller. Lab is relative to D50, as Adobe's files have it, and adapted to sRGB's D65 by Bradford's
method. Colours outside sRGB are clipped, channel by channel.
"""

import colorsys

from ._content import to_byte

Color = tuple[int, int, int]

#: XYZ relative to D50 to linear sRGB, Bradford-adapted (Lindbloom, brucelindbloom.com, "RGB/XYZ matrices").
_XYZ_D50_TO_LINEAR = (
    (3.1338561, -1.6168667, -0.4906146),
    (-0.9787684, 1.9161415, 0.0334540),
    (0.0719453, -0.2289914, 1.4052427),
)
_WHITE_D50 = (0.96422, 1.0, 0.82521)


def from_rgb(red: float, green: float, blue: float) -> Color:
    """Return encoded sRGB, 0..1 each."""
    return to_byte(red), to_byte(green), to_byte(blue)


def from_gray(level: float) -> Color:
    """Return a gray level, 0 (black) to 1 (white)."""
    return from_rgb(level, level, level)


def from_hsb(hue: float, saturation: float, brightness: float) -> Color:
    """Return hue, saturation and brightness, 0..1 each."""
    return from_rgb(*colorsys.hsv_to_rgb(hue, saturation, brightness))


def from_cmyk(cyan: float, magenta: float, yellow: float, black: float) -> Color:
    """Return four inks, 0 (none) to 1 (full) each, taken as ideal."""
    return from_rgb(*((1 - ink) * (1 - black) for ink in (cyan, magenta, yellow)))


def from_lab(lightness: float, a: float, b: float) -> Color:
    """Return CIELAB relative to D50: lightness 0..100, a and b about -128..127."""
    middle = (lightness + 16) / 116
    xyz = [
        white * _cube(part)
        for white, part in zip(_WHITE_D50, (middle + a / 500, middle, middle - b / 200), strict=True)
    ]
    return from_xyz(*xyz)


def from_xyz(x: float, y: float, z: float) -> Color:
    """Return XYZ relative to D50, of which white has y = 1."""
    linear = [sum(factor * part for factor, part in zip(row, (x, y, z), strict=True)) for row in _XYZ_D50_TO_LINEAR]
    return from_rgb(*map(_encode, linear))


def _cube(root: float) -> float:
    """Return the inverse of CIELAB's cube root, which is a line near black."""
    return float(root**3) if root > 6 / 29 else 3 * (6 / 29) ** 2 * (root - 4 / 29)


def _encode(light: float) -> float:
    """Return encoded sRGB for linear light, clipped to 0..1 (of one number, so without a compiled kernel)."""
    if not 0 < light < 1:  # NaN stays, to be refused
        return light if light != light else float(light >= 1)
    return 12.92 * light if light <= 0.0031308 else 1.055 * float(light ** (1 / 2.4)) - 0.055
