"""The three verbs: quantize an image, design a palette, map pixels onto a palette."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ._typing import ImageLike
from .auto import make_design
from .color_counts import ColorCounts, count_colors
from .dithering import dither_labels, make_target
from .indexed import IndexedImage
from .mapping import LabelTable, map_image
from .palette import Palette, parse_colors
from .pixels import Pixels, read_image
from .progress import checkpoint, stage
from .recipe import Recipe


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
    pixels = read_image(image, rgb=rgb, scale=recipe.scale, mask=mask)
    if recipe.palette is not None:
        return _map(pixels, recipe.palette, recipe)
    if importance is not None:
        pixels = pixels.with_importance(importance)
    with stage("Counting colours", 0.0, 0.3):
        counts = count_pixels(pixels)
    with stage("Designing the palette", 0.3, 0.7):
        designed = make_design(counts, recipe)
    covers_all = counts.is_exact and pixels.importance is None
    table = LabelTable.build(counts.keys, designed.labels) if covers_all else None
    return _map(pixels, designed.palette, recipe, table, shares_known=covers_all)


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
        pixels = read_image(each, rgb=rgb, scale=recipe.scale, mask=its_mask)
        if its_importance is not None:
            pixels = pixels.with_importance(its_importance)
        counted = count_pixels(pixels)
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
    palette : Palette, or colours
        `Palette`, array of shape (K, 3) of 8-bit sRGB, or texts ``#rrggbb``; 1 to 256 colours.
    mask, rgb, **choices
        As in `quantize`; of the choices, those of mapping matter.

    Returns
    -------
    indexed : IndexedImage
        Its palette is the one given, in the same order, with the shares in this image.
    """
    if not isinstance(palette, Palette):
        palette = Palette(parse_colors(palette))
    return run(image, Recipe(palette=palette, **choices), mask=mask, rgb=rgb)


def count_pixels(pixels: Pixels) -> ColorCounts:
    """Return the distinct colours of an image, block by block; ValueError if no pixel has data."""
    counts: ColorCounts | None = None
    done, total = 0, int(np.prod(pixels.shape))
    for place in pixels.blocks():
        rgb, valid = pixels.read(place)
        counted = count_colors(rgb, valid, pixels.read_importance(place))
        counts = counted if counts is None else counts + counted
        done += len(rgb)
        checkpoint(done / total)
    if counts is None or not len(counts):
        raise ValueError("an image must have at least one pixel with data, got only masked, transparent or NaN ones")
    return counts


def _map(
    pixels: Pixels, palette: Palette, recipe: Recipe, table: LabelTable | None = None, shares_known: bool = False
) -> IndexedImage:
    with stage("Mapping the pixels", 0.7, 1.0):
        labels, valid = map_image(pixels, palette.colors, recipe.metric, table)
    if recipe.dither != "none":
        with stage("Dithering", 0.8, 1.0):
            target = make_target(palette.colors, recipe.metric)
            labels = dither_labels(pixels, labels, valid, target, *recipe.dither_method())
    if not shares_known or recipe.dither != "none":
        palette = with_shares(palette, labels, valid)
    if recipe.remove_unused:
        palette, labels = without_unused(palette, labels)
    return IndexedImage(labels, palette, recipe, valid, pixels.read_alpha())


def without_unused(palette: Palette, labels: Any) -> tuple[Palette, Any]:
    """Return the palette without the colours of share 0 (but never empty), and labels that follow."""
    used = np.flatnonzero(palette.weights > 0)
    used = used if len(used) else np.arange(1)
    rank = np.zeros(len(palette), np.uint8)
    rank[used] = np.arange(len(used))
    return palette.take(used), rank[labels]


def with_shares(palette: Palette, labels: Any, valid: Any = None) -> Palette:
    """Return the palette with the share of each colour among the valid `labels`."""
    counts = np.bincount((labels if valid is None else labels[valid]).reshape(-1), minlength=len(palette))
    return replace(palette, weights=counts / max(counts.sum(), 1))


def _one_each(values: Any, images: list[Any], several: bool) -> list[Any]:
    if values is None:
        return [None] * len(images)
    if not several:
        return [values]
    if len(values) != len(images):
        raise ValueError(f"mask and importance must be lists of {len(images)}, one for each image, got {len(values)}")
    return list(values)
