"""What `arrays` does, for dask arrays: map and fold chunk by chunk, cut alike, compute."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import dask.array as da
import numpy as np
import numpy.typing as npt
from dask.base import compute

from .scheduling import fold, inside_task, report_progress

Value = TypeVar("Value")


def from_stored(array: Any, chunks: Any, name: str | None = None) -> Any:
    """Return anything that has a shape and a dtype and is read by slicing as a lazy array."""
    return da.from_array(array, chunks=chunks, name=name, asarray=True)


def cut_as(array: Any, chunks: tuple[tuple[int, ...], ...]) -> Any:
    """Return an array, (..., H, W) or (..., H, W, C), as a dask array in chunks along (..., H, W), channels whole."""
    rest = array.shape[len(chunks) :]
    return da.asanyarray(array).rechunk((*chunks, *((size,) for size in rest)))


def fold_lazy(function: Callable[..., Value], arrays: Sequence[Any], combine: Callable[[list[Value]], Value]) -> Value:
    """Do what `arrays.fold_arrays` does of arrays of which some are lazy."""
    return fold(partial(_fold_each, function=function, combine=combine), _match_chunks(arrays), combine)


def map_lazy(
    function: Callable[..., Any], arrays: dict[str, Any], dtype: npt.DTypeLike, channels: int | None = None
) -> Any:
    """Do what `arrays.map_arrays` does of arrays of which some are lazy."""
    cut = _match_chunks(list(arrays.values()))
    chunks = cut[0].chunks[: min(array.ndim for array in cut)]
    task = partial(_map_named, function=function, names=tuple(arrays), ndim=len(chunks))
    return map_chunks(task, cut, chunks, dtype, channels)


def compute_arrays(*arrays: Any) -> tuple[Any, ...]:
    """Return lazy arrays in memory, computed together and with progress."""
    with report_progress():
        computed: tuple[Any, ...] = compute(*arrays)
    return computed


def _match_chunks(arrays: Sequence[Any]) -> list[Any]:
    """Return arrays as dask arrays in the chunks of the first lazy one."""
    ndim = min(array.ndim for array in arrays)
    chunks = next(array.chunks for array in arrays if hasattr(array, "__dask_graph__"))[:ndim]
    return [cut_as(array, chunks) for array in arrays]


def map_chunks(
    task: Callable[..., Any], arrays: Sequence[Any], chunks: Any, dtype: npt.DTypeLike, channels: int | None
) -> Any:
    """Return the dask array of what `task` makes of the chunks of `arrays`, all cut as `chunks` along (..., H, W).

    `task` gets one chunk of each, and as ``place`` the bounds of the first along its axes and a last one.
    """
    # All get a last axis, so that dask matches their chunks.
    ndim = len(chunks)
    blocks = [array if array.ndim > ndim else array[..., None] for array in arrays]
    axes: dict[str, Any] = {"drop_axis": [ndim]} if channels is None else {"chunks": (*chunks, (channels,))}
    meta = np.empty((0,) * (ndim + (channels is not None)), dtype)
    # The number of axes tells which blocks have channels of their own.
    own = tuple(array.ndim > ndim for array in arrays)
    return da.map_blocks(partial(_strip_axes, task=task, own=own), *blocks, dtype=dtype, meta=meta, **axes)


# What follows runs inside tasks, on any thread of any machine.


def _strip_axes(
    *blocks: npt.NDArray[Any], task: Callable[..., Any], own: tuple[bool, ...], block_info: Any = None
) -> Any:
    chunks = [block if has_channels else block[..., 0] for block, has_channels in zip(blocks, own, strict=True)]
    with inside_task():
        return task(*chunks, place=block_info[0]["array-location"])


def _map_named(
    *chunks: npt.NDArray[Any], function: Callable[..., Any], names: tuple[str, ...], ndim: int, place: Any
) -> Any:
    return function(**dict(zip(names, chunks, strict=True)))


def _fold_each(
    *columns: list[npt.NDArray[Any]], function: Callable[..., Value], combine: Callable[[list[Value]], Value]
) -> Value:
    with inside_task():
        return combine([function(*row) for row in zip(*columns, strict=True)])
