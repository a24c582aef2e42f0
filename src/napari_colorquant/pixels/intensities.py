"""Intensities: which numbers of an image are black and white, and how they become levels.

Levels are encoded sRGB on an even grid: 8 bits where that holds all there is, else 16.
"""

import sys
from contextlib import suppress
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._checks import check_list, refusal, to_float
from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import Levels, Valid

#: How intensities become 0..1: by dtype, by the range of the data, or from two given limits (and a gamma).
Scale: TypeAlias = str | tuple[float, ...]
#: What becomes black and white, and, if it is not 1, the exponent in between; as a layer is displayed.
Limits: TypeAlias = tuple[float, ...]

#: Levels of a channel of 16 bits for one of 8: 65535 / 255.
STEP = 257
#: Floats may lie so far outside 0..1: what arithmetic leaves of images that were in 0..1.
_HAIR = 1e-4
#: Numbers that one task turns into levels.
_BLOCK = 1 << 16


class ScaleNeededError(ValueError):
    """Numbers whose black and white no convention tells.

    Attributes
    ----------
    what : str
        What must hold and what was given.
    """

    #: What to do about it in Python.
    ADVICE = "give scale='range' or scale=(low, high)"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}; {self.ADVICE}")
        self.what = what

    def __reduce__(self) -> tuple[Any, ...]:
        """Return what makes it again in another process: the text has the advice already."""
        return type(self), (self.what,)


class LittleRangeWarning(UserWarning):
    """An image uses little of the range that its data type has."""

    #: What to do about it in Python.
    ADVICE = "give scale='range', or scale=(low, high)"


def explain(error: BaseException, advice: str) -> str:
    """Return the text of an error; where a scale is needed, with the `advice` that holds in place of Python's."""
    return str(error).replace(ScaleNeededError.ADVICE, advice)


def check_scale(scale: Any) -> Scale:
    """Return `scale` if it is "dtype", "range" or (low, high) or (low, high, gamma); ValueError otherwise."""
    if isinstance(scale, str):
        if scale in ("dtype", "range"):
            return scale
    else:
        with suppress(TypeError):
            numbers = [to_float("scale", number) for number in check_list("scale", scale)]
            if len(numbers) in (2, 3) and np.isfinite(numbers).all():
                low, high, gamma = (*numbers, 1.0)[:3]
                if low < high and gamma > 0:
                    return (low, high) if gamma == 1 else (low, high, gamma)
    rule = "be 'dtype', 'range' or two rising numbers (low, high), with a gamma > 0 after them or not"
    raise refusal("scale", rule, scale)


