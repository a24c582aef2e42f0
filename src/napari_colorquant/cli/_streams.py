"""The standard streams and the signals that end a program, whatever state they are in when it starts."""

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from .._runtime.signals import ENDS

#: What may become of something that is written.
_LOST = (errno.ENOSPC, errno.EFBIG, errno.EIO, errno.EBADF)


#: The signals that have asked for an end.
_asked: list[int] = []


class Stopped(BaseException):
    """A signal asked for an end. No Exception, so that nothing on the way takes it for an error."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        #: What a shell reports of a program that a signal has ended.
        self.status = 128 + number


@contextmanager
def heed_signals() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end the enclosed work as an exception does, so that no half-written file is left.

    An interrupt does so already. Signals that someone else has taken care of, or ignores, stay as they are; so do those
    of a thread.
    """
    here = threading.current_thread() is threading.main_thread()
    usual = {signal.SIGINT: signal.default_int_handler} | dict.fromkeys(ENDS, signal.SIG_DFL)
    taken = {number: handler for number, handler in usual.items() if here and signal.getsignal(number) is handler}

    def stop(number: int, _: Any) -> None:
        for each in taken:
            if each != signal.SIGINT:
                signal.signal(each, signal.SIG_IGN)  # the second one must not break into what the first one ends
        _asked.append(number)
        raise _end_of(number)

    _asked.clear()
    for number in taken:
        signal.signal(number, stop)
    try:
        yield
        heed_late()
    finally:
        for number, handler in taken.items():
            signal.signal(number, handler)


def heed_late() -> None:
    """End here if a signal asked for it and nothing ended: what is raised in a destructor, Python drops."""
    if _asked:
        raise _end_of(_asked[0])


def _end_of(number: int) -> BaseException:
    return KeyboardInterrupt() if number == signal.SIGINT else Stopped(number)


def open_streams() -> None:
    """Lead streams that were closed before the program began to nowhere, and let no character be a reason to fail.

    Otherwise the next file that is opened would get the number of the standard output, and what libraries write
    there, past Python, would end up in it.
    """
    with suppress(OSError):
        while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
            os.set_inheritable(handle, True)
        os.close(handle)
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        if hasattr(stream := getattr(sys, name), "reconfigure"):
            stream.reconfigure(errors="replace")


def flush_output() -> None:
    """Write what is left of the output; if that cannot be done, keep the interpreter from trying again at its end.

    Raises
    ------
    OSError
        It names the standard output; a BrokenPipeError if its reader has closed it.
    """
    try:
        sys.stdout.flush()
    except OSError as error:
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        name_output(error)
        raise


def name_output(error: OSError) -> None:
    """Let an error of writing that names no file name the standard output: every file that is written is named."""
    if error.filename is None and error.errno in _LOST:
        error.filename = "the standard output"
