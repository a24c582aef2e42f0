"""Palette design: from counted colours to the palette, in any space, by any quantizer.

The quantizer sees coordinates and weights only. What surrounds it are steps of their own: colours
that must stay, room for the mixtures of a dither, rounding, distinctness, and the order of the entries.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .._typing import RGB8, Keys, Labels, Levels, label_type
from ..clustering.nearest import nearest_with_distance
from ..mapping.by_cell import CellTable
from ..mapping.graded import GradedTable
from ..mapping.nearest_colors import label_counted, sum_labels
from ..palette import Palette, parse_colors
from ..pixels.counting import Counts
from ..pixels.counts import ColorCounts
from ..pixels.intensities import to_8bit, to_16bit, to_depth
from ..pixels.keys import levels_to_keys, unique_colors
from ..pixels.rgb_profile import RgbProfile
from ..recipe import Recipe
from ..spaces import DifferenceMetric
from ..spaces.difference import nearest_by_difference
from .apart import move_apart
from .by_difference import lower_difference
from .by_sight import lower_seen
from .cells import choose_view
from .centers import find_centers
from .counted import CountedColors
from .eye_planes import EyePlane
from .flat import keep_flat
from .joint import refine_jointly
from .looks import NONE, Looks
from .on_grid import GridDesign
from .rounding import complete_levels, round_centers

#: Of so few colours, those farthest from each other are tried as a start, too, where palette and dots are found
#: together.
_FEW = 8
_FARTHEST: dict[str, Any] = {"quantizer": "maximin", "quantizer_options": {}}


@dataclass(frozen=True, eq=False)
class Design:
    """A palette and how the counted colours map onto it.

    Attributes
    ----------
    palette : Palette
        The colours, the largest share first.
    labels : ndarray of shape (N,), uint8 or uint16, or None
        The palette index of each counted colour; None: of colours with alpha, which are not labelled here.
    counted : CountedColors or None
        What it was designed for.
    keys : ndarray of shape (N,), uint32, or None
        The counted colours where they are all that there are, of 8 bits a channel.
    graded : GradedTable or None
        The same for colours with alpha.
    """

    palette: Palette
    labels: Labels | None = None
    counted: CountedColors | None = None
    keys: Keys | None = None
    graded: GradedTable | None = None


def design(counts: Counts, recipe: Recipe, n_colors: int | None = None, looks: Looks = NONE) -> Design:
    """Design the palette of counted colours.

    Parameters
    ----------
    counts : ColorCounts or DeepCounts
        The colours of one or more images.
    recipe : Recipe
        How; its ``palette`` is not looked at.
    n_colors : int, optional
        Instead of the recipe's.
    looks : Looks
        What is seen of the picture itself, see `look_at`.

    Returns
    -------
    design : Design
        With exactly min(n_colors, distinct colours) colours, fixed ones included; with `bits`, of a device, fewer
        where several of the image's colours are one there.
    """
    wanted = int(recipe.n_colors) if n_colors is None else n_colors
    seen = choose_view(counts, recipe, wanted)
    counted = CountedColors.from_counts(counts, recipe.metric)
    looked_at = counted if seen is counts else CountedColors.from_counts(seen, recipe.metric)
    drawn = draw_up(looked_at, recipe, wanted, looks)
    labels = _label(counted, drawn.colors, recipe)
    palette, rank = drawn.ordered(sum_labels(labels, counted.counts, len(drawn.colors)))
    keys = counts.keys if isinstance(counts, ColorCounts) and counts.is_exact else None
    return Design(palette, np.take(rank, labels), counted, keys)


def _label(counted: CountedColors, colors: Levels, recipe: Recipe) -> Labels:
    if recipe.metric.by_cell and counted.is_exact and counted.depth == np.uint8:
        rgb = to_8bit(counted.levels)
        return CellTable.of_colors(rgb, colors, recipe.metric).look_up(rgb)
    return label_counted(counted.colors, colors, recipe.metric, counted.coordinates)


@dataclass(frozen=True, eq=False)
class Draft:
    """Palette colours whose shares are not known yet.

    Attributes
    ----------
    colors : ndarray of shape (K, 3), uint8 or uint16, or (K, 4), uint8, with their alpha
        In no order that counts.
    fixed : ndarray of shape (F, 3) or (F, 4), of the same depth
        Those that the user fixed.
    profile : RgbProfile or None
        The RGB whose levels both are; None: sRGB.
    verbatim : ndarray of shape (F, 3), uint8
        Those that the user fixed, as they were given, in sRGB.
    """

    colors: Levels
    fixed: Levels
    profile: RgbProfile | None = None
    verbatim: RGB8 = field(default_factory=lambda: np.empty((0, 3), np.uint8))

    def ordered(self, sums: npt.NDArray[np.int64]) -> tuple[Palette, Labels]:
        """Return the palette with the largest share first, ties by colour, and the place of each colour in it.

        `sums`, (K,), are the pixels of each colour.
        """
        shares = sums / max(int(sums.sum()), 1)
        keys, held = levels_to_keys(self.colors), levels_to_keys(self.fixed)
        order = np.lexsort((keys, -shares))
        rank = np.empty(len(keys), label_type(len(keys)))
        rank[order] = np.arange(len(keys))
        locked = tuple(np.isin(keys[order], held).tolist()) if len(held) else ()
        known = {"shares": shares[order], "locked": locked}
        palette = Palette.of_levels(self.colors[order], self.profile, **known)
        if self.profile is not None:  # fixed colours as they were given: levels of 8 bits of another RGB are near
            colors = palette.colors.copy()
            for key, color in zip(held, self.verbatim, strict=True):
                colors[keys[order] == key] = color
            palette = replace(palette, colors=colors)
        return palette, rank


def draw_up(seen: CountedColors, recipe: Recipe, wanted: int, looks: Looks = NONE) -> Draft:
    """Choose the colours of a palette for what is seen of an image, `wanted` of them or all that there are."""
    given = parse_colors(recipe.fixed) if recipe.fixed else np.empty((0, 3), np.uint8)
    fixed = given if recipe.profile is None else recipe.profile.from_srgb(to_16bit(given))
    fixed = to_depth(fixed, seen.depth)
    if seen.is_exact and len(seen) + len(fixed) <= wanted:
        every = seen.levels
        if recipe.grid is not None:
            every = to_depth(_grid_design(seen, recipe).snap(to_8bit(every)), seen.depth)
        return Draft(unique_colors(np.concatenate([fixed, every])), fixed, recipe.profile, given)
    if looks.planes:
        recipe = recipe.replace(flat="mix")  # colours and dots are found together, whatever each of them is
    colors, is_apart = _choose(seen, recipe, wanted, fixed, looks)
    if looks.planes:
        starts = [colors]
        if wanted <= _FEW:
            starts.append(_choose(seen, recipe.replace(**_FARTHEST), wanted, fixed, looks)[0])
        colors = _refine(seen, looks.planes, starts, wanted, fixed, recipe)
    if recipe.grid is not None:
        settled = _grid_design(seen, recipe).settle(to_8bit(colors), wanted, given, moves=not is_apart)
        if isinstance(recipe.metric, DifferenceMetric) and not is_apart:
            settled = _grid_design(seen, recipe, recipe.metric).settle(settled, wanted, given)
        colors = to_depth(settled, seen.depth)
    return Draft(colors, fixed, recipe.profile, given)


def _grid_design(seen: CountedColors, recipe: Recipe, metric: DifferenceMetric | None = None) -> GridDesign:
    """Return what entries on a grid are chosen by: squared distance, or differences where their metric is given."""
    assert recipe.grid is not None
    colors = to_8bit(seen.levels)
    if metric is not None:
        points, locate, nearest = metric.lab(seen.colors), metric.lab, nearest_by_difference
        return GridDesign(recipe.grid, colors, seen.counts, seen.weights, points, locate, nearest)
    return GridDesign(
        recipe.grid, colors, seen.counts, seen.weights, seen.coordinates, recipe.metric.coordinates,
        nearest_with_distance,
    )  # fmt: skip


def _choose(seen: CountedColors, recipe: Recipe, wanted: int, fixed: Levels, looks: Looks) -> tuple[Levels, bool]:
    """Return palette colours, and whether they were moved apart for the mixtures of a dither."""
    centers, stay = find_centers(seen, wanted, fixed, recipe), fixed
    if recipe.flat == "keep":
        every = np.concatenate([recipe.metric.coordinates(fixed), centers])
        found = keep_flat(seen, every, len(fixed), recipe.metric)
        centers, stay = found.centers, unique_colors(np.concatenate([fixed, seen.levels_of(found.kept)]))
    metric = recipe.metric
    if recipe.grid is None and (isinstance(metric, DifferenceMetric) or looks.squares):
        begun = round_centers(seen, centers, wanted, stay, metric)
        if isinstance(metric, DifferenceMetric):
            lowered = lower_difference(seen, begun, len(stay), metric)
        else:
            assert recipe.sight is not None
            lowered = lower_seen(seen, looks.squares, begun, len(stay), metric, recipe.sight)
        centers = metric.coordinates(lowered[len(stay) :])
        if (apart := move_apart(seen, centers, metric.coordinates(stay), recipe)) is centers:
            return lowered, False
    else:
        apart = move_apart(seen, centers, metric.coordinates(stay), recipe)
    return round_centers(seen, apart, wanted, stay, metric), apart is not centers


def _refine(
    seen: CountedColors, planes: Sequence[EyePlane], starts: list[Levels], wanted: int, fixed: Levels, recipe: Recipe
) -> Levels:
    """Return the colours found together with their dots, of the same depth; fixed ones come first in each start."""
    held = unique_colors(fixed)
    others = [start[~np.isin(levels_to_keys(start), levels_to_keys(held))] for start in starts]
    whole = [to_8bit(np.concatenate([held, other])) for other in others if len(other) == len(others[0])]
    stays = np.arange(len(whole[0])) < len(held)
    refined = to_depth(refine_jointly(planes, whole, stays), seen.depth)
    return complete_levels(seen, np.concatenate([held, refined[len(held) :]]), wanted, recipe.metric)