def dtype_limits(dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return what is black and white by convention for `dtype`: integers of more than 16 bits mean 0..255."""
    if dtype.kind not in "ui":
        return 0.0, 1.0
    return 0.0, float(np.iinfo(dtype).max) if dtype.itemsize <= 2 else 255.0


def finite_range(array: npt.NDArray[Any]) -> tuple[float, float]:
    """Return the smallest and largest finite value; (inf, -inf) if there is none."""
    finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    return (float(finite.min()), float(finite.max())) if finite.size else (np.inf, -np.inf)


def widest(ranges: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the range that holds all the ranges; (inf, -inf) is an empty one."""
    lows, highs = zip(*ranges, strict=True)
    return min(lows), max(highs)


def is_plain(dtype: np.dtype[Any], limits: Limits | None) -> bool:
    """Return whether such numbers are levels as they are: truths, and bytes between no limits of their own."""
    return dtype.kind == "b" or (dtype == np.uint8 and limits in (None, (0.0, 255.0)))


def spread(low: float, high: float) -> tuple[float, float]:
    """Return a range whose ends differ: a single number is black then, and the next white."""
    if low == high:  # a huge number needs a step that it can see
        high = min(low + max(1.0, abs(low) / 2), sys.float_info.max)
        low = low if low < high else low / 2  # above the largest there is nothing: it is white
    return low, high


def is_deep(dtype: np.dtype[Any], limits: Limits | None) -> bool:
    """Return whether such numbers may need more than 8 bits: floats, and integers with more than 256 values."""
    low, high, gamma = _resolve(dtype, limits)
    return dtype.kind == "f" or (dtype.kind in "ui" and (high - low > 255 or gamma != 1))


def to_levels(values: npt.NDArray[Any], limits: Limits | None, valid: Valid | None) -> Levels:
    """Return intensities as levels of encoded sRGB.

    Parameters
    ----------
    values : ndarray of shape (N, C)
        Booleans, integers or floats.
    limits : tuple of float, or None
        What becomes black and white, and a gamma; values beyond are clipped. None: the limits of the
        dtype, see `dtype_limits`.
    valid : ndarray of shape (N,), bool, or None
        Rows that are False may hold anything.

    Returns
    -------
    levels : ndarray of shape (N, C), uint8 or uint16
        8 bits where the numbers are so few, or happen to lie on the grid of 8 bits; else 16.

    Raises
    ------
    ScaleNeededError
        If there are no limits, and floats lie outside 0..1, integers of more than 16 bits outside 0..255, or
        others below 0.
    """
    if is_plain(values.dtype, limits):
        return values * np.uint8(255) if values.dtype.kind == "b" else values
    if values.dtype == np.uint16 and limits in (None, (0.0, 65535.0)):
        return narrow(values)
    if limits is None:
        check_convention(values, valid)
    low, high, gamma = _resolve(values.dtype, limits)
    plain = values if values.dtype.isnative and values.dtype.itemsize > 1 else values.astype(np.float32)
    plain = np.ascontiguousarray(plain.astype(np.float32) if plain.dtype == np.float16 else plain)
    levels = np.empty(values.shape, np.uint16 if is_deep(values.dtype, limits) else np.uint8)
    numbers, flat = plain.reshape(-1), levels.reshape(-1)
    part = 0.5 if high / 2 - low / 2 > np.finfo(np.float64).max / 2 else 1.0  # so that the span does not overflow
    low, high = part * low, part * high

    def task(start: int, stop: int) -> None:
        _scale(numbers[start:stop], part, low, high - low, gamma, np.iinfo(levels.dtype).max, flat[start:stop])

    map_blocks(task, flat.size, _BLOCK)
    return narrow(levels) if levels.dtype == np.uint16 else levels


def narrow(levels: Levels) -> Levels:
    """Return levels of 16 bits as 8 bits if all of them lie on that grid."""
    numbers = np.ascontiguousarray(levels)
    return (levels // STEP).astype(np.uint8) if _is_on_grid(numbers.reshape(-1)) else levels


def to_8bit(levels: Levels) -> npt.NDArray[np.uint8]:
    """Return levels as the nearest of 8 bits."""
    if levels.dtype == np.uint8:
        return levels.view(np.uint8)
    return ((levels + np.uint32(STEP // 2)) // STEP).astype(np.uint8)


def to_16bit(levels: Levels) -> npt.NDArray[np.uint16]:
    """Return levels as 16 bits; none changes."""
    return levels.view(np.uint16) if levels.dtype == np.uint16 else levels * np.uint16(STEP)


def check_levels(levels: npt.NDArray[Any]) -> None:
    """Raise TypeError if numbers are no levels of 8 or 16 bits: others would be looked up beyond their tables."""
    if levels.dtype not in (np.uint8, np.uint16):
        raise refusal("levels", "be uint8 or uint16", levels, TypeError)


def to_depth(levels: Levels, dtype: npt.DTypeLike) -> Any:
    """Return levels as those of uint8 or uint16."""
    return to_8bit(levels) if np.dtype(dtype) == np.uint8 else to_16bit(levels)


def _resolve(dtype: np.dtype[Any], limits: Limits | None) -> tuple[float, float, float]:
    """Return what becomes black and white, and the gamma in between."""
    low, high, *gamma = limits or dtype_limits(dtype)
    return low, high, gamma[0] if gamma else 1.0


def check_convention(values: npt.NDArray[Any], valid: Valid | None, where: str = "") -> None:
    """Raise `ScaleNeededError` for numbers that no convention covers; `where` of the image they lie, in words."""
    if values.dtype.itemsize <= 2 and values.dtype.kind in "ub":
        return
    low, high = finite_range(values if valid is None else values[valid])
    white = dtype_limits(values.dtype)[1]
    if values.dtype.kind == "f":
        if low < -_HAIR or high > 1 + _HAIR:
            raise ScaleNeededError(f"floats must lie in 0..1, got {low:.4g}..{high:.4g}{where}")
    elif low < 0 or high > white:
        raise ScaleNeededError(f"{values.dtype.name} must lie in 0..{white:.0f}, got {low:.0f}..{high:.0f}{where}")


def alpha_to_8bit(alpha: npt.NDArray[Any], limits: Limits | None) -> npt.NDArray[np.uint8]:
    """Return an alpha channel as 8 bits, by a rule of its own.

    Integers mean their dtype's range, floats 0..1, whatever the scale of the colours; only alpha beyond
    that goes by the scale, as of an RGBA image of floats in 0..255. NaN is transparent. What has 8 bits is returned
    as it is.

    Raises
    ------
    ScaleNeededError
        If alpha goes beyond that and there are no limits.
    """
    if alpha.dtype == np.uint8:
        return alpha
    low, high = finite_range(alpha)
    own = dtype_limits(alpha.dtype)
    beyond = high > own[1] + _HAIR or low < -_HAIR
    if beyond and limits is None and (alpha.dtype.kind == "f" or alpha.dtype.itemsize > 2):
        raise ScaleNeededError(f"alpha must lie in 0..{own[1]:.0f}, got {low:.4g}..{high:.4g}")
    used = limits[:2] if beyond and limits is not None and limits[1] > own[1] else own
    levels = to_8bit(to_levels(alpha.reshape(-1, 1), used, np.isfinite(alpha).reshape(-1)))
    return levels.reshape(alpha.shape)


@kernel
def _scale(numbers, part, low, span, gamma, top, levels):  # type: ignore[no-untyped-def]
    for i in range(numbers.size):
        unit = (part * np.float64(numbers[i]) - low) / span
        if not unit > 0.0:  # NaN, too, which is no data
            unit = 0.0
        unit = min(unit, 1.0)
        if gamma != 1.0:
            unit = unit**gamma
        levels[i] = np.rint(unit * top)


@kernel
def _is_on_grid(levels):  # type: ignore[no-untyped-def]
    i = 0
    while i < levels.size and levels[i] % np.uint16(STEP) == 0:
        i += 1
    return i == levels.size
