"""Jzazbz (Safdar et al. 2017): a perceptual space with even hues, through the perceptual quantizer."""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors
from ._cie import RGB_TO_XYZ
from ._matrix import transform
from ._pq import M2, WHITE_NITS, pq_decode, pq_encode
from ._space import Space

# Safdar M., Cui G., Kim Y.J., Luo M.R., "Perceptually uniform color space for image signals including
# high dynamic range and wide gamut", Opt. Express 25, 2017: equations 8-12.
_SHIFT_XYZ = np.array([[1.15, 0.0, -0.15], [0.34, 0.66, 0.0], [0.0, 0.0, 1.0]])
_XYZ_TO_LMS = np.array(
    [[0.41478972, 0.579999, 0.0146480], [-0.2015100, 1.120649, 0.0531008], [-0.0166008, 0.264800, 0.6684799]]
)
_LMS_TO_IAB = np.array([[0.5, 0.5, 0.0], [3.524000, -4.066708, 0.542708], [0.199076, 1.096799, -1.295875]])
_M2 = 1.7 * M2
_D, _D0 = -0.56, 1.6295499532821566e-11
RGB_TO_LMS = WHITE_NITS * _XYZ_TO_LMS @ _SHIFT_XYZ @ RGB_TO_XYZ
_TO_LMS = RGB_TO_LMS.astype(np.float32)
_FROM_LMS = np.linalg.inv(RGB_TO_LMS).astype(np.float32)
_TO_IAB = _LMS_TO_IAB.astype(np.float32)
_FROM_IAB = np.linalg.inv(_LMS_TO_IAB).astype(np.float32)


def linear_to_jzazbz(rgb: Colors) -> Colors:
    """Return Jzazbz (Jz in 0..0.22, az and bz in about -0.17..0.14) for linear sRGB, (N, 3) float32; white is 203 nits.

    References
    ----------
    .. [1] Safdar M. et al., 2017. Optics Express 25(13), 15131-15151. doi:10.1364/OE.25.015131
    """
    jzazbz = transform(rgb, _TO_LMS)
    _encode(jzazbz.reshape(-1))
    jzazbz = transform(jzazbz, _TO_IAB)
    intensity = jzazbz[:, 0]
    jzazbz[:, 0] = (1 + _D) * intensity / (1 + _D * intensity) - _D0
    return jzazbz


def jzazbz_to_linear(jzazbz: Colors) -> Colors:
    """Return linear sRGB, not clipped, for Jzazbz, (N, 3) float32."""
    iab = jzazbz.copy()
    lightness = jzazbz[:, 0] + _D0
    iab[:, 0] = lightness / (1 + _D - _D * lightness)
    lms = transform(iab, _FROM_IAB)
    _decode(lms.reshape(-1))
    return transform(lms, _FROM_LMS)


JZAZBZ = Space(
    "jzazbz",
    ("Jz", "az", "bz"),
    linear_to_jzazbz,
    jzazbz_to_linear,
    linear=True,
    summary="Perceptual, with even hues: blends from blue stay blue.",
    reference="Safdar et al. 2017",
    lightness="Jz",
    chroma=("az", "bz"),
    title="Jzazbz",
)


@kernel
def _encode(lms):  # type: ignore[no-untyped-def]
    for i in range(lms.size):
        lms[i] = pq_encode(lms[i], _M2)


@kernel
def _decode(lms):  # type: ignore[no-untyped-def]
    for i in range(lms.size):
        lms[i] = pq_decode(lms[i], _M2)
