"""Palette design where colours have an alpha of their own.

Here there is a fourth axis, alpha, and coordinates are multiplied by it (`napari_colorquant.spaces.Premultiplied`).
k-means goes by all four. Other quantizers see three, those along which the colours spread most; what they find there
is carried back to all four and refined. Opaque colours spread along three axes alone: for them nothing is lost.
"""

from __future__ import annotations  # of functions within functions, they would be worked out in every call

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._typing import Colors, Levels, Weights
from ..clustering.four_axes import nearest_of_four
from ..clustering.refine_on_four import refine_on_four
from ..clustering.settle_on_four import settle_on_four
from ..mapping.graded import GradedTable, label_rgba
from ..mapping.nearest_colors import sum_labels
from ..pixels.alpha_counts import AlphaCounts
from ..pixels.counts import ColorCounts
from ..pixels.device_grid import DeviceGrid
from ..pixels.hashing import number_keys
from ..pixels.intensities import to_8bit, to_16bit
from ..pixels.keys import keys_to_rgba, unique_colors, unpack_keys
from ..pixels.written_colors import OPAQUE, parse_rgba
from ..recipe import Recipe
from ..spaces import Premultiplied
from .design import Design, Draft
from .on_grid import GridDesign
from .rare import find_rare, make_room
from .rounding import fill_up

RGBA8 = npt.NDArray[np.uint8]
#: More colours than this are gathered in cubes, of which there are so many along the longest axis: the fewest
#: that hold enough means for each palette colour.
_FEW, _SIDES, _ENOUGH = 1 << 12, (40, 80, 160, 255), 16
#: From this alpha on a colour that stands for opaque pixels mostly is opaque: it has a few of their smooth rim, and
#: through a whole area of it one would see what lies below.
_NEARLY_OPAQUE = 250
#: Lloyd's steps on all axes, and rounds of exchanges between them, which lower the error more than further steps do.
_STEPS, _ROUNDS = 4, 3
#: So many steps over all colours end it, if these are at most so many times palette colours.
_LAST_STEPS, _COMPARED = 2, 1 << 20


@dataclass(frozen=True, eq=False)
class _Seen:
    """All counted colours: sRGB (N, 3), levels or float32 in 0..1, alphas (N,), pixels (N,), and coordinates."""

    colors: Levels | Colors
    alphas: npt.NDArray[np.uint8]
    counts: npt.NDArray[np.int64]
    coordinates: Colors

    @classmethod
    def from_counts(cls, counts: AlphaCounts, graded: Premultiplied) -> _Seen:
        colors: Levels | Colors
        if isinstance(counts.opaque, ColorCounts) and counts.opaque.is_exact:
            colors, alphas = unpack_keys(counts.opaque.keys, counts.seen_through.keys)
        else:  # means of bins, or more than 8 bits
            opaque, others = counts.opaque.colors(), keys_to_rgba(counts.seen_through.keys)
            top = np.float32(1 if opaque.dtype.kind == "f" else 65535)
            colors = np.concatenate([opaque / top, others[:, :3] / np.float32(255)]).astype(np.float32)
            alphas = np.concatenate([np.full(len(opaque), OPAQUE, np.uint8), others[:, 3]])
        pixels = np.concatenate([counts.opaque.weights(), counts.seen_through.counts])
        return cls(colors, alphas, pixels, graded.coordinates(colors, alphas))

    @property
    def rgba(self) -> RGBA8:
        """The colours with their alpha in 8 bits, (N, 4)."""
        rgb = self.colors if self.colors.dtype == np.uint8 else np.rint(self.colors * 255).astype(np.uint8)
        return np.concatenate([rgb, self.alphas[:, None]], axis=1)


