"""The colours of a palette in 16 bits a channel: which of them count, and what they are in another RGB."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import refusal
from .._typing import RGB8
from ..pixels.arrays import as_array
from ..pixels.intensities import STEP, to_8bit, to_16bit
from ..pixels.rgb_profile import RgbProfile


def settle_levels(levels: Any, colors: RGB8, profile: RgbProfile | None) -> npt.NDArray[np.uint16]:
    """Return levels of the RGB of `profile`, or of sRGB, for 8-bit sRGB colours.

    Parameters
    ----------
    levels : array_like of shape (K, 3) of integers, or without entries
        Where one is not what its colour is in 16 bits, the colour counts, as it does where there are none.
    colors : ndarray of shape (K, 3), uint8
    profile : RgbProfile or None

    Raises
    ------
    ValueError
        If the levels are no integers or not as many as the colours.
    """
    array = as_array(levels, "levels")
    coarse = to_16bit(colors) if profile is None else profile.from_srgb(to_16bit(colors))
    if array.ndim == 2 and not len(array):
        return coarse
    if array.shape != colors.shape or array.dtype.kind not in "iu":
        raise refusal("levels", f"be integers of shape {colors.shape}", array, ValueError)
    if profile is None:
        belongs = (np.abs(array.astype(np.int64) - coarse) <= STEP // 2).all(axis=1)
    else:
        array = np.clip(array, 0, 65535).astype(np.uint16)
        belongs = (to_8bit(profile.to_srgb(array)) == colors).all(axis=1)
    return np.where(belongs[:, None], array, coarse).astype(np.uint16)


def convert_levels(
    levels: npt.NDArray[np.uint16], own: RgbProfile | None, wanted: RgbProfile | None
) -> npt.NDArray[np.uint16]:
    """Return levels of one RGB as those of another, (K, 3) uint16, clipped to it; None is sRGB."""
    if own == wanted:
        return levels
    converted: npt.NDArray[np.uint16]
    if own is None:
        converted = wanted.from_srgb(levels)  # type: ignore[union-attr]
    elif wanted is None:
        converted = own.to_srgb(levels)
    else:
        converted = np.rint(wanted.from_linear(own.to_linear(levels)) * np.float32(65535)).astype(np.uint16)
    return converted
