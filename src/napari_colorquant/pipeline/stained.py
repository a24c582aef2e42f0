"""The stains that a recipe leaves to be found: from the colours of the image, before anything is designed or mapped."""

from typing import Any

from ..pixels.alpha_counts import AlphaCounts
from ..pixels.counting import Counts, NoDataError
from ..pixels.keys import keys_to_rgba
from ..pixels.source import Source
from ..recipe import Recipe
from ..spaces.stains import STAIN_SETS, complete_stains
from .seeing import count_seen


def with_stains(recipe: Recipe, counts: Counts | AlphaCounts) -> Recipe:
    """Return the recipe with its stains as numbers; as it is where its space is the same for any image.

    Parameters
    ----------
    recipe : Recipe
    counts : ColorCounts, DeepCounts or AlphaCounts
        The colours of the image, or of several that are to have the same stains. Of those with alpha, the opaque
        ones tell, if there are any: what is seen through is mixed with something else.
    """
    if not recipe.lacks_stains:
        return recipe
    return recipe.replace(stains=complete_stains(recipe.stains, *_list_colors(counts)))


def with_stains_of(recipe: Recipe, source: Source) -> Recipe:
    """Return the recipe with the stains of an image, whose colours are counted only if it takes that."""
    if not recipe.lacks_stains:
        return recipe
    try:
        return with_stains(recipe, count_seen(source, recipe))
    except NoDataError:  # no pixel will be compared; what is recorded is to be complete all the same
        return recipe.replace(stains=STAIN_SETS["h&e"].replace(background=(255.0,) * 3, units=(1.0,) * 3))


def _list_colors(counts: Counts | AlphaCounts) -> tuple[Any, Any]:
    if not isinstance(counts, AlphaCounts):
        return counts.colors(), counts.weights()
    if len(counts.opaque):
        return counts.opaque.colors(), counts.opaque.weights()
    return keys_to_rgba(counts.seen_through.keys)[:, :3], counts.seen_through.counts
