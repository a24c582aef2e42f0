"""CIEDE2000 as what "near" means: the palette colour with the least difference, exactly.

The formula is no distance between points, so what prunes by distances to boxes may not be used. What holds instead is
a bound from below: the weights of lightness and of chroma have largest values, and the term that turns the blues
takes a limited part away. One entry that is near, found where steps are about even, has a difference; only entries
whose bound is not above it are compared by the formula itself, and these are few. They are looked for among the
entries that may be so near to some colour of a run of neighbours. Lists of such pairs are made for many colours at
once, as the formula is fast on planes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import Colors, Labels, Levels, label_type
from ..clustering.nearest import nearest
from ._metric import Metric
from .delta_e import BLOCK, lab_planes, subtract_planes
from .lab import LAB

#: By what the bound is widened for what float32 rounds off: a share, and a part of a difference.
_WIDER, _SLACK = np.float32(1.001), np.float32(1e-3)
#: Consecutive colours for which the palette is thinned out together: those of an image come sorted by small cells.
_RUN = 16
#: Steps of the tables by chroma, to a unit, and how far these go; the last holds for all that is beyond.
_STEPS, _CHROMA = 2, 256


def _tabulate_chroma() -> npt.NDArray[np.float32]:
    """Return, by the mean chroma C* of a pair, its largest weight and what the term for blues leaves at least."""

    def share(chroma: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        power: npt.NDArray[np.float64] = (chroma / 25) ** 7
        return np.sqrt(power / (power + 1))

    mean = np.arange(1, _STEPS * _CHROMA + 1) / _STEPS
    mean = mean * (1.5 - 0.5 * share(mean))  # C' with all of it along a*, which is stretched; it grows with C*
    scale, left = 1 + 0.045 * mean, 1 - np.sin(np.radians(60)) * share(mean)
    scale[-1], left[-1] = 1e6, 1 - np.sin(np.radians(60))
    return np.stack([scale, left]).astype(np.float32)


_BY_CHROMA = _tabulate_chroma()


def nearest_by_difference(
    lab: Colors, palette: Colors, near: Labels | None = None
) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Return the palette colour from which each colour differs least by CIEDE2000, and by how much.

    Parameters
    ----------
    lab : ndarray of shape (N, 3), float32
        CIELAB coordinates.
    palette : ndarray of shape (K, 3), float32
        Those of 1 to 65,536 palette colours.
    near : ndarray of shape (N,), uint8 or uint16, optional
        An entry that each colour is probably near; what comes out does not depend on it, only the time. Without,
        one is looked for.

    Returns
    -------
    labels : ndarray of shape (N,), uint8 or uint16
        What comparing every pair would give; the lowest index on a tie.
    differences : ndarray of shape (N,), float32
    """
    labels, differences = np.empty(len(lab), label_type(len(palette))), np.empty(len(lab), np.float32)
    order = np.argsort(palette[:, 0], kind="stable")
    by_lightness = np.ascontiguousarray(palette[order].T)
    chroma, even, rank = _measure_chroma(by_lightness), _even_steps(by_lightness), np.argsort(order)

    def task(start: int, stop: int) -> None:
        planes = np.ascontiguousarray(lab[start:stop].T)
        places = nearest(_even_steps(planes), even).astype(np.int64) if near is None else rank[near[start:stop]]
        own = differences[start:stop]
        subtract_planes(planes, np.ascontiguousarray(by_lightness[:, places]), own)
        _compare_others(planes, by_lightness, chroma, order, places, own)
        labels[start:stop] = order[places]

    map_blocks(task, len(lab), BLOCK)
    return labels, differences


def _compare_others(
    planes: Colors,
    palette: Colors,
    chroma: npt.NDArray[np.float32],
    order: npt.NDArray[np.intp],
    places: npt.NDArray[np.int64],
    least: npt.NDArray[np.float32],
) -> None:
    """Replace `places`, (N,), in a palette that ascends by lightness, and the `least` differences by those of all."""
    room = max(BLOCK, len(chroma)) + 1
    pairs = np.empty((2, room), np.int64)
    own_chroma = _measure_chroma(planes)
    done, count = 0, planes.shape[1]
    while done < count:
        used, done = _list_pairs(
            planes, own_chroma, palette, chroma, places, least, _BY_CHROMA, _WIDER, _SLACK, done, pairs
        )
        colors, entries = pairs[:, :used]
        found = np.empty(used, np.float32)
        subtract_planes(np.ascontiguousarray(planes[:, colors]), np.ascontiguousarray(palette[:, entries]), found)
        _take_least(colors, entries, found, order, places, least)


def _measure_chroma(planes: Colors) -> npt.NDArray[np.float32]:
    chroma: npt.NDArray[np.float32] = np.hypot(planes[1], planes[2])
    return chroma


def _even_steps(planes: Colors) -> Colors:
    """Return coordinates, (N, 3), whose distances are about the differences: to begin with, so they need not be."""
    chroma = _measure_chroma(planes)
    share = np.log1p(np.float32(0.045) * chroma) / np.maximum(np.float32(0.045) * chroma, np.float32(1e-6))
    away = planes[0] - np.float32(50)
    lightness = np.copysign(np.log1p(np.float32(0.015) * np.abs(away)) / np.float32(0.015), away)
    return np.column_stack([lightness, planes[1] * share, planes[2] * share]).astype(np.float32)


