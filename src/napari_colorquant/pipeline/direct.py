"""The direct way from pixels to labels, which never lists the distinct colours.

The pixels are counted in small cells of the colour cube, the palette is designed from their means, and
each pixel finds its label through its cell. What comes out is what the usual way gives, which counts
the distinct colours and labels each: the same palette, for that design looks at the same cells, and
the same labels.
"""

import numpy as np

from .._runtime.progress import checkpoint, stage
from .._typing import RGB8
from ..design.cells import are_enough, may_see_cells
from ..design.counted import CountedColors
from ..design.design import draw_up
from ..indexed import IndexedImage
from ..mapping.labels import count_labels, label_source, rank_labels
from ..mapping.tables import LabelTable, find_cells
from ..pixels.cells import CellCounts, count_cells
from ..pixels.memory import Pixels
from ..pixels.source import Source
from ..recipe import Recipe

#: An image of fewer pixels is done as soon by its distinct colours.
_FEWEST = 1 << 15
#: So many pixels are looked at first: an image whose cells are few among these, flat art, has too few in all.
_GLANCE, _GLANCED = 1 << 12, 64


def count_directly(source: Source, recipe: Recipe) -> CellCounts | None:
    """Return the cells of an image if its palette can be designed and its pixels be mapped by them, else None.

    For 8-bit images in colour that lie in memory, and recipes whose design sees cells.
    """
    if not isinstance(source, Pixels) or not source.rgb or source.image.dtype != np.uint8:
        return None
    is_plain = source.limits is None and source.importance is None and recipe.n_colors != "auto"
    if not is_plain or source.size < _FEWEST or not recipe.metric.is_separable or not may_see_cells(recipe):
        return None
    cells: CellCounts | None = None
    for place in source.blocks():
        rgb, valid = source.read(place)
        if cells is None and not _is_varied(rgb):
            return None
        counted = count_cells(rgb, valid)
        cells = counted if cells is None else cells + counted
        checkpoint()
    return cells if cells is not None and are_enough(cells, int(recipe.n_colors)) else None


def _is_varied(rgb: RGB8) -> bool:
    some = np.ascontiguousarray(rgb[:: max(1, len(rgb) // _GLANCE)])
    return int(np.count_nonzero(find_cells(some))) >= _GLANCED


def quantize_directly(source: Source, cells: CellCounts, recipe: Recipe) -> IndexedImage:
    """Return an image in the colours that are designed from its cells, see `count_directly`.

    Its labels are the exact nearest colours: a dither is another step.
    """
    metric = recipe.metric
    with stage("Designing the palette", 0.3, 0.7):
        draft = draw_up(CountedColors.from_counts(cells, metric), recipe, int(recipe.n_colors))
    table = LabelTable.of_cells(cells.occurs(), draft.colors, metric)
    labels, valid = label_source(source, draft.colors, metric, table=table), source.read_valid()
    palette, rank = draft.ordered(count_labels(labels, len(draft.colors), valid))
    rank_labels(labels, rank, valid)
    return IndexedImage(labels, palette, recipe, valid, source.read_alpha())
