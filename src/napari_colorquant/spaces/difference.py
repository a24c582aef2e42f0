"""CIEDE2000 as what "near" means: the palette colour with the least difference, exactly.

The formula is no distance between points, so nothing that prunes by boxes of coordinates may be used. What holds
instead is a bound from below: the weights of lightness and of chroma have largest values, and the term that turns
the blues takes a limited part away. One entry that is near, found where steps are about even, has a difference; only
entries whose bound is not above it are compared by the formula itself, and these are few. Lists of such pairs are
made for many colours at once, as the formula is fast on planes.
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


def nearest_by_difference(lab: Colors, palette: Colors) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Return the palette colour from which each colour differs least by CIEDE2000, and by how much.

    Parameters
    ----------
    lab : ndarray of shape (N, 3), float32
        CIELAB coordinates.
    palette : ndarray of shape (K, 3), float32
        Those of 1 to 65,536 palette colours.

    Returns
    -------
    labels : ndarray of shape (N,), uint8 or uint16
        What comparing every pair would give; the lowest index on a tie.
    differences : ndarray of shape (N,), float32
    """
    labels, differences = np.empty(len(lab), label_type(len(palette))), np.empty(len(lab), np.float32)
    order = np.argsort(palette[:, 0], kind="stable")
    by_lightness = np.ascontiguousarray(palette[order].T)
    chroma, even = _measure_chroma(by_lightness), _even_steps(by_lightness)

    def task(start: int, stop: int) -> None:
        planes = np.ascontiguousarray(lab[start:stop].T)
        places = nearest(_even_steps(planes), even).astype(np.int64)
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
    room = max(BLOCK, len(chroma))
    pairs = np.empty((2, room), np.int64)
    own_chroma = _measure_chroma(planes)
    done, count = 0, planes.shape[1]
    while done < count:
        used, done = _list_pairs(*planes, own_chroma, *palette, chroma, places, least, _WIDER, _SLACK, done, pairs)
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
    space, axis_weights, profile, alpha_weight
        As for any `Metric`; labels do not depend on space and weights.
    """

    @property
    def is_separable(self) -> bool:
        """False: the formula takes all channels together."""
        return False

    def nearest(
        self, colors: Levels | Colors, palette: Levels, coordinates: Colors | None = None
    ) -> tuple[Labels, npt.NDArray[np.float32]]:
        """Return the palette colour from which each of `colors` differs least by CIEDE2000, and by how much."""
        return nearest_by_difference(self.lab(colors), self.lab(palette))

    def lab(self, colors: Levels | Colors) -> Colors:
        """Return CIELAB coordinates, (N, 3) float32, of colours of the metric's RGB, levels or float32 in 0..1."""
        if colors.dtype.kind == "u":
            return np.ascontiguousarray(lab_planes(colors, self.profile).T)  # type: ignore[arg-type]
        return LAB.from_srgb(colors) if self.profile is None else LAB.from_linear(self.profile.to_linear(colors))


@kernel
def _list_pairs(  # type: ignore[no-untyped-def]
    lightness, a, b, chroma, entry_lightness, entry_a, entry_b, entry_chroma, places, least, wider, slack, start, pairs
):
    # List colours, from `start` on, with the entries that may be nearer than what is known; return how many pairs
    # there are, and the first colour for which there is no more room.
    most, steep = np.float32(1.748), np.float32(0.015)
    one, half, factor, zero = np.float32(1), np.float32(0.5), np.float32(0.045), np.float32(0)
    count, used = len(entry_lightness), 0
    for i in range(start, len(lightness)):
        if used + count > pairs.shape[1]:
            return used, i
        bound = least[i] * wider + slack
        reach, square = most * bound, bound * bound
        # The weight of lightness is largest where the mean of the two is farthest from 50.
        weight = one / (one + steep * (abs(lightness[i] - np.float32(50)) + half * reach))
        weight *= weight
        is_upper, last = b[i] > zero, lightness[i] + reach
        k = np.searchsorted(entry_lightness, lightness[i] - reach)
        while k < count and entry_lightness[k] <= last:
            along, down, across = entry_lightness[k] - lightness[i], entry_a[k] - a[i], entry_b[k] - b[i]
            mean = half * (entry_chroma[k] + chroma[i])
            # By what a* grows at most among colours of this chroma: 1 + G, at 0 and at 25.
            mean *= np.float32(1.147) if mean >= np.float32(25) else np.float32(1.5)
            scale = one + factor * mean
            # What the term for blues takes away at most: sin(60 degrees) times a share that grows with chroma;
            # between hues of the upper half of the plane, 85 degrees and more away from it, hardly anything.
            left = np.float32(0.83) if mean < np.float32(15) else np.float32(0.1339)
            left = np.float32(0.999) if is_upper & (entry_b[k] > zero) else left
            away = left * (down * down + across * across)
            if away <= (square - along * along * weight) * scale * scale and k != places[i]:
                pairs[0, used], pairs[1, used] = i, k
                used += 1
            k += 1
    return used, len(lightness)


@kernel
def _take_least(colors, entries, found, order, places, least):  # type: ignore[no-untyped-def]
    for i in range(len(colors)):
        color, entry = colors[i], entries[i]
        is_less = found[i] < least[color]
        if is_less or (found[i] == least[color] and order[entry] < order[places[color]]):
            least[color] = found[i]
            places[color] = entry
