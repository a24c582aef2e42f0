"""The verbs on one image: quantize it, map its pixels onto a palette, find its curve of errors."""

from typing import Any, Unpack

from .._checks import check_instance
from .._runtime.progress import stage
from .._typing import ImageLike
from ..indexed import IndexedImage
from ..io.named_palettes import find_palette
from ..pixels.counting import count_pixels
from ..pixels.inputs import warn_of_own_profile
from ..pixels.intensities import Scale
from ..pixels.source import Source, open_source
from ..pixels.used_range import warn_of_little_range
from ..quality.curve import ErrorCurve, curve_of_counts
from ..recipe import Recipe
from .choices import Choices, DesignChoices, DitherName, QuantizerName, SpaceName, make_recipe
from .mapped import map_design
from .seeing import count_image, design_seen
from .stained import settle, with_stains


def quantize(
    image: ImageLike,
    n_colors: int | str = 16,
    *,
    space: SpaceName = "oklab",
    quantizer: QuantizerName | str = "kmeans",
    dither: DitherName | str = "none",
    mask: Any = None,
    importance: Any = None,
    seed: int = 0,
    rgb: bool | None = None,
    frames: bool = False,
    **choices: Unpack[Choices],
) -> IndexedImage:
    """Represent an image with few colours: design a palette, then map each pixel to its nearest colour.

    Parameters
    ----------
    image : array_like
        (..., H, W), (..., H, W, 3) or (..., H, W, 4): gray, RGB or RGBA; bool, any integer, or
        float of 16 to 64 bits; numpy, dask, xarray or a Pillow image. Leading axes are frames, which share
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
        alpha_weight, profile, rare, fixed, flat, bits, objective, target, keep, mapping, smoothness,
        smooth_frames, cleaning, remove_unused.

    Returns
    -------
    indexed : IndexedImage
        Labels, palette, and the recipe that makes them again.

    Raises
    ------
    TypeError, ValueError
        If the image or a choice is not possible; the message says what must hold.

    See Also
    --------
    design_palette : Its first half.
    map_pixels : Its second half.
    ColorQuantizer : The same as an estimator.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.array([[[255, 0, 0], [250, 5, 0], [0, 0, 255]]], np.uint8)
    >>> quantize(image, 2).labels
    array([[0, 0, 1]], dtype=uint8)
    """
    recipe = make_recipe(n_colors=n_colors, space=space, quantizer=quantizer, dither=dither, seed=seed, **choices)
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
    warn_of_own_profile(image, recipe.profile)
    with stage("Counting colours", 0.0, 0.3):
        source = open_source(
            image, rgb=rgb, frames=frames, scale=recipe.scale, mask=mask, importance=importance,
            alpha=recipe.reads_alpha,
        )  # fmt: skip
        counts = count_image(source, recipe) if recipe.palette is None else None
    warn_of_little_range(source, counts)
    recipe = settle(recipe, source, counts)
    return map_design(source, design_seen(counts, recipe, source, source.importance), recipe)


def map_pixels(
    image: ImageLike,
    palette: Any,
    *,
    mask: Any = None,
    rgb: bool | None = None,
    frames: bool = False,
    **choices: Unpack[DesignChoices],
) -> IndexedImage:
    """Give each pixel its nearest colour of a palette: step 2 of `quantize` alone.

    Parameters
    ----------
    image : array_like
        As in `quantize`.
    palette : Palette, str, path-like, or colours
        `Palette`, array of shape (K, 3) of 8-bit sRGB, or texts ``#rrggbb``; 1 to 65,536 colours. Or the
        name of a built-in palette, ``"colormap:viridis:16"``, or a palette file: whatever
        `napari_colorquant.io.named_palettes.find_palette` finds.
    mask, rgb, frames, **choices
        As in `quantize`; of the choices, those of mapping matter.

    Returns
    -------
    indexed : IndexedImage
        Its palette is the one given, in the same order, with the shares in this image. Those of a
        dask image, whose pixels were not looked at yet, are zeros; `IndexedImage.with_shares` finds them.

    See Also
    --------
    design_palette : Choose the colours.
    quantize : Both at once.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> image = np.array([[[255, 0, 0], [250, 5, 0], [0, 0, 255]]], np.uint8)
    >>> map_pixels(image, ["#000080", "#800000"]).labels
    array([[1, 1, 0]], dtype=uint8)
    """
    return run(image, make_recipe(palette=find_palette(palette), **choices), mask=mask, rgb=rgb, frames=frames)


def error_curve(
    image: ImageLike,
    *,
    space: SpaceName = "oklab",
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

    See Also
    --------
    distortion : The errors of one result.

    Examples
    --------
    >>> import numpy as np
    >>> image = np.array([[[255, 0, 0], [250, 5, 0], [0, 0, 255]]], np.uint8)
    >>> error_curve(image).n_colors
    array([1, 2, 3])
    """
    recipe = Recipe(space=space, axis_weights=axis_weights, stains=stains, scale=scale)
    source = open_source(image, rgb=rgb, frames=frames, scale=scale, mask=mask, importance=importance, alpha="cut")
    counts = count_pixels(source)
    return curve_of_counts(counts, with_stains(recipe, counts).metric)
