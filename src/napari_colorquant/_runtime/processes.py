"""Processes for work that leaves cores idle in one, such as many small images: the only place where some are started.

They end with whoever began them: as the results are no longer asked for, by a signal, or because it was killed.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context, parent_process
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

#: In a process of its own: that it was told to end.
_stopping = threading.Event()


def map_apart(task: Callable[[Item], Result], items: Sequence[Item], processes: int) -> Generator[Result | None]:
    """Call ``task(item)`` for each item, each in one of several processes, and iterate over the results in order.

    To close the iterator before its end stops the work: what has begun clears up as for SIGTERM.

    Parameters
    ----------
    task : callable
        It and the items are pickled; an exception that it raises is raised here.
    items : sequence
    processes : int
        How many, >= 1.

    Yields
    ------
    result : object or None
        None for each item that is left when one of the processes is killed.
    """
    others = active_children()
    # Spawned on all systems: a fork would copy locks that threads of ours hold.
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin) as pool:
        try:
            for future in [pool.submit(_call, task, item) for item in items]:
                try:
                    result = future.result()
                except BrokenProcessPool:
                    result = None
                yield result
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for process in active_children():
                if process not in others:
                    process.terminate()
            raise


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C goes to all; who began them decides
    signal.signal(signal.SIGTERM, _stop)
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()


def _stop(number: int, _: Any) -> None:
    _stopping.set()  # the pool takes what follows for a result, and would begin another
    sys.exit(128 + number)  # as an exception, so that no part of a file is left


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)


def _call(task: Callable[[Item], Result], item: Item) -> Result:
    if _stopping.is_set():
        sys.exit()
    return task(item)
