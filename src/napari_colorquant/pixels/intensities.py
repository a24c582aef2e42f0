"""Intensities: which numbers of an image are black and white, and how they become 8-bit levels."""

from contextlib import suppress
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._checks import check_list, refusal, to_float
from .._typing import Valid

#: How intensities become 0..1: by dtype, by the range of the data, or from two given limits.
Scale: TypeAlias = str | tuple[float, float]


def check_scale(scale: Any) -> Scale:
    """Return `scale` if it is "dtype", "range" or two rising finite numbers; ValueError otherwise."""
    if isinstance(scale, str):
        if scale in ("dtype", "range"):
            return scale
    else:
        with suppress(TypeError):
            pair = tuple(to_float("scale", limit) for limit in check_list("scale", scale))
            if len(pair) == 2 and np.isfinite(pair).all() and pair[0] < pair[1]:
                return pair[0], pair[1]
    raise refusal("scale", "be 'dtype', 'range' or two rising numbers (low, high)", scale)


def dtype_limits(dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return the intensities that are black and white by convention for `dtype`."""
    return (0.0, float(np.iinfo(dtype).max)) if dtype.kind in "ui" else (0.0, 1.0)


def finite_range(array: npt.NDArray[Any]) -> tuple[float, float]:
    """Return the smallest and largest finite value; (inf, -inf) if there is none."""
    finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    return (float(finite.min()), float(finite.max())) if finite.size else (np.inf, -np.inf)


def widest(ranges: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the range that holds all the ranges; (inf, -inf) is an empty one."""
    lows, highs = zip(*ranges, strict=True)
    return min(lows), max(highs)


def to_uint8(
    values: npt.NDArray[Any], limits: tuple[float, float] | None, valid: Valid | None
) -> npt.NDArray[np.uint8]:
    """Return intensities as 8-bit levels.

    Parameters
    ----------
    values : ndarray of shape (N, C)
        Booleans, integers or floats.
    limits : tuple of float, or None
        What becomes 0 and 255; values beyond are clipped. None: the limits of the dtype, beyond which
        a float is an error.
    valid : ndarray of shape (N,), bool, or None
        Rows that are False may hold anything.

    Raises
    ------
    ValueError
        If floats lie outside 0..1 and there are no limits.
    """
    low, high = limits or dtype_limits(values.dtype)
    if values.dtype.kind == "b":
        return values * np.uint8(255)
    scaled: npt.NDArray[np.floating[Any]] = values.astype(np.float32 if values.dtype.itemsize <= 2 else np.float64)
    if values.dtype.kind == "f":
        if valid is not None:
            scaled[~valid] = low
        if limits is None and (scaled.min() < 0 or scaled.max() > 1):
            raise ValueError(
                f"floats must lie in 0..1, got {scaled.min():.4g}..{scaled.max():.4g}; "
                "give scale='range' or scale=(low, high)"
            )
    scaled = (scaled - low) * (255.0 / (high - low))
    rounded: npt.NDArray[np.uint8] = np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)
    return rounded
