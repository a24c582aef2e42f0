"""How good a result is, from a sample where its image is too large to be looked at as a whole."""

import math
from typing import Any

import numpy as np

from .._checks import check_instance, check_integer
from .._typing import ImageLike
from ..indexed import IndexedFrames, IndexedImage
from ..pixels.sample import sample_source
from ..pixels.source import Source, open_source
from ..quality.distortion import add_sums, distortion, sum_distortion
from ..quality.sums import Distortion
from .verbs import run

#: The error of a lazy image is measured on a sample of so many pixels.
MEASURED = 1 << 20


def estimate_distortion(
    image: ImageLike | Source,
    result: IndexedImage | IndexedFrames,
    *,
    frame: int = 0,
    mask: Any = None,
    rgb: bool | None = None,
    n_pixels: int = MEASURED,
) -> Distortion:
    """Measure how far a result is from its image; of a lazy image on a sample.

    Parameters
    ----------
    image : array_like, or Source
        What was quantized.
    result : IndexedImage or IndexedFrames
        Of an image in memory all of it is compared. Of a lazy one, the pixels of the sample are mapped
        anew; a dither that carries errors along then begins in each part of the sample.
    frame : int
        Of lazy `IndexedFrames`, the number of the frame that is looked at.
    mask : array_like, optional
        Pixels where it is 0 are not compared; not for lazy images.
    rgb : bool, optional
        Whether the last axis of `image` holds channels.
    n_pixels : int
        Pixels in a sample.
    """
    check_instance("result", result, IndexedImage, IndexedFrames)
    n_pixels = check_integer("n_pixels", n_pixels, 1, 1 << 62)
    frame = check_integer("frame", frame, 0, math.prod(result.shape[:-2]) - 1)
    source = open_source(image, rgb=rgb, scale=result.recipe.scale, mask=mask, alpha=result.recipe.reads_alpha)
    if not source.is_lazy:
        return distortion(source, result if isinstance(result, IndexedImage) else result.to_rgb())
    if isinstance(result, IndexedFrames):
        source = source.take(np.unravel_index(frame, result.shape[:-2]))
        result = result.frame(frame)
    how = result.recipe.replace(palette=result.palette, remove_unused=False)
    parts = (part.load() for part in sample_source(source, n_pixels))
    return add_sums([sum_distortion(part, run(part, how)) for part in parts]).result()
