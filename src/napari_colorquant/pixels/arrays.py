"""Arrays in memory or lazy, seen in one way: an array in memory is one chunk, a dask array many.

This is the one place that asks which of the two it has. dask is loaded when a lazy array turns up.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from .._checks import refusal
from .._runtime.progress import stage
from .named_axes import with_channels_last

Value = TypeVar("Value")


def is_lazy(array: Any) -> bool:
    """Return True for a dask array: one that exists only while it is looked at."""
    return hasattr(array, "__dask_graph__") and hasattr(array, "chunks")


def find_files(*arrays: Any) -> set[str]:
    """Return the files and folders that lazy arrays read when they are looked at, as far as that is known."""
    lazy = [array for array in arrays if is_lazy(array)]
    if not lazy:
        return set()
    from . import lazy_arrays

    return set().union(*map(lazy_arrays.find_files, lazy))


def as_array(image: Any, what: str = "an image") -> Any:
    """Return what a user handed in as a numpy array, or as the dask array that it is; ValueError if it is neither."""
    image = with_channels_last(image)
    if is_lazy(image):
        if isinstance(getattr(image, "_meta", None), np.ma.MaskedArray):  # each chunk would forget its mask
            rule = (
                "hold plain numbers, dask.array.ma.filled(...), with mask=~dask.array.ma.getmaskarray(...) beside them"
            )
            raise refusal(what, rule, "a dask array of masked ones", TypeError)
        return image
    try:
        return np.asarray(image)
    except ValueError:  # rows of different lengths
        raise refusal(what, "be an array", image) from None


def as_shaped(image: Any) -> Any:
    """Return what has a shape and a dtype as it is, read or not, and anything else as a numpy array."""
    image = with_channels_last(image)
    return image if isinstance(getattr(image, "shape", None), tuple) and hasattr(image, "dtype") else as_array(image)


def as_levels_array(level: Any) -> Any:
    """Return a level of an image that may be larger than memory: in memory if it is there already, else lazy.

    Parameters
    ----------
    level : array_like
        An ndarray; a dask or xarray array; or anything that is stored and read by slicing: a memory
        map, an array of zarr or h5py.
    """
    level = with_channels_last(level)
    if is_lazy(level) or (isinstance(level, np.ndarray) and not isinstance(level, np.memmap)):
        return level
    from .lazy_arrays import from_stored

    return from_stored(level, getattr(level, "chunks", None) or "auto")


def open_stored(array: Any) -> Any:
    """Return an array in memory, or a lazy one, as it is; one that is read by slicing (Zarr, HDF5, xarray) as lazy.

    Anything else comes back as it is, too, to be refused.
    """
    is_stored = isinstance(getattr(array, "shape", None), tuple) and hasattr(array, "dtype")
    return as_levels_array(array) if is_stored and not isinstance(array, np.ndarray) else array


def fold_arrays(
    function: Callable[..., Value], arrays: Sequence[Any], combine: Callable[[list[Value]], Value]
) -> Value:
    """Turn the chunks of arrays into values, and combine these.

    Parameters
    ----------
    function : callable
        Called with one chunk (ndarray) of each of `arrays`.
    arrays : sequence of arrays
        Of shape (..., H, W) or (..., H, W, C), in memory or lazy; where one is lazy, all are cut as it is.
    combine : callable
        From a list of values to one value. It must not matter which are combined first.
    """
    if not any(map(is_lazy, arrays)):
        return function(*arrays)
    from .lazy_arrays import fold_lazy

    return fold_lazy(function, arrays, combine)


def map_arrays(
    function: Callable[..., Any], arrays: dict[str, Any], dtype: npt.DTypeLike, channels: int | None = None
) -> Any:
    """Return ``function(**arrays)``, where an array is lazy chunk by chunk and when it is looked at.

    Parameters
    ----------
    function : callable
        Called with one chunk (ndarray) of each array by its name; returns (..., H, W), or with
        `channels` (..., H, W, channels).
    arrays : dict of arrays
        Of shape (..., H, W) or (..., H, W, C), in memory or lazy; those that are None are left out.
    dtype : dtype
        Of the result.
    channels : int, optional
    """
    given = {name: array for name, array in arrays.items() if array is not None}
    if not any(map(is_lazy, given.values())):
        return function(**given)
    from .lazy_arrays import map_lazy

    return map_lazy(function, given, dtype, channels)


def map_colors(function: Callable[[npt.NDArray[Any]], npt.NDArray[Any]], array: Any) -> Any:
    """Return ``function(array)`` for pixels with channels, (..., C), of the same shape and dtype; lazy if they are."""
    if not is_lazy(array):
        return function(array)
    from .lazy_arrays import map_samples

    return map_samples(function, array, array.dtype, array.shape[-1])


def scan_arrays(function: Callable[..., Any], array: Any, dtype: npt.DTypeLike) -> Any:
    """Return what `function` makes of each frame of a lazy array, knowing what it made of the frame before.

    Parameters
    ----------
    function : callable
        ``function(chunk, before, made)``, from (1, ..., H, W, C) to (1, ..., H, W): `before` is the chunk of the
        frame before along the first axis, and `made` what came of that; both are None for the first frame.
    array : dask array of shape (T, ..., H, W, C)
        Its chunks hold whole planes of one frame.
    dtype : dtype
        Of the result.
    """
    from .lazy_arrays import scan_lazy

    return scan_lazy(function, array, dtype)


def load(*arrays: Any) -> tuple[Any, ...]:
    """Return arrays in memory, computed together and with progress; what is None or in memory stays as it is."""
    if not any(map(is_lazy, arrays)):
        return arrays
    from .lazy_arrays import compute_arrays

    return compute_arrays(*arrays)


@contextmanager
def lazy_stage(array: Any, text: str, start: float, stop: float) -> Iterator[None]:
    """Call the enclosed work `text`, see `progress.stage`, if `array` is lazy; of one in memory it takes no time."""
    if not is_lazy(array):
        yield
        return
    with stage(text, start, stop):
        yield
