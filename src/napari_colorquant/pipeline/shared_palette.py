"""Step 1 alone: the palette of an image, or one for several."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Unpack

import numpy as np

from .._checks import check_instance, check_list
from .._typing import ImageLike
from ..palette import Palette
from ..pixels.alpha_counts import count_seen
from ..pixels.arrays import as_array
from ..pixels.inputs import warn_of_own_profile
from ..pixels.source import Source, open_source, resolve_scale, shape_of
from ..recipe import Recipe
from .choices import DesignChoices, make_recipe
from .seeing import palette_seen
from .stained import with_stains


def design_palette(
    image: ImageLike | Sequence[ImageLike],
    n_colors: int | str = 16,
    *,
    mask: Any = None,
    importance: Any = None,
    rgb: bool | None = None,
    frames: bool = False,
    **choices: Unpack[DesignChoices],
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

    See Also
    --------
    map_pixels : Put the palette on an image.
    quantize : Both at once.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import design_palette
    >>> image = np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 255]]], np.uint8)
    >>> design_palette(image, 2).hex
    ('#ff0000', '#0000ff')
    """
    recipe = make_recipe(n_colors=n_colors, **choices)
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
    for each in images:
        warn_of_own_profile(each, recipe.profile)
    recipe = resolve(images, recipe, masks, rgb=rgb, frames=frames)
    none = [None] * len(images)

    def sources() -> Iterator[Source]:
        for each, mask, importance in zip(images, masks or none, importances or none, strict=True):
            yield open_source(
                each, rgb=rgb, frames=frames, scale=recipe.scale, mask=mask, importance=importance,
                alpha=recipe.reads_alpha,
            )  # fmt: skip

    counts = count_seen(sources(), recipe.reads_alpha)
    recipe = with_stains(recipe, counts)
    weights = next((each for each in importances or none if each is not None), None)
    return palette_seen(counts, recipe, sources(), weights), recipe


def resolve(
    images: Iterable[ImageLike],
    recipe: Recipe,
    masks: Iterable[Any] | None = None,
    *,
    rgb: bool | None = None,
    frames: bool = False,
) -> Recipe:
    """Return the recipe with the intensities that it means for `images` as numbers, see `resolve_scale`."""
    if check_instance("recipe", recipe, Recipe).scale != "range":
        return recipe
    scale = resolve_scale(images, recipe.scale, masks=masks, rgb=rgb, frames=frames, alpha=recipe.reads_alpha)
    return recipe.replace(scale=scale)


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
