"""Dots relaxed: each pixel of a plane gets, again and again, the colour with which least lacks to an eye."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..._runtime.jit import kernel
from ..._runtime.progress import checkpoint
from ..._typing import Colors, Labels, Valid
from ._eye import OVERLAPS, OWN, TENT, WIDE, blur, map_strips, sum_tents

#: Rounds over the plane, at most, and the share of labels that change in the last one that is worth it.
_ROUNDS, _ENOUGH = 8, 1 / 512
#: A pixel may change to one of so many colours near its own; of fewer, to any.
_MOST_NEIGHBORS = 65


@dataclass(eq=False)
class Seen:
    """A plane in palette colours beside its original, as an eye sees it.

    Attributes
    ----------
    original : ndarray of shape (H, W, 3), float32
        See `to_opponent`.
    labels : ndarray of shape (H, W)
    colors : ndarray of shape (K, 3), float32
        The palette, likewise.
    free : ndarray of shape (H, W), bool
        Whose labels may change.
    blurred : ndarray of shape (H + 2 REACH, W + 2 REACH, 3), float32
        What is lacking around each pixel, weighed by the overlap of their blurs, and itself.
    wide : ndarray of shape (H // TENT + 2, W // TENT + 2, 3), float32
        What is lacking under each tent.
    """

    original: Colors
    labels: Labels
    colors: Colors
    free: Valid
    blurred: Colors
    wide: Colors

    @classmethod
    def open(
        cls, original: Colors, labels: Labels, colors: Colors, valid: Valid | None, free: Valid, strength: float
    ) -> "Seen":
        """Look at labels, of whose surroundings so much counts as `strength` says, 0 to 1."""
        errors = colors[labels] - original
        if valid is not None:
            errors[~valid] = 0
        return cls(original, labels, colors, free, blur(errors, strength), sum_tents(errors))


def settle_well(seen: Seen, neighbors: npt.NDArray[np.int32], strength: float = 1.0, rounds: int = _ROUNDS) -> None:
    """Choose the labels of a plane anew, at most `rounds` times, until few of them change."""
    for i in range(rounds):
        checkpoint()
        if settle(seen, neighbors, strength, backwards=i % 2 == 1) <= _ENOUGH * seen.labels.size:
            break


def find_neighbors(colors: Colors) -> npt.NDArray[np.int32]:
    """Return the palette colours nearest to each as single pixels, the nearest first: (K, 3) -> (K, M), M <= 65."""
    from scipy.spatial import cKDTree

    weighed = colors * np.sqrt(1 + OWN)
    count = min(len(colors), _MOST_NEIGHBORS)
    _, found = cKDTree(weighed).query(weighed, k=np.arange(1, count + 1))
    return np.ascontiguousarray(found, np.int32)


def settle(seen: Seen, neighbors: npt.NDArray[np.int32], strength: float, *, backwards: bool) -> int:
    """Give each free pixel the colour that leaves least, once; return how many labels changed.

    Parameters
    ----------
    seen : Seen
        Changed in place.
    neighbors : ndarray of shape (K, M), int32
        What a colour may change to, the nearest first, itself among them, see `find_neighbors`.
    strength : float
        As in `Seen.open`.
    backwards : bool
        From the last pixel of a strip to its first.
    """

    def task(start: int, stop: int) -> int:
        return int(
            _settle(
                seen.original, seen.colors, neighbors, OVERLAPS, np.float32(strength), OWN, WIDE,
                start, stop, backwards, seen.free, seen.labels, seen.blurred, seen.wide,
            )
        )  # fmt: skip

    return map_strips(task, len(seen.labels))


@kernel
def _settle(  # type: ignore[no-untyped-def]
    original, colors, neighbors, overlaps, strength, own, share, start, stop, backwards, free, labels, blurred, wide
):  # fmt: skip
    width = labels.shape[1]
    reach, count = len(overlaps) // 2, neighbors.shape[1]
    one, four, half, size = np.float32(1), np.float32(4), np.float32(0.5), np.float32(TENT)
    weight = strength * share
    gaps = np.empty(neighbors.shape, np.float32)
    for label in range(len(neighbors)):
        for i in range(count):
            other = neighbors[label, i]
            first, second = colors[other, 0] - colors[label, 0], colors[other, 1] - colors[label, 1]
            third = colors[other, 2] - colors[label, 2]
            first, second, third = first * first, second * second, third * third
            gaps[label, i] = (one + own[0]) * first + (one + own[1]) * second + (one + own[2]) * third
    changed = 0
    for step in range((stop - start) * width):
        place = (stop - start) * width - 1 - step if backwards else step
        row, column = start + place // width, place % width
        if not free[row, column]:
            continue
        above, left = row // TENT, column // TENT
        down = (np.float32(row - above * TENT) + half) / size
        across = (np.float32(column - left * TENT) + half) / size
        corner, beside = (one - down) * (one - across), (one - down) * across
        below, beyond = down * (one - across), down * across
        # How steeply what is lacking grows with this pixel's own error.
        steep = one + weight * (corner * corner + beside * beside + below * below + beyond * beyond)
        label = labels[row, column]
        x = y = z = np.float32(0)
        for axis in range(3):
            lack = corner * wide[above, left, axis] + beside * wide[above, left + 1, axis]
            lack += below * wide[above + 1, left, axis] + beyond * wide[above + 1, left + 1, axis]
            lack = -(blurred[reach + row, reach + column, axis] + weight * lack) / (steep + own[axis])
            if axis == 0:
                x = lack
            elif axis == 1:
                y = lack
            else:
                z = lack
        # The colour that would leave least lies there, away from the pixel's own; the nearest one is it.
        gray, red, blue = steep + own[0], steep + own[1], steep + own[2]
        least = gray * x * x + red * y * y + blue * z * z
        farthest, best = four * least, label
        for i in range(count):
            if gaps[label, i] >= farthest:
                break
            other = neighbors[label, i]
            first = colors[other, 0] - colors[label, 0] - x
            second = colors[other, 1] - colors[label, 1] - y
            third = colors[other, 2] - colors[label, 2] - z
            distance = gray * first * first + red * second * second + blue * third * third
            if distance < least * np.float32(0.9999):  # not for what is rounded off
                least, best = distance, labels.dtype.type(other)
        if best == label:
            continue
        changed += 1
        labels[row, column] = best
        first, second = colors[best, 0] - colors[label, 0], colors[best, 1] - colors[label, 1]
        third = colors[best, 2] - colors[label, 2]
        for i in range(2 * reach + 1):
            x, y, z = (
                strength * overlaps[i, 0] * first,
                strength * overlaps[i, 1] * second,
                strength * overlaps[i, 2] * third,
            )
            for j in range(2 * reach + 1):
                blurred[row + i, column + j, 0] += x * overlaps[j, 0]
                blurred[row + i, column + j, 1] += y * overlaps[j, 1]
                blurred[row + i, column + j, 2] += z * overlaps[j, 2]
        for axis in range(3):
            step_of = colors[best, axis] - colors[label, axis]
            blurred[reach + row, reach + column, axis] += (one + own[axis] - strength) * step_of
            wide[above, left, axis] += corner * step_of
            wide[above, left + 1, axis] += beside * step_of
            wide[above + 1, left, axis] += below * step_of
            wide[above + 1, left + 1, axis] += beyond * step_of
    return changed
