"""ICtCp (ITU-R BT.2100): the perceptual space of HDR video, cones through the perceptual quantizer."""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors
from ._matrix import transform
from ._pq import M2, WHITE_NITS, pq_decode, pq_encode
from ._space import Space

# Linear sRGB (BT.709) to BT.2020 primaries: ITU-R BT.2087-0, section 4.
_BT709_TO_BT2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
# BT.2020 to cones, and cones to I, Ct, Cp: ITU-R BT.2100-2, table 7.
_BT2020_TO_LMS = np.array([[1688, 2146, 262], [683, 2951, 462], [99, 309, 3688]]) / 4096
_LMS_TO_ICTCP = np.array([[2048, 2048, 0], [6610, -13613, 7003], [17933, -17390, -543]]) / 4096
RGB_TO_LMS = WHITE_NITS * _BT2020_TO_LMS @ _BT709_TO_BT2020
_TO_LMS = RGB_TO_LMS.astype(np.float32)
_FROM_LMS = np.linalg.inv(RGB_TO_LMS).astype(np.float32)
_TO_ICTCP = _LMS_TO_ICTCP.astype(np.float32)
_FROM_ICTCP = np.linalg.inv(_LMS_TO_ICTCP).astype(np.float32)


def linear_to_ictcp(rgb: Colors) -> Colors:
    """Return ICtCp (I in 0..0.58, Ct and Cp in about -0.3..0.3) for linear sRGB, (N, 3) float32; white is 203 nits.

    References
    ----------
    .. [1] ITU-R BT.2100-2, 2018, table 7; ITU-R BT.2124-0, 2019, on differences.
    """
    lms = transform(rgb, _TO_LMS)
    _encode(lms.reshape(-1))
    return transform(lms, _TO_ICTCP)


def ictcp_to_linear(ictcp: Colors) -> Colors:
    """Return linear sRGB, not clipped, for ICtCp, (N, 3) float32."""
    lms = transform(ictcp, _FROM_ICTCP)
    _decode(lms.reshape(-1))
    return transform(lms, _FROM_LMS)


ICTCP = Space(
    "ictcp",
    ("I", "Ct", "Cp"),
    linear_to_ictcp,
    ictcp_to_linear,
    linear=True,
    summary="The space of HDR video: perceptual, with even dark tones.",
    reference="ITU-R BT.2100-2",
    scale=(1.0, 0.5, 1.0),  # ITU-R BT.2124-0: half of Ct in differences
    lightness="I",
    chroma=("Ct", "Cp"),
    title="ICtCp",
)


@kernel
def _encode(lms):  # type: ignore[no-untyped-def]
    for i in range(lms.size):
        lms[i] = pq_encode(lms[i], M2)


@kernel
def _decode(lms):  # type: ignore[no-untyped-def]
    for i in range(lms.size):
        lms[i] = pq_decode(lms[i], M2)
