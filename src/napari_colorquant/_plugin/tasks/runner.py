"""Work on a thread that the window looks at: progress, cancellation, and nothing left behind.

The thread writes what it does into a `_Job`; a timer of the window's own thread reads it. No signal
crosses threads, so a job whose window has gone calls nothing, and ends at its next checkpoint. Threads stay for
later jobs: dask keeps a pool of its own for each thread on which something was ever computed.
"""

import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from qtpy.QtCore import QObject, QTimer, Signal

from ..._runtime.progress import Cancelled, watch

#: The threads; as many as there are jobs at once, one that is cancelled and one that follows it, say.
_threads = ThreadPoolExecutor(64, thread_name_prefix="colorquant-job")
#: The jobs that have not ended.
_running: set["_Job"] = set()
_INTERVAL_MS = 20
#: Seconds before the first report of progress and between two: each has the whole window drawn, which takes a frame of
#: it, and the processors from the work.
_TOLD_EVERY = 0.1


def running_jobs() -> "list[_Job]":
    """Return the jobs, of all windows, that have not ended."""
    return list(_running)


class _Job:
    """One task, its thread, and what is known of it."""

    def __init__(self, task: Callable[[], Any]) -> None:
        self._task = task
        self._stop = threading.Event()
        self.ended = threading.Event()
        self.share: float | None = None
        self.text = ""
        self.result: Any = None
        self.error: BaseException | None = None
        _running.add(self)
        # No daemon: an interpreter that ends waits for the next checkpoint rather than die in a kernel.
        _threads.submit(self._work)

    def stop(self) -> None:
        self._stop.set()

    def _listen(self, share: float | None, text: str) -> None:
        if self._stop.is_set():
            raise Cancelled
        self.share = self.share if share is None else share
        self.text = text or self.text

    def _work(self) -> None:
        try:
            with watch(self._listen):
                self.result = self._task()
        except BaseException as error:
            self.error = error
        finally:
            del self._task
            _running.discard(self)
            self.ended.set()


class Runner(QObject):
    """Runs one task at a time on a thread; its signals come on the window's thread.

    Parameters
    ----------
    parent : QObject
        When it is destroyed, the work is cancelled.
    interval : int
        Milliseconds between two looks at the work.
    """

    #: The share that is done (0..1, or -1 where it is not known) and what is being done; some times a second, and not
    #: of what is done at once.
    progressed = Signal(float, str)
    #: What the task returned.
    succeeded = Signal(object)
    #: The exception that it raised.
    failed = Signal(object)
    #: It was cancelled, here or by the task itself.
    cancelled = Signal()

    def __init__(self, parent: QObject, interval: int = _INTERVAL_MS) -> None:
        super().__init__(parent)
        self._job: _Job | None = None
        self._last_told = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(interval)
        self._timer.timeout.connect(self._poll)
        jobs: list[_Job] = []
        self._jobs = jobs
        # Neither a method nor a lambda: by then they are gone, or half collected. The finalizer keeps this one whole.
        stop_all = partial(_stop_all, jobs)
        weakref.finalize(self, stop_all)
        self.destroyed.connect(stop_all)

    @property
    def is_running(self) -> bool:
        """True from `start` until one of the closing signals."""
        return self._job is not None

    def start(self, task: Callable[[], Any]) -> None:
        """Run `task` on a thread; a task that is still running is cancelled without a signal."""
        self._drop()
        self._last_told = time.monotonic()
        self._job = _Job(task)
        self._jobs[:] = [job for job in self._jobs if not job.ended.is_set()] + [self._job]
        self._timer.start()

    def cancel(self) -> None:
        """End the task at its next checkpoint; its result is dropped."""
        if self._job is not None:
            self._drop()
            self.cancelled.emit()

    def _drop(self) -> None:
        self._timer.stop()
        if self._job is not None:
            self._job.stop()
            self._job = None

    def _poll(self) -> None:
        job = self._job
        if job is None:
            return
        if not job.ended.is_set():
            if time.monotonic() - self._last_told >= _TOLD_EVERY:
                self._last_told = time.monotonic()
                self.progressed.emit(-1.0 if job.share is None else job.share, job.text)
            return
        self._timer.stop()
        self._job = None
        self._jobs.remove(job)
        if isinstance(job.error, Cancelled):
            self.cancelled.emit()
        elif job.error is not None:
            self.failed.emit(job.error)
        else:
            self.succeeded.emit(job.result)


def _stop_all(jobs: list[_Job], _: Any = None) -> None:
    for job in jobs:
        job.stop()
