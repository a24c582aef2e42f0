"""Gray: luma alone (ITU-R BT.709 weights on encoded sRGB), a space of one axis."""

import numpy as np

from .._typing import Colors
from ._space import Space

# ITU-R BT.709-6, section 3.2, with the digits of `skimage.color.rgb2gray`; they sum to 1.
LUMA = np.array([[0.2125], [0.7154], [0.0721]])
_LUMA = LUMA.astype(np.float32)


def srgb_to_gray(srgb: Colors) -> Colors:
    """Return luma in 0..1, (N, 1) float32, for encoded sRGB in 0..1, (N, 3) float32; as `skimage.color.rgb2gray`.

    References
    ----------
    .. [1] ITU-R BT.709-6, 2015.
    """
    luma = srgb[:, 0:1] * _LUMA[0] + srgb[:, 1:2] * _LUMA[1] + srgb[:, 2:3] * _LUMA[2]
    return np.ascontiguousarray(luma, np.float32)


def gray_to_srgb(gray: Colors) -> Colors:
    """Return grays, encoded sRGB (N, 3) float32, for luma (N, 1) float32; not clipped."""
    return np.repeat(gray, 3, axis=1)


GRAY = Space(
    "gray",
    ("luma",),
    srgb_to_gray,
    gray_to_srgb,
    linear=False,
    summary="Brightness alone: a palette of grays, the picture in black and white.",
    reference="ITU-R BT.709-6",
    lightness="luma",
    title="Gray",
)
