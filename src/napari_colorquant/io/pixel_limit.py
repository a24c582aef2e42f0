"""How many pixels are read at once: a file of a few bytes may say that it has any number of them.

All frames count together. A file is taken at its word up to `DEFAULT` pixels, and beyond it, up to `LARGEST`, only
if it has so many bytes that what it says may well be so; a limit that is given holds for every file.
"""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from PIL import Image

from .._checks import check_integer

#: Pixels that any file may have; twice what Pillow warns of, above which it refuses a file.
DEFAULT = 178_956_970
#: Pixels that a file may have which has the bytes for them.
LARGEST = 1 << 29
#: Pixels for one byte that photographs and stacks do not exceed, however well they are compressed.
_PER_BYTE = 16

_given: ContextVar[int | None] = ContextVar("colorquant_max_pixels", default=None)
_lock = threading.Lock()
#: The limits of those who read just now.
_readers: list[int] = []
#: Pillow's limit while nobody reads.
_own_limit = Image.MAX_IMAGE_PIXELS


class TooManyPixelsError(ValueError):
    """An image has more pixels than are read at once."""

    #: What to do about it in Python.
    ADVICE = "give max_pixels="


@contextmanager
def at_most(max_pixels: int | None) -> Iterator[None]:
    """Read images of at most so many pixels in the enclosed code; None leaves the limit as it is."""
    if max_pixels is None:
        yield
        return
    token = _given.set(check_integer("max_pixels", max_pixels, 1, 1 << 62))
    try:
        yield
    finally:
        _given.reset(token)


def find_limit(size: int) -> int:
    """Return how many pixels a file of `size` bytes may have."""
    given = _given.get()
    return max(DEFAULT, min(LARGEST, size * _PER_BYTE)) if given is None else given


def check_pixels(name: str, pixels: int, size: int) -> None:
    """Raise `TooManyPixelsError` if a file of `size` bytes called `name` has more pixels than it may."""
    if pixels > (limit := find_limit(size)):
        raise _refuse(name, limit, pixels)


@contextmanager
def pillow_reads(name: str, size: int) -> Iterator[None]:
    """Let Pillow open what a file of `size` bytes may have, and no more: its own limit is one of the whole process.

    Meanwhile the files that other threads open have the largest of the limits.
    """
    global _own_limit
    limit = find_limit(size)
    with _lock:
        if not _readers:
            _own_limit = Image.MAX_IMAGE_PIXELS
        _readers.append(limit)
        _set_pillow_limit()
    try:
        yield
    except Image.DecompressionBombError as error:
        found = re.search(r"\d+", str(error))
        raise _refuse(name, limit, found[0] if found else "more") from None
    finally:
        with _lock:
            _readers.remove(limit)
            _set_pillow_limit()


def _refuse(name: str, limit: int, got: int | str) -> TooManyPixelsError:
    return TooManyPixelsError(
        f"{name} must have at most {limit} pixels in all its frames, got {got}; "
        f"{TooManyPixelsError.ADVICE} to read more"
    )


def _set_pillow_limit() -> None:
    # Pillow warns above its limit and refuses above twice of it.
    Image.MAX_IMAGE_PIXELS = (max(_readers) + 1) // 2 if _readers else _own_limit
