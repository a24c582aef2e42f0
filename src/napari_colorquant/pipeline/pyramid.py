"""Pyramids: levels of one image, designed from one of them and all mapped when they are looked at.

This is also how images larger than memory are done: as a pyramid of one level.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from .._checks import check_choice, check_flag, check_instance, check_integer, check_list
from .._runtime.progress import stage
from .._typing import ImageLike
from ..indexed import IndexedFrames, IndexedImage
from ..palette import Palette
from ..pixels.alpha_counts import count_seen
from ..pixels.arrays import as_shaped
from ..pixels.beside import as_numbers
from ..pixels.named_axes import align
from ..pixels.sample import SAMPLE_PIXELS, sample_source
from ..pixels.source import Source, open_source, shape_of
from ..recipe import Recipe
from .frames import map_frames, run_frames
from .seeing import palette_seen
from .shared_palette import resolve
from .stained import settle, with_stains
from .verbs import run

#: What a palette is designed from: all pixels, one level, or an even sample of the finest.
DesignFrom: TypeAlias = Literal["full", "level", "sample"]
#: The smallest level of a pyramid has at most this many rows and columns.
SMALLEST = 1024
#: Of a sample for palettes per frame, a frame has this share of `SAMPLE_PIXELS`.
_FRAME_SHARE = 16


def quantize_levels(
    levels: Sequence[ImageLike],
    recipe: Recipe | None = None,
    *,
    design_from: DesignFrom = "full",
    level: int = 0,
    per_frame: bool = False,
    measure_shares: bool = False,
    mask: Any = None,
    importance: Any = None,
    rgb: bool | None = None,
) -> list[IndexedImage] | list[IndexedFrames]:
    """Design a palette from one level of a pyramid, and map all levels onto it.

    Parameters
    ----------
    levels : sequence of array_like
        The same image at falling sizes, numpy or dask; dask arrays are mapped where they are looked at.
    recipe : Recipe, optional
        All choices; where it has a palette, that is used and nothing is designed. ``scale="range"``
        is the range of the finest level, for all.
    design_from : {"full", "level", "sample"}
        All pixels of the finest level (exact); those of `level` (quick: its pixels are means, hence
        rare colours are fewer); or an even sample of the finest.
    level : int
        The level to design from.
    per_frame : bool
        A palette for each frame of a stack, see `quantize_frames`.
    measure_shares : bool
        Measure the shares of the colours in the finest level where the design does not know them, as
        with a dither; that maps all of it. Otherwise they are those of the design.
    mask, importance : array_like, optional
        As in `quantize`, in the shape of the finest level; other levels take their nearest pixels.
    rgb : bool, optional
        Whether the last axis holds channels.

    Returns
    -------
    levels : list of IndexedImage, or list of IndexedFrames

    Raises
    ------
    ValueError
        If there are no levels, or `level` is none of them.
    """
    given, levels, recipe = levels, _check_levels(levels), _check_recipe(recipe)
    mask, importance = align(mask, given[0]), align(importance, given[0])
    check_choice("design_from", design_from, get_args(DesignFrom))
    level = check_integer("level", level, -len(levels), len(levels) - 1)
    per_frame, measure_shares = check_flag("per_frame", per_frame), check_flag("measure_shares", measure_shares)
    recipe = resolve(levels[:1], recipe, [mask], rgb=rgb)
    extras = {"mask": mask, "importance": importance}
    chosen = level % len(levels) if design_from == "level" else 0
    open_level = partial(_open_level, levels, recipe, rgb, extras)
    if per_frame and recipe.palette is None:
        return _quantize_frames(levels, open_level(chosen), recipe, design_from, rgb)
    if measure_shares and design_from == "full":
        first = run(open_level(0), recipe)
        rest = map_levels(levels[1:], first.palette, first.recipe, rgb=rgb) if len(levels) > 1 else []
        return [first, *rest]
    palette = recipe.palette
    if palette is None:
        with stage("Designing the palette", 0.0, 0.6):
            parts = design_parts(open_level(chosen), design_from)
            counts = count_seen(parts, recipe.reads_alpha)
            recipe = with_stains(recipe, counts)
            palette = palette_seen(counts, recipe, parts, importance)
    else:
        recipe = settle(recipe, open_level(0))
    with stage("Mapping the pixels", 0.6, 0.9):
        return [_with_palette(open_level(i), palette, recipe) for i in range(len(levels))]


def map_levels(
    levels: Sequence[ImageLike], palette: Palette, recipe: Recipe | None = None, *, rgb: bool | None = None
) -> list[IndexedImage]:
    """Map each level of a pyramid onto a palette.

    Parameters
    ----------
    levels : sequence of array_like
        The same image at falling sizes; dask arrays are mapped only where they are looked at.
    palette : Palette
        For all levels.
    recipe : Recipe, optional
        How to map: its space, axis weights, scale and dither. Its number of colours does not matter.
    rgb : bool, optional
        Whether the last axis holds channels.

    Returns
    -------
    levels : list of IndexedImage
        All with `palette` as it was given, shares included: those were measured where it was designed.

    Raises
    ------
    ValueError
        If there are no levels.
    """
    levels, recipe = _check_levels(levels), _check_recipe(recipe)
    check_instance("palette", palette, Palette)
    recipe = resolve(levels[:1], recipe, rgb=rgb)
    recipe = settle(recipe, open_source(levels[0], rgb=rgb, scale=recipe.scale))
    return [_with_palette(open_source(level, rgb=rgb, scale=recipe.scale), palette, recipe) for level in levels]


def design_parts(source: Source, design_from: DesignFrom, n_pixels: int = SAMPLE_PIXELS) -> list[Source]:
    """Return the parts of an image whose colours are counted: all of it, or a sample of about `n_pixels`."""
    if design_from != "sample":
        return [source]
    parts = sample_source(source, n_pixels)
    # What lies outside the region that matters says nothing.
    inside = [part for part in parts if part.importance is None or np.asarray(part.importance).any()]
    return inside or parts


def make_levels(image: ImageLike, *, rgb: bool | None = None, smallest: int = SMALLEST) -> list[Any]:
    """Return an image and every second, fourth, eighth ... pixel of it, as views.

    Parameters
    ----------
    image : ndarray or dask array
        (..., H, W), or (..., H, W, 3 or 4).
    rgb : bool, optional
        Whether the last axis holds channels.
    smallest : int
        The last level has at most this many rows and columns.

    Returns
    -------
    levels : list
        The largest first. Nothing is read; but where only the full size is stored, a small level of
        a dask array has to read all of it.
    """
    image, smallest = as_shaped(image), check_integer("smallest", smallest, 1, 1 << 62)
    ndim = len(shape_of(image, rgb))
    every_second = (..., *(slice(None, None, 2),) * 2, *(slice(None),) * (image.ndim - ndim))
    levels = [image]
    while max(levels[-1].shape[ndim - 2 : ndim]) > smallest:
        levels.append(levels[-1][every_second])
    return levels


def _check_levels(levels: Any) -> list[Any]:
    given = check_list("levels", levels)
    if not given:
        raise ValueError("levels must be at least one, got none")
    return given


def _check_recipe(recipe: Any) -> Recipe:
    checked: Recipe = Recipe() if recipe is None else check_instance("recipe", recipe, Recipe)
    return checked


def _quantize_frames(
    levels: Sequence[ImageLike], source: Source, recipe: Recipe, design_from: DesignFrom, rgb: bool | None
) -> list[IndexedFrames]:
    if design_from == "sample":  # of every frame alike: every second, third ... row and column
        of_frame = source.size / max(1, int(np.prod(source.shape[:-2], dtype=np.int64)))
        step = max(1, int(np.ceil(np.sqrt(of_frame / SAMPLE_PIXELS * _FRAME_SHARE))))
        source = source.take((..., slice(None, None, step), slice(None, None, step)))
    designed = run_frames(source, recipe)
    if len(levels) == 1 and designed.shape == shape_of(levels[0], rgb):
        return [designed]
    return [map_frames(each, designed.palettes, designed.recipe, rgb=rgb) for each in levels]


def _open_level(
    levels: Sequence[ImageLike], recipe: Recipe, rgb: bool | None, extras: dict[str, Any], number: int
) -> Source:
    level = levels[number]
    shape, finest = shape_of(level, rgb), shape_of(levels[0], rgb)
    cut = {name: _resize(name, values, finest, shape) for name, values in extras.items()}
    return open_source(level, rgb=rgb, scale=recipe.scale, alpha=recipe.reads_alpha, **cut)


def _with_palette(source: Source, palette: Palette, recipe: Recipe) -> IndexedImage:
    return replace(run(source, recipe.replace(palette=palette, remove_unused=False)), palette=palette)


def _resize(what: str, values: Any, finest: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    """Return a mask or importance of the finest level in the shape of another, by its nearest pixels."""
    if values is None or shape == finest:
        return values
    array = as_numbers(what, values, finest)
    first = len(finest) - array.ndim
    for axis, (old, new) in enumerate(zip(finest[first:], shape[first:], strict=True)):
        array = array[(*(slice(None),) * axis, np.arange(new) * old // new)]
    return array
