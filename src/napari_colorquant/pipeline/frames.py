"""A palette for each frame of a stack, in an order that is kept, so that colours do not flicker.

Every frame is quantized on its own. Then its colours take the places of the previous frame's nearest
ones: the assignment with the least sum of distances (Kuhn 1955), so that label 3 stays "the sky"
from dawn to dusk.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import Context, copy_context
from dataclasses import replace
from typing import Any, Unpack

import numpy as np
import numpy.typing as npt

from .._checks import check_instance, check_list
from .._runtime.progress import checkpoint, stage, watch
from .._typing import ImageLike, Levels, label_type
from ..indexed import IndexedFrames, IndexedImage, stack_planes
from ..mapping.labels import relabel
from ..palette import Palette
from ..pixels.counting import NoDataError, no_data
from ..pixels.source import Source, open_source
from ..recipe import Recipe
from ..spaces import Metric
from .choices import DesignChoices, make_recipe, onto
from .seeing import settle_alpha
from .stained import settle
from .verbs import run


def quantize_frames(
    image: ImageLike,
    n_colors: int | str = 16,
    *,
    mask: Any = None,
    importance: Any = None,
    rgb: bool | None = None,
    **choices: Unpack[DesignChoices],
) -> IndexedFrames:
    """Represent every frame of a stack with few colours of its own, in an order kept from frame to frame.

    Parameters
    ----------
    image : array_like
        (..., H, W), or (..., H, W, 3 or 4), numpy or dask; leading axes are frames.
    n_colors, mask, importance, rgb, **choices
        As in `napari_colorquant.quantize`. With ``scale="range"`` the range is that of the whole stack, and
        so are stains that are to be found.

    Returns
    -------
    frames : IndexedFrames
        Each frame shows what `quantize` makes of it alone; only the order of its palette, hence its
        labels, follows the frame before. A frame without data has the palette of the frame before.

    Raises
    ------
    TypeError, ValueError
        As in `quantize`; for one frame, with its number.

    References
    ----------
    .. [1] Kuhn H. W., "The Hungarian method for the assignment problem", Naval Res. Logist. Q. 2, 1955.
       doi:10.1002/nav.3800020109
    """
    return run_frames(image, make_recipe(n_colors=n_colors, **choices), mask=mask, importance=importance, rgb=rgb)


def run_frames(
    image: ImageLike | Source,
    recipe: Recipe,
    *,
    mask: Any = None,
    importance: Any = None,
    rgb: bool | None = None,
) -> IndexedFrames:
    """Do for every frame what a `Recipe` says; `quantize_frames` with all the choices as one value."""
    # Of each frame by itself, a cloud would make the whole picture flicker: the limits are those of the stack.
    check_instance("recipe", recipe, Recipe)
    source = open_source(
        image, rgb=rgb, frames=True, scale=recipe.scale, mask=mask, importance=importance, alpha=recipe.reads_alpha
    )
    recipe = settle_alpha(source, settle(recipe, source))
    made: list[IndexedImage | None] = []
    previous: Palette | None = None
    with stage("Quantizing the frames", 0.0, 1.0):
        for number, place in enumerate(np.ndindex(source.shape[:-2])):
            with _told_as_part(copy_context(), number, _count(source)):
                one = _run_frame(source.take(place), recipe)
            if one is None:
                made.append(None)
                continue
            if previous is not None:
                places = match_order(previous.levels, one.palette.levels, recipe.metric)
                one = _reorder(one, previous, places)
            previous = one.palette
            made.append(one)
    return _collect(_fill(_fill_blanks(made, source, recipe)), recipe, source.shape[:-2])


def map_frames(
    image: ImageLike | Source, palettes: Sequence[Palette], recipe: Recipe, *, rgb: bool | None = None
) -> IndexedFrames:
    """Map every frame of a stack onto its palette, as for another level of a pyramid.

    Parameters
    ----------
    image : array_like, or Source
        (..., H, W), or (..., H, W, 3 or 4), numpy or dask.
    palettes : sequence of Palette
        One for each frame; they are kept as they are, shares included.
    recipe : Recipe
        How to map.
    rgb : bool, optional
        Whether the last axis holds channels.

    Raises
    ------
    ValueError
        If there is not one palette for each frame.
    """
    check_instance("recipe", recipe, Recipe)
    palettes = [check_instance("palettes", palette, Palette) for palette in check_list("palettes", palettes)]
    if recipe.alpha == "auto":  # all frames are of one kind
        recipe = recipe.replace(alpha="graded" if any(palette.is_graded for palette in palettes) else "cut")
    source = open_source(image, rgb=rgb, frames=True, scale=recipe.scale, alpha=recipe.reads_alpha)
    recipe = settle(recipe, source)
    if len(palettes) != _count(source):
        raise ValueError(f"palettes must be one for each of the {_count(source)} frames, got {len(palettes)}")
    how = recipe.replace(remove_unused=False)
    made = []
    for number, place in enumerate(np.ndindex(source.shape[:-2])):
        with _told_as_part(copy_context(), number, _count(source)):
            one = run(source.take(place), how.replace(palette=palettes[number]))
        made.append(replace(one, palette=palettes[number]))
    return _collect(made, recipe, source.shape[:-2])


def match_order(previous: Levels, colors: Levels, metric: Metric) -> npt.NDArray[np.intp]:
    """Return the place of each colour among those of the previous frame, with the least sum of distances.

    Parameters
    ----------
    previous : ndarray of shape (S, 3), uint8 or uint16
    colors : ndarray of shape (K, 3), of the same depth
    metric : Metric
        What distance means.

    Returns
    -------
    places : ndarray of shape (K,), intp
        Distinct; below S as far as there are places, the colours that are left over follow from S on.
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    distances = cdist(metric.coordinates(colors), metric.coordinates(previous))
    rows, columns = linear_sum_assignment(distances)
    places = np.full(len(colors), -1, np.intp)
    places[rows] = columns
    left = np.flatnonzero(places < 0)
    places[left] = len(previous) + np.arange(len(left))
    return places


