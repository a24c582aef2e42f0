"""XYB, the space of JPEG XL: cube roots of cone signals, with the scales that SSIMULACRA2 looks at them by."""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors
from ._cube_root import cube_root
from ._matrix import transform
from ._space import Space

# ISO/IEC 18181-1:2024, annex L: linear sRGB to the cones' signals, and what is added before the cube root so that
# the curve is not infinitely steep at black.
RGB_TO_LMS = np.array(
    [[0.3, 0.622, 0.078], [0.23, 0.692, 0.078], [0.24342268924547819, 0.20476744424496821, 0.5518098665095536]]
)
BIAS = 0.0037930732552754493
#: The two halves of what L and M differ by, and have in common; blue less that.
LMS_TO_XYB = np.array([[0.5, -0.5, 0.0], [0.5, 0.5, 0.0], [-0.5, -0.5, 1.0]])
_TO_LMS = RGB_TO_LMS.astype(np.float32)
_FROM_LMS = np.linalg.inv(RGB_TO_LMS).astype(np.float32)
_TO_XYB = LMS_TO_XYB.astype(np.float32)
_FROM_XYB = np.linalg.inv(LMS_TO_XYB).astype(np.float32)


def linear_to_xyb(rgb: Colors) -> Colors:
    """Return X in about -0.02..0.03, Y in 0..0.85 and B, less Y, in about -0.3..0.4, for linear sRGB, (N, 3) float32.

    References
    ----------
    .. [1] ISO/IEC 18181-1:2024, JPEG XL image coding system, part 1: core coding system, annex L.
    .. [2] Alakuijala J. et al. JPEG XL next-generation image compression architecture and coding tools. Proc. SPIE
       11137, 2019. doi:10.1117/12.2529237
    """
    xyb = transform(rgb, _TO_LMS)
    _bend(xyb.reshape(-1))
    return transform(xyb, _TO_XYB, out=xyb)


def xyb_to_linear(xyb: Colors) -> Colors:
    """Return linear sRGB, not clipped, for XYB, (N, 3) float32."""
    rgb = transform(xyb, _FROM_XYB)
    _straighten(rgb.reshape(-1))
    return transform(rgb, _FROM_LMS, out=rgb)


XYB = Space(
    "xyb",
    ("X", "Y", "B"),
    linear_to_xyb,
    xyb_to_linear,
    linear=True,
    summary="The space of JPEG XL: structure kept as an eye sees it, for a high SSIMULACRA2.",
    reference="ISO/IEC 18181-1:2024; scales of SSIMULACRA2 (Sneyers 2023)",
    scale=(14.0, 1.0, 1.0),
    lightness="Y",
    chroma=("X", "B"),
    title="XYB",
)


@kernel
def _bend(lms):  # type: ignore[no-untyped-def]
    bias = np.float32(BIAS)
    root = cube_root(bias)
    for i in range(lms.size):
        lms[i] = cube_root(lms[i] + bias) - root


@kernel
def _straighten(lms):  # type: ignore[no-untyped-def]
    bias = np.float32(BIAS)
    root = cube_root(bias)
    for i in range(lms.size):
        signal = lms[i] + root
        lms[i] = signal * signal * signal - bias
