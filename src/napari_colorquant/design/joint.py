"""A palette and its dots found together: least squares from the labels that a dither for the eye has chosen.

With the labels fixed, what lacks to an eye is a sum of squares in the palette colours: their blurred areas, mixed,
are to be the blurred image. So the best colours follow from one small system of equations, and the labels are
chosen anew for these. What comes out hangs on the palette that it begins with; so for few colours there are two,
which are compared on a small picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.progress import checkpoint
from .._runtime.threads import map_blocks
from .._typing import RGB8, Colors, Labels
from ..clustering.nearest import nearest
from ..mapping.dithers._eye import (
    OPPONENT,
    OVERLAPS,
    OWN,
    STRIP,
    TENT,
    WIDE,
    blur,
    map_strips,
    sum_tents,
    to_opponent,
)
from ..mapping.dithers._relax import Seen, find_neighbors, settle_well
from ..pixels.transfer import DECODED, encode
from .eye_planes import EyePlane

#: Pixels of the small picture, on which starts are compared.
_SMALL = 1 << 16
#: Rounds of labels and colours: on the small picture, and on the whole.
_ROUNDS = (2, 5)
#: Looks at the whole plane before the first equations: with too few dots they would pull all colours inward.
_FIRST = 6
#: Passes over the equations; the colours stay within the gamut.
_PASSES = 60


def refine_jointly(planes: Sequence[EyePlane], starts: Sequence[RGB8], fixed: npt.NDArray[np.bool_]) -> RGB8:
    """Return a palette refined together with its dots.

    Parameters
    ----------
    planes : sequence of EyePlane
        At least one.
    starts : sequence of ndarray of shape (K, 3), uint8
        Palettes to begin with; the one with which least lacks on the small picture is taken on.
    fixed : ndarray of shape (K,), bool
        Which of their colours stay.

    Returns
    -------
    colors : ndarray of shape (K, 3), uint8
        In the order of the start; two may have become equal.
    """
    start = starts[0]
    if len(starts) > 1:
        size = sum(plane.counts.size for plane in planes)
        step = max(1, int(np.sqrt(size / _SMALL)))
        small = [plane.thinned(step) for plane in planes]
        lacks = [_alternate(small, start, fixed, _ROUNDS[0])[1] for start in starts]
        start = starts[int(np.argmin(lacks))]
        checkpoint(0.2)
    return _alternate(planes, start, fixed, _ROUNDS[1])[0]


def _alternate(
    planes: Sequence[EyePlane], colors: RGB8, fixed: npt.NDArray[np.bool_], rounds: int
) -> tuple[RGB8, float]:
    """Return the colours after some rounds, or those of the start if no less lacks with them, and what lacks.

    That is a sum of squares without what does not hang on the colours: it may be negative.
    """
    every = [nearest(plane.original.reshape(-1, 3), to_opponent(colors)) for plane in planes]
    labels = [each.reshape(plane.counts.shape) for each, plane in zip(every, planes, strict=True)]
    goals = [_Goal.of(plane) for plane in planes]
    light, start, first, lack = DECODED[colors].astype(np.float64), colors, np.inf, np.inf
    for number in range(rounds):
        checkpoint()
        opponent = to_opponent(colors)
        neighbors = find_neighbors(opponent)
        matrix, vector = np.zeros((3 * len(colors), 3 * len(colors))), np.zeros(3 * len(colors))
        for plane, own, goal in zip(planes, labels, goals, strict=True):
            free = np.ones(own.shape, np.bool_) if plane.valid is None else plane.valid
            seen = Seen.open(plane.original, own, opponent, plane.valid, free, 1.0)
            settle_well(seen, neighbors, rounds=1 if number else _FIRST)
            _add_equations(plane, own, goal, matrix, vector)
        unknown = light.reshape(-1)
        if number == 0:
            first = _find_lack(matrix, vector, unknown)
        _solve(matrix, vector, np.repeat(fixed, 3), _PASSES, unknown)
        lack = _find_lack(matrix, vector, unknown)
        colors = np.where(fixed[:, None], colors, np.rint(encode(light.astype(np.float32)) * 255).astype(np.uint8))
    return (colors, lack) if lack < first else (start, first)


def _find_lack(
    matrix: npt.NDArray[np.float64], vector: npt.NDArray[np.float64], unknown: npt.NDArray[np.float64]
) -> float:
    return float(unknown @ matrix @ unknown - 2 * vector @ unknown)


@dataclass(frozen=True, eq=False)
class _Goal:
    """What the areas of the palette colours are to add up to: the image as an eye sees it, and under the tents."""

    blurred: Colors
    wide: npt.NDArray[np.float64]

    @classmethod
    def of(cls, plane: EyePlane) -> "_Goal":
        weighed = plane.original * plane.counts[..., None]
        return cls(blur(weighed), sum_tents(weighed).reshape(-1, 3).astype(np.float64))


def _add_equations(
    plane: EyePlane, labels: Labels, goal: _Goal, matrix: npt.NDArray[np.float64], vector: npt.NDArray[np.float64]
) -> None:
    """Add a plane to the equations of the colours in linear light, 3 K unknown: red, green and blue of each."""
    count, height = len(vector) // 3, len(labels)

    def gather(start: int, stop: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        pairs, sums = np.zeros((2, count, count)), np.zeros((count, 3))
        _gather(labels, plane.counts, OVERLAPS, OWN, goal.blurred, start, stop, pairs, sums)
        return pairs, sums

    parts = map_blocks(gather, height, STRIP)
    pairs, sums = (np.sum([part[i] for part in parts], axis=0) for i in (0, 1))
    pairs += pairs.transpose(0, 2, 1)  # each pair of pixels was met once, a pixel and itself by halves
    tents = np.zeros((height // TENT + 2, labels.shape[1] // TENT + 2, count), np.float32)
    map_strips(lambda start, stop: _share_tents(labels, plane.counts, start, stop, tents), height)
    areas = tents.reshape(-1, count).astype(np.float64)
    pairs += WIDE * (areas.T @ areas)
    sums += WIDE * (areas.T @ goal.wide)
    for axis in range(3):
        matrix += np.kron(pairs[min(axis, 1)], np.outer(OPPONENT[axis], OPPONENT[axis]))
        vector += np.kron(sums[:, axis], OPPONENT[axis])


@kernel
def _gather(labels, counts, overlaps, own, blurred, start, stop, pairs, sums):  # type: ignore[no-untyped-def]
    height, width = labels.shape
    reach = len(overlaps) // 2
    for row in range(start, stop):
        for column in range(width):
            count = counts[row, column]
            if count == np.float32(0):
                continue
            label = labels[row, column]
            for axis in range(3):
                sums[label, axis] += count * blurred[row + reach, column + reach, axis]
            itself = count * count / np.float32(2)
            pairs[0, label, label] += (np.float32(1) + own[0]) * itself
            pairs[1, label, label] += (np.float32(1) + own[1]) * itself
            for down in range(min(reach + 1, height - row)):
                first = max(-reach, -column) if down else 1
                gray, color = count * overlaps[reach + down, 0], count * overlaps[reach + down, 1]
                for across in range(first, min(reach + 1, width - column)):
                    other = labels[row + down, column + across]
                    share = counts[row + down, column + across]
                    pairs[0, label, other] += gray * overlaps[reach + across, 0] * share
                    pairs[1, label, other] += color * overlaps[reach + across, 1] * share


@kernel
def _share_tents(labels, counts, start, stop, tents):  # type: ignore[no-untyped-def]
    width = labels.shape[1]
    one, half, size = np.float32(1), np.float32(0.5), np.float32(TENT)
    for row in range(start, stop):
        above = row // TENT
        down = (np.float32(row - above * TENT) + half) / size
        for column in range(width):
            left = column // TENT
            across = (np.float32(column - left * TENT) + half) / size
            label, count = labels[row, column], counts[row, column]
            tents[above, left, label] += (one - down) * (one - across) * count
            tents[above, left + 1, label] += (one - down) * across * count
            tents[above + 1, left, label] += down * (one - across) * count
            tents[above + 1, left + 1, label] += down * across * count


@kernel
def _solve(matrix, vector, fixed, passes, unknown):  # type: ignore[no-untyped-def]
    # Gauss-Seidel, each value kept in 0..1: the least squares of colours within the gamut.
    for _ in range(passes):
        for i in range(len(unknown)):
            if fixed[i] or matrix[i, i] <= 0:
                continue
            rest = vector[i]
            for j in range(len(unknown)):
                rest -= matrix[i, j] * unknown[j]
            unknown[i] = min(max(unknown[i] + rest / matrix[i, i], 0.0), 1.0)