def _count(source: Source) -> int:
    return math.prod(source.shape[:-2])


def _reorder(one: IndexedImage, previous: Palette, places: npt.NDArray[np.intp]) -> IndexedImage:
    """Return the frame with its colours at `places`; places without a colour keep the previous one."""
    count = max(len(previous), int(places.max()) + 1)
    colors, alphas = np.empty((count, 3), np.uint16), np.empty(count, np.uint8)
    colors[: len(previous)], alphas[: len(previous)] = previous.levels, previous.alphas
    colors[places], alphas[places] = one.palette.levels, one.palette.alphas
    shares, locked = np.zeros(count), np.zeros(count, bool)
    shares[places], locked[places] = one.palette.shares, one.palette.locked
    palette = Palette.of_levels(colors, one.palette.profile, shares=shares, locked=tuple(locked), alphas=alphas)
    labels = relabel(one.labels, places.astype(label_type(count)), one.valid)
    return replace(one, labels=labels, palette=palette)


def _run_frame(frame: Source, recipe: Recipe) -> IndexedImage | None:
    """Return one frame, or None if no pixel of it has data, as between two flashes of an animation."""
    try:
        return run(frame, recipe)
    except NoDataError:
        return None


def _fill_blanks(made: list[IndexedImage | None], source: Source, recipe: Recipe) -> list[IndexedImage]:
    """Give frames without data the palette of the frame before, or of the first that has one; NoDataError if none."""
    known = next((one for one in made if one is not None), None)
    if known is None:
        raise no_data()
    palette, filled = known.palette, []
    for place, one in zip(np.ndindex(source.shape[:-2]), made, strict=True):
        if one is None:
            filled.append(run(source.take(place), onto(recipe, palette).replace(remove_unused=False)))
        else:
            palette = one.palette
            filled.append(one)
    return filled


def _fill(made: list[IndexedImage]) -> list[IndexedImage]:
    """Give early frames the colours that only later ones have, so that all palettes are of one length."""
    filled = [made[-1]]
    for one in reversed(made[:-1]):
        later, palette = filled[-1].palette, one.palette
        missing = len(later) - len(palette)
        if missing:
            palette = Palette.of_levels(
                np.concatenate([palette.levels, later.levels[-missing:]]),
                palette.profile,
                shares=np.concatenate([palette.shares, np.zeros(missing)]),
                locked=(*palette.locked, *(False,) * missing),
                alphas=np.concatenate([palette.alphas, later.alphas[-missing:]]),
            )
        filled.append(replace(one, palette=palette))
    return filled[::-1]


def _collect(made: list[IndexedImage], recipe: Recipe, leading: tuple[int, ...]) -> IndexedFrames:
    def stack(name: str) -> Any:
        parts = [getattr(one, name) for one in made]
        if all(part is None for part in parts):
            return None
        # Only masks may be missing in some frames, which then have no gaps.
        whole = [np.ones(made[0].shape, bool) if part is None else part for part in parts]
        return stack_planes(whole, leading)

    palettes = tuple(one.palette for one in made)
    alpha = None if any(palette.has_alpha for palette in palettes) else stack("alpha")
    return IndexedFrames(stack("labels"), palettes, recipe, stack("valid"), alpha, stack("recolored"))


@contextmanager
def _told_as_part(outside: Context, number: int, count: int) -> Iterator[None]:
    """Tell the progress of the enclosed work as that of frame `number` of `count`; errors get its number."""

    def listen(share: float | None, _: str) -> None:
        outside.run(checkpoint, None if share is None else (number + share) / count)

    try:
        with watch(listen):
            yield
    except ValueError as error:
        raise ValueError(f"frame {number} of {count}: {error}") from error
