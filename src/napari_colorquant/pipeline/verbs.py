"""The three verbs: quantize an image, design a palette, map pixels onto a palette."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .._runtime.progress import stage
from .._typing import ImageLike
from ..design.auto import make_design
from ..indexed import IndexedImage
from ..mapping.dither import dither_labels, make_target
from ..mapping.labels import LabelTable, count_labels, map_image
from ..mapping.recolor import recolor_image
from ..mapping.tables import GrowingTable
from ..palette import Palette
from ..palettes import find_palette
from ..pixels.counting import count_pixels
from ..pixels.counts import ColorCounts
from ..pixels.memory import Pixels, Scale, is_lazy, read_image
from ..quality.curve import ErrorCurve, curve_of_counts
from ..recipe import Recipe

if TYPE_CHECKING:
    from ..chunks import LazyPixels

#: In an image of more pixels, colours whose labels are unknown are looked up once and for all, not block by block.
_MANY_PIXELS = 3 << 23


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
    **choices: Any,
) -> IndexedImage:
    """Represent an image with few colours: design a palette, then map each pixel to its nearest colour.

    Parameters
    ----------
    image : array_like
        (..., H, W), (..., H, W, 3) or (..., H, W, 4): gray, RGB or RGBA; bool, any integer, or
        float of 16 to 64 bits; numpy or dask. Leading axes are frames, which share one palette.
    n_colors : int or "auto"
        Number of colours, 1 to 256, or the fewest that meet ``target``. An image with no more
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
        Whether the last axis holds channels; guessed from the shape by default.
    **choices
        The other fields of `Recipe`: axis_weights, quantizer_options, dither_options, scale, rare,
        fixed, target, keep, remove_unused.

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
    return run(image, recipe, mask=mask, importance=importance, rgb=rgb)


def run(
    image: ImageLike, recipe: Recipe, *, mask: Any = None, importance: Any = None, rgb: bool | None = None
) -> IndexedImage:
    """Do what a `Recipe` says; `quantize` and `map_pixels` with all the choices as one value."""
    if recipe.palette is not None:
        return _map(_read(image, recipe, mask, rgb), recipe.palette, recipe)
    with stage("Counting colours", 0.0, 0.3):
        pixels = _read(image, recipe, mask, rgb, importance)
        counts = _count(pixels)
    with stage("Designing the palette", 0.3, 0.7):
        designed = make_design(counts, recipe)
    covers_all = counts.is_exact and pixels.importance is None
    table = LabelTable.build(counts.keys, designed.labels) if covers_all and isinstance(pixels, Pixels) else None
    indexed = _map(pixels, designed.palette, recipe, table, shares_known=covers_all)
    if pixels.importance is None and counts.total == indexed.labels.size:
        indexed = replace(indexed, valid=None)  # of a dask image, only the counts know that there are no gaps
    return indexed


def design_palette(
    image: ImageLike | Sequence[ImageLike],
    n_colors: int | str = 16,
    *,
    mask: Any = None,
    importance: Any = None,
    rgb: bool | None = None,
    **choices: Any,
) -> Palette:
    """Choose the colours: step 1 of `quantize` alone.

    Parameters
    ----------
    image : array_like, or list of them
        As in `quantize`; the images of a list share one palette and may differ in shape.
    n_colors, mask, importance, rgb, **choices
        As in `quantize`; for a list, `mask` and `importance` are lists too, or None.

    Returns
    -------
    palette : Palette
        min(n_colors, distinct colours) colours, the largest share first.
    """
    recipe = Recipe(n_colors=n_colors, **choices)
    several = isinstance(image, (list, tuple))
    images = list(image) if several else [image]
    if not images:
        raise ValueError("design_palette needs at least one image, got an empty list")
    counts: ColorCounts | None = None
    for each, its_mask, its_importance in zip(
        images, _one_each(mask, images, several), _one_each(importance, images, several), strict=True
    ):
        counted = _count(_read(each, recipe, its_mask, rgb, its_importance))
        counts = counted if counts is None else counts + counted
    assert counts is not None
    return make_design(counts, recipe).palette


def map_pixels(
    image: ImageLike, palette: Any, *, mask: Any = None, rgb: bool | None = None, **choices: Any
) -> IndexedImage:
    """Give each pixel its nearest colour of a palette: step 2 of `quantize` alone.

    Parameters
    ----------
    image : array_like
        As in `quantize`.
    palette : Palette, str, path-like, or colours
        `Palette`, array of shape (K, 3) of 8-bit sRGB, or texts ``#rrggbb``; 1 to 256 colours. Or the
        name of a built-in palette, ``"colormap:viridis:16"``, or a palette file: whatever
        `napari_colorquant.palettes.find_palette` finds.
    mask, rgb, **choices
        As in `quantize`; of the choices, those of mapping matter.

    Returns
    -------
    indexed : IndexedImage
        Its palette is the one given, in the same order, with the shares in this image. Those of a
        dask image, which nobody has looked at yet, are zeros; `with_shares` finds them.
    """
    return run(image, Recipe(palette=find_palette(palette), **choices), mask=mask, rgb=rgb)


