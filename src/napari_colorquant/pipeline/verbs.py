"""The three verbs: quantize an image, design a palette, map pixels onto a palette."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .._checks import check_instance, check_list
from .._runtime.progress import stage
from .._typing import ImageLike, Keys, Labels, label_type
from ..design.auto import make_design, make_palette
from ..indexed import IndexedImage
from ..mapping.cleaning import clean_source
from ..mapping.graded import label_graded
from ..mapping.labels import Dither, label_source, relabel
from ..mapping.recolor import recolor_source
from ..mapping.smooth import Smoothing
from ..mapping.tables import LabelTable
from ..palette import Palette
from ..palettes import find_palette
from ..pixels.alpha_counts import AlphaCounts
from ..pixels.arrays import as_array, is_lazy
from ..pixels.cells import CellCounts
from ..pixels.counting import count_pixels
from ..pixels.counts import ColorCounts
from ..pixels.intensities import Scale
from ..pixels.source import Source, open_source, resolve_scale, shape_of
from ..pixels.used_range import warn_of_little_range
from ..quality.curve import ErrorCurve, curve_of_counts
from ..recipe import Recipe
from ..spaces import Metric
from .direct import count_directly, quantize_directly
from .seeing import count_seen, is_graded
from .stained import with_stains, with_stains_of


def quantize(
    image: ImageLike,
    n_colors: int | str = 16,
    *,
    space: str = "oklab",
    quantizer: str = "kmeans",
    dither: str = "none",
    mask: Any = None,
    importance: Any = None,
    seed: int = 0,
    rgb: bool | None = None,
    frames: bool = False,
    **choices: Any,
) -> IndexedImage:
    """Represent an image with few colours: design a palette, then map each pixel to its nearest colour.

    Parameters
    ----------
    image : array_like
        (..., H, W), (..., H, W, 3) or (..., H, W, 4): gray, RGB or RGBA; bool, any integer, or
        float of 16 to 64 bits; numpy or dask, or a Pillow image. Leading axes are frames, which share
        one palette. What a masked array masks has no data.
    n_colors : int or "auto"
        Number of colours, 1 to 65,536, or the fewest that meet ``target``. An image with no more
        distinct colours comes back unchanged.
    space : str
        The colour space in which "near" is meant, a name in `SPACES`.
    quantizer, dither : str
        A name in `QUANTIZERS` or `DITHERS`, or a spec with options: ``"kmeans:iterations=30"``.
    mask : array_like of shape (..., H, W), optional
        Pixels where it is 0 have no data: they take no part and are not ``valid`` in the result.
    importance : array_like of shape (..., H, W), optional
        What each pixel counts for in the design: bool, labels, or floats >= 0.
    seed : int
        Seed of every random choice.
    rgb : bool, optional
        Whether the last axis holds channels; by default as the shape tells, see `napari_colorquant.pixels.axes`:
        (..., H, W, 1 to 4) has channels, (C, H, W) with C in 2..16 is refused as it may have.
    frames : bool
        Whether (C, H, W) is meant as frames.
    **choices
        The other fields of `Recipe`: axis_weights, stains, quantizer_options, dither_options, scale, alpha,
        profile, rare, fixed, target, keep, smoothness, smooth_frames, cleaning, remove_unused.

    Returns
    -------
    indexed : IndexedImage
        Labels, palette, and the recipe that makes them again.

    Raises
    ------
    TypeError, ValueError
        If the image or a choice is not possible; the message says what must hold.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.array([[[255, 0, 0], [250, 5, 0], [0, 0, 255]]], np.uint8)
    >>> quantize(image, 2).labels
    array([[0, 0, 1]], dtype=uint8)
    """
    recipe = Recipe(n_colors=n_colors, space=space, quantizer=quantizer, dither=dither, seed=seed, **choices)
    return run(image, recipe, mask=mask, importance=importance, rgb=rgb, frames=frames)


def run(
    image: ImageLike | Source,
    recipe: Recipe,
    *,
    mask: Any = None,
    importance: Any = None,
    rgb: bool | None = None,
    frames: bool = False,
) -> IndexedImage:
    """Do what a `Recipe` says; `quantize` and `map_pixels` with all the choices as one value."""
    check_instance("recipe", recipe, Recipe)
    with stage("Counting colours", 0.0, 0.3):
        source = open_source(
            image, rgb=rgb, frames=frames, scale=recipe.scale, mask=mask, importance=importance,
            alpha=recipe.reads_alpha,
        )  # fmt: skip
        cells = None if recipe.palette is not None else count_directly(source, recipe)
        counts = None if recipe.palette is not None or cells is not None else count_seen(source, recipe)
    if isinstance(counts, AlphaCounts):
        return _quantize_graded(source, counts, with_stains(recipe, counts))
    if cells is not None:
        return _finish_directly(source, cells, recipe)
    warn_of_little_range(source, counts)
    if counts is None:
        assert recipe.palette is not None
        return _map(source, recipe.palette, with_stains_of(recipe, source))
    recipe = with_stains(recipe, counts)
    with stage("Designing the palette", 0.3, 0.7):
        designed = make_design(counts, recipe)
    known = None
    if isinstance(counts, ColorCounts) and counts.is_exact and source.importance is None:
        known = counts.keys, designed.labels
    indexed = _map(source, designed.palette, recipe, known)
    if source.importance is None and counts.total == source.size:
        indexed = replace(indexed, valid=None)  # of a dask image, only the counts know that there are no gaps
    return indexed


def design_palette(
    image: ImageLike | Sequence[ImageLike],
    n_colors: int | str = 16,
    *,
    mask: Any = None,
    importance: Any = None,
    rgb: bool | None = None,
    frames: bool = False,
    **choices: Any,
) -> Palette:
    """Choose the colours: step 1 of `quantize` alone.

    Parameters
    ----------
    image : array_like, or list of them
        As in `quantize`; the images of a list share one palette and may differ in shape.
    n_colors, mask, importance, rgb, frames, **choices
        As in `quantize`; for a list, `mask` and `importance` are lists too, or None. Of several images,
        one whose importance is None counts in full.

    Returns
    -------
    palette : Palette
        min(n_colors, distinct colours) colours, the largest share first.
    """
    recipe = Recipe(n_colors=n_colors, **choices)
    several = isinstance(image, (list, tuple))
    images = list(image) if several else [image]
    if not images:
        raise ValueError("image must be an image or at least one in a list, got an empty list")
    masks, shares = _one_each("mask", mask, images, several), _one_each("importance", importance, images, several)
    if importance is not None:
        shares = [
            _in_full(each, rgb, frames) if share is None else share for each, share in zip(images, shares, strict=True)
        ]
    return design_shared(images, recipe, masks, shares, rgb=rgb, frames=frames)[0]


def design_shared(
    images: Sequence[ImageLike],
    recipe: Recipe,
    masks: Sequence[Any] | None = None,
    importances: Sequence[Any] | None = None,
    *,
    rgb: bool | None = None,
    frames: bool = False,
) -> tuple[Palette, Recipe]:
    """Return one palette for several images, and the recipe with what it leaves to be found in all of them."""
    recipe = resolve(images, recipe, rgb=rgb, frames=frames)
    none = [None] * len(images)
    sources = (
        open_source(
            each, rgb=rgb, frames=frames, scale=recipe.scale, mask=mask, importance=importance,
            alpha=recipe.reads_alpha,
        )
        for each, mask, importance in zip(images, masks or none, importances or none, strict=True)
    )  # fmt: skip
    counts = count_seen(sources, recipe)
    recipe = with_stains(recipe, counts)
    return make_palette(counts, recipe), recipe


def resolve(images: Iterable[ImageLike], recipe: Recipe, *, rgb: bool | None = None, frames: bool = False) -> Recipe:
    """Return the recipe with the intensities that it means for `images` as numbers, see `resolve_scale`."""
    if check_instance("recipe", recipe, Recipe).scale != "range":
        return recipe
    return recipe.replace(scale=resolve_scale(images, recipe.scale, rgb=rgb, frames=frames))


def map_pixels(
    image: ImageLike,
    palette: Any,
    *,
    mask: Any = None,
    rgb: bool | None = None,
    frames: bool = False,
    **choices: Any,
) -> IndexedImage:
    """Give each pixel its nearest colour of a palette: step 2 of `quantize` alone.

    Parameters
    ----------
    image : array_like
        As in `quantize`.
    palette : Palette, str, path-like, or colours
        `Palette`, array of shape (K, 3) of 8-bit sRGB, or texts ``#rrggbb``; 1 to 65,536 colours. Or the
        name of a built-in palette, ``"colormap:viridis:16"``, or a palette file: whatever
        `napari_colorquant.palettes.find_palette` finds.
    mask, rgb, frames, **choices
        As in `quantize`; of the choices, those of mapping matter.

    Returns
    -------
    indexed : IndexedImage
        Its palette is the one given, in the same order, with the shares in this image. Those of a
        dask image, whose pixels were not looked at yet, are zeros; `IndexedImage.with_shares` finds them.
    """
    return run(image, Recipe(palette=find_palette(palette), **choices), mask=mask, rgb=rgb, frames=frames)


def error_curve(
    image: ImageLike,
    *,
    space: str = "oklab",
    axis_weights: Any = None,
    stains: Any = None,
    mask: Any = None,
    importance: Any = None,
    rgb: bool | None = None,
    frames: bool = False,
    scale: Scale = "dtype",
) -> ErrorCurve:
    """Return what quality each number of colours from 1 to 256 gives, from one divisive run.

    Parameters
    ----------
    image, space, axis_weights, stains, mask, importance, rgb, frames, scale
        As in `quantize`.

    Returns
    -------
    curve : ErrorCurve
        Errors that a full design undercuts by some percent. It stops at the number of distinct
        colours, where there is no error left.
    """
    recipe = Recipe(space=space, axis_weights=axis_weights, stains=stains, scale=scale)
    source = open_source(image, rgb=rgb, frames=frames, scale=scale, mask=mask, importance=importance, alpha="cut")
    counts = count_pixels(source)
    return curve_of_counts(counts, with_stains(recipe, counts).metric)


def _map(source: Source, palette: Palette, recipe: Recipe, known: tuple[Keys, Labels] | None = None) -> IndexedImage:
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
    indexed = _map(source, palette.take(seen), recipe.replace(remove_unused=False))
    shares = np.zeros(len(palette))
    shares[seen] = indexed.palette.shares
    labels = relabel(indexed.labels, seen.astype(label_type(len(palette))), indexed.valid)
    indexed = replace(indexed, labels=labels, palette=replace(palette, shares=shares), recipe=recipe)
    return indexed.without_unused() if recipe.remove_unused else indexed


def _quantize_graded(source: Source, counts: AlphaCounts, recipe: Recipe) -> IndexedImage:
    with stage("Designing the palette", 0.3, 0.7):
        palette = make_palette(counts, recipe)
    return _map(open_source(source, alpha=recipe.replace(palette=palette).reads_alpha), palette, recipe)


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


def _finish_directly(source: Source, cells: CellCounts, recipe: Recipe) -> IndexedImage:
    indexed = quantize_directly(source, cells, recipe)
    if changes_labels(recipe):
        return replace(_map(source, indexed.palette, recipe), valid=indexed.valid)
    return indexed.without_unused() if recipe.remove_unused else indexed


def _one_each(what: str, values: Any, images: list[Any], several: bool) -> list[Any]:
    if values is None:
        return [None] * len(images)
    if not several:
        return [values]
    each = check_list(what, values)
    if len(each) != len(images):
        raise ValueError(f"{what} must be a list of {len(images)}, one for each image, got {len(each)}")
    return each


def _in_full(image: ImageLike, rgb: bool | None, frames: bool) -> Any:
    """Return the importance of an image of which nothing is said: among others, all of it counts in full."""
    return np.broadcast_to(np.True_, shape_of(as_array(image), rgb, frames=frames))