@dataclass(frozen=True)
class DifferenceMetric(Metric):
    """CIEDE2000 as what "near" means; coordinates, and what is designed with them, are still those of the space.

    Parameters
    ----------
    space, axis_weights, profile, alpha_weight, by_cell
        As for any `Metric`; labels do not depend on space and weights.
    """

    @property
    def is_separable(self) -> bool:
        """False: the formula takes all channels together."""
        return False

    def nearest(
        self,
        colors: Levels | Colors,
        palette: Levels,
        coordinates: Colors | None = None,
        palette_coordinates: Colors | None = None,
    ) -> tuple[Labels, npt.NDArray[np.float32]]:
        """Return the palette colour from which each of `colors` differs least by CIEDE2000, and by how much."""
        return nearest_by_difference(self.lab(colors), self.lab(palette))

    def lab(self, colors: Levels | Colors) -> Colors:
        """Return CIELAB coordinates, (N, 3) float32, of colours of the metric's RGB, levels or float32 in 0..1."""
        if colors.dtype.kind == "u":
            return np.ascontiguousarray(lab_planes(colors, self.profile).T)  # type: ignore[arg-type]
        return LAB.from_srgb(colors) if self.profile is None else LAB.from_linear(self.profile.to_linear(colors))


@kernel
def _lightness_weight(away, reach):  # type: ignore[no-untyped-def]
    # The square of the least weight: its divisor is largest where the mean of the two is farthest from 50.
    weight = np.float32(1) / (np.float32(1) + np.float32(0.015) * (away + np.float32(0.5) * reach))
    return weight * weight


@kernel
def _find_ends(values, ends):  # type: ignore[no-untyped-def]
    low = high = values[0]
    for i in range(1, len(values)):
        low, high = min(low, values[i]), max(high, values[i])
    ends[0], ends[1] = low, high


@kernel
def _list_candidates(  # type: ignore[no-untyped-def]
    lightness, a, b, chroma, least, entry_lightness, entry_a, entry_b, entry_chroma, table, wider, slack, ends, chosen
):
    # List the entries that may be nearer than what is known to some colour of a run, by their lightness.
    zero = np.float32(0)
    for row, values in enumerate((lightness, a, b, chroma, least)):
        _find_ends(values, ends[row])
    dark, light, a0, a1, b0, b1 = ends[0, 0], ends[0, 1], ends[1, 0], ends[1, 1], ends[2, 0], ends[2, 1]
    most, bound, is_upper = ends[3, 1], ends[4, 1] * wider + slack, ends[2, 0] > zero
    reach, square = np.float32(1.748) * bound, bound * bound
    weight = _lightness_weight(max(abs(dark - np.float32(50)), abs(light - np.float32(50))), reach)
    count, last = 0, np.int64(table.shape[1] - 1)
    for k in range(np.searchsorted(entry_lightness, dark - reach), len(entry_lightness)):
        own = entry_lightness[k]
        if own > light + reach:
            break
        along = max(dark - own, own - light, zero)
        down, across = max(a0 - entry_a[k], entry_a[k] - a1, zero), max(b0 - entry_b[k], entry_b[k] - b1, zero)
        step = min(np.int64(most + entry_chroma[k]), last)
        scale = table[0, step]
        left = np.float32(0.999) if is_upper & (entry_b[k] > zero) else table[1, step]
        chosen[count] = k
        count += left * (down * down + across * across) <= (square - along * along * weight) * scale * scale
    return count


@kernel
def _list_pairs(  # type: ignore[no-untyped-def]
    planes, chroma, entries, entry_chroma, places, least, table, wider, slack, start, pairs
):
    # List colours, from `start` on, with the entries that may be nearer than what is known; return how many pairs
    # there are, and the first colour for which there is no more room.
    lightness, a, b = planes[0], planes[1], planes[2]
    entry_lightness, entry_a, entry_b = entries[0], entries[1], entries[2]
    zero, used, most, last = np.float32(0), 0, len(entry_chroma), np.int64(table.shape[1] - 1)
    chosen, ends = np.empty(most + 1, np.int64), np.empty((5, 2), np.float32)
    near = np.empty((4, most + 1), np.float32)
    near_lightness, near_a, near_b, near_chroma = near[0], near[1], near[2], near[3]
    for first in range(start, len(chroma), _RUN):
        stop = min(first + _RUN, len(chroma))
        count = _list_candidates(
            lightness[first:stop], a[first:stop], b[first:stop], chroma[first:stop], least[first:stop],
            entry_lightness, entry_a, entry_b, entry_chroma, table, wider, slack, ends, chosen,
        )  # fmt: skip
        for place in range(count):
            k = chosen[place]
            near_lightness[place], near_a[place], near_b[place] = entry_lightness[k], entry_a[k], entry_b[k]
            near_chroma[place] = entry_chroma[k]
        for i in range(first, stop):
            if used + count >= pairs.shape[1]:
                return used, i
            bound = least[i] * wider + slack
            reach, square = np.float32(1.748) * bound, bound * bound
            weight = _lightness_weight(abs(lightness[i] - np.float32(50)), reach)
            own, own_a, own_b, own_chroma, is_upper = lightness[i], a[i], b[i], chroma[i], b[i] > zero
            for place in range(count):
                along, down, across = near_lightness[place] - own, near_a[place] - own_a, near_b[place] - own_b
                step = min(np.int64(own_chroma + near_chroma[place]), last)
                scale = table[0, step]
                # Hues of the upper half of the plane are 85 degrees and more away from the blues.
                left = np.float32(0.999) if is_upper & (near_b[place] > zero) else table[1, step]
                away = left * (down * down + across * across)
                pairs[0, used], pairs[1, used] = i, chosen[place]
                used += (away <= (square - along * along * weight) * scale * scale) & (chosen[place] != places[i])
    return used, len(chroma)


@kernel
def _take_least(colors, entries, found, order, places, least):  # type: ignore[no-untyped-def]
    for i in range(len(colors)):
        color, entry = colors[i], entries[i]
        is_less = found[i] < least[color]
        if is_less or (found[i] == least[color] and order[entry] < order[places[color]]):
            least[color] = found[i]
            places[color] = entry
