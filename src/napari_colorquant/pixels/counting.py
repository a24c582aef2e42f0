"""Count the colours of an image block by block, however many blocks it comes in."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from .._typing import Levels, Valid
from .counts import ColorCounts, count_colors
from .deep_counts import DeepCounts, count_deep
from .deep_table import BITS
from .memory import Pixels
from .source import Source

#: Pixels, which of them have data, and what each counts for: one block as `Pixels` reads it.
Part: TypeAlias = tuple[Levels, Valid | None, npt.NDArray[np.uint32] | None]
#: The colours of 8 bits, or of more where there are any.
Counts: TypeAlias = ColorCounts | DeepCounts
#: Small blocks are joined up to this many pixels before they are sorted; 12 MB.
_TOGETHER = 1 << 22


class NoDataError(ValueError):
    """An image has no pixel from which a palette could be designed."""


def no_data() -> NoDataError:
    """Return the error about an image without data."""
    return NoDataError("an image must have at least one pixel with data, got only masked, transparent or NaN ones")


def count_pixels(sources: Source | Iterable[Source]) -> Counts:
    """Return the distinct colours of an image, or of several together.

    Raises
    ------
    NoDataError
        If no pixel has data; a ValueError.
    """
    each: Any = [sources] if hasattr(sources, "fold") else sources
    return require_data(add_counts([count_source(source) for source in each]))


def count_source(source: Source) -> Counts:
    """Return the distinct colours of an image, none where no pixel has data."""
    return source.fold(_count_chunks, add_counts)


def require_data(counts: Counts) -> Counts:
    """Return `counts`; NoDataError if there are no colours."""
    if not len(counts):
        raise no_data()
    return counts


def add_counts(several: list[Counts]) -> Counts:
    """Return the counts of several images together."""
    total = several[0]
    for each in several[1:]:
        total = total + each
    return total


def _count_chunks(chunks: list[tuple[Pixels]]) -> Counts:
    return count_parts(part for (pixels,) in chunks for part in read_parts(pixels))


def read_parts(pixels: Pixels) -> Iterator[Part]:
    """Iterate over the blocks of an image, telling the progress."""
    done, total = 0, int(np.prod(pixels.shape))
    for place in pixels.blocks():
        rgb, valid = pixels.read_levels(place)
        yield rgb, valid, pixels.read_importance(place)
        done += len(rgb)
        checkpoint(done / total)


def count_parts(parts: Iterable[Part]) -> Counts:
    """Return the distinct colours of blocks together.

    Sorting costs the same few hundred microseconds for any block, and adding two counts costs as
    much as they have colours: hence small blocks are counted several at once.
    """
    counts: Counts = ColorCounts(np.empty(0, np.uint32), np.empty(0, np.int64))
    waiting: list[Part] = []
    for part in parts:
        if waiting and (_size(waiting) >= _TOGETHER or waiting[0][0].dtype != part[0].dtype):
            counts, waiting = counts + _count(counts, *_join(waiting)), []
        waiting.append(part)
    return counts + _count(counts, *_join(waiting)) if waiting else counts


def _count(before: Counts, colors: Any, valid: Valid | None, importance: npt.NDArray[np.uint32] | None) -> Any:
    if colors.dtype == np.uint8:
        return count_colors(colors, valid, importance)
    return count_deep(colors, valid, importance, bits=before.bits if isinstance(before, DeepCounts) else BITS)


def _size(parts: list[Part]) -> int:
    return sum(len(rgb) for rgb, _, _ in parts)


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
