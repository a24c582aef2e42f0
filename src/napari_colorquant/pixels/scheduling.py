"""Run a graph wherever dask says, with progress, and stop when it is cancelled."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar
from uuid import uuid4

import dask.array as da
import numpy as np
from dask.base import compute, get_scheduler, optimize
from dask.callbacks import Callback
from dask.core import flatten
from dask.delayed import Delayed
from dask.highlevelgraph import HighLevelGraph

from .._runtime.progress import checkpoint, watch
from .._runtime.threads import limit_threads

Value = TypeVar("Value")

#: How many values one task combines: few, so that they are gone before many are there.
_ARITY = 4
#: A cluster sends back this many partial results, which is also how finely it tells its progress.
_PARTS = 16
#: Seconds between two questions whether to go on, while a cluster works.
_POLL = 0.1


@contextmanager
def inside_task() -> Iterator[None]:
    """Do the enclosed work as one task of many: on the thread that dask gave it, without a word."""
    with limit_threads(1), watch(_no_listener):
        yield


@contextmanager
def report_progress() -> Iterator[None]:
    """Tell the progress of what dask computes on this machine in the enclosed code, from this thread."""
    with _Report():  # type: ignore[no-untyped-call]
        yield


def fold(
    function: Callable[..., Value], arrays: Sequence[Any], combine: Callable[[list[Value]], Value], *, group: int = 1
) -> Value:
    """Turn the chunks of arrays into values, and combine these as a tree.

    Parameters
    ----------
    function : callable
        Called with one list of chunks (ndarrays) for each of `arrays`.
    arrays : sequence of dask arrays
        All in chunks of the same number and order.
    combine : callable
        From a list of values to one value. It must not matter which are combined first.
    group : int
        Number of chunks that `function` gets at once on this machine; a cluster's workers get one,
        since several might lie on different ones.

    Returns
    -------
    value
        Progress was told and `Cancelled` let through meanwhile: at once on this machine, within a
        tenth of a second from a cluster.
    """
    client, depth = _find_client(), 0
    name = f"fold-{uuid4().hex}"
    layer: dict[Any, Any] = {}
    # Written down as a graph: a `Delayed` of thousands of others goes over all of them for each.
    if group == 1 or client:  # each chunk is read and counted by one task, hence on one machine
        (leaves,) = arrays = optimize(_each_chunk(function, arrays))
        parts = list(flatten(leaves.__dask_keys__()))
    else:
        arrays = optimize(*arrays)
        columns = [list(flatten(array.__dask_keys__())) for array in arrays]
        parts = [(name, 0, i) for i in range(-(-len(columns[0]) // group))]
        for i, part in enumerate(parts):
            layer[part] = (function, *(column[i * group : (i + 1) * group] for column in columns))
    while len(parts) > (_PARTS if client else 1):
        depth += 1
        groups = [parts[i : i + _ARITY] for i in range(0, len(parts), _ARITY)]
        parts = [(name, depth, i) for i in range(len(groups))]
        layer.update({part: (combine, several) for part, several in zip(parts, groups, strict=True)})
    graph = HighLevelGraph.from_collections(name, layer, dependencies=arrays)
    delayed = [Delayed(part, graph, layer=name) for part in parts]
    if client:
        return _fold_on_cluster(client, delayed, combine)
    with report_progress():
        (value,) = compute(*delayed)
    result: Value = value
    return result


def _each_chunk(function: Callable[..., Any], arrays: Sequence[Any]) -> Any:
    """Return an array of objects: what `function` makes of each chunk. Axes that some lack are in one chunk."""
    axes = range(min(array.ndim for array in arrays))
    pairs = [part for array in arrays for part in (array, tuple(range(array.ndim)))]
    return da.blockwise(
        partial(_call_with_lists, function), tuple(axes), *pairs, dtype=object, concatenate=False, align_arrays=False,
        meta=np.empty((0,) * len(axes), object),
    )  # fmt: skip


def _call_with_lists(function: Callable[..., Any], *chunks: Any) -> Any:
    return function(*([_only(chunk)] for chunk in chunks))


def _only(chunk: Any) -> Any:
    """Return a chunk out of the lists, one for each axis that some arrays lack, that hold it alone."""
    while isinstance(chunk, (list, tuple)):
        (chunk,) = chunk
    return chunk


def _fold_on_cluster(client: Any, parts: list[Any], combine: Callable[[list[Value]], Value]) -> Value:
    from distributed import wait

    pending = set(client.compute(parts))
    value: list[Value] = []
    try:
        while pending:
            checkpoint(1 - len(pending) / len(parts))
            try:
                done = wait(pending, timeout=_POLL, return_when="FIRST_COMPLETED").done  # type: ignore[no-untyped-call]
            except TimeoutError:
                continue
            for future in done:
                value = [combine([*value, future.result()])]
                future.release()
            pending -= done
    finally:
        client.cancel(list(pending))
    return value[0]


def _find_client() -> Any:
    """Return the `distributed.Client` that would do the work, or None if this machine's schedulers would."""
    client = getattr(get_scheduler(), "__self__", None)
    return client if hasattr(client, "scheduler_info") else None


def _no_listener(done: float | None, text: str) -> None:
    """Do not listen to a task: its share of one chunk means nothing for the whole."""


class _Report(Callback):
    """Hear of every task that a scheduler of this machine has done."""

    def _posttask(self, key: Any, result: Any, dsk: Any, state: Any, worker: Any) -> None:
        # Only the thread that started the work is listened to; another's lazy layer may be computed meanwhile.
        done = len(state["finished"])
        checkpoint(done / max(1, done + sum(len(state[name]) for name in ("ready", "waiting", "running"))))
