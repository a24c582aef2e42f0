"""The colours of an image as its recipe sees them: with their alpha where that is graded."""

from collections.abc import Iterable
from typing import Any

from ..palette import Palette
from ..pixels.alpha_counts import AlphaCounts, count_with_alpha, has_graded_alpha
from ..pixels.counting import Counts, count_pixels, require_data
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
    if recipe.reads_alpha not in ("auto", "graded"):
        return count_pixels(sources)
    each: Any = [sources] if hasattr(sources, "fold") else sources
    counts = count_with_alpha(each)
    return counts if len(counts.seen_through) else require_data(counts.opaque)


def weighed(recipe: Recipe, importance: Any) -> Recipe:
    """Return how a palette is designed: what counts for more or less than a pixel tells of no areas and spots."""
    return recipe if importance is None else recipe.replace(flat="mix")


def settle_alpha(source: Source, recipe: Recipe) -> Recipe:
    """Return the recipe for all frames of a stack: what "auto" means is the same in each of them."""
    if recipe.alpha != "auto":
        return recipe
    is_auto = recipe.reads_alpha == "auto" and source.has_alpha
    return recipe.replace(alpha="graded" if is_auto and source.fold(_any_graded, any) else "cut")


def is_graded(recipe: Recipe, palette: Palette) -> bool:
    """Return True if pixels are mapped onto a palette by their alpha, too."""
    return palette.is_graded or recipe.alpha == "graded"


def _any_graded(chunks: list[tuple[Pixels]]) -> bool:
    return any(has_graded_alpha(pixels) for (pixels,) in chunks)
