"""Step 2 of a run: a palette is there, and each pixel gets its label, its alpha and what it keeps of its own."""

from dataclasses import replace
from typing import Any

import numpy as np

from .._typing import Keys, Labels, label_type
from ..indexed import IndexedImage
from ..mapping.cleaning import clean_source
from ..mapping.graded import label_graded
from ..mapping.labels import Dither, label_source, relabel
from ..mapping.recolor import recolor_source
from ..mapping.smooth import Smoothing
from ..mapping.tables import LabelTable
from ..palette import Palette
from ..pixels.arrays import is_lazy
from ..pixels.source import Source
from ..recipe import Recipe
from ..spaces import Metric
from .seeing import is_graded


def map_source(
    source: Source, palette: Palette, recipe: Recipe, known: tuple[Keys, Labels] | None = None
) -> IndexedImage:
    """Map an image onto a palette; `known` are all its colours with their labels, where the palette has its shares."""
    if recipe.scale == "range" and source.limits is not None:
        recipe = recipe.replace(scale=source.limits)  # what is measured or shown of the result has the same
    metric, dither = recipe.metric, recipe.dither_method() if recipe.dither != "none" else None
    recolored = None
    if is_graded(recipe, palette):
        labels, valid, alpha = _label_graded(source, palette, metric, dither)
    elif palette.has_alpha:
        return _map_seen(source, palette, recipe)
    else:
        table = None if known is None or source.is_lazy else LabelTable.build(*known)
        smoothing = Smoothing(recipe.smoothness, recipe.smooth_frames) if recipe.smoothness else None
        labels = label_source(source, palette.levels_in(recipe.profile), metric, dither, table, smoothing)
        valid, alpha = source.read_valid(), source.read_alpha()
        if recipe.keep != "none":
            recolored = recolor_source(source, palette.colors, metric, recipe.keep)
    if recipe.cleaning:
        labels = clean_source(source, labels, palette.classes, recipe.cleaning)
    indexed = IndexedImage(labels, palette, recipe, valid, alpha, recolored)
    if indexed.is_lazy and recipe.palette is not None and not recipe.remove_unused:
        # Knowing the shares would mean to look at every pixel.
        indexed = replace(indexed, palette=replace(palette, shares=np.zeros(len(palette))))
    elif known is None or changes_labels(recipe):
        indexed = indexed.with_shares()
    return indexed.without_unused() if recipe.remove_unused else indexed


def _map_seen(source: Source, palette: Palette, recipe: Recipe) -> IndexedImage:
    """Map an image onto those colours of a palette that are seen, which keep their places in it."""
    seen = np.flatnonzero(palette.alphas > 0)
    if not len(seen):
        raise ValueError("a palette must have a colour that is seen, got only ones of alpha 0")
    indexed = map_source(source, palette.take(seen), recipe.replace(remove_unused=False))
    shares = np.zeros(len(palette))
    shares[seen] = indexed.palette.shares
    labels = relabel(indexed.labels, seen.astype(label_type(len(palette))), indexed.valid)
    indexed = replace(indexed, labels=labels, palette=replace(palette, shares=shares), recipe=recipe)
    return indexed.without_unused() if recipe.remove_unused else indexed


def _label_graded(source: Source, palette: Palette, metric: Metric, dither: Dither | None) -> tuple[Any, Any, Any]:
    """Return labels, where there is data, and the alpha of a result whose palette has none."""
    labels, valid = label_graded(source, palette, metric, dither)
    if not is_lazy(valid) and valid.all():
        valid = None
    if palette.has_alpha or not source.has_alpha:
        return labels, valid, None
    return labels, valid, np.full(labels.shape, 255, np.uint8) if valid is None else valid * np.uint8(255)


def changes_labels(recipe: Recipe) -> bool:
    """Return True if pixels may get another colour than the nearest."""
    return recipe.dither != "none" or recipe.smoothness > 0 or bool(recipe.cleaning)
