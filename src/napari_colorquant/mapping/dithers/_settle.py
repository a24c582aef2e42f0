"""A last pass over a diffused plane: each pixel's colour is chosen anew from the errors on all sides of it.

Diffusion knows of an error only what came before. Once the whole plane is there, a pixel can weigh what
lacks all around it, as an eye does that blurs a few pixels into one. That is a step of the descent known
as direct binary search (Analoui, Allebach 1992), with a look-up of the nearest colour in place of a
comparison of candidates: the colour that leaves the least blurred error lies nearest to the pixel's own
plus the errors around, weighed by how much the blurs of two pixels overlap.
"""

import numpy as np
import numpy.typing as npt

from ..._runtime.jit import kernel
from ..._typing import Labels
from ._light import CELL_OF_LIGHT, LIGHT, LIGHT_STEPS
from ._scene import Plane, Target

#: Pixels to each side that have a say.
_REACH = 3
#: Rows of errors that are kept: a power of two that holds a row and `_REACH` more on both sides.
_ROWS = 8
#: The eye's blur, a Gaussian, in pixels; FLIP has 1.03 for lightness at 67 pixels a degree.
_BLUR = 0.9
#: How much of the errors around counts: less than all, as a pixel's own error is seen, too, if it is large. What
#: is lost grain by grain is won in SSIMULACRA2, between 1 (finest mixtures, rough) and 1/2 (smooth, banded).
SHARE = 2 / 3


def _overlap() -> npt.NDArray[np.float32]:
    # Two Gaussians overlap in a Gaussian of twice the variance, across and down.
    away = np.arange(1, _REACH + 1)
    return np.exp(-(away**2) / (4 * _BLUR**2)).astype(np.float32)


def settle(plane: Plane, target: Target, busy: npt.NDArray[np.bool_], strength: float, labels: Labels) -> None:
    """Choose the labels of a dithered plane once more.

    Parameters
    ----------
    plane : Plane
        What was dithered. Pixels without data and those that are held keep their labels.
    target : Target
        The palette.
    busy : ndarray of shape (H, W), bool
        Where to: in flat areas and even gradients the diffusion alone has the light of the image.
    strength : float
        How much the errors around count, 0 (not at all: each pixel gets its nearest colour) to 1.
    labels : ndarray of shape (H, W), uint8
        Changed in place.
    """
    valid = np.empty((0, 0), np.bool_) if plane.valid is None else plane.valid
    held = np.empty((0, 0), np.int32) if plane.held is None else plane.held
    _settle(
        plane.rgb, plane.labels, valid, held, busy, _overlap(), np.float32(SHARE * strength),
        target.table.reshape(-1), LIGHT[target.colors], LIGHT, CELL_OF_LIGHT, labels,
    )  # fmt: skip


@kernel
def _find_errors(rgb, valid, row, colors, light, labels, out):  # type: ignore[no-untyped-def]
    has_gaps = valid.size > 0
    for column in range(labels.shape[1]):
        i = 3 * (_REACH + column)
        label, counts = labels[row, column], not has_gaps or valid[row, column]
        for channel in range(3):
            error = light[rgb[row, column, channel]] - colors[label, channel]
            out[i + channel] = error if counts else np.float32(0)


@kernel
def _gather(errors, row, height, overlap, sums, around):  # type: ignore[no-untyped-def]
    # All that needs no order: the rows above and below, blurred down and then across, and what comes in the row.
    margin, size = 3 * _REACH, sums.size
    sums[:] = np.float32(0)
    for away in range(1, _REACH + 1):
        weight = overlap[away - 1]
        if row >= away:
            source = errors[(row - away) % _ROWS]
            for i in range(size):
                sums[i] += weight * source[i]
        if row + away < height:
            source = errors[(row + away) % _ROWS]
            for i in range(size):
                sums[i] += weight * source[i]
    current = errors[row % _ROWS]
    around[:] = sums
    for away in range(1, _REACH + 1):
        weight, step = overlap[away - 1], 3 * away
        for i in range(margin, size - margin):
            around[i] += weight * (sums[i - step] + sums[i + step] + current[i + step])


@kernel
def _settle(rgb, exact, valid, held, busy, overlap, share, table, colors, light, cells, labels):  # type: ignore[no-untyped-def]
    height, width = labels.shape
    zero, one, half, top = np.float32(0), np.float32(1), np.float32(0.5), np.float32(LIGHT_STEPS - 1)
    has_gaps, has_held = valid.size > 0, held.size > 0
    first, second, third = overlap[0], overlap[1], overlap[2]
    size = 3 * (width + 2 * _REACH)
    errors = np.zeros((_ROWS, size), np.float32)
    sums, around = np.empty(size, np.float32), np.empty(size, np.float32)
    for row in range(min(_REACH, height)):
        _find_errors(rgb, valid, row, colors, light, labels, errors[row])
    for row in range(height):
        if row + _REACH < height:
            _find_errors(rgb, valid, row + _REACH, colors, light, labels, errors[(row + _REACH) % _ROWS])
        _gather(errors, row, height, overlap, sums, around)
        current = errors[row % _ROWS]
        red1, green1, blue1 = zero, zero, zero  # the errors of the last pixel
        red2, green2, blue2 = zero, zero, zero  # of the one before it
        red3, green3, blue3 = zero, zero, zero  # and of the one before that
        for column in range(width):
            i = 3 * (_REACH + column)
            is_free = busy[row, column] and (not has_gaps or valid[row, column])
            if is_free and not (has_held and held[row, column] >= 0):
                own_red, own_green, own_blue = rgb[row, column, 0], rgb[row, column, 1], rgb[row, column, 2]
                # The last pixel comes last: the time goes into the chain from one choice to the next.
                red = around[i] + third * red3 + second * red2 + first * red1
                green = around[i + 1] + third * green3 + second * green2 + first * green1
                blue = around[i + 2] + third * blue3 + second * blue2 + first * blue1
                red = light[own_red] + share * red
                green = light[own_green] + share * green
                blue = light[own_blue] + share * blue
                own = np.uint32(own_red >> 2) << 12 | np.uint32(own_green >> 2) << 6 | np.uint32(own_blue >> 2)
                cell = np.uint32(cells[np.uint32(min(max(red, zero), one) * top + half)]) << 12
                cell |= np.uint32(cells[np.uint32(min(max(green, zero), one) * top + half)]) << 6
                cell |= np.uint32(cells[np.uint32(min(max(blue, zero), one) * top + half)])
                near = table[cell]
                label = exact[row, column] if cell == own else near
                labels[row, column] = label
                current[i] = light[own_red] - colors[label, 0]
                current[i + 1] = light[own_green] - colors[label, 1]
                current[i + 2] = light[own_blue] - colors[label, 2]
            red3, green3, blue3, red2, green2, blue2 = red2, green2, blue2, red1, green1, blue1
            red1, green1, blue1 = current[i], current[i + 1], current[i + 2]
