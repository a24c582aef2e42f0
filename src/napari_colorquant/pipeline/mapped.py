"""Step 2 of a run: a palette is there, and each pixel gets its label, its alpha and what it keeps of its own."""

from dataclasses import replace
from typing import Any

import numpy as np

from .._typing import Labels, label_type
from ..design.by_cells import CellDesign
from ..design.design import Design
from ..indexed import IndexedImage
from ..mapping.cleaning import clean_source
from ..mapping.graded import GradedTable, label_graded
from ..mapping.labels import Dither, count_labels, label_source, rank_labels, relabel
from ..mapping.mappings import MAPPINGS
from ..mapping.recolor import recolor_source
from ..mapping.smooth import Smoothing
from ..mapping.tables import LabelTable, Table
from ..palette import Palette
from ..pixels.arrays import is_lazy
from ..pixels.source import Source, open_source
from ..recipe import Recipe
from ..spaces import Metric
from .seeing import is_graded


def map_design(source: Source, designed: Design | CellDesign, recipe: Recipe) -> IndexedImage:
    """Map an image onto the palette that was designed for it, with what is known of its colours by then."""
    if isinstance(designed, CellDesign):
        return _map_cells(source, designed, recipe)
    palette, counted, table = designed.palette, designed.counted, None
    if recipe.reads_alpha == "auto" and counted is None:  # colours with alpha: whether any is graded is told by now
        source = open_source(source, alpha=palette.reads_alpha)
    by_alpha = is_graded(recipe, palette)
    has_shares = source.importance is None and (designed.keys is not None or (by_alpha and designed.graded is not None))
    if has_shares and not source.is_lazy:
        table = designed.graded if by_alpha else _list_labels(designed, recipe)
    indexed = map_source(source, palette, recipe, table, has_shares=has_shares)
    if indexed.valid is None or source.importance is not None or counted is None:
        return indexed
    if counted.counts.sum() == source.size:
        indexed = replace(indexed, valid=None)  # of a dask image, only the counts know that there are no gaps
    return indexed


def map_source(
    source: Source,
    palette: Palette,
    recipe: Recipe,
    table: Table | GradedTable | None = None,
    *,
    has_shares: bool = False,
) -> IndexedImage:
    """Map an image onto a palette; its colours may have a `table` of their labels, and the palette its shares."""
    metric, dither = recipe.metric, recipe.dither_method() if recipe.dither != "none" else None
    recolored = None
    if not is_graded(recipe, palette):
        assert not isinstance(table, GradedTable)
        seen = _find_seen(palette)
        shown = palette if seen is None else palette.take(seen)
        smoothing = Smoothing(recipe.smoothness, recipe.smooth_frames) if recipe.smoothness else None
        labels = label_source(source, shown.levels_in(recipe.profile), metric, dither, table, smoothing)
        valid, alpha = source.read_valid(), source.read_alpha()
        if recipe.keep != "none":
            recolored = recolor_source(source, shown.colors, metric, recipe.keep)
        if seen is not None:
            labels = relabel(labels, seen, valid)
    else:
        assert not isinstance(table, Table)
        labels, valid, alpha = _label_graded(source, palette, metric, dither, table)
    if recipe.cleaning:
        labels = clean_source(source, labels, palette.classes, recipe.cleaning)
    indexed = IndexedImage(labels, palette, recipe, valid, alpha, recolored)
    if indexed.is_lazy and recipe.palette is not None and not recipe.remove_unused:
        # Knowing the shares would mean to look at every pixel.
        indexed = replace(indexed, palette=palette.with_shares(()))
    elif not has_shares or changes_labels(recipe):
        indexed = indexed.with_shares()
    return indexed.without_unused() if recipe.remove_unused else indexed


def describe_mapping(recipe: Recipe, palette: Palette) -> str:
    """Return in a few words that pixels need not have their nearest colour by the recipe's `mapping`; "" if they have.

    Where alpha is graded, all have.
    """
    return "" if is_graded(recipe, palette) else MAPPINGS[recipe.mapping].told


def _map_cells(source: Source, designed: CellDesign, recipe: Recipe) -> IndexedImage:
    """Map an image onto a palette whose order the labels of its pixels tell."""
    draft = designed.draft
    labels, valid = label_source(source, draft.colors, recipe.metric, table=designed.table), source.read_valid()
    palette, rank = draft.ordered(count_labels(labels, len(draft.colors), valid))
    if changes_labels(recipe):
        return replace(map_source(source, palette, recipe, designed.table.ranked(rank)), valid=valid)
    rank_labels(labels, rank, valid)
    indexed = IndexedImage(labels, palette, recipe, valid, source.read_alpha())
    return indexed.without_unused() if recipe.remove_unused else indexed


def _find_seen(palette: Palette) -> Labels | None:
    """Return the places of those colours that are seen, in which alone pixels are shown; None: all of them."""
    if not palette.has_alpha:
        return None
    seen = np.flatnonzero(palette.alphas > 0).astype(label_type(len(palette)))
    if not len(seen):
        raise ValueError("a palette must have a colour that is seen, got only ones of alpha 0")
    return seen


def _list_labels(designed: Design, recipe: Recipe) -> LabelTable | None:
    """Return the table of the labels that the design found; None where pixels go by their cells, not by these."""
    if recipe.metric.by_cell:
        return None
    assert designed.keys is not None
    assert designed.labels is not None
    return LabelTable.build(designed.keys, designed.labels)


def _label_graded(
    source: Source, palette: Palette, metric: Metric, dither: Dither | None, table: GradedTable | None
) -> tuple[Any, Any, Any]:
    """Return labels, where there is data, and the alpha of a result whose palette has none."""
    labels, valid = label_graded(source, palette, metric, dither, table)
    if not is_lazy(valid) and valid.all():
        valid = None
    if palette.has_alpha or not source.has_alpha:
        return labels, valid, None
    return labels, valid, np.full(labels.shape, 255, np.uint8) if valid is None else valid * np.uint8(255)


def changes_labels(recipe: Recipe) -> bool:
    """Return True if pixels may get another colour than the nearest."""
    return recipe.dither != "none" or recipe.smoothness > 0 or bool(recipe.cleaning)
