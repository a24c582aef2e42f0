"""Threads over blocks: the only place where this package starts threads.

Kernels release the GIL, so plain threads use every core. Blocks are of a fixed size, whatever the
number of threads, and their results are combined in order: the same bits on any machine.
"""

from __future__ import annotations  # of functions within functions, they would be worked out in every call

import os
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from threading import Lock
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
    helpers = min(thread_count(), len(bounds)) - 1 if len(bounds) > 1 else 0
    if helpers == 0:
        return [_run_one(task, *pair) for pair in bounds]
    results: list[Result | None] = [None] * len(bounds)
    todo = iter(range(len(bounds)))
    lock = Lock()

    def work(check: Callable[[], None]) -> None:
        while True:
            with lock:
                index = next(todo, None)
            if index is None:
                return
            try:
                check()
                results[index] = task(*bounds[index])
            except BaseException:
                with lock:
                    deque(todo, maxlen=0)  # no thread begins another block
                raise

    futures = [_helpers().submit(work, _unheard) for _ in range(helpers)]
    try:
        work(checkpoint)
    finally:
        # One that has not begun is not needed; so a task may itself call this, however busy the helpers are.
        begun = [future for future in futures if not future.cancel()]
        wait(begun)
    for future in begun:
        future.result()
    return results  # type: ignore[return-value]  # all are filled by now


def call_behind(task: Callable[[], Result]) -> Callable[[], Result]:
    """Begin a task on another thread, in the context of this one; return the function that waits for its result.

    That function raises what the task raises. A task that has begun is done, whether it is waited for or not: the
    interpreter does not end before.
    """
    return _helpers().submit(copy_context().run, task).result


def _run_one(task: Callable[[int, int], Result], start: int, stop: int) -> Result:
    checkpoint()
    return task(start, stop)


def _unheard() -> None:
    """Stand in for `checkpoint` in the helpers: only the calling thread is listened to."""


def _helpers() -> ThreadPoolExecutor:
    """Return the pool that all calls share: starting threads anew would take longer than many a task."""
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(256, thread_name_prefix="colorquant")  # starts threads as they are needed
    return _pool


def _forget_helpers() -> None:
    global _pool
    _pool = None


_pool: ThreadPoolExecutor | None = None
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_helpers)  # a forked process has none of its parent's threads
