"""Many images on the command line: one after the other, or some at the same time, each in a process of its own.

What is told comes in the order of the images, whoever did them, and so does what is written: the same bits.
"""

import argparse
import sys
from collections import deque
from collections.abc import Generator, Iterable
from contextlib import closing, redirect_stderr, suppress
from dataclasses import replace
from functools import partial
from io import StringIO
from typing import TypeAlias

from .._checks import check_integer
from .._runtime.parts import Listed, list_once, listed_so_far
from .._runtime.processes import map_apart
from .._runtime.threads import limit_threads, thread_count
from ..io.pixel_limit import at_most
from ..recipe import Recipe
from ._errors import UsageError, tell
from ._outcome import Begun, Outcome, begin_image, is_small_file, try_image
from ._paths import Source
from ._streams import heed_late

#: An image, and where it is written.
Pair: TypeAlias = tuple[Source, str | None]
#: Processes that may be asked for.
_MOST = 1024
#: Images that are being written while the next one is quantized.
_BEHIND = 2
#: What is said of an image whose process is killed.
_KILLED = "its process must live until it is done, got it killed, perhaps for want of memory; give fewer --jobs"


def check_jobs(options: argparse.Namespace) -> None:
    """Raise an error unless so many images may be done at the same time."""
    check_integer("--jobs", options.jobs, 1, _MOST)
    if options.jobs > 1 and options.scheduler is not None:
        raise UsageError("--jobs takes processes of this machine, so --scheduler must be left out")


def do_images(pairs: list[Pair], recipe: Recipe, options: argparse.Namespace) -> Generator[Outcome]:
    """Do images and iterate over what became of each, in their order; to close it before its end stops the work."""
    jobs = min(options.jobs, len(pairs) - 1)
    return _do_here(pairs, recipe, options) if jobs < 2 else _do_apart(pairs, recipe, options, jobs)


def _do_here(pairs: list[Pair], recipe: Recipe, options: argparse.Namespace) -> Generator[Outcome]:
    behind: deque[Begun] = deque()
    try:
        for source, target in pairs:
            # What may take long is not begun before what is done is told.
            while behind and (len(behind) == _BEHIND or not is_small_file(source)):
                yield behind.popleft().end()
            behind.append(begin_image(source, target, recipe, options))
        while behind:
            yield behind.popleft().end()
    finally:
        for begun in behind:  # what is being written is written, though it is not told
            with suppress(Exception):
                begun.wait()


def _do_apart(pairs: list[Pair], recipe: Recipe, options: argparse.Namespace, jobs: int) -> Generator[Outcome]:
    # The first one is done here: on a new machine, what is compiled for it is there for all the others.
    yield try_image(*pairs[0], recipe, options)
    threads = max(1, thread_count() // jobs)
    task = partial(_try_apart, recipe=recipe, options=options, threads=threads, listed=listed_so_far())
    with closing(map_apart(task, pairs[1:], jobs)) as outcomes:
        for (source, _), outcome in zip(pairs[1:], outcomes, strict=True):
            yield outcome or Outcome(f"{source}: {_KILLED}", is_done=False)


def _try_apart(pair: Pair, recipe: Recipe, options: argparse.Namespace, threads: int, listed: Listed) -> Outcome:
    """Do an image in a process of its own, and keep what it would have told for the one that tells."""
    notes = StringIO()
    with redirect_stderr(notes), limit_threads(threads), at_most(options.max_pixels), list_once(listed):
        outcome = try_image(*pair, recipe, options)
    return replace(outcome, notes=notes.getvalue())


def tell_outcomes(outcomes: Iterable[Outcome], count: int, *, quiet: bool) -> int:
    """Tell what became of `count` images, above a bar, and return how many could not be done."""
    from tqdm import tqdm

    failed = 0
    with tqdm(total=count, unit="image", disable=True if quiet else None) as bar:
        for outcome in outcomes:
            heed_late()
            if outcome.notes:
                bar.write(outcome.notes, file=sys.stderr, end="")
            if not outcome.is_done:
                failed += 1
                bar.clear()
                tell(outcome.text)
            elif not quiet:
                bar.write(outcome.text, file=sys.stdout)
            bar.update()
    return failed
