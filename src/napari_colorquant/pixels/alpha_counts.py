"""The distinct colours of an image with graded alpha.

Opaque pixels are nearly always most of an image, and are counted as those of an image without alpha. The
others are few, shadows, glows, the rims of what was drawn smoothly, and go by keys of four bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from .alpha import Alpha, is_told_apart
from .counting import Counts, Part, add_counts, count_parts, count_pixels, count_source, read_parts, require_data
from .counts import EXACT_LIMIT, ColorCounts
from .hashing import number_keys
from .intensities import to_8bit
from .keys import keys_to_rgba, rgb_to_keys, take_keys
from .memory import Pixels, Place
from .rgba_table import count_rgba, plain_rgba
from .source import Source
from .written_colors import OPAQUE

RGBA8 = npt.NDArray[np.uint8]
#: One row of so many is looked at first.
_GLANCE = 16
#: So few pixels are counted at once.
_SMALL = 1 << 14
#: Of more than `EXACT_LIMIT` distinct colours, each channel loses so many bits, or so many: at the last, there are
#: never more than that.
_COARSER = (0, 2, 3)


@dataclass(frozen=True, eq=False)
class SeenThrough:
    """The distinct colours of half transparent pixels; adds up over chunks in any order.

    Attributes
    ----------
    keys : ndarray of shape (N,), uint32
        In ascending order: red, green, blue and alpha, a byte each.
    counts : ndarray of shape (N,), int64
        Pixels (or fixed-point importance) of each.
    lost : int
        The bits that each channel lost, since there were too many; the middle of the step stands for them.
    """

    keys: npt.NDArray[np.uint32] = field(default_factory=lambda: np.empty(0, np.uint32))
    counts: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    lost: int = 0

    def __len__(self) -> int:
        """Return the number of distinct colours."""
        return len(self.keys)

    def __add__(self, other: "SeenThrough") -> "SeenThrough":
        """Return the counts of two images together."""
        if not len(self) or not len(other):
            return self if len(self) else other
        keys, counts = np.concatenate([self.keys, other.keys]), np.concatenate([self.counts, other.counts])
        return _sum_keys(keys, counts, max(self.lost, other.lost))


@dataclass(frozen=True, eq=False)
class AlphaCounts:
    """The distinct colours of an image with alpha.

    Attributes
    ----------
    opaque : ColorCounts or DeepCounts
        Those that hide what lies below; perhaps none.
    seen_through : SeenThrough
        The others; what is not seen at all is no colour.
    """

    opaque: Counts
    seen_through: SeenThrough

    @property
    def is_exact(self) -> bool:
        """True if these are all the colours that there are, of 8 bits a channel."""
        return isinstance(self.opaque, ColorCounts) and self.opaque.is_exact and not self.seen_through.lost

    def __add__(self, other: "AlphaCounts") -> "AlphaCounts":
        """Return the counts of two images together."""
        return AlphaCounts(add_counts([self.opaque, other.opaque]), self.seen_through + other.seen_through)


def count_seen(sources: Source | Iterable[Source], alpha: Alpha) -> Counts | AlphaCounts:
    """Return the distinct colours of an image, or of several together, with their alpha where any is graded.

    Parameters
    ----------
    sources : Source, or iterable of them
    alpha : {"auto", "graded", "cut", "ignore"}
        As they were opened.

    Raises
    ------
    NoDataError
        If no pixel has data; a ValueError.
    """
    if not is_told_apart(alpha):
        return count_pixels(sources)
    each: Any = [sources] if hasattr(sources, "fold") else sources
    counts = count_with_alpha(each)
    return counts if len(counts.seen_through) else require_data(counts.opaque)


def count_with_alpha(sources: Iterable[Source]) -> AlphaCounts:
    """Return the distinct colours of images together, with their alpha; one image after the other is looked at."""
    return _add_up([_count_one(source) for source in sources])


def _count_one(source: Source) -> AlphaCounts:
    # Of a lazy image, the colours that are counted tell whether alpha is graded: it would be read once more. Those of a
    # small one are as soon counted.
    is_told = source.is_lazy or source.size <= _SMALL
    if source.has_alpha and source.least_alpha <= 1 and (is_told or has_graded_alpha(source.load())):
        return source.fold(_count_chunks, _add_up)
    return AlphaCounts(count_source(source), SeenThrough())


def _count_few(pixels: Pixels) -> AlphaCounts | None:
    """Return the colours of an image that has few of them and is plain, see `plain_rgba`, of any other None."""
    if (rgba := plain_rgba(pixels)) is None or (found := count_rgba(rgba)) is None:
        return None
    keys, counts = found
    is_opaque = keys & np.uint32(OPAQUE) == OPAQUE
    opaque = rgb_to_keys(keys_to_rgba(keys[is_opaque])[:, :3])
    order = np.argsort(opaque)
    return AlphaCounts(
        ColorCounts(opaque[order], counts[is_opaque][order]), SeenThrough(keys[~is_opaque], counts[~is_opaque])
    )


def has_graded_alpha(pixels: Pixels) -> bool:
    """Return True if a pixel of an image in memory is half transparent; looks no farther than to the first.

    In each block, some of its rows are looked at before all.
    """
    if not pixels.has_alpha or pixels.least_alpha > 1:
        return False
    return any(
        _is_graded_at(pixels, (*plane, slice(rows.start, rows.stop, step)))
        for *plane, rows in pixels.blocks()
        for step in (_GLANCE, 1)
    )


def _is_graded_at(pixels: Pixels, place: Place) -> bool:
    alpha = pixels.read_alpha_at(place)
    assert alpha is not None
    if not (between := alpha - np.uint8(1) < OPAQUE - 1).any():  # 0 becomes 255
        return False
    valid = pixels.read_valid_at(place) if pixels.mask is not None or pixels.image.dtype.kind == "f" else None
    return valid is None or bool((between & valid).any())


def _count_chunks(chunks: list[tuple[Pixels]]) -> AlphaCounts:
    if len(chunks) == 1 and (few := _count_few(chunks[0][0])) is not None:
        return few
    parts: list[SeenThrough] = [SeenThrough()]
    counts = count_parts(part for (pixels,) in chunks for part in _opaque_parts(pixels, parts))
    return AlphaCounts(counts, sum(parts[1:], start=parts[0]))


def _opaque_parts(pixels: Pixels, others: list[SeenThrough]) -> Iterator[Part]:
    """Iterate over the blocks of an image, in which opaque pixels alone have data; list the others in `others`."""
    for place, (levels, valid, importance) in zip(pixels.blocks(), read_parts(pixels), strict=True):
        alpha = pixels.read_alpha_at(place)
        if alpha is None or (alpha == OPAQUE).all():
            yield levels, valid, importance
            continue
        between = (alpha < OPAQUE) & (alpha > 0)
        if valid is not None:
            between &= valid
        if importance is not None:
            between &= importance > 0
        keys = take_keys(to_8bit(levels), alpha, between)
        counts = np.ones(len(keys), np.int64) if importance is None else importance[between].astype(np.int64)
        others.append(_sum_keys(keys, counts))
        is_opaque = alpha == OPAQUE
        yield levels, is_opaque if valid is None else valid & is_opaque, importance


def _sum_keys(keys: npt.NDArray[np.uint32], counts: npt.NDArray[np.int64], lost: int = 0) -> SeenThrough:
    for bits in _COARSER[_COARSER.index(lost) :]:
        distinct, index = number_keys(_coarsen(keys, bits))
        if len(distinct) <= EXACT_LIMIT:
            break
    sums = np.zeros(len(distinct), np.int64)
    np.add.at(sums, index, counts)
    return SeenThrough(distinct, sums, bits)


def _coarsen(keys: npt.NDArray[np.uint32], bits: int) -> npt.NDArray[np.uint32]:
    if not bits:
        return keys
    step = np.uint32(0x01010101)
    return keys & ~(step * np.uint32((1 << bits) - 1)) | step * np.uint32(1 << bits - 1)


def _add_up(several: list[AlphaCounts]) -> AlphaCounts:
    return sum(several[1:], start=several[0])
