"""HED (Ruifrok, Johnston 2001): the amounts of hematoxylin, eosin and DAB that absorb a pixel's light."""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors
from ._space import Space

# Ruifrok A.C., Johnston D.A., "Quantification of histochemical staining by color deconvolution",
# Anal. Quant. Cytol. Histol. 23, 2001: the optical density of each stain in red, green and blue.
HED_TO_DENSITY = np.array(
    [
        [0.65, 0.70, 0.29],  # hematoxylin
        [0.07, 0.99, 0.11],  # eosin
        [0.27, 0.57, 0.78],  # DAB
    ]
)
_TO_DENSITY = HED_TO_DENSITY.T.astype(np.float32)
_FROM_DENSITY = np.linalg.inv(HED_TO_DENSITY).T.astype(np.float32)
#: The darkest light that counts, as in scikit-image: its density is 1.
_DARKEST = 1e-6


def srgb_to_hed(srgb: Colors) -> Colors:
    """Return the amounts of hematoxylin, eosin and DAB for encoded sRGB in 0..1, (N, 3) float32.

    Unlike `skimage.color.rgb2hed`, negative amounts are kept: they are what colours outside the
    stains' own range consist of, and without them the way back would lose those colours. White
    is (0, 0, 0), black the largest amount; dark colours lie far apart, as densities do.

    References
    ----------
    .. [1] Ruifrok A.C., Johnston D.A., 2001. Anal. Quant. Cytol. Histol. 23(4), 291-299.
    """
    hed = np.empty_like(srgb)
    _srgb_to_hed(srgb, _FROM_DENSITY, np.float32(_DARKEST), np.float32(1 / np.log(_DARKEST)), hed)
    return hed


def hed_to_srgb(hed: Colors) -> Colors:
    """Return encoded sRGB, not clipped, for amounts of the three stains, (N, 3) float32."""
    srgb = np.empty_like(hed)
    _hed_to_srgb(hed, _TO_DENSITY, np.float32(np.log(_DARKEST)), srgb)
    return srgb


HED = Space(
    "hed",
    ("hematoxylin", "eosin", "DAB"),
    srgb_to_hed,
    hed_to_srgb,
    linear=False,
    summary="Amounts of haematoxylin, eosin and DAB by fixed vectors, as other programs have them; see stains.",
    reference="Ruifrok, Johnston 2001",
    title="Stains, fixed: haematoxylin, eosin, DAB",
)


@kernel
def _srgb_to_hed(srgb, matrix, darkest, scale, hed):  # type: ignore[no-untyped-def]
    for i in range(len(srgb)):
        red = np.log(max(srgb[i, 0], darkest)) * scale
        green = np.log(max(srgb[i, 1], darkest)) * scale
        blue = np.log(max(srgb[i, 2], darkest)) * scale
        for stain in range(3):
            hed[i, stain] = matrix[stain, 0] * red + matrix[stain, 1] * green + matrix[stain, 2] * blue


@kernel
def _hed_to_srgb(hed, matrix, scale, srgb):  # type: ignore[no-untyped-def]
    for i in range(len(hed)):
        for channel in range(3):
            density = matrix[channel, 0] * hed[i, 0] + matrix[channel, 1] * hed[i, 1] + matrix[channel, 2] * hed[i, 2]
            srgb[i, channel] = np.exp(density * scale)
