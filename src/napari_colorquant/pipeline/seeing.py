"""The colours of an image as its recipe sees them: with their alpha where that is graded."""

from collections.abc import Iterable
from typing import Any

from ..palette import Palette
from ..pixels.alpha_counts import AlphaCounts, count_with_alpha, has_graded_alpha
from ..pixels.counting import Counts, NoDataError, count_pixels
from ..pixels.memory import Pixels
from ..pixels.source import Source
from ..recipe import Recipe


def count_seen(sources: Source | Iterable[Source], recipe: Recipe) -> Counts | AlphaCounts:
    """Return the distinct colours of an image, or of several together, as they are designed from.

    Parameters
    ----------
    sources : Source, or iterable of them
        Opened as `Recipe.reads_alpha` says.
    recipe : Recipe

    Raises
    ------
    NoDataError
        If no pixel has data; a ValueError.
    """
    every: Any = [sources] if hasattr(sources, "fold") else sources
    if recipe.reads_alpha not in ("auto", "graded"):
        return count_pixels(every)
    every = list(every)
    if not any(map(_may_be_graded, every)):
        return count_pixels(every)
    counts = count_with_alpha(every)
    if len(counts.seen_through):
        return counts
    if not len(counts.opaque):
        raise NoDataError("an image must have at least one pixel with data, got only masked, transparent or NaN ones")
    return counts.opaque


def settle_alpha(source: Source, recipe: Recipe) -> Recipe:
    """Return the recipe for all frames of a stack: what "auto" means is the same in each of them."""
    if recipe.alpha != "auto":
        return recipe
    is_auto = recipe.reads_alpha == "auto" and source.has_alpha
    return recipe.replace(alpha="graded" if is_auto and source.fold(_any_graded, any) else "cut")


def is_graded(recipe: Recipe, palette: Palette) -> bool:
    """Return True if pixels are mapped onto a palette by their alpha, too."""
    return palette.is_graded or recipe.alpha == "graded"


def _may_be_graded(source: Source) -> bool:
    if not source.has_alpha or source.least_alpha > 1:
        return False
    # Of a lazy image, the colours that are counted tell: it would be read once more.
    return source.is_lazy or has_graded_alpha(source.load())


def _any_graded(chunks: list[tuple[Pixels]]) -> bool:
    return any(has_graded_alpha(pixels) for (pixels,) in chunks)
