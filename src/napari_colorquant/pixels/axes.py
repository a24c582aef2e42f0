"""What the axes of a bare array mean, in one table.

Nothing but its shape tells what an array without axis names holds. What that leaves open is asked, never
guessed: channels that are taken for frames, or for alpha, give a wrong picture without a word.

===========================  ==================================  ===================================
shape                        without a word                      said
===========================  ==================================  ===================================
(H, W)                       gray                                ``rgb=False``: gray, whatever W is
(N, 3)                       uint8: N colours in a row;          ``rgb=True``: N colours in a row;
                             else refused                        ``rgb=False``: gray
(..., H, W, 1)               gray                                ``rgb=False``: frames
(..., H, W, 2)               gray and alpha                      ``rgb=False``: frames
(..., H, W, 3)               red, green, blue                    ``rgb=False``: frames
(..., H, W, 4)               and alpha                           ``rgb=False``: frames
(C, H, W), C in 2..16        refused                             ``rgb=False`` or ``frames=True``: frames
(T, H, W), T = 1 or T > 16   frames, gray                        the same
(..., T, H, W)               frames, gray                        the same
===========================  ==================================  ===================================

Channels become colours by ``numpy.moveaxis(image, 0, -1)``, where there are three, or as the blend of how
each is displayed, `napari_colorquant.pixels.composite`.
"""

from collections.abc import Sequence
from math import isnan
from typing import Any

import numpy as np

from .._checks import check_flag, check_optional_flag
from .arrays import is_lazy

#: So many planes may be channels as well as frames.
_CHANNELS = range(2, 17)


def is_rgb(shape: Sequence[int]) -> bool:
    """Return True if an array of this `shape` is taken as RGB(A) where nothing is said about it."""
    return len(shape) >= 3 and shape[-1] in (3, 4)


def read_axes(dtype: np.dtype[Any], shape: tuple[int, ...], rgb: bool | None, *, frames: bool = False) -> bool:
    """Return whether the last axis of an array holds channels.

    Parameters
    ----------
    dtype : dtype
    shape : tuple of int
    rgb : bool, optional
        What is said of it.
    frames : bool
        Whether leading axes are known to be frames.

    Raises
    ------
    TypeError, ValueError
        If it is no image, or may be one thing or another; see the table above.
    """
    if dtype.kind not in "buif":
        raise TypeError(f"an image must hold booleans, integers or floats, got {dtype}")
    if any(map(isnan, shape)):
        raise ValueError(f"a dask image must have chunks of known sizes, got shape {shape}")
    if len(shape) < 2:
        raise ValueError(f"an image must have at least two axes, got shape {shape}")
    if 0 in shape:
        raise ValueError(f"an image must have at least one pixel, got shape {shape}")
    check_flag("frames", frames)
    if check_optional_flag("rgb", rgb) is None:
        return _guess(dtype, shape, frames)
    if rgb and not (shape[-1] == 3 if len(shape) == 2 else shape[-1] <= 4):
        raise ValueError(f"an RGB image must have shape (..., H, W, 1 to 4) or (N, 3), got {shape}")
    return bool(rgb)


def shape_of_labels(shape: tuple[int, ...], rgb: bool) -> tuple[int, ...]:
    """Return the shape of an image without its channels, (..., H, W)."""
    return shape if not rgb else shape[:-1] if len(shape) > 2 else (1, shape[0])


def has_channels(shape: Sequence[int], labels_shape: tuple[int, ...]) -> bool | None:
    """Return whether an array has channels if labels of `labels_shape` were made of it; None if they were not."""
    return next((rgb for rgb in (False, True) if shape_of_labels(tuple(shape), rgb) == labels_shape), None)


def arrange(array: Any, rgb: bool) -> tuple[Any, bool]:
    """Return an array as (..., H, W) or (..., H, W, 3 or 4), and whether it has channels then."""
    if rgb and array.ndim == 2:
        return array[np.newaxis], True
    if not rgb or array.shape[-1] > 2:
        return array, rgb
    if array.shape[-1] == 1:
        return array[..., 0], False
    gray = array[..., :1]
    if is_lazy(array):
        from .lazy_arrays import join_channels

        return join_channels([gray, gray, array]), True
    return np.concatenate([gray, gray, array], axis=-1), True


def _guess(dtype: np.dtype[Any], shape: tuple[int, ...], frames: bool) -> bool:
    if len(shape) == 2 and shape[-1] == 3:
        if dtype == np.uint8:
            return True
        raise ValueError(
            f"an image must be told from a list of colours, rgb=False or rgb=True, got {dtype} of shape {shape}"
        )
    if len(shape) == 3 and shape[-1] > 4 and shape[0] in _CHANNELS and not frames:
        raise ValueError(
            "an image must have its channels last, as numpy.moveaxis(image, 0, -1) has them, or be said to have "
            f"frames, rgb=False or frames=True, got shape {shape}: {shape[0]} channels or frames"
        )
    return len(shape) >= 3 and shape[-1] <= 4
