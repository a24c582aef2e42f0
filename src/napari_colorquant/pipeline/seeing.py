"""The colours of an image as its recipe sees them, and what is designed from them.

There are three kinds of counts: of distinct colours; of colours with their alpha, where that is graded; and of the
small cells of the colour cube, which do for many designs and are found in a quarter of the time.
"""

from collections.abc import Iterable
from typing import Any

from .._runtime.progress import stage
from ..design.auto import make_design
from ..design.by_cells import CellDesign, design_cells
from ..design.cells import Seen, are_enough, may_see_cells
from ..design.design import Design
from ..design.looks import look_at
from ..palette import Palette
from ..pixels.alpha_counts import AlphaCounts, count_seen, has_graded_alpha
from ..pixels.cells import CellCounts
from ..pixels.counting import Counts
from ..pixels.memory import Pixels
from ..pixels.source import Source
from ..pixels.varied import count_if_varied
from ..recipe import Recipe


def count_image(source: Source, recipe: Recipe) -> Seen | AlphaCounts:
    """Return the cells of one image where they are enough to design from and to map by, else its colours.

    Where stains are still to be found, these are looked for among all colours.

    Raises
    ------
    NoDataError
        If no pixel has data; a ValueError.
    """
    if recipe.n_colors != "auto" and not recipe.lacks_stains and may_see_cells(recipe):
        cells = count_if_varied(source, recipe.reads_alpha)
        if cells is not None and are_enough(cells, recipe, int(recipe.n_colors)):
            return cells
    return count_seen(source, recipe.reads_alpha)


def design_seen(
    counts: Seen | AlphaCounts | None, recipe: Recipe, sources: Source | Iterable[Source], importance: Any
) -> Design | CellDesign:
    """Design the palette of what was counted, or take that of the recipe where nothing was.

    Parameters
    ----------
    counts : CellCounts, ColorCounts, DeepCounts or AlphaCounts, or None
    recipe : Recipe
        Its stains are known.
    sources : Source, or iterable of them
        Where the counts come from, which are looked at once more where palette and dots are found together, or a
        palette is for what an eye sees.
    importance : array_like or None
        Of the images, or of one of them: where some pixels count for more than others, their number tells of no
        areas and spots.
    """
    if counts is None:
        assert recipe.palette is not None
        return Design(recipe.palette)
    how = recipe if importance is None else recipe.replace(flat="mix")
    with stage("Designing the palette", 0.3, 0.7):
        looks = look_at(sources, recipe)
        if isinstance(counts, CellCounts):
            return design_cells(counts, how, looks)
        return make_design(counts, how, looks)


def palette_seen(
    counts: Counts | AlphaCounts, recipe: Recipe, sources: Source | Iterable[Source], importance: Any
) -> Palette:
    """Return the palette that `design_seen` designs, where it is all that is asked for."""
    designed = design_seen(counts, recipe, sources, importance)
    assert isinstance(designed, Design)
    return designed.palette


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