def design_graded(counts: AlphaCounts, recipe: Recipe, n_colors: int) -> Design:
    """Design the palette of colours with alpha.

    Parameters
    ----------
    counts : AlphaCounts
        The colours of one or more images, at least one.
    recipe : Recipe
        How; its ``palette`` is not looked at.
    n_colors : int
        The number of colours; what is not seen at all is not among them.

    Returns
    -------
    design : Design
        With min(n_colors, distinct colours) colours of 8 bits a channel, fixed ones included, the largest share first.
    """
    graded = Premultiplied(recipe.metric)
    seen = _Seen.from_counts(counts, graded)
    fixed = _read_fixed(recipe)
    rgba = seen.rgba
    if len(fixed) or not counts.is_exact:
        rgba = unique_colors(np.concatenate([fixed, rgba]))
    if len(rgba) > n_colors:
        centers = _find_centers(seen, graded, fixed, n_colors, recipe)
        rgba = _round(seen, graded, centers, fixed, n_colors)
        if recipe.grid is not None:
            rgba = _grid_design(seen, graded, recipe.grid).settle(rgba, n_colors, fixed)
    elif recipe.grid is not None:
        rgba = unique_colors(_grid_design(seen, graded, recipe.grid).snap(rgba))
    return _order(seen, graded, rgba, fixed, recipe, counts)


def _read_fixed(recipe: Recipe) -> RGBA8:
    """Return the fixed colours, (F, 4), in the RGB of the recipe."""
    fixed = parse_rgba(recipe.fixed) if recipe.fixed else np.empty((0, 4), np.uint8)
    if recipe.profile is None:
        return fixed
    own = to_8bit(recipe.profile.from_srgb(to_16bit(np.ascontiguousarray(fixed[:, :3]))))
    return np.column_stack([own, fixed[:, 3]])


def _grid_design(seen: _Seen, graded: Premultiplied, grid: DeviceGrid) -> GridDesign:
    def coordinates(rows: RGBA8) -> Colors:
        return graded.coordinates(np.ascontiguousarray(rows[:, :3]), rows[:, 3])

    weights = seen.counts.astype(np.float32)
    return GridDesign(grid, seen.rgba, seen.counts, weights, seen.coordinates, coordinates, nearest_of_four)


def _find_centers(seen: _Seen, graded: Premultiplied, fixed: RGBA8, wanted: int, recipe: Recipe) -> Colors:
    """Return the centres that follow the fixed colours, (wanted - F, A + 1)."""
    if len(fixed) == wanted:
        return seen.coordinates[:0]
    points, weights = _gather(seen.coordinates, seen.counts.astype(np.float32), wanted)
    centers, is_settled = _quantize(points, weights, wanted, recipe)
    kept = 0
    if recipe.rare > 0:
        centers, kept = _find_rare(points, weights, centers, recipe.rare)
    whole = centers[:kept]
    if len(fixed):
        whole = np.concatenate([graded.coordinates(np.ascontiguousarray(fixed[:, :3]), fixed[:, 3]), whole])
        centers = make_room(np.concatenate([centers[kept:], centers[:kept]]), whole)[:wanted]
    if not is_settled or len(whole):
        centers = settle_on_four(points, weights, [centers], _STEPS, _ROUNDS, n_fixed=len(whole))
    if len(points) < len(seen.counts) <= _COMPARED // len(centers):
        counts = seen.counts.astype(np.float32)
        centers = refine_on_four(seen.coordinates, counts, centers, _LAST_STEPS, n_fixed=len(whole))
    return centers[len(fixed) :]


def _quantize(points: Colors, weights: Weights, wanted: int, recipe: Recipe) -> tuple[Colors, bool]:
    """Return the centres that the quantizer finds, (wanted, A + 1) or fewer, and whether it went by all axes."""
    method, options = recipe.quantizer_method()
    if method.on_four is not None:
        return method.on_four(points, weights, wanted, **method.check(options)), True
    flat, mean, axes = _flatten(points, weights)
    found = method(flat, weights, wanted, are_cells=True, **options)  # a step goes over all of so few points
    return (found @ axes + mean).astype(np.float32), False


def _find_rare(points: Colors, weights: Weights, centers: Colors, rare: float) -> tuple[Colors, int]:
    """Return centres with the rare ones first, which are points, and how many they are; judged on three axes."""
    flat, mean, axes = _flatten(points, weights)
    found, kept = find_rare(flat, weights, ((centers - mean) @ axes.T).astype(np.float32), rare)
    centers = (found @ axes + mean).astype(np.float32)
    for k in range(kept):  # they have all their axes
        centers[k] = points[np.square(flat - found[k]).sum(axis=1).argmin()]
    return centers, kept


