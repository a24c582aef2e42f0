"""Colours as TIFF may hold them, made RGB in the depth that they have: CMYK, YCbCr, CIE Lab, inverted gray."""

from typing import Any

import numpy as np
import numpy.typing as npt

from ...pixels.transfer import encode

#: Linear sRGB (D65) of XYZ under D50, the white of Lab in TIFF: Bradford-adapted (Lindbloom).
_FROM_XYZ_D50 = np.array([
    [3.1338561, -1.6168667, -0.4906146],
    [-0.9787684, 1.9161415, 0.0334540],
    [0.0719453, -0.2289914, 1.4052427],
])  # fmt: skip
_WHITE_D50 = np.array([0.96422, 1.0, 0.82521])


def invert(gray: npt.NDArray[Any], bits: int) -> npt.NDArray[Any]:
    """Return gray of which 0 is white, as gray of which 0 is black."""
    if gray.dtype.kind == "b":
        return np.asarray(~gray)
    if gray.dtype.kind == "f":
        return np.asarray(1 - gray)
    full = np.iinfo(gray.dtype)
    if gray.dtype.kind == "i":
        return np.asarray(~gray)
    return np.asarray((1 << bits) - 1 - gray if 8 < bits < full.bits else full.max - gray)


def divide(colors: npt.NDArray[Any], alpha: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return colours without the alpha that is multiplied into them; black where nothing is seen."""
    if colors.dtype.kind == "f":
        return np.asarray(np.divide(colors, alpha, out=np.zeros_like(colors), where=alpha > 0))
    top = np.iinfo(colors.dtype).max
    share = np.maximum(alpha.astype(np.int64), 1)
    divided = (colors.astype(np.int64) * top + share // 2) // share
    return np.where(alpha > 0, np.minimum(divided, top), 0).astype(colors.dtype)


def from_cmyk(inks: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return (..., 4) inks of any depth as RGB: each takes its part of the light, as libtiff and Pillow have it."""
    if inks.dtype.kind == "f":
        return np.asarray((1 - inks[..., :3]) * (1 - inks[..., 3:]))
    top = int(np.iinfo(inks.dtype).max)
    paper = top - inks.astype(np.int64)
    return ((paper[..., :3] * paper[..., 3:] + top // 2) // top).astype(inks.dtype)


def from_ycbcr(samples: npt.NDArray[Any], weights: tuple[float, ...], reference: tuple[float, ...]) -> npt.NDArray[Any]:
    """Return (..., 3) Y, Cb, Cr as RGB of the same depth.

    Parameters
    ----------
    samples : ndarray of shape (..., 3)
    weights : tuple of three floats
        Red's, green's and blue's part in the lightness.
    reference : tuple of six floats
        The codes of black and white of Y, Cb and Cr.
    """
    top = 1.0 if samples.dtype.kind == "f" else float(np.iinfo(samples.dtype).max)
    codes = samples.astype(np.float32)
    black, white = np.array(reference[::2], np.float32), np.array(reference[1::2], np.float32)
    span = np.where(white > black, white - black, 1)
    scaled = (codes - black) / span * np.array([top, (top + 1) // 2 - 1, (top + 1) // 2 - 1], np.float32)
    red_part, green_part, blue_part = weights
    y, blueness, redness = scaled[..., 0], scaled[..., 1], scaled[..., 2]
    red = y + redness * (2 - 2 * red_part)
    blue = y + blueness * (2 - 2 * blue_part)
    green = (y - red_part * red - blue_part * blue) / (green_part or 1)
    rgb = np.clip(np.stack([red, green, blue], axis=-1), 0, top)
    return (rgb if top == 1 else np.rint(rgb)).astype(samples.dtype)


def from_lab(samples: npt.NDArray[Any], is_signed: bool) -> npt.NDArray[Any]:
    """Return CIE L*a*b* under D50 as sRGB of the same depth; a* and b* are signed or moved by half their range."""
    if samples.dtype.kind == "f":
        lab, top = samples.astype(np.float32), 1.0
    else:
        bits = 8 * samples.dtype.itemsize
        top = float((1 << bits) - 1)
        unit = np.float32(1 << (bits - 8))
        chroma = samples[..., 1:].astype(np.int64)
        chroma = np.where(chroma >= 1 << (bits - 1), chroma - (1 << bits), chroma) if is_signed else chroma - (
            1 << (bits - 1)
        )  # fmt: skip
        lightness = samples[..., :1].astype(np.int64) & ((1 << bits) - 1)
        lab = np.concatenate([lightness * np.float32(100 / top), chroma / unit], axis=-1).astype(np.float32)
    height = (lab[..., 0] + 16) / 116
    roots = np.stack([height + lab[..., 1] / 500, height, height - lab[..., 2] / 200], axis=-1)
    xyz = np.where(roots > 6 / 29, roots**3, (roots - 4 / 29) * (108 / 841)) * _WHITE_D50
    rgb = encode(np.clip(xyz @ _FROM_XYZ_D50.T, 0, 1).astype(np.float32))
    if samples.dtype.kind == "f":
        return np.asarray(rgb, samples.dtype)
    unsigned = np.dtype(f"u{samples.dtype.itemsize}")
    return np.asarray(np.rint(rgb * np.float32(top)), unsigned)
