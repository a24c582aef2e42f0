"""What users hand in as an image beside plain arrays: masked arrays and Pillow images; paths are refused."""

import os
import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import refusal
from .arrays import as_array
from .rgb_profile import RgbProfile, find_rgb_profile


def as_image(image: Any) -> Any:
    """Return an image that a user handed in as a numpy array, or as the dask array that it is.

    A Pillow image is the numbers that it holds, whatever profile and orientation are named beside them: one with a
    palette has the colours of its palette. Masked elements
    have a value that others have, so that they do not widen the range; `find_own_mask` tells which they are.

    Raises
    ------
    TypeError
        If it is the path of a file.
    """
    if isinstance(image, (str, os.PathLike)):
        rule = (
            "be an array; of a file napari_colorquant.read_image(path).levels[0] (the command colorquant takes files)"
        )
        raise refusal("an image", rule, os.fspath(image), TypeError)
    if hasattr(image, "getbands") and hasattr(image, "has_transparency_data"):
        return _from_pillow(image)
    if isinstance(image, np.ma.MaskedArray):
        return image.filled(image.min() if image.count() else 0)
    return as_array(image)


def warn_of_own_profile(image: Any, profile: RgbProfile | None) -> None:
    """Warn if a Pillow image names an RGB of its own and nothing is said of it: it would be taken for sRGB."""
    named = getattr(image, "info", None)
    if profile is None and isinstance(named, dict) and find_rgb_profile(named.get("icc_profile")) is not None:
        warnings.warn(
            "the numbers of the image are taken as sRGB, against the ICC profile that it has; give its file to "
            "napari_colorquant.read_image, or profile=",
            UserWarning,
            stacklevel=3,
        )


def find_own_mask(image: Any, shape: tuple[int, ...]) -> npt.NDArray[np.bool_] | None:
    """Return where a masked array has data, (..., H, W), or None if it is none or nothing of it is masked."""
    if not isinstance(image, np.ma.MaskedArray) or not (hidden := np.ma.getmaskarray(image)).any():
        return None
    return np.asarray(~(hidden if hidden.size == np.prod(shape) else hidden.any(axis=-1))).reshape(shape)


def _from_pillow(image: Any) -> npt.NDArray[Any]:
    if image.has_transparency_data:
        return np.asarray(image.convert("RGBA"))
    is_plain = image.mode == "RGB" or (len(image.getbands()) == 1 and image.mode != "P")
    return np.asarray(image if is_plain else image.convert("RGB"))
