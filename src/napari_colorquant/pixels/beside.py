"""What a user hands in beside an image, a mask or an importance: checked, and spread over its frames."""

from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import refusal
from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .arrays import as_array, fold_arrays, is_lazy, map_arrays
from .intensities import widest

#: Importance is counted in this fixed point, so that sums are exact in any order: the 255 steps of an 8-bit
#: layer, each in 2**14. At full importance 2**33 pixels of one colour fit into 64 bits.
IMPORTANCE_UNIT = 255 << 14
#: Pixels whose importance one task reads.
_BLOCK = 1 << 18


def read_mask(mask: Any, shape: tuple[int, ...]) -> Any:
    """Return where pixels have data, (..., H, W) bool in the `shape` of an image: where `mask` is not 0.

    Raises
    ------
    TypeError, ValueError
        If it is no array of numbers, does not fit, holds a negative or a NaN, or leaves no pixel. What a lazy
        one holds is checked where it is computed.
    """
    array = as_numbers("mask", mask, shape)
    data = map_arrays(_is_set, {"values": array}, np.bool_)
    if not is_lazy(data) and not data.any():
        raise ValueError("mask must leave at least one pixel, got none")
    return spread(data, shape)


def read_importance(importance: Any, shape: tuple[int, ...]) -> Any:
    """Return what pixels count for, (..., H, W) uint32 in units of 1/`IMPORTANCE_UNIT` of the largest.

    Raises
    ------
    TypeError, ValueError
        If it is no array of numbers, does not fit, holds a negative, a NaN or an infinity, or 0 alone.
    """
    array = as_numbers("importance", importance, shape)
    low, top = fold_arrays(_range_of, [array], widest)
    _check_range("importance", low, top)
    if top == 0:
        raise ValueError("importance must be > 0 for at least one pixel, got 0 everywhere")
    return spread(map_arrays(partial(_to_units, top=top), {"values": array}, np.uint32), shape)


def spread(array: Any, shape: tuple[int, ...]) -> Any:
    """Return an array, (..., H, W), over all the leading axes of `shape`; a view, lazy if it is."""
    return array if array.shape == shape else np.broadcast_to(array, shape)


def as_numbers(what: str, values: Any, shape: tuple[int, ...]) -> Any:
    """Return an array of numbers that fits an image of `shape`; what a masked array hides is 0."""
    array = as_array(values.filled(0) if isinstance(values, np.ma.MaskedArray) else values, what)
    if array.dtype.kind not in "buif":
        rule = "be an array of booleans, integers or floats"
        raise refusal(what, rule, values if array.ndim == 0 else array, TypeError)
    _check_fits(what, tuple(array.shape), shape)
    return array


def _check_fits(what: str, got: tuple[int, ...], shape: tuple[int, ...]) -> None:
    """Raise ValueError unless `got` is the `shape` of an image, or that of its last axes, H and W among them."""
    if len(got) < 2 or got != shape[-len(got) :]:
        message = f"{what} must have the shape of the image, {shape}, or of its last axes, got {got}"
        raise ValueError(message)


def _check_range(what: str, low: float, top: float) -> None:
    if not 0 <= low <= top < np.inf:
        got = f"{low:g}..{top:g}" if np.isfinite([low, top]).all() else "NaN or infinity"
        raise ValueError(f"{what} must be finite and >= 0 everywhere, got {got}")


def _is_set(values: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    if values.dtype.kind == "b":
        return values
    if values.size:
        _check_range("mask", *_range_of(values))
    data: npt.NDArray[np.bool_] = values != 0
    return data


def _range_of(values: npt.NDArray[Any]) -> tuple[float, float]:
    """Return the smallest and largest value, of labels 0 and 1; all numbers if one is not finite."""
    if values.dtype.kind in "bu":
        return 0.0, float(values.any())
    low, top = float(values.min()), float(values.max())
    if not np.isfinite([low, top]).all():
        return -np.inf, np.inf
    return (low, top) if values.dtype.kind == "f" or low < 0 else (0.0, float(top > 0))


def _to_units(values: npt.NDArray[Any], top: float) -> npt.NDArray[np.uint32]:
    """Return importance in fixed point; see `_fill_units`."""
    known = (np.float32, np.float64) if values.dtype.kind == "f" else (np.bool_, np.uint8)
    flat = values.reshape(-1) if values.dtype in known else _widen(values.reshape(-1))
    units = np.empty(values.size, np.uint32)

    def task(start: int, stop: int) -> None:
        _fill_units(flat[start:stop], float(top), values.dtype.kind != "f", units[start:stop])

    map_blocks(task, len(flat), _BLOCK)
    return units.reshape(values.shape)


def _widen(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return numbers as one of the few types that the kernel is compiled for."""
    return values.astype(np.float64) if values.dtype.kind == "f" else values != 0


@kernel
def _fill_units(values, top, regions, units):  # type: ignore[no-untyped-def]
    # However small, what is positive stays so: a single outlier hides nothing.
    for i in range(len(values)):
        share = np.float64(values[i])
        if share > 0:
            units[i] = IMPORTANCE_UNIT if regions else max(np.uint32(np.rint(share / top * IMPORTANCE_UNIT)), 1)
        else:
            units[i] = 0
