"""What smoothness did to an image: how many pixels left their nearest colour, and the error before and after."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_instance
from .._typing import ImageLike, Labels, Valid
from ..indexed import IndexedImage
from ..pixels.arrays import fold_arrays
from ..pixels.source import Source, open_original
from ..quality.distortion import Distortion, distortion
from .verbs import run


@dataclass(frozen=True)
class SmoothingCost:
    """What labels that hang together cost.

    Attributes
    ----------
    changed : int
        Pixels whose colour is not the nearest one of the palette.
    share : float
        Their share of the pixels with data, 0..1.
    before, after : Distortion
        The error of the nearest colours, and that of the result.
    """

    changed: int
    share: float
    before: Distortion
    after: Distortion


def smoothing_cost(
    image: ImageLike | Source, indexed: IndexedImage, *, mask: Any = None, rgb: bool | None = None
) -> SmoothingCost:
    """Compare a result with what it would be with ``smoothness=0``: the nearest colours of its palette, or by cell.

    Parameters
    ----------
    image : array_like
        What was quantized, as in `napari_colorquant.quantize`; lazy arrays are gone through chunk by chunk.
    indexed : IndexedImage
        Smoothed or not; one that was edited or cleaned is compared as it is.
    mask : array_like, optional
        As in `napari_colorquant.quantize`, if the result was made with one.
    rgb : bool, optional
        Whether the last axis of `image` holds channels.

    Raises
    ------
    ValueError
        If the image and the labels differ in shape.
    """
    check_instance("indexed", indexed, IndexedImage)
    recipe = indexed.recipe.replace(
        palette=indexed.palette, smoothness=0.0, dither="none", dither_options={}, remove_unused=False
    )
    source = open_original(image, indexed.shape, rgb=rgb, scale=recipe.scale, mask=mask)
    nearest = replace(run(source, recipe), valid=indexed.valid)
    arrays = [nearest.labels, indexed.labels, *([] if indexed.valid is None else [indexed.valid])]
    changed, pixels = (int(number) for number in fold_arrays(_count_changes, arrays, _add_up))
    share = changed / max(pixels, 1)
    return SmoothingCost(changed, share, distortion(source, nearest), distortion(source, indexed))


def _count_changes(before: Labels, after: Labels, valid: Valid | None = None) -> npt.NDArray[np.int64]:
    """Return the number of labels that differ, and that of pixels with data, (2,) int64."""
    differs = before != after
    if valid is None:
        return np.array([np.count_nonzero(differs), differs.size])
    return np.array([np.count_nonzero(differs & valid), np.count_nonzero(valid)])


def _add_up(several: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    total: npt.NDArray[np.int64] = np.sum(several, axis=0)
    return total