def error_curve(
    image: ImageLike,
    *,
    space: str = "oklab",
    axis_weights: Any = None,
    mask: Any = None,
    importance: Any = None,
    rgb: bool | None = None,
    scale: Scale = "dtype",
) -> ErrorCurve:
    """Return what quality each number of colours from 1 to 256 gives, from one divisive run.

    Parameters
    ----------
    image, space, axis_weights, mask, importance, rgb, scale
        As in `quantize`.

    Returns
    -------
    curve : ErrorCurve
        Errors that a full design undercuts by some percent. It stops at the number of distinct
        colours, where there is no error left.
    """
    recipe = Recipe(space=space, axis_weights=axis_weights, scale=scale)
    return curve_of_counts(_count(_read(image, recipe, mask, rgb, importance)), recipe.metric)


def _read(
    image: ImageLike, recipe: Recipe, mask: Any, rgb: bool | None, importance: Any = None
) -> "Pixels | LazyPixels":
    pixels: Pixels | LazyPixels
    if is_lazy(image):
        from ..chunks import read_lazy_image

        pixels = read_lazy_image(image, rgb=rgb, scale=recipe.scale, mask=mask)
    else:
        pixels = read_image(image, rgb=rgb, scale=recipe.scale, mask=mask)
    return pixels if importance is None else pixels.with_importance(importance)


def _count(pixels: "Pixels | LazyPixels") -> ColorCounts:
    return count_pixels(pixels) if isinstance(pixels, Pixels) else pixels.count()


def _map(
    pixels: "Pixels | LazyPixels",
    palette: Palette,
    recipe: Recipe,
    table: LabelTable | None = None,
    shares_known: bool = False,
) -> IndexedImage:
    labels, valid = _label(pixels, palette, recipe, table)
    if is_lazy(labels) and recipe.palette is not None and not recipe.remove_unused:
        palette = replace(palette, weights=np.zeros(len(palette)))  # knowing them would mean to look at every pixel
    elif not shares_known or recipe.dither != "none":
        palette = with_shares(palette, labels, valid)
    recolored = _recolor(pixels, palette, recipe) if recipe.keep != "none" else None
    if recipe.remove_unused:
        palette, labels = without_unused(palette, labels)
    return IndexedImage(labels, palette, recipe, valid, pixels.read_alpha(), recolored)


def _recolor(pixels: "Pixels | LazyPixels", palette: Palette, recipe: Recipe) -> Any:
    if not isinstance(pixels, Pixels):
        return pixels.recolor(palette.colors, recipe.metric, recipe.keep)
    with stage("Recolouring the pixels", 0.9, 1.0):
        return recolor_image(pixels, palette.colors, recipe.metric, recipe.keep)


def _label(
    pixels: "Pixels | LazyPixels", palette: Palette, recipe: Recipe, table: LabelTable | None
) -> tuple[Any, Any]:
    dither = recipe.dither_method() if recipe.dither != "none" else None
    if not isinstance(pixels, Pixels):
        return pixels.map(palette.colors, recipe.metric, dither)
    if table is None and math.prod(pixels.shape) > _MANY_PIXELS:
        table = GrowingTable(palette.colors, recipe.metric)
    with stage("Mapping the pixels", 0.7, 1.0):
        labels, valid = map_image(pixels, palette.colors, recipe.metric, table)
    if dither is not None:
        with stage("Dithering", 0.8, 1.0):
            target = make_target(palette.colors, recipe.metric)
            labels = dither_labels(pixels, labels, valid, target, *dither)
    return labels, valid


def without_unused(palette: Palette, labels: Any) -> tuple[Palette, Any]:
    """Return the palette without the colours of share 0 (but never empty), and labels that follow."""
    used = np.flatnonzero(palette.weights > 0)
    used = used if len(used) else np.arange(1)
    rank = np.zeros(len(palette), np.uint8)
    rank[used] = np.arange(len(used))
    if is_lazy(labels):
        from ..chunks import relabel

        return palette.take(used), relabel(labels, rank)
    return palette.take(used), rank[labels]


def with_shares(palette: Palette, labels: Any, valid: Any = None) -> Palette:
    """Return the palette with the share of each colour among the valid `labels`, numpy or dask (then computed)."""
    if is_lazy(labels):
        from ..chunks import count_lazy_labels

        with stage("Measuring the shares", 0.7, 1.0):
            counts = count_lazy_labels(labels, valid, len(palette))
    else:
        counts = count_labels(labels, len(palette), valid)
    return replace(palette, weights=counts / max(counts.sum(), 1))


def _one_each(values: Any, images: list[Any], several: bool) -> list[Any]:
    if values is None:
        return [None] * len(images)
    if not several:
        return [values]
    if len(values) != len(images):
        raise ValueError(f"mask and importance must be lists of {len(images)}, one for each image, got {len(values)}")
    return list(values)
