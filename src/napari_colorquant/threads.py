"""Threads over blocks: the only place where this package starts threads.

Kernels release the GIL, so plain threads use every core. Blocks are of a fixed size, whatever the
number of threads, and their results are combined in order: the same bits on any machine.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from .progress import checkpoint

Result = TypeVar("Result")

_limit: ContextVar[int] = ContextVar("colorquant_threads", default=0)


@contextmanager
def limit_threads(count: int) -> Iterator[None]:
    """Run the enclosed work on at most `count` threads; 1 means the calling thread alone."""
    token = _limit.set(count)
    try:
        yield
    finally:
        _limit.reset(token)


def thread_count() -> int:
    """Return how many threads work gets: `limit_threads`, COLORQUANT_THREADS, or all cores."""
    if limit := _limit.get():
        return limit
    if (wish := os.environ.get("COLORQUANT_THREADS", "")).isdigit() and int(wish) > 0:
        return int(wish)
    affinity = getattr(os, "sched_getaffinity", None)  # a cluster's job may own fewer cores than there are
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def map_blocks(task: Callable[[int, int], Result], size: int, block: int) -> list[Result]:
    """Call ``task(start, stop)`` for each block of ``range(size)`` and return the results in order.

    Parameters
    ----------
    task : callable
        Called on several threads at once; its blocks must not overlap in what they write.
    size : int
        Number of items, >= 0.
    block : int
        Items in a block, > 0. The blocks do not depend on the number of threads.
    """
    bounds = [(start, min(start + block, size)) for start in range(0, size, block)]
    workers = min(thread_count(), len(bounds))
    if workers <= 1:
        results = []
        for start, stop in bounds:
            checkpoint()
            results.append(task(start, stop))
        return results
    with ThreadPoolExecutor(workers, thread_name_prefix="colorquant") as pool:
        futures = [pool.submit(task, start, stop) for start, stop in bounds]
        try:
            results = []
            for future in futures:
                checkpoint()
                results.append(future.result())
            return results
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
