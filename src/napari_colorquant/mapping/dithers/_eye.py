"""What an eye lacks in a plane of palette colours: the error, blurred as it blurs.

Light is taken as FLIP takes it: luminance and two opponent colours, of which the eye blurs luminance less. The
error counts three times: by itself, as single pixels are seen, too, if they stand out; blurred over a few
pixels, in which dots melt; and summed over wide tents, so that areas keep their light down to few dots.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ..._runtime.jit import kernel
from ..._runtime.threads import map_blocks
from ..._typing import RGB8, Colors
from ._light import LIGHT

#: Pixels to each side that an error is blurred over.
REACH = 4
#: Rows that one thread works on; of a multiple of `TENT`, so that what strips of even and odd numbers write to
#: lies apart.
STRIP = 64
#: Pixels from one wide tent to the next, and what they count for.
TENT = 8
WIDE = np.float32(0.1)
#: The eye's blur, Gaussians of so many pixels: of luminance, and of the opponent colours.
_BLURS = (0.9, 1.3)
#: What a pixel's own error counts for beside the blurred ones, by axis: specks of colour are seen, too.
OWN = np.array([0.2, 0.5, 0.5], np.float32)
#: What red against green and blue against yellow count for beside luminance. Weighed by SSIMULACRA2 and FLIP, which
#: want more of structure and more of colour.
_RED_GREEN, _BLUE_YELLOW = 0.7, 0.35
#: CIE XYZ of linear sRGB, as parts of white.
_XYZ = np.array([[0.43395, 0.37621, 0.18984], [0.21267, 0.71515, 0.07218], [0.01776, 0.10947, 0.87277]])
#: Luminance and opponent colours of linear sRGB, (3, 3): one row each.
OPPONENT = np.stack([_XYZ[1], _RED_GREEN * (_XYZ[0] - _XYZ[1]), _BLUE_YELLOW * (_XYZ[1] - _XYZ[2])])


def _overlaps() -> npt.NDArray[np.float32]:
    # Two Gaussians overlap in one of twice the variance; red, green and blue of a row lie side by side.
    away = np.arange(-REACH, REACH + 1)
    blurs = np.array([_BLURS[0], _BLURS[1], _BLURS[1]])
    overlaps: npt.NDArray[np.float32] = np.exp(-(away[:, None] ** 2) / (4 * blurs**2)).astype(np.float32)
    return overlaps


#: How much the blurs of two pixels overlap, by how far they are apart along an axis: (2 REACH + 1, 3).
OVERLAPS = _overlaps()


def to_opponent(rgb: RGB8) -> Colors:
    """Return luminance and opponent colours of 8-bit sRGB, (..., 3) -> (..., 3) float32: the same bits everywhere."""
    flat = np.ascontiguousarray(rgb).reshape(-1, 3)
    opponent = np.empty(flat.shape, np.float32)
    parts = (LIGHT[:, None, None] * OPPONENT.T[None]).astype(np.float32)  # by level, channel and axis
    map_blocks(lambda start, stop: _add_parts(flat[start:stop], parts, opponent[start:stop]), len(flat), 1 << 16)
    shaped: Colors = opponent.reshape(rgb.shape)
    return shaped


def blur(errors: Colors, strength: float = 1.0) -> Colors:
    """Return errors, (H, W, 3), weighed by their overlaps."""
    height, width, _ = errors.shape
    blurred = np.zeros((height + 2 * REACH, width + 2 * REACH, 3), np.float32)

    def task(start: int, stop: int) -> None:
        _blur(errors, OVERLAPS, np.float32(strength), OWN, start, stop, blurred)

    map_blocks(task, height, STRIP)
    return blurred


def sum_tents(errors: Colors) -> Colors:
    """Return sums of errors, (H, W, A), under the tents."""
    height, width, axes = errors.shape
    wide = np.zeros((height // TENT + 2, width // TENT + 2, axes), np.float32)

    def task(start: int, stop: int) -> None:
        _sum_tents(errors, start, stop, wide)

    map_strips(task, height)
    return wide


def map_strips(task: Callable[[int, int], int | None], height: int) -> int:
    """Call ``task(start, stop)`` for the strips of even numbers, then for the odd ones; return the sum of results."""
    total = 0
    for odd in (0, 1):
        starts = range(odd * STRIP, height, 2 * STRIP)

        def strip(index: int, _: int, starts: range = starts) -> int:
            return task(starts[index], min(starts[index] + STRIP, height)) or 0

        total += sum(map_blocks(strip, len(starts), 1))
    return total


@kernel
def _add_parts(rgb, parts, out):  # type: ignore[no-untyped-def]
    for i in range(len(rgb)):
        for axis in range(3):
            out[i, axis] = parts[rgb[i, 0], 0, axis] + parts[rgb[i, 1], 1, axis] + parts[rgb[i, 2], 2, axis]


@kernel
def _blur(errors, overlaps, strength, own, start, stop, out):  # type: ignore[no-untyped-def]
    height, width, _ = errors.shape
    reach = len(overlaps) // 2
    down = np.zeros((width + 2 * reach, 3), np.float32)
    for row in range(start, stop):
        down[:] = np.float32(0)
        for other in range(max(row - reach, 0), min(row + reach + 1, height)):
            weights = overlaps[other - row + reach]
            for column in range(width):
                for axis in range(3):
                    down[reach + column, axis] += weights[axis] * errors[other, column, axis]
        for column in range(width):
            for axis in range(3):
                total = np.float32(0)
                for away in range(2 * reach + 1):
                    total += overlaps[away, axis] * down[column + away, axis]
                error = errors[row, column, axis]
                out[row + reach, reach + column, axis] = (
                    strength * (total - error) + (np.float32(1) + own[axis]) * error
                )


@kernel
def _sum_tents(errors, start, stop, wide):  # type: ignore[no-untyped-def]
    _, width, axes = errors.shape
    one, half, size = np.float32(1), np.float32(0.5), np.float32(TENT)
    for row in range(start, stop):
        above = row // TENT
        down = (np.float32(row - above * TENT) + half) / size
        for column in range(width):
            left = column // TENT
            across = (np.float32(column - left * TENT) + half) / size
            for axis in range(axes):
                error = errors[row, column, axis]
                wide[above, left, axis] += (one - down) * (one - across) * error
                wide[above, left + 1, axis] += (one - down) * across * error
                wide[above + 1, left, axis] += down * (one - across) * error
                wide[above + 1, left + 1, axis] += down * across * error
