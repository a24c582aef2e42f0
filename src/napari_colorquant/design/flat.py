"""Flat colours: those that fill areas come out exactly, and a small spot of one that stands alone is not lost.

A quantizer minimises the sum of squares. So it draws the entry of an area to the blends along its edge, where the eye
sees a tint; and to a spot of few pixels, however bright, it gives nothing. In a photograph both are right: no colour
there is one of an area. What tells them apart are the counts alone: in graphics few colours hold most pixels, and
around the colour of a spot there is nothing like it. Black and white are no spots, as photographs are clipped to them.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._typing import Colors
from ..clustering.lloyd import refine
from ..clustering.nearest import nearest_with_distance, three_axes
from ..pixels.intensities import to_8bit
from ..spaces import Metric
from .areas import GRAPHICS, find_large
from .counted import CountedColors
from .rare import cheapest_merge, make_room, merge

#: Their colours are kept if they leave the rest of the entries to the blends between them.
_AREAS = 0.75
#: Areas whose colours differ by no more than this in any channel, of 255, look the same: the smaller needs no entry.
_ALIKE = 4
#: An entry is an area's if so much of its cluster has that very colour.
_OWN = 0.6
#: A spot has so many pixels of one colour,
_SPOT = 8
#: which are so much of all that lies around it, within a part of the way from black to white or across the gamut,
_ALONE, _AROUND = 0.5, 0.06
#: and no entry is nearer than this.
_FAR = 0.08
#: What a number of pixels counts for where a spot is weighed against two entries that are merged, see `find_rare`.
_RARE = 0.5
#: The largest share of the palette that is given to spots; at least one entry is.
_MOST = 0.25
#: Of longer palettes, in which nothing is far away, nothing is merged, and so many spots are looked at.
_LONG, _LOOKED_AT = 1 << 10, 64
_CORNERS = np.array(list(product((0, 255), repeat=3)), np.uint8)


@dataclass(frozen=True, eq=False)
class KeptColors:
    """The centres of a design and the colours of areas and spots that it keeps.

    Attributes
    ----------
    centers : ndarray of shape (K - F - M, A), float32
        Of the entries that are neither fixed nor kept.
    kept : ndarray of shape (M,), int64
        The places of the kept colours among those that were counted.
    """

    centers: Colors
    kept: npt.NDArray[np.int64]


def keep_flat(counted: CountedColors, centers: Colors, n_fixed: int, metric: Metric) -> KeptColors:
    """Give entries to the colours of areas and of spots that stand alone.

    Parameters
    ----------
    counted : CountedColors
        The colours of the image.
    centers : ndarray of shape (K, A), float32
        A design, whose first `n_fixed` entries stay.
    n_fixed : int
    metric : Metric

    Returns
    -------
    kept : KeptColors
        The design as it is where there are neither areas nor spots; of photographs, its entries hardly move.
    """
    nothing, n_free = np.empty(0, np.int64), len(centers) - n_fixed
    if not metric.is_whole or n_free < 2:
        return KeptColors(centers[n_fixed:], nothing)  # what is seen is no single colour
    every = nothing if counted.are_cells else _find_areas(counted)
    areas = _set_apart(counted, every) if len(every) <= _AREAS * n_free else nothing
    if len(areas):
        fixed = np.concatenate([centers[:n_fixed], counted.coordinates[areas]])
        centers = make_room_for(centers, fixed, n_fixed)
    spots = _find_spots(counted, centers, metric, max(1, int(_MOST * len(centers))))
    n_kept = n_fixed + len(areas)
    if len(spots):
        centers, spots = _make_room_for_spots(counted, centers, n_kept, spots)
    kept = np.concatenate([areas, spots])
    n_kept = n_fixed + len(kept)
    if len(kept):
        centers = refine(counted.coordinates, counted.weights, centers, n_kept)
    left = every if len(areas) < len(every) else nothing
    own = _find_own(counted, centers, n_kept, left)
    free = np.setdiff1d(np.arange(n_kept, len(centers)), own[:, 0])
    return KeptColors(centers[free], np.concatenate([kept, own[:, 1]]))


def make_room_for(centers: Colors, fixed: Colors, n_fixed: int) -> Colors:
    """Return as many centres, the `fixed` ones first, of which the first `n_fixed` are the first centres already."""
    free = make_room(centers[n_fixed:], fixed[n_fixed:])
    return np.concatenate([fixed[:n_fixed], free])


def _find_areas(counted: CountedColors) -> npt.NDArray[np.int64]:
    """Return the colours of areas, the largest first; none if the image is no graphics, which consists of them."""
    total, top = int(counted.counts.sum()), int(counted.counts.max())
    areas = find_large(counted.counts)
    if not len(areas) or int(counted.counts[areas].sum()) - top < GRAPHICS * (total - top):
        return np.empty(0, np.int64)
    return areas[np.argsort(-counted.counts[areas], kind="stable")]


def _set_apart(counted: CountedColors, areas: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the areas, the largest first, whose colours can be told from those of larger ones."""
    levels = to_8bit(counted.levels_of(areas)).astype(np.int16)
    apart: list[int] = []
    for place in range(len(areas)):
        if not (np.abs(levels[apart] - levels[place]).max(axis=1) <= _ALIKE).any():
            apart.append(place)
    return areas[apart]


