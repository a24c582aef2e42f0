"""The direct way from pixels to labels, which never lists the distinct colours.

The pixels are counted in small cells of the colour cube, the palette is designed from their means, and each pixel
finds its label through its cell. What comes out is what the usual way gives, which counts the distinct colours and
labels each: the same palette, for that design looks at the same cells, and the same labels.
"""

from dataclasses import dataclass

from ..mapping.by_cell import CellTable
from ..mapping.tables import LabelTable, Table
from ..pixels.cells import CellCounts
from ..recipe import Recipe
from .counted import CountedColors
from .design import Draft, draw_up
from .looks import NONE, Looks


@dataclass(frozen=True, eq=False)
class CellDesign:
    """The colours of a palette and the nearest of them for each colour of an image, whose pixels give their order.

    Attributes
    ----------
    draft : Draft
    table : Table
        The place in the draft of every colour in the cells that occur.
    """

    draft: Draft
    table: Table


def design_cells(cells: CellCounts, recipe: Recipe, looks: Looks = NONE) -> CellDesign:
    """Design a palette of ``recipe.n_colors``, a number, from the means of cells; `looks` as in `design`."""
    counted = CountedColors.from_counts(cells, recipe.metric)
    draft = draw_up(counted, recipe, int(recipe.n_colors), looks)
    if recipe.metric.by_cell:
        return CellDesign(draft, CellTable.of_cells(cells, draft.colors, recipe.metric))
    return CellDesign(draft, LabelTable.of_cells(cells.occurs(), draft.colors, recipe.metric))
