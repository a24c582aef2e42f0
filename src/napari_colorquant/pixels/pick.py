"""The colour of one pixel, as the quantization sees it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .intensities import Scale
from .source import open_source


def read_color(image: Any, place: Sequence[int], *, rgb: bool, scale: Scale = "dtype") -> npt.NDArray[np.uint8] | None:
    """Return the colour of one pixel of an image.

    Parameters
    ----------
    image : array of shape (..., H, W), or (..., H, W, 3 or 4)
        In memory or lazy.
    place : sequence of int
        One index for each axis but that of the channels.
    rgb : bool
        Whether the last axis holds channels.
    scale : Scale
        How intensities become 0..1, see `napari_colorquant.pixels.source.open_source`; "range" is that of the
        whole image, not of the pixel.

    Returns
    -------
    color : ndarray of shape (3,), uint8, or None
        In sRGB; None beside the image, and where it has no data.
    """
    source = open_source(image, rgb=rgb, scale=scale)
    if any(not 0 <= index < size for index, size in zip(place, source.shape, strict=True)):
        return None
    color, valid = source.take(tuple(slice(index, index + 1) for index in place)).load().read()
    return None if valid is not None and not valid.all() else color[0]
