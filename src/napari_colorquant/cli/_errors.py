"""Errors and notes as one line."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any


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


def show_warning(message: Warning | str, *_: Any, image: str = "", **__: Any) -> None:
    """Tell a warning in one line, with the advice that holds here; of many images, with the name of the `image`."""
    where = f"{image}: " if image else ""
    print(f"colorquant: warning: {where}{' '.join(advise(str(message)).split())}", file=sys.stderr)


@contextmanager
def naming_warnings(image: str) -> Iterator[None]:
    """Let warnings name the image that is worked on, also where another image has led to the same words."""
    with warnings.catch_warnings():
        warnings.showwarning = partial(show_warning, image=image)
        yield


def describe(error: BaseException) -> str:
    """Return an error as text: for one of the system, what happened and to which file."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror if error.filename is None else f"{error.strerror}: {os.fsdecode(error.filename)}"
    return advise(str(error)) or type(error).__name__


def advise(text: str) -> str:
    """Return the text of an error or a warning with the advice that holds in the terminal in place of Python's."""
    from ..io.pixel_limit import TooManyPixelsError  # only now: it takes a moment to load
    from ..pipeline.stained import StainsNotFoundWarning
    from ..pixels.intensities import LittleRangeWarning, ScaleNeededError
    from ._option_names import name_options

    for problem in (ScaleNeededError, LittleRangeWarning):
        text = text.replace(problem.ADVICE, "give --scale range or --scale LOW,HIGH")
    text = text.replace(StainsNotFoundWarning.ADVICE, "name the set with --stains, or give a colour of each")
    return name_options(text.replace(TooManyPixelsError.ADVICE, "give --max-pixels"))
