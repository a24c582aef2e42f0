"""What a recipe leaves to be found in the image, before anything is designed or mapped: its range, its stains."""

import warnings
from typing import Any

from ..design.cells import Seen
from ..pixels.alpha_counts import AlphaCounts, count_seen
from ..pixels.counting import NoDataError
from ..pixels.keys import keys_to_rgba
from ..pixels.source import Source
from ..recipe import Recipe
from ..spaces.stains import STAIN_SETS, STAINS, Stains, complete_stains


class StainsNotFoundWarning(UserWarning):
    """Stains were to be found in an image that does not show so many, and a known set was taken in their place."""

    #: What to do about it; the command line and the window say it in their own words.
    ADVICE = "name the set with stains=, or pick colours of one stain each"


def settle(recipe: Recipe, source: Source, counts: Seen | AlphaCounts | None = None) -> Recipe:
    """Return the recipe with all as numbers that it leaves to be found in an image.

    What is mapped, measured or shown of the result afterwards then has the same black, white and stains.

    Parameters
    ----------
    recipe : Recipe
    source : Source
        Opened with the recipe's scale.
    counts : ColorCounts, DeepCounts, CellCounts or AlphaCounts, optional
        Its colours, if they were counted; else they are counted where it takes that.
    """
    recipe = _with_stains_of(recipe, source) if counts is None else with_stains(recipe, counts)
    return recipe.replace(scale=source.limits or "dtype") if recipe.scale == "range" else recipe


def with_stains(recipe: Recipe, counts: Seen | AlphaCounts) -> Recipe:
    """Return the recipe with its stains as numbers; as it is where its space is the same for any image.

    It warns where stains were to be found and are not there.

    Parameters
    ----------
    recipe : Recipe
    counts : ColorCounts, DeepCounts, CellCounts or AlphaCounts
        The colours of the image, or of several that are to have the same stains. Of those with alpha, the opaque
        ones tell, if there are any: what is seen through is mixed with something else.
    """
    if not recipe.lacks_stains:
        return recipe
    colors, weights = _list_colors(counts)
    found = recipe.replace(stains=complete_stains(recipe.stains, colors, weights))
    if text := describe_missing(recipe, found):
        warnings.warn(f"{text}; {StainsNotFoundWarning.ADVICE}", StainsNotFoundWarning, stacklevel=3)
    return found


def describe_missing(asked: Recipe, found: Recipe) -> str:
    """Return a line if stains that were to be found in an image were not, so that known ones stand for them; or "".

    Parameters
    ----------
    asked, found : Recipe
        Before and after; for the space of stains.
    """
    stains = found.stains
    is_search = asked.stains is None or (isinstance(asked.stains, str) and isinstance(stains, Stains))
    if found.space != STAINS.name or not is_search or not isinstance(stains, Stains) or stains.name == "estimated":
        return ""
    count = "three" if len(stains.vectors) > 2 else "two"
    return f"the image shows fewer than {count} stains, so those of {stains.name} were taken"


def _with_stains_of(recipe: Recipe, source: Source) -> Recipe:
    if not recipe.lacks_stains:
        return recipe
    try:
        return with_stains(recipe, count_seen(source, recipe.reads_alpha))
    except NoDataError:  # no pixel will be compared; what is recorded is to be complete all the same
        return recipe.replace(stains=STAIN_SETS["h&e"].replace(background=(255.0,) * 3, units=(1.0,) * 3))


def _list_colors(counts: Seen | AlphaCounts) -> tuple[Any, Any]:
    if not isinstance(counts, AlphaCounts):
        return counts.colors(), counts.weights()
    if len(counts.opaque):
        return counts.opaque.colors(), counts.opaque.weights()
    return keys_to_rgba(counts.seen_through.keys)[:, :3], counts.seen_through.counts
