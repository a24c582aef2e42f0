"""The stains that a recipe leaves to be found: from the colours of the image, before anything is designed or mapped."""

from ..pixels.counting import Counts, NoDataError, count_pixels
from ..pixels.source import Source
from ..recipe import Recipe
from ..spaces.stains import STAIN_SETS, complete_stains


def with_stains(recipe: Recipe, counts: Counts) -> Recipe:
    """Return the recipe with its stains as numbers; as it is where its space is no other for any image.

    Parameters
    ----------
    recipe : Recipe
    counts : ColorCounts or DeepCounts
        The colours of the image, or of several that are to have the same stains.
    """
    if not recipe.lacks_stains:
        return recipe
    return recipe.replace(stains=complete_stains(recipe.stains, counts.colors(), counts.weights()))


def with_stains_of(recipe: Recipe, source: Source) -> Recipe:
    """Return the recipe with the stains of an image, whose colours are counted only if it takes that."""
    if not recipe.lacks_stains:
        return recipe
    try:
        return with_stains(recipe, count_pixels(source))
    except NoDataError:  # no pixel will be compared; what is recorded is to be complete all the same
        return recipe.replace(stains=STAIN_SETS["h&e"].replace(background=(255.0,) * 3, units=(1.0,) * 3))
