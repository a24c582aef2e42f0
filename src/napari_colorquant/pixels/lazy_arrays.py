"""What `arrays` does, for dask arrays: map and fold chunk by chunk, cut alike, compute."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import dask.array as da
import numpy as np
import numpy.typing as npt
from dask.base import compute, optimize, tokenize
from dask.highlevelgraph import HighLevelGraph

from .scheduling import fold, inside_task, report_progress

Value = TypeVar("Value")
#: Under this name an array's layer of the graph says what it reads.
_FILE = "colorquant file"


def from_stored(array: Any, chunks: Any, name: str | None = None, file: str = "") -> Any:
    """Return anything that has a shape and a dtype and is read by slicing as a lazy array; `file` is where it lies."""
    return _mark_file(da.from_array(array, chunks=chunks, name=name, asarray=True), file)


def from_memory(array: Any) -> Any:
    """Return a lazy array as it is, and one in memory as a lazy one of some chunks."""
    return array if hasattr(array, "__dask_graph__") else da.from_array(array, chunks="auto")


def from_blocks(
    read: Callable[..., Any], shape: tuple[int, ...], chunks: Sequence[int], dtype: Any, *, file: str = "", **kept: Any
) -> Any:
    """Return a lazy array whose blocks are read when they are looked at.

    Parameters
    ----------
    read : callable
        ``read(bounds, chunk_shape, **kept)`` returns one block; `bounds` are its start and stop along each axis.
    shape : tuple of int
    chunks : sequence of int
        The shape of a block; those at the ends are smaller.
    dtype : dtype
    file : str
        What is read, see `find_files`.
    **kept
        Further arguments of `read`, which travel to other machines.
    """
    blocks = da.core.normalize_chunks(tuple(min(pair) for pair in zip(chunks, shape, strict=True)), shape)
    meta = np.empty((0,) * len(shape), dtype)
    array = da.map_blocks(partial(_read_block, read=read, kept=kept), chunks=blocks, dtype=dtype, meta=meta)
    return _mark_file(array, file)


def find_files(array: Any) -> set[str]:
    """Return the files and folders that a lazy array reads when it is looked at, as far as that is known."""
    files = set()
    for name, layer in array.dask.layers.items():
        files.add((layer.collection_annotations or {}).get(_FILE, ""))
        if name.startswith("original-"):  # what somebody else has given to dask: a Zarr array may say where it lies
            store = getattr(layer.get(name), "store", None)
            files.add(str(getattr(store, "root", "") or getattr(store, "path", "")))
    return files - {""}


def _mark_file(array: Any, file: str) -> Any:
    if file:
        layer = array.dask.layers[array.name]
        layer.collection_annotations = {**(layer.collection_annotations or {}), _FILE: file}
    return array


def map_samples(function: Callable[..., Any], array: Any, dtype: Any, channels: int | None) -> Any:
    """Return ``function(block)`` for each block of a lazy array, (..., S), all samples of a pixel in one block.

    Parameters
    ----------
    function : callable
        From (..., S) to (..., channels), or to (...) if `channels` is None.
    array : dask array
    dtype : dtype
        Of what `function` returns.
    channels : int or None
    """
    last = array.ndim - 1
    array = array.rechunk({last: -1})
    if channels is None:
        return array.map_blocks(function, dtype=dtype, drop_axis=last, meta=np.empty((0,) * last, dtype))
    meta = np.empty((0,) * array.ndim, dtype)
    return array.map_blocks(function, dtype=dtype, chunks=(*array.chunks[:-1], (channels,)), meta=meta)


def stack_arrays(arrays: Sequence[Any]) -> Any:
    """Return lazy arrays of one shape as one with a new first axis."""
    return da.stack(arrays)


def join_channels(arrays: Sequence[Any]) -> Any:
    """Return dask arrays joined along their last axis, which is one chunk then."""
    return da.concatenate(arrays, axis=-1).rechunk({-1: -1})


def settle_graph(array: Any) -> Any:
    """Return a lazy array whose graph is worked out: of thousands of files that takes longer than a block."""
    (settled,) = optimize(array)
    return settled


def store_blocks(array: Any, write: Callable[..., None], name: str, **kept: Any) -> None:
    """Compute a lazy array block by block, in tasks that write each where it belongs; see `fold` on progress.

    Parameters
    ----------
    array : dask array
    write : callable
        ``write(block, bounds, **kept)``; no two blocks may touch the same part of what is written.
    name : str
        Of the work, a new one each time.
    **kept
        Further arguments of `write`, which travel to other machines.
    """
    written = da.map_blocks(
        partial(_write_block, write=write, kept=kept), array, dtype=np.uint8, chunks=(1,) * array.ndim,
        meta=np.empty((0,) * array.ndim), name=name,
    )  # fmt: skip
    fold(_nothing, [written], _nothing)


def cut_as(array: Any, chunks: tuple[tuple[int, ...], ...]) -> Any:
    """Return an array, (..., H, W) or (..., H, W, C), as a dask array in chunks along (..., H, W), channels whole."""
    rest = array.shape[len(chunks) :]
    return da.asanyarray(array).rechunk((*chunks, *((size,) for size in rest)))


def cut_over(arrays: Sequence[Any], ndims: Sequence[int], shape: tuple[int, ...]) -> list[Any]:
    """Return arrays as dask arrays that have all frames of the largest, in the chunks of a lazy one.

    Parameters
    ----------
    arrays : sequence of arrays
        Of `shape` or of its last axes, some with an axis of channels behind them; at least one is lazy.
    ndims : sequence of int
        How many axes each has without channels; of the lazy ones, the chunks of that with most are taken.
    shape : tuple of int
        (..., H, W).
    """
    ndim, leader = max(
        ((ndim, array) for array, ndim in zip(arrays, ndims, strict=True) if hasattr(array, "__dask_graph__")),
        key=lambda pair: pair[0],
    )
    chunks = (*((1,) * size for size in shape[: len(shape) - ndim]), *leader.chunks[:ndim])
    cut = []
    for array, ndim in zip(arrays, ndims, strict=True):
        # Without a name of its own, dask reads an array in memory once more to find one.
        lazy = array if hasattr(array, "__dask_graph__") else da.from_array(array, chunks=-1, name=False)
        lazy = cut_as(lazy, chunks[len(shape) - ndim :])
        frames = (*shape[: len(shape) - ndim], *lazy.shape)
        cut.append(da.broadcast_to(lazy, frames, chunks=(*chunks, *lazy.chunks[ndim:])))
    return cut


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


def scan_lazy(function: Callable[..., Any], array: Any, dtype: npt.DTypeLike) -> Any:
    """Do what `arrays.scan_arrays` does."""
    name = f"scan-{tokenize(function, array, dtype)}"
    layer: dict[Any, Any] = {}
    for time, *rest in np.ndindex(*array.numblocks[:-1]):
        chunks = [(array.name, t, *rest, 0) for t in (time, time - 1) if t >= 0]
        made = [(name, time - 1, *rest)] if time else []
        layer[(name, time, *rest)] = (partial(_scan_chunk, function=function), *chunks, *made)
    graph = HighLevelGraph.from_collections(name, layer, dependencies=[array])
    return da.Array(graph, name, chunks=array.chunks[:-1], dtype=dtype)


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


def widen_chunks(chunks: Sequence[Sequence[int]], around: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """Return chunks of at least `around` pixels along each axis: short ones are joined with those that follow."""
    wide: dict[int, tuple[int, ...]] = {}
    for axis, (sizes, least) in enumerate(zip(chunks, around, strict=True)):
        joined = [0]
        for size in sizes:
            if joined[-1] >= max(least, 1):
                joined.append(0)
            joined[-1] += size
        if len(joined) > 1 and joined[-1] < least:
            joined[-2:] = [joined[-2] + joined[-1]]
        wide[axis] = tuple(joined)
    return wide


def map_chunks(
    task: Callable[..., Any],
    arrays: Sequence[Any],
    chunks: Any,
    dtype: npt.DTypeLike,
    channels: int | None,
    around: Sequence[int] = (),
) -> Any:
    """Return the dask array of what `task` makes of the chunks of `arrays`, all cut as `chunks` along (..., H, W).

    `task` gets one chunk of each, and as ``place`` the bounds of the first along its axes and a last one. With
    `around`, see `Source.map`, each is that much larger, and what the task makes of it is cut.
    """
    # All get a last axis, so that dask matches their chunks.
    ndim = len(chunks)
    blocks = [array if array.ndim > ndim else array[..., None] for array in arrays]
    axes: dict[str, Any] = {"drop_axis": [ndim]} if channels is None else {"chunks": (*chunks, (channels,))}
    meta = np.empty((0,) * (ndim + (channels is not None)), dtype)
    # The number of axes tells which blocks have channels of their own.
    own = tuple(array.ndim > ndim for array in arrays)
    if any(around):
        depth = {axis: size if len(chunks[axis]) > 1 else 0 for axis, size in enumerate(around)}
        blocks = [da.overlap.overlap(block, depth=depth, boundary="none") for block in blocks]
        task = partial(_cut_around, task=task, depth=tuple(depth.values()), shape=tuple(map(sum, chunks)))
        axes["chunks"] = (*chunks, *(() if channels is None else ((channels,),)))
    return da.map_blocks(partial(_strip_axes, task=task, own=own), *blocks, dtype=dtype, meta=meta, **axes)


# What follows runs inside tasks, on any thread of any machine.


def _strip_axes(
    *blocks: npt.NDArray[Any], task: Callable[..., Any], own: tuple[bool, ...], block_info: Any = None
) -> Any:
    chunks = [block if has_channels else block[..., 0] for block, has_channels in zip(blocks, own, strict=True)]
    place = block_info[None if isinstance(task, partial) and task.func is _cut_around else 0]["array-location"]
    with inside_task():
        return task(*chunks, place=place)


def _cut_around(
    *chunks: npt.NDArray[Any], task: Callable[..., Any], depth: tuple[int, ...], shape: tuple[int, ...], place: Any
) -> Any:
    bounds = [
        (max(start - more, 0), min(stop + more, size))
        for (start, stop), more, size in zip(place[: len(shape)], depth, shape, strict=True)
    ]
    made = task(*chunks, place=(*bounds, (0, 1)))
    inner = tuple(slice(start - low, stop - low) for (start, stop), (low, _) in zip(place, bounds, strict=False))
    return made[inner]


def _scan_chunk(chunk: Any, before: Any = None, made: Any = None, *, function: Callable[..., Any]) -> Any:
    with inside_task():
        return function(chunk, before, made)


def _map_named(
    *chunks: npt.NDArray[Any], function: Callable[..., Any], names: tuple[str, ...], ndim: int, place: Any
) -> Any:
    return function(**dict(zip(names, chunks, strict=True)))


def _fold_each(
    *columns: list[npt.NDArray[Any]], function: Callable[..., Value], combine: Callable[[list[Value]], Value]
) -> Value:
    with inside_task():
        return combine([function(*row) for row in zip(*columns, strict=True)])


def _read_block(*, read: Callable[..., Any], kept: dict[str, Any], block_info: Any = None) -> Any:
    info = block_info[None]
    return read(tuple(info["array-location"]), tuple(info["chunk-shape"]), **kept)


def _write_block(block: Any, *, write: Callable[..., None], kept: dict[str, Any], block_info: Any = None) -> Any:
    write(block, tuple(block_info[0]["array-location"]), **kept)
    return np.zeros((1,) * block.ndim, np.uint8)


def _nothing(*columns: Any) -> int:
    return 0