def _find_spots(counted: CountedColors, centers: Colors, metric: Metric, most: int) -> npt.NDArray[np.int64]:
    """Return colours of spots that are far from all entries, the most visible first."""
    often = counted.find_single(_SPOT)
    away = nearest_with_distance(counted.coordinates[often], centers)[1] if len(often) else np.empty(0, np.float32)
    reach = _measure_width(metric) ** 2
    is_far = (away > _FAR**2 * reach) & ~_is_clipped(counted, often)
    found = often[is_far]
    found = found[np.argsort(-np.sqrt(counted.counts[found]) * away[is_far], kind="stable")[:_LOOKED_AT]]
    chosen: list[int] = []
    points = three_axes(counted.coordinates)
    for place in found.tolist():
        if _is_alone(points, counted.counts, place, np.float32(_AROUND**2 * reach), _ALONE):
            chosen.append(place)
        if len(chosen) == most:
            break
    return np.array(chosen, np.int64)


@kernel
def _is_alone(points, counts, place, reach, share):  # type: ignore[no-untyped-def]
    # Whether a colour has that share of the pixels of all that lies around it. Colours stand in an order that puts near
    # ones together, so most are found to be crowded a few steps from their place.
    x, y, z = points[place, 0], points[place, 1], points[place, 2]
    most, around = counts[place] / share, 0
    for i in range(len(points)):
        k = place + i
        if k >= len(points):
            k -= len(points)
        dx, dy, dz = points[k, 0] - x, points[k, 1] - y, points[k, 2] - z
        if dx * dx + dy * dy + dz * dz < reach:
            around += counts[k]
            if around > most:
                return False
    return True


def _is_clipped(counted: CountedColors, places: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    colors = counted.levels_of(places)
    clipped: npt.NDArray[np.bool_] = (colors == 0).all(axis=1) | (colors == np.iinfo(counted.depth).max).all(axis=1)
    return clipped


@lru_cache(maxsize=16)
def _measure_width(metric: Metric) -> float:
    corners = metric.coordinates(_CORNERS)
    return float(np.sqrt(np.square(corners[:, None] - corners).sum(axis=2).max()))


def _make_room_for_spots(
    counted: CountedColors, centers: Colors, n_kept: int, spots: npt.NDArray[np.int64]
) -> tuple[Colors, npt.NDArray[np.int64]]:
    """Return centres with the spots behind the first `n_kept`; those that are cheapest to merge make room for them."""
    kept, free, taken = centers[:n_kept], centers[n_kept:], []
    for spot in spots:
        if len(free) < 2 or len(centers) > _LONG:
            break
        every = np.concatenate([kept, free])
        labels, distances = nearest_with_distance(counted.coordinates, every)
        sums = np.bincount(labels, counted.weights, len(every))[len(kept) :].astype(np.float64)
        pair, cost = cheapest_merge(free, sums, _RARE)
        if counted.weights[spot] ** (1 - _RARE) * distances[spot] <= cost:
            continue
        free = np.concatenate([np.delete(free, pair, axis=0), merge(free, sums, pair)])
        kept = np.concatenate([kept, counted.coordinates[spot][None]])
        taken.append(spot)
    return np.concatenate([kept, free]), np.array(taken, np.int64)


def _find_own(
    counted: CountedColors, centers: Colors, n_kept: int, areas: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return entry and colour, (M, 2), of the free entries whose clusters are mostly of the one colour of an area."""
    if not len(areas):
        return np.empty((0, 2), np.int64)
    labels, _ = nearest_with_distance(counted.coordinates, centers)
    sums = np.bincount(labels, counted.weights, len(centers))
    places = areas[(counted.weights[areas] >= _OWN * sums[labels[areas]]) & (labels[areas] >= n_kept)]
    entries, first = np.unique(labels[places], return_index=True)
    return np.column_stack([entries.astype(np.int64), places[first]])
