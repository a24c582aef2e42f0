"""Processes for work that leaves cores idle in one, such as many small images: the only place where some are started.

They end with whoever began them: as the results are no longer asked for, by a signal, or because it was killed. Each
has a pipe of its own and shares no lock with another, so one that ends, at whatever moment, leaves the others whole;
the pool of the standard library can hang when a signal breaks into one of its queues.
"""

import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from traceback import format_exc
from typing import Any, TypeVar

from .signals import hold_interrupts, hold_signals

Item = TypeVar("Item")
Result = TypeVar("Result")

#: Spawned on all systems: a fork would copy locks that threads of ours hold.
_CONTEXT = get_context("spawn")
#: Seconds after which what waits looks again: a signal that comes in the moment before a system call that waits is
#: heeded only after it.
_AGAIN = 0.5


def map_apart(task: Callable[[Item], Result], items: Sequence[Item], processes: int) -> Generator[Result | None]:
    """Call ``task(item)`` for each item, each in one of several processes, and iterate over the results in order.

    To close the iterator before its end stops the work: what has begun clears up as for SIGTERM.

    Parameters
    ----------
    task : callable
        It and the items are pickled; an exception that it raises is raised here, with its traceback as a note.
    items : sequence
    processes : int
        How many, >= 1.

    Yields
    ------
    result : object or None
        None for an item whose process was killed; another process takes its place. None for all that are left, if
        processes end before they have begun.
    """
    crew = _Crew(task, items)
    try:
        crew.begin(min(processes, len(items)))
        for number in range(len(items)):
            result, error = crew.wait_for(number)
            if error is not None:
                raise error
            yield result
    finally:
        crew.end()


#: What a task returned, or the exception that it raised.
_Answer = tuple[Any, Exception | None]


class _Crew:
    """Processes, the items that wait for one, and what became of the others."""

    def __init__(self, task: Callable[[Any], Any], items: Sequence[Any]) -> None:
        self._task = task
        self._waiting = deque(enumerate(items))
        self._done: dict[int, _Answer] = {}
        self._workers: list[_Worker] = []

    def begin(self, count: int) -> None:
        with hold_signals():
            self._workers.extend(_Worker(self._task) for _ in range(count))

    def wait_for(self, number: int) -> _Answer:
        """Return what became of an item; neither result nor error if its process was killed, or none is left."""
        while number not in self._done and self._workers:
            ready = wait([worker.connection for worker in self._workers], _AGAIN)  # here a signal may break in
            with hold_signals():
                for worker in [each for each in self._workers if each.connection in ready]:
                    self._attend(worker)
        return self._done.pop(number, (None, None))

    def end(self) -> None:
        with hold_signals():
            for worker in self._workers:
                worker.process.terminate()
                worker.connection.close()
        for worker in self._workers:
            worker.process.join(_AGAIN)
            while worker.process.exitcode is None:
                worker.process.terminate()
                worker.process.join(_AGAIN)

    def _attend(self, worker: "_Worker") -> None:
        """Take what a process has to tell: that it has begun, what became of its item, or its end; give it another."""
        try:
            answer = worker.connection.recv()
        except (EOFError, OSError):
            answer = None, None
            self._workers.remove(worker)
            worker.connection.close()
            worker.process.join()
            if worker.number is not None and self._waiting:
                self._workers.append(_Worker(self._task))
        if worker.number is not None:
            self._done[worker.number] = answer
            worker.number = None
        if worker in self._workers and self._waiting:
            worker.give(*self._waiting.popleft())


class _Worker:
    """A process that does items, as its owner sees it."""

    def __init__(self, task: Callable[[Any], Any]) -> None:
        self.connection, other = _CONTEXT.Pipe()
        self.process = _CONTEXT.Process(target=_work, args=(task, other), daemon=True)
        #: The item that it does.
        self.number: int | None = None
        with hold_interrupts():
            self.process.start()
        other.close()

    def give(self, number: int, item: Any) -> None:
        self.number = number
        with suppress(OSError):  # it has been killed: its connection tells next
            self.connection.send(item)


def _work(task: Callable[[Any], Any], connection: Connection) -> None:
    """Do what comes through the connection: all that such a process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C goes to all; who began them decides
    signal.signal(signal.SIGTERM, _stop)
    sys.unraisablehook = _stop_later
    threading.Thread(target=_end_with, args=(parent_process(),), daemon=True).start()
    with suppress(EOFError, OSError):  # nobody listens any more
        connection.send(None)
        while True:
            connection.send(_call(task, connection.recv()))


def _call(task: Callable[[Any], Any], item: Any) -> _Answer:
    try:
        return task(item), None
    except Exception as error:
        error.add_note(format_exc())
        return None, error


def _stop(number: int, _: Any) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second one must not break into what clears up
    sys.exit(128 + number)  # as an exception, so that no part of a file is left


def _stop_later(dropped: Any) -> None:
    """Heed the next SIGTERM if the exception of this one was raised in a destructor, where Python drops it."""
    if dropped.exc_type is SystemExit:
        signal.signal(signal.SIGTERM, _stop)
    else:
        sys.__unraisablehook__(dropped)


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
