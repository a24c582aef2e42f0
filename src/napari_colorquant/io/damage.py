"""Errors of the readers of files, which each have some of their own, as one kind; and what they would log of them."""

import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
#: How many readers want a logger to be silent just now, on whatever thread.
_silent: Counter[str] = Counter()


@contextmanager
def tell_of_damage(where: str, kind: str, keep: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """Let whatever the readers of a `kind` of file raise be a ValueError that names it, but for those to `keep`."""
    try:
        yield
    except (MemoryError, FileNotFoundError, PermissionError):
        raise
    except Exception as error:
        if isinstance(error, keep):
            raise
        raise ValueError(f"{where} must be a {kind} that can be read: {error}") from error


@contextmanager
def without_log(name: str) -> Iterator[None]:
    """Keep a library from logging what it finds odd in a file: what matters is told by an error.

    Its logger is one of the whole process, and is as it was when the last of those who read has ended.
    """
    logger = logging.getLogger(name)
    with _lock:
        if not _silent[name]:
            logger.addFilter(_drop)
        _silent[name] += 1
    try:
        yield
    finally:
        with _lock:
            _silent[name] -= 1
            if not _silent[name]:
                logger.removeFilter(_drop)


def _drop(record: logging.LogRecord) -> bool:
    return False
