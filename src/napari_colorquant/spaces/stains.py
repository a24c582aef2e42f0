"""Stains as a colour space: vectors from the image (Macenko et al. 2009, Vahadane et al. 2016), or given.

Of all spaces this is the one that comes with a job: what its axes are and how far they reach is in the recipe,
as numbers once it has run. A section's colours lie in the plane of its stains, and here the stain of which
there is little spreads as far as the one of which there is much.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._checks import check_choice, check_integer, check_list, refusal
from .._typing import ImageLike
from ..pixels.counting import count_pixels
from ..pixels.intensities import Scale
from ..pixels.source import Source, open_source
from ._stain_text import METHODS, SEARCHES, STAIN_SETS, read_stains, write_stains
from ._stain_vectors import complete_stains, estimate
from ._stains import STAINS_NAME, Stains, make_space

__all__ = [
    "METHODS",
    "SEARCHES",
    "STAINS",
    "STAIN_SETS",
    "Stains",
    "complete_stains",
    "estimate_stains",
    "pick_colors",
    "read_stains",
    "write_stains",
]

#: The entry of the registry: what the space is before it is known of which stains.
STAINS = make_space(STAIN_SETS["h&e"], STAINS_NAME, ("stain 1", "stain 2", "residual"))


def estimate_stains(
    image: ImageLike,
    n_stains: int = 2,
    method: str | None = None,
    *,
    mask: Any = None,
    rgb: bool | None = None,
    frames: bool = False,
    scale: Scale = "dtype",
) -> Stains:
    """Find the stain vectors of a section, its background, and how much of each stain there is.

    Parameters
    ----------
    image : array_like
        As in `napari_colorquant.quantize`; all frames together.
    n_stains : int
        2, or 3, which have to differ well: no channel is left over to tell noise.
    method : {"macenko", "vahadane"}, optional
        The outermost directions in the plane of all densities, which is quick and needs pixels of one stain
        alone, one in a hundred; or vectors of which few at a time make up a colour (a sparse factorization
        into non-negative parts), which can do with fewer. By default "macenko" for two stains and "vahadane"
        for three, of which Macenko's plane knows nothing.
    mask, rgb, frames, scale
        As in `napari_colorquant.quantize`.

    Returns
    -------
    stains : Stains
        For ``stains=`` of a recipe. The same for arrays and chunks.

    Raises
    ------
    ValueError
        If the image has not so many stains.

    References
    ----------
    .. [1] Macenko M. et al., "A method for normalizing histology slides for quantitative analysis", ISBI 2009.
       doi:10.1109/ISBI.2009.5193250
    .. [2] Vahadane A. et al., "Structure-preserving color normalization and sparse stain separation for
       histological images", IEEE Trans. Med. Imaging 35(8), 2016. doi:10.1109/TMI.2016.2529665
    """
    n_stains = check_integer("n_stains", n_stains, 2, 3)
    method = check_choice("method", ("macenko", "vahadane")[n_stains - 2] if method is None else method, METHODS)
    if n_stains == 3 and method == "macenko":
        raise ValueError("method must be 'vahadane' for three stains, got 'macenko'")
    source = open_source(image, rgb=rgb, frames=frames, scale=scale, mask=mask)
    counts = count_pixels(source)
    found = estimate(counts.colors(), counts.weights(), n_stains, method)
    if found is None:
        raise ValueError(f"an image must have pixels of {n_stains} stains, got colours that show fewer")
    return found


def pick_colors(
    image: ImageLike,
    places: Sequence[Sequence[int]],
    *,
    radius: int = 2,
    rgb: bool | None = None,
    frames: bool = False,
    scale: Scale = "dtype",
) -> tuple[str, ...]:
    """Return the colours at places of an image, ``#rrggbb``: for ``stains=``, at places of one stain alone.

    Parameters
    ----------
    image : array_like
        As in `napari_colorquant.quantize`.
    places : sequence of (..., row, column)
        Two or three, as indices of the image's axes but for channels.
    radius : int
        How far the square around each reaches whose mean is taken, 0 to 100 pixels.
    rgb, frames, scale
        As in `napari_colorquant.quantize`.

    Raises
    ------
    ValueError
        If there are not two or three places, one lies outside, or has no data.
    """
    radius = check_integer("radius", radius, 0, 100)
    source = open_source(image, rgb=rgb, frames=frames, scale=scale)
    given = check_list("places", places)
    if len(given) not in (2, 3):
        raise refusal("places", "be two or three", given)
    return tuple(_mean_color(source, place, radius) for place in given)


def _mean_color(source: Source, place: Any, radius: int) -> str:
    numbers = check_list("a place", place)
    if len(numbers) != len(source.shape):
        raise refusal("a place", f"have a number for each axis of {source.shape}", place)
    at = [check_integer("a place", number, 0, size - 1) for number, size in zip(numbers, source.shape, strict=True)]
    square = tuple(slice(max(0, number - radius), number + radius + 1) for number in at[-2:])
    colors, valid = source.take((*at[:-2], *square)).load().read()
    colors = colors if valid is None else colors[valid]
    if not len(colors):
        raise refusal("a place", "have data", place)
    return "#" + bytes(np.rint(colors.mean(axis=0)).astype(np.uint8)).hex()
