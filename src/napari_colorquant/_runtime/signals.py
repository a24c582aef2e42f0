"""Signals put off: for steps that an exception out of nowhere would leave half done."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: Signals that ask for an end; an interrupt is a `KeyboardInterrupt` already.
ENDS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def hold_signals() -> Iterator[None]:
    """Let what signals ask for wait until the enclosed work is done: a Ctrl-C, and what a program made of others.

    Signals that are ignored, or end a program as the system does it, stay as they are; so do all in a thread, where no
    signal breaks in.
    """
    here = threading.current_thread() is threading.main_thread()
    handlers = {
        number: handler for number in (signal.SIGINT, *ENDS) if here and callable(handler := signal.getsignal(number))
    }
    came: list[tuple[int, FrameType | None]] = []
    for number in handlers:
        signal.signal(number, lambda *signal_and_frame: came.append(signal_and_frame))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number, frame in came:
            handlers[number](number, frame)


@contextmanager
def hold_interrupts() -> Iterator[None]:
    """Keep a Ctrl-C from the processes that the enclosed work begins, from their first moment on; not on Windows."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing.resource_tracker import ensure_running

    ensure_running()  # it begins with the first process otherwise, and then lets interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
