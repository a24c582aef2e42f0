"""The perceptual quantizer (SMPTE ST 2084): light in nits to even steps of what an eye can tell apart."""

import numpy as np

from .._runtime.jit import kernel

#: Nits of the sRGB white: diffuse white in HDR video (ITU-R BT.2408-7, section 2.2).
WHITE_NITS = 203.0
#: Exponents and rationals of ST 2084 / ITU-R BT.2100-2, table 4.
M1, M2 = 2610 / 16384, 2523 / 4096 * 128
C1, C2, C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


@kernel
def pq_encode(nits, m2):  # type: ignore[no-untyped-def]
    # float64 inside: the 79th power would turn a rounding of float32 into a visible step.
    power = max(np.float64(nits) / 10000, 0.0) ** M1
    return ((C1 + C2 * power) / (1 + C3 * power)) ** m2


@kernel
def pq_decode(signal, m2):  # type: ignore[no-untyped-def]
    root = max(np.float64(signal), 0.0) ** (1 / m2)
    return 10000 * (max(root - C1, 0.0) / (C2 - C3 * root)) ** (1 / M1)
