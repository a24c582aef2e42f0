"""Count the colours of an image block by block, however many blocks it comes in."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from .._typing import RGB8, Valid
from .counts import ColorCounts, count_colors
from .memory import Pixels
from .source import Source

#: Pixels, which of them have data, and what each counts for: one block as `Pixels` reads it.
Part: TypeAlias = tuple[RGB8, Valid | None, npt.NDArray[np.uint32] | None]
#: Small blocks are joined up to this many pixels before they are sorted; 12 MB.
_TOGETHER = 1 << 22


def count_pixels(sources: Source | Iterable[Source]) -> ColorCounts:
    """Return the distinct colours of an image, or of several together.

    Raises
    ------
    ValueError
        If no pixel has data.
    """
    each: Any = [sources] if hasattr(sources, "fold") else sources
    counts = add_counts([source.fold(_count_chunks, add_counts) for source in each])
    if not len(counts):
        raise ValueError("an image must have at least one pixel with data, got only masked, transparent or NaN ones")
    return counts


def add_counts(several: list[ColorCounts]) -> ColorCounts:
    """Return the counts of several images together."""
    total = several[0]
    for each in several[1:]:
        total = total + each
    return total


def _count_chunks(chunks: list[tuple[Pixels]]) -> ColorCounts:
    return count_parts(part for (pixels,) in chunks for part in read_parts(pixels))


def read_parts(pixels: Pixels) -> Iterator[Part]:
    """Iterate over the blocks of an image, telling the progress."""
    done, total = 0, int(np.prod(pixels.shape))
    for place in pixels.blocks():
        rgb, valid = pixels.read(place)
        yield rgb, valid, pixels.read_importance(place)
        done += len(rgb)
        checkpoint(done / total)


def count_parts(parts: Iterable[Part]) -> ColorCounts:
    """Return the distinct colours of blocks together.

    Sorting costs the same few hundred microseconds for any block, and adding two counts costs as
    much as they have colours: hence small blocks are counted several at once.
    """
    counts = ColorCounts(np.empty(0, np.uint32), np.empty(0, np.int64))
    waiting: list[Part] = []
    for part in parts:
        waiting.append(part)
        if sum(len(rgb) for rgb, _, _ in waiting) >= _TOGETHER:
            counts = counts + count_colors(*_join(waiting))
            waiting = []
    return counts + count_colors(*_join(waiting)) if waiting else counts


def _join(parts: list[Part]) -> Part:
    if len(parts) == 1:
        return parts[0]
    colors, shown, shares = zip(*parts, strict=True)
    valid = None
    if any(each is not None for each in shown):
        valid = np.concatenate(
            [np.ones(len(rgb), np.bool_) if each is None else each for rgb, each in zip(colors, shown, strict=True)]
        )
    importance = None if shares[0] is None else np.concatenate(shares)
    return np.concatenate(colors), valid, importance
