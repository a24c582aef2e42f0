"""YCbCr (ITU-R BT.601, full range): luma and two colour differences, one matrix away from sRGB."""

import numpy as np

from .._typing import Colors
from ._matrix import transform
from ._space import Space

# ITU-R BT.601-7, section 2.5.1-2.5.2: Y from its weights, Cb = (B - Y) / 1.772, Cr = (R - Y) / 1.402.
_LUMA = np.array([0.299, 0.587, 0.114])
SRGB_TO_YCBCR = np.array([_LUMA, ([0.0, 0.0, 1.0] - _LUMA) / 1.772, ([1.0, 0.0, 0.0] - _LUMA) / 1.402])
_TO_YCBCR = SRGB_TO_YCBCR.astype(np.float32)
_FROM_YCBCR = np.linalg.inv(SRGB_TO_YCBCR).astype(np.float32)


def srgb_to_ycbcr(srgb: Colors) -> Colors:
    """Return YCbCr (Y in 0..1, Cb and Cr in -0.5..0.5) for encoded sRGB in 0..1, (N, 3) float32.

    `skimage.color.rgb2ycbcr` holds the same in 8-bit studio range: 16 + 219 Y, 128 + 224 Cb, 128 + 224 Cr.

    References
    ----------
    .. [1] ITU-R BT.601-7, 2011.
    """
    return transform(srgb, _TO_YCBCR)


def ycbcr_to_srgb(ycbcr: Colors) -> Colors:
    """Return encoded sRGB, not clipped, for YCbCr, (N, 3) float32."""
    return transform(ycbcr, _FROM_YCBCR)


YCBCR = Space(
    "ycbcr",
    ("Y", "Cb", "Cr"),
    srgb_to_ycbcr,
    ycbcr_to_srgb,
    linear=False,
    summary="Luma and two colour differences, as in JPEG and video: nearly the MSE of srgb, smoother shades.",
    reference="ITU-R BT.601-7",
    lightness="Y",
    chroma=("Cb", "Cr"),
    title="Y'CbCr",
)
