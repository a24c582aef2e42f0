"""The direct way from pixels to labels, which never lists the distinct colours.

The pixels are counted in small cells of the colour cube, the palette is designed from their means, and
each pixel finds its label through its cell. What comes out is what the usual way gives, which counts
the distinct colours and labels each: the same palette, for that design looks at the same cells, and
the same labels.
"""

from collections.abc import Iterator

import numpy as np

from .._runtime.progress import checkpoint, stage
from .._typing import RGB8, Valid
from ..design.cells import are_enough, may_see_cells
from ..design.counted import CountedColors
from ..design.design import draw_up
from ..design.eye_planes import look_at
from ..indexed import IndexedImage
from ..mapping.labels import count_labels, label_source, rank_labels
from ..mapping.tables import LabelTable, find_cells
from ..pixels.alpha_counts import has_graded_alpha
from ..pixels.cells import CellCounts, count_cells_of_parts
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
    if not is_plain or source.size < _FEWEST or not may_see_cells(recipe):
        return None
    if not _is_varied(source) or (recipe.reads_alpha != "cut" and has_graded_alpha(source)):
        return None
    cells = count_cells_of_parts(_read(source))
    return cells if are_enough(cells, int(recipe.n_colors)) else None


def _read(source: Pixels) -> Iterator[tuple[RGB8, Valid | None]]:
    done = 0
    for place in source.blocks():
        rgb, valid = source.read(place)
        yield rgb, valid
        done += len(rgb)
        checkpoint(done / source.size)


def _is_varied(source: Pixels) -> bool:
    rgb, _ = source.read(next(source.blocks()))
    some = np.ascontiguousarray(rgb[:: max(1, len(rgb) // _GLANCE)])
    return int(np.count_nonzero(find_cells(some))) >= _GLANCED


def quantize_directly(source: Source, cells: CellCounts, recipe: Recipe) -> IndexedImage:
    """Return an image in the colours that are designed from its cells, see `count_directly`.

    Its labels are the exact nearest colours: a dither is another step.
    """
    metric = recipe.metric
    with stage("Designing the palette", 0.3, 0.7):
        draft = draw_up(CountedColors.from_counts(cells, metric), recipe, int(recipe.n_colors), look_at(source, recipe))
    table = LabelTable.of_cells(cells.occurs(), draft.colors, metric)
    labels, valid = label_source(source, draft.colors, metric, table=table), source.read_valid()
    palette, rank = draft.ordered(count_labels(labels, len(draft.colors), valid))
    rank_labels(labels, rank, valid)
    return IndexedImage(labels, palette, recipe, valid, source.read_alpha())