def _flatten(points: Colors, weights: Weights) -> tuple[Colors, Colors, Colors]:
    """Return points on the three axes along which they spread most, their mean, and these axes, (3, A)."""
    mean = np.average(points, axis=0, weights=weights.astype(np.float64))
    away = points - mean
    values, vectors = np.linalg.eigh((away * weights[:, None].astype(np.float64)).T @ away)
    axes = vectors[:, np.argsort(-values, kind="stable")[:3]].T
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]
    return np.ascontiguousarray(away @ axes.T, np.float32), mean.astype(np.float32), axes.astype(np.float32)


def _gather(points: Colors, weights: Weights, n_colors: int) -> tuple[Colors, Weights]:
    """Return few points that stand for many: the means of cubes, as small as it takes to have enough of them."""
    if len(points) <= _FEW:
        return points, weights
    columns = np.ascontiguousarray(points.T)  # NumPy takes ten times as long along the long axis of rows of four
    low, high = columns.min(axis=1, keepdims=True), columns.max(axis=1, keepdims=True)
    away = (columns - low) / max(float((high - low).max()), 1e-30)
    for side in _SIDES:
        _, index = number_keys(_number_cubes(away, side))
        if (count := int(index.max()) + 1) >= min(_ENOUGH * n_colors, len(points)):
            break
    sums, wide = np.bincount(index, weights, count), weights.astype(np.float64)
    means = np.column_stack([np.bincount(index, wide * column, count) / sums for column in columns])
    return means.astype(np.float32), sums.astype(np.float32)


def _number_cubes(away: Colors, side: int) -> npt.NDArray[np.uint32]:
    """Return a number for the cube of each point, (1 to 4, N) in 0..1, of which there are `side` along an axis."""
    cubes = np.zeros(away.shape[1], np.uint32)
    for column in away:
        cubes = cubes * np.uint32(side) + np.minimum(column * np.float32(side), side - 1).astype(np.uint32)
    return cubes


def _round(seen: _Seen, graded: Premultiplied, centers: Colors, fixed: RGBA8, wanted: int) -> RGBA8:
    """Return the palette colours of centres, distinct; where some are equal, the colours that fit worst."""
    rgba = fixed
    if len(centers):
        mixed = graded.mix(centers, seen.colors, seen.counts)
        mixed[_hide_what_lies_below(seen, centers, mixed[:, 3]), 3] = OPAQUE
        rgba = unique_colors(np.concatenate([fixed, mixed[mixed[:, 3] > 0]]))

    def distances(known: RGBA8) -> npt.NDArray[np.float32]:
        return nearest_of_four(seen.coordinates, graded.coordinates(np.ascontiguousarray(known[:, :3]), known[:, 3]))[1]

    return rgba if len(rgba) == wanted else fill_up(rgba, wanted, seen.rgba, seen.counts, distances)


def _hide_what_lies_below(seen: _Seen, centers: Colors, alphas: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Return which of centres, (K,), are to be opaque: nearly are, and most of their pixels are."""
    nearly = alphas >= _NEARLY_OPAQUE
    if (nearly & (alphas < OPAQUE)).any():
        labels, _ = nearest_of_four(seen.coordinates, centers)
        sums, opaque = (
            np.bincount(labels, weights, len(centers))
            for weights in (seen.counts, seen.counts * (seen.alphas == OPAQUE))
        )
        nearly &= 2 * opaque >= sums
    return nearly


def _order(
    seen: _Seen, graded: Premultiplied, rgba: RGBA8, fixed: RGBA8, recipe: Recipe, counts: AlphaCounts
) -> Design:
    """Return the palette with the largest share first, ties by colour, and what became of each counted colour."""
    draft = Draft(rgba, fixed, recipe.profile, parse_rgba(recipe.fixed)[:, :3] if recipe.fixed else fixed[:, :3])
    entries = np.ascontiguousarray(rgba[:, :3]), rgba[:, 3]
    labels, is_seen = label_rgba(seen.colors, seen.alphas, entries, graded, seen.coordinates)
    palette, rank = draft.ordered(sum_labels(labels, seen.counts * is_seen, len(rgba)))
    if not counts.is_exact or recipe.profile is not None:  # there, fixed colours become what was given
        return Design(palette)
    assert isinstance(counts.opaque, ColorCounts)
    labels = np.where(is_seen, rank[labels], 0).astype(rank.dtype)
    return Design(palette, graded=GradedTable(counts.opaque.keys, counts.seen_through.keys, labels, is_seen))
