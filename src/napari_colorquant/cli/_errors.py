"""Errors and notes as one line."""

import os
import sys
from contextlib import suppress


class UsageError(Exception):
    """Something was written on the command line that cannot be."""


def tell(message: str, status: int = 2) -> int:
    """Write one line about an error and return `status`."""
    with suppress(OSError):  # nobody listens; the status says it, too
        print(f"colorquant: error: {' '.join(message.split())}", file=sys.stderr)
    return status


def note(message: str) -> None:
    """Write one line about what was decided, above the bars that may be on the terminal."""
    from tqdm import tqdm

    tqdm.write(f"colorquant: note: {' '.join(message.split())}", file=sys.stderr)


def describe(error: BaseException) -> str:
    """Return an error as text: for one of the system, what happened and to which file."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror if error.filename is None else f"{error.strerror}: {os.fsdecode(error.filename)}"
    from ..pixels.intensities import explain  # only now: it takes a moment to load

    text = explain(error, "give --scale range or --scale LOW,HIGH") or type(error).__name__
    return text.replace("give max_pixels=", "give --max-pixels")
