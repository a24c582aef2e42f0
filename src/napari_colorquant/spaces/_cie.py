"""What the spaces on CIE XYZ share: the primaries, the white and the lightness curve."""

import numpy as np

from .._runtime.jit import kernel
from ._cube_root import cube_root

# Linear sRGB to XYZ (ITU-R BT.709 primaries, D65, 2 degrees) and the white, rounded as in scikit-image,
# so that Lab and Luv agree with `skimage.color` and not merely with the standard.
RGB_TO_XYZ = np.array(
    [
        [0.412453, 0.357580, 0.180423],
        [0.212671, 0.715160, 0.072169],
        [0.019334, 0.119193, 0.950227],
    ]
)
WHITE = np.array([0.95047, 1.0, 1.08883])
#: Linear sRGB to XYZ relative to the white, and back.
TO_RELATIVE_XYZ = (RGB_TO_XYZ / WHITE[:, None]).astype(np.float32)
FROM_RELATIVE_XYZ = np.linalg.inv(RGB_TO_XYZ / WHITE[:, None]).astype(np.float32)


@kernel
def lightness_curve(value):  # type: ignore[no-untyped-def]
    # The CIE's f: a cube root with a straight foot, so that the slope at black is finite.
    if value > np.float32(0.008856):
        return cube_root(value)
    return np.float32(7.787) * value + np.float32(16 / 116)


@kernel
def inverse_lightness_curve(value):  # type: ignore[no-untyped-def]
    if value > np.float32(0.2068966):
        return value * value * value
    return (value - np.float32(16 / 116)) / np.float32(7.787)
