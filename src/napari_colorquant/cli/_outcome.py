"""One of many images: of which one that cannot be done keeps no other from it, and which may be written behind.

To write a small image is to wait for the disk; meanwhile the next one is quantized.
"""

import argparse
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from .._runtime.threads import call_behind, thread_count
from ..recipe import Recipe
from ._errors import describe, naming_warnings
from ._image import Made, describe_image, make_image, name_of, tell_notes, write_image
from ._paths import Source
from ._progress import show_stages
from ._report import count_colors

#: What an image may fail of, and the others go on.
_ERRORS = (ValueError, TypeError, OSError, MemoryError)
#: Bytes of the file of an image that is begun before the last one is told.
_SMALL_FILE = 1 << 23
#: Pixels of an image that is held while the next one is quantized.
_SMALL = 1 << 22


@dataclass(frozen=True)
class Outcome:
    """What became of one of many images.

    Attributes
    ----------
    text : str
        What to say of it in one line.
    is_done : bool
        Whether it was done; else `text` is the error.
    notes : str
        Lines for the standard error, of an image that another process did.
    """

    text: str
    is_done: bool
    notes: str = ""


@dataclass(frozen=True)
class Begun:
    """An image that is being written, or cannot be done.

    Attributes
    ----------
    wait : callable
        Returns as soon as it is written, and raises what kept it from that.
    end : callable
        Does so, tells what was decided on the way, and returns the outcome.
    """

    wait: Callable[[], None]
    end: Callable[[], Outcome]


def try_image(source: Source, target: str | None, recipe: Recipe, options: argparse.Namespace) -> Outcome:
    """Do one of many images."""
    return begin_image(source, target, recipe, options, behind=False).end()


def begin_image(
    source: Source, target: str | None, recipe: Recipe, options: argparse.Namespace, *, behind: bool = True
) -> Begun:
    """Quantize one of many images and begin to write it: a small one on another thread, unless there is to be one only.

    With `behind` False it is written when this returns, whatever its size.
    """
    try:
        with naming_warnings(name_of(source)):
            with show_stages(options.quiet) as part:
                made = make_image(source, target, recipe, options, part)
                behind = behind and thread_count() > 1 and _is_small(made)
                if not behind:
                    with part(0.5, 1.0):
                        write_image(made, options)
            wait = call_behind(partial(write_image, made, options)) if behind else _do_nothing
            text = ", ".join([f"{source}: {count_colors(made.levels[0])}", *describe_image(made, options)])
    except _ERRORS as error:
        return Begun(_do_nothing, partial(_fail, source, error))
    return Begun(wait, partial(_end, source, made, wait, text, options))


def is_small_file(source: Source) -> bool:
    """Return True for a file that is soon read: no pipe, which may have to be waited for, and no large image."""
    return isinstance(source, str) and os.path.isfile(source) and os.path.getsize(source) <= _SMALL_FILE


def _is_small(made: Made) -> bool:
    first = made.levels[0]
    return not first.is_lazy and first.labels.size <= _SMALL


def _end(source: Source, made: Made, wait: Callable[[], None], text: str, options: argparse.Namespace) -> Outcome:
    try:
        wait()
        tell_notes(made, options)
    except _ERRORS as error:
        return _fail(source, error)
    return Outcome(text, is_done=True)


def _fail(source: Source, error: Exception) -> Outcome:
    if isinstance(error, BrokenPipeError):
        raise error
    text = describe(error)
    return Outcome(text if str(source) in text else f"{source}: {text}", is_done=False)


def _do_nothing() -> None:
    pass
