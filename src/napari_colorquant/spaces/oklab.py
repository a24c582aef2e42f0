"""Oklab (Ottosson 2020): a small perceptual space, from linear sRGB by two matrices and a cube root."""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors
from ._cube_root import cube_root
from ._matrix import transform
from ._space import Space

# Ottosson B., "A perceptual color space for image processing", 2020-12-23 (revised matrices of 2021-01-25).
RGB_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
LMS_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_TO_LMS = RGB_TO_LMS.astype(np.float32)
_TO_OKLAB = LMS_TO_OKLAB.astype(np.float32)
_FROM_LMS = np.linalg.inv(RGB_TO_LMS).astype(np.float32)
_FROM_OKLAB = np.linalg.inv(LMS_TO_OKLAB).astype(np.float32)


def linear_to_oklab(rgb: Colors) -> Colors:
    """Return Oklab (L in 0..1, a and b in about -0.4..0.4) for linear sRGB, (N, 3) float32."""
    # Three passes, each a SIMD loop: a third of the time of one loop over the colours.
    oklab = transform(rgb, _TO_LMS)
    _take_cube_roots(oklab.reshape(-1))
    return transform(oklab, _TO_OKLAB, out=oklab)


def oklab_to_linear(oklab: Colors) -> Colors:
    """Return linear sRGB, not clipped, for Oklab, (N, 3) float32."""
    rgb = transform(oklab, _FROM_OKLAB)
    _cube(rgb.reshape(-1))
    return transform(rgb, _FROM_LMS, out=rgb)


OKLAB = Space(
    "oklab",
    ("L", "a", "b"),
    linear_to_oklab,
    oklab_to_linear,
    linear=True,
    summary="Perceptual: even steps of lightness and hue; the default.",
    reference="Ottosson 2020",
    scale=(1.0, 2.0, 2.0),  # Ottosson's advice for colour differences; halves the gap to CIEDE2000
    lightness="L",
    chroma=("a", "b"),
    title="Oklab",
)


@kernel
def _take_cube_roots(lms):  # type: ignore[no-untyped-def]
    for i in range(lms.size):
        lms[i] = cube_root(lms[i])


@kernel
def _cube(roots):  # type: ignore[no-untyped-def]
    for i in range(roots.size):
        roots[i] = roots[i] * roots[i] * roots[i]
