"""Riemersma's dither: errors are handed on along a Hilbert curve, and fade."""

from typing import Annotated

import numpy as np

from ..._runtime.jit import kernel
from ..._typing import Labels
from ._light import CELL_OF_LIGHT, LIGHT, LIGHT_STEPS, bound_errors
from ._scene import Plane, Target

#: An error that is carried is at most this part of the palette's widest gap; more would smear edges.
_REACH = 0.5


def riemersma(
    plane: Plane,
    target: Target,
    /,
    *,
    strength: Annotated[float, {"min": 0.0, "max": 1.0}] = 1.0,
    history: Annotated[int, {"min": 1, "max": 64}] = 16,
    ratio: Annotated[float, {"min": 0.001, "max": 1.0}] = 0.0625,
    steady: bool = True,
) -> Labels:
    """Error diffusion along a Hilbert curve: no worms and no direction; errors stay near.

    Parameters
    ----------
    plane : Plane
        One whole plane of the image. The curve starts afresh behind pixels without data.
    target : Target
        The palette.
    strength : float
        How much of the error is carried, 0 (no dither at all) to 1.
    history : int
        Pixels along the curve that an error reaches, 1 to 64: few give a fine, many a coarse grain.
    ratio : float
        Weight of the last pixel reached as a part of the first one's, 0.001 to 1.
    steady : bool
        In a stack, keep the labels of pixels that are of the same colour in the frame before. Without it
        any frame of a stack that is larger than memory can be looked at without those before it.

    Returns
    -------
    labels : ndarray of shape (H, W), uint8

    References
    ----------
    .. [1] Riemersma T., "A balanced dithering technique", C/C++ Users Journal, December 1998.
    """
    labels = np.empty_like(plane.labels)
    if labels.size:
        # Positions on the curve, not pixels, hold the weights: the newest error first.
        weights = ratio ** (np.arange(history) / max(history - 1, 1))
        weights *= strength / weights.sum()
        valid = np.empty((0, 0), np.bool_) if plane.valid is None else plane.valid
        held = plane.held if steady and plane.held is not None else np.empty((0, 0), np.int32)
        far = np.float32(_REACH * bound_errors(target.colors))
        _walk(
            plane.rgb, plane.labels, valid, held, weights.astype(np.float32), far,
            target.table.reshape(-1), LIGHT[target.colors], LIGHT, CELL_OF_LIGHT, labels,
        )  # fmt: skip
    return labels


@kernel
def _walk(rgb, labels, valid, held, weights, far, table, colors, light, cells, out):  # type: ignore[no-untyped-def]
    height, width = labels.shape
    has_gaps, has_held = valid.size > 0, held.size > 0
    zero, one, half, top = np.float32(0), np.float32(1), np.float32(0.5), np.float32(LIGHT_STEPS - 1)
    length = len(weights)
    # Twice the length: the errors of the last `length` pixels are one contiguous run.
    errors = np.zeros((3, 2 * length), np.float32)
    start = 0
    # A Hilbert curve ends beside where it began, so squares along the longer side make one curve.
    is_tall = height > width
    short, long = min(height, width), max(height, width)
    side = 1
    while side < short:
        side *= 2
    for square in range((long + side - 1) // side):
        for position in range(side * side):
            along, across, rest, size = 0, 0, position, 1
            while size < side:
                right = (rest >> 1) & 1
                up = (rest ^ right) & 1
                if up == 0:
                    if right == 1:
                        along, across = size - 1 - along, size - 1 - across
                    along, across = across, along
                along += size * right
                across += size * up
                rest >>= 2
                size *= 2
            along += square * side
            if across >= short or along >= long:
                continue
            row, column = (along, across) if is_tall else (across, along)
            label = labels[row, column]
            if has_gaps and not valid[row, column]:
                errors[:] = zero
                out[row, column] = label
                continue
            red, green, blue = zero, zero, zero
            for i in range(length):
                red += weights[i] * errors[0, start + i]
                green += weights[i] * errors[1, start + i]
                blue += weights[i] * errors[2, start + i]
            untouched = red == zero and green == zero and blue == zero
            red = light[rgb[row, column, 0]] + min(max(red, -far), far)
            green = light[rgb[row, column, 1]] + min(max(green, -far), far)
            blue = light[rgb[row, column, 2]] + min(max(blue, -far), far)
            if has_held and held[row, column] >= 0:
                label = labels.dtype.type(held[row, column])
            elif not untouched:
                cell = np.uint32(cells[np.uint32(min(max(red, zero), one) * top + half)]) << 12
                cell |= np.uint32(cells[np.uint32(min(max(green, zero), one) * top + half)]) << 6
                cell |= np.uint32(cells[np.uint32(min(max(blue, zero), one) * top + half)])
                label = table[cell]
            start = (start - 1) % length
            errors[0, start] = errors[0, start + length] = red - colors[label, 0]
            errors[1, start] = errors[1, start + length] = green - colors[label, 1]
            errors[2, start] = errors[2, start + length] = blue - colors[label, 2]
            out[row, column] = label
