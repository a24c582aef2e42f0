"""Pyramids: levels of one image, all mapped onto the same palette when they are looked at."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from .._typing import ImageLike
from ..indexed import IndexedImage
from ..palette import Palette
from ..pixels.memory import check_image
from ..recipe import Recipe
from .verbs import design_palette, run

#: The smallest level of a pyramid has at most this many rows and columns.
SMALLEST = 1024


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
    if not len(levels):
        raise ValueError("a pyramid must have at least one level, got none")
    how = (recipe or Recipe()).replace(palette=palette, remove_unused=False)
    mapped = [run(level, how, rgb=rgb) for level in levels]
    return [IndexedImage(each.labels, palette, each.recipe, each.valid, each.alpha, each.recolored) for each in mapped]


def quantize_levels(
    levels: Sequence[ImageLike], recipe: Recipe | None = None, *, design_level: int = 0, rgb: bool | None = None
) -> list[IndexedImage]:
    """Design a palette on one level of a pyramid, and map all levels onto it.

    Parameters
    ----------
    levels : sequence of array_like
        The same image at falling sizes.
    recipe : Recipe, optional
        All choices; where it has a palette, that is used and nothing is designed.
    design_level : int
        The level whose colours are counted. The first is exact, a smaller one quick: its pixels
        are means, hence rare colours are fewer.
    rgb : bool, optional
        Whether the last axis holds channels.

    Returns
    -------
    levels : list of IndexedImage
        With the shares that the colours have in the level of the design.
    """
    if not -len(levels) <= design_level < len(levels):
        raise ValueError(f"design_level must be one of {len(levels)} levels, got {design_level}")
    recipe = recipe or Recipe()
    choices = {field.name: getattr(recipe, field.name) for field in fields(Recipe) if field.name != "palette"}
    palette = recipe.palette or design_palette(levels[design_level], rgb=rgb, **choices)
    return map_levels(levels, palette, recipe, rgb=rgb)


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
    channels = (slice(None),) if check_image(image.dtype, image.shape, rgb) else ()
    levels = [image]
    while max(levels[-1].shape[-2 - len(channels) :][:2]) > smallest:
        levels.append(levels[-1][(..., slice(None, None, 2), slice(None, None, 2), *channels)])
    return levels
