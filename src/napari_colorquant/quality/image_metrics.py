"""What an eye makes of a dithered image: colour differences after a visual blur, and structural similarity.

At a distance dots fuse, so a plain difference per pixel condemns every dither. S-CIELAB (Zhang, Wandell
1996) first blurs both images as the eye does: each opponent channel by a sum of Gaussians, colour
more than luminance.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_array, check_number
from .._typing import RGB8, Colors, Valid
from ..pixels.transfer import DECODED
from ..spaces import SPACES
from ..spaces._cie import RGB_TO_XYZ
from ..spaces._matrix import transform
from ..spaces.delta_e import ciede2000

#: A screen of 96 dpi seen from 45 cm, or one of 27 inches and 2560 pixels from 35 cm: 30 pixels per degree.
PIXELS_PER_DEGREE = 30.0

# Zhang X., Wandell B.A., "A spatial extension of CIELAB for digital color image reproduction", SID Digest 27,
# 1996; numbers of the authors' program: XYZ (CIE 1931) to luminance, red-green and blue-yellow, and for each
# the (full width at half maximum in degrees, weight) of its Gaussians, cut off half a degree from the centre.
_XYZ_TO_OPPONENT = np.array(
    [[0.2787336, 0.7218031, -0.1065520], [-0.4487736, 0.2898056, 0.0771569], [0.0859513, -0.5899859, 0.5011089]]
)
_GAUSSIANS = (
    ((0.05, 1.00327), (0.225, 0.114416), (7.0, -0.117686)),
    ((0.0685, 0.616725), (0.826, 0.383275)),
    ((0.092, 0.567885), (0.6451, 0.432115)),
)
_TO_OPPONENT = (_XYZ_TO_OPPONENT @ RGB_TO_XYZ).astype(np.float32)
_FROM_OPPONENT = np.linalg.inv(_XYZ_TO_OPPONENT @ RGB_TO_XYZ).astype(np.float32)
_FWHM = 2 * np.sqrt(2 * np.log(2))  # full width at half maximum of a Gaussian, in standard deviations


def blurred_difference(
    image: RGB8, other: RGB8, valid: Valid | None = None, pixels_per_degree: float = PIXELS_PER_DEGREE
) -> Colors:
    """Return the CIEDE2000 difference at each pixel of two images blurred as the eye blurs them.

    Parameters
    ----------
    image, other : ndarray of shape (H, W, 3), uint8
        Encoded sRGB.
    valid : ndarray of shape (H, W), bool, optional
        Pixels that are False add nothing to the blur of their neighbours.
    pixels_per_degree : float
        Pixels in one degree of the visual field, 0.01 to 10,000: screen resolution times distance. More
        pixels to the degree (a finer or farther screen) forgive coarser patterns.

    Returns
    -------
    differences : ndarray of shape (H, W), float32
        0 where both look alike; where not `valid`, without meaning.

    References
    ----------
    .. [1] Zhang X., Wandell B.A., "A spatial extension of CIELAB for digital color image reproduction",
       SID Digest of Technical Papers 27, 1996; J. SID 5(1), 1997. doi:10.1889/1.1985127
    """
    seen_at = check_pixels_per_degree(pixels_per_degree)
    height, width = _check_pair(image, other)
    if valid is not None:
        check_array("valid", valid, np.bool_, height, width)
    seen = [_lab_as_seen(rgb, valid, seen_at) for rgb in (image, other)]
    return ciede2000(*seen).reshape(image.shape[:2])


def structural_similarity(image: RGB8, other: RGB8) -> npt.NDArray[np.float64]:
    """Return the structural similarity at each pixel, (H, W) float64, at most 1; by scikit-image, mean of channels.

    The window is of 7 x 7 pixels, or of what fits into a smaller image.

    References
    ----------
    .. [1] Wang Z. et al., "Image quality assessment: from error visibility to structural similarity",
       IEEE Trans. Image Process. 13(4), 2004. doi:10.1109/TIP.2003.819861
    """
    from skimage.metrics import structural_similarity as ssim

    size = min(7, *_check_pair(image, other))
    if size < 3:  # nothing that a structure could be seen in
        equal: npt.NDArray[np.float64] = np.all(image == other, axis=-1).astype(np.float64)
        return equal
    _, similarity = ssim(image, other, win_size=size - 1 + size % 2, channel_axis=-1, data_range=255, full=True)
    mean: npt.NDArray[np.float64] = np.mean(similarity, axis=-1)
    return mean


def check_pixels_per_degree(value: Any) -> float:
    """Return how many pixels are in one degree, if that is an eye before a screen."""
    return check_number("pixels_per_degree", value, 0.01, 10_000.0)


def _check_pair(image: Any, other: Any) -> tuple[int, int]:
    height, width, _ = check_array("image", image, np.uint8, "H", "W", 3).shape
    check_array("other", other, np.uint8, height, width, 3)
    return height, width


def _lab_as_seen(rgb: RGB8, valid: Valid | None, pixels_per_degree: float) -> Colors:
    opponent = transform(DECODED[rgb.reshape(-1, 3)], _TO_OPPONENT).reshape(rgb.shape)
    if valid is not None:
        opponent *= valid[..., None]
    share = None if valid is None else valid.astype(np.float32)
    seen = np.empty_like(opponent)
    for channel, gaussians in enumerate(_GAUSSIANS):
        seen[..., channel] = _blur(opponent[..., channel], share, gaussians, pixels_per_degree)
    linear = transform(seen.reshape(-1, 3), _FROM_OPPONENT)
    return SPACES["lab"].from_rgb(np.maximum(linear, 0, out=linear))


def _blur(
    channel: Colors, share: Colors | None, gaussians: tuple[tuple[float, float], ...], pixels_per_degree: float
) -> Colors:
    from scipy.ndimage import gaussian_filter

    blurred = np.zeros_like(channel)
    radius = max(1, round(pixels_per_degree / 2))
    for width, weight in gaussians:
        settings = {"sigma": width * pixels_per_degree / _FWHM, "radius": radius, "mode": "nearest"}
        part = gaussian_filter(channel, **settings)
        if share is not None:  # the mean of what is there
            part /= np.maximum(gaussian_filter(share, **settings), 1e-6)
        blurred += weight * part
    return blurred
