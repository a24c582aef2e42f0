"""Error diffusion: each pixel hands what its palette colour lacks on to neighbours that are still to come.

One kernel serves every diffusion matrix; a new one is a row of `MATRICES`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
import numpy.typing as npt

from ..._runtime.jit import kernel
from ..._typing import Labels
from ._adaptive import find_calm
from ._light import CELL_OF_LIGHT, LIGHT, LIGHT_STEPS, bound_errors
from ._scene import Plane, Target
from ._settle import settle

#: Columns beside the plane into which a matrix may reach.
_MARGIN = 2
#: Surroundings that bend by no more levels are a flat area or an even gradient, whose light is kept in full;
#: from the second number on they are detail or noise, where so much of an error is carried.
_EVEN, _ROUGH = 2, 8
_IN_ROUGH = 0.85


@dataclass(frozen=True)
class DiffusionMatrix:
    """Who gets how much of a pixel's error.

    Attributes
    ----------
    name : str
        Its name everywhere.
    summary : str
        One line: what it does to the picture.
    rows : tuple of tuple of int
        Parts of the error for columns -2..2, in the pixel's own row and the one or two below.
    parts : int
        How many parts the whole error has; more than the rows hold where some is dropped.
    reference : str
        Who published it.
    title : str
        What people call it; from the name by default.
    settled : bool
        Whether colours are chosen once more by default.
    """

    name: str
    summary: str
    rows: tuple[tuple[int, int, int, int, int], ...]
    parts: int
    reference: str
    title: str = ""
    settled: bool = False


# fmt: off
MATRICES = (
    DiffusionMatrix(
        "floyd_steinberg", "Error diffusion to four neighbours: low FLIP, high SSIMULACRA2; for photographs.",
        ((0, 0, 0, 7, 0),
         (0, 3, 5, 1, 0)), 16, "Floyd, Steinberg 1976", "Floyd-Steinberg", settled=True,
    ),
    DiffusionMatrix(
        "jarvis_judice_ninke", "Error diffusion to twelve neighbours: smooth, coarse-grained, a higher FLIP.",
        ((0, 0, 0, 7, 5),
         (3, 5, 7, 5, 3),
         (1, 3, 5, 3, 1)), 48, "Jarvis, Judice, Ninke 1976", "Jarvis-Judice-Ninke",
    ),
    DiffusionMatrix(
        "stucki", "Error diffusion to twelve neighbours: as Jarvis-Judice-Ninke, somewhat crisper.",
        ((0, 0, 0, 8, 4),
         (2, 4, 8, 4, 2),
         (1, 2, 4, 2, 1)), 42, "Stucki 1981",
    ),
    DiffusionMatrix(
        "burkes", "Error diffusion to seven neighbours in two rows: between Floyd-Steinberg and Stucki.",
        ((0, 0, 0, 8, 4),
         (2, 4, 8, 4, 2)), 32, "Burkes 1988",
    ),
    DiffusionMatrix(
        "sierra", "Error diffusion to ten neighbours: nearly Jarvis-Judice-Ninke, a little faster.",
        ((0, 0, 0, 5, 3),
         (2, 4, 5, 4, 2),
         (0, 2, 3, 2, 0)), 32, "Sierra 1989",
    ),
    DiffusionMatrix(
        "sierra_two_row", "Error diffusion to seven neighbours in two rows: softer than Burkes.",
        ((0, 0, 0, 4, 3),
         (1, 2, 3, 2, 1)), 16, "Sierra 1990",
    ),
    DiffusionMatrix(
        "sierra_lite", "Error diffusion to three neighbours: the fastest, next to Floyd-Steinberg by FLIP.",
        ((0, 0, 0, 2, 0),
         (0, 1, 1, 0, 0)), 4, "Sierra 1990",
    ),
    DiffusionMatrix(
        "atkinson", "Error diffusion of six eighths: crisp, with clean lights and shadows; for graphics.",
        ((0, 0, 0, 1, 1),
         (0, 1, 1, 1, 0),
         (0, 0, 1, 0, 0)), 8, "Atkinson 1984, in MacPaint",
    ),
)
# fmt: on


def error_diffusion(matrix: DiffusionMatrix) -> Callable[..., Labels]:
    """Return the dither that diffuses errors by `matrix`, named after it."""

    def diffuse(
        plane: Plane,
        target: Target,
        /,
        *,
        strength: Annotated[float, {"min": 0.0, "max": 1.0}] = 1.0,
        serpentine: bool = True,
        adaptive: bool = True,
        settled: bool = matrix.settled,
        steady: bool = True,
    ) -> Labels:
        labels = np.empty_like(plane.labels)
        if not labels.size:
            return labels
        scene = plane if steady else replace(plane, held=None)
        calm = find_calm(plane.rgb, plane.valid) if adaptive or settled else np.zeros_like(plane.labels)
        valid = np.empty((0, 0), np.bool_) if plane.valid is None else plane.valid
        held = np.empty((0, 0), np.int32) if scene.held is None else scene.held
        beside, below = _read_taps(matrix)
        shares = (strength * (_shares() if adaptive else np.ones(256))).astype(np.float32)
        _diffuse(
            plane.rgb, plane.labels, valid, held, calm, shares, bound_errors(target.colors), serpentine, beside,
            *below, target.table.reshape(-1), LIGHT[target.colors], LIGHT, CELL_OF_LIGHT, labels,
        )  # fmt: skip
        if settled:
            settle(scene, target, calm < 255 - _EVEN, strength, labels)
        return labels

    diffuse.__name__ = diffuse.__qualname__ = matrix.name
    diffuse.__doc__ = f"{matrix.summary}\n{_DETAILS.format(reference=matrix.reference)}"
    return diffuse


_DETAILS = """
    The error is carried in linear light, so that the mix has the brightness of the original; the
    nearest colour is chosen in the working space. Where nothing is carried, the exact nearest
    colour is taken: an image of palette colours stays as it is.

    Parameters
    ----------
    plane : Plane
        One whole plane of the image; no error enters or leaves pixels without data.
    target : Target
        The palette.
    strength : float
        How much of the error is carried, 0 (no dither at all) to 1.
    serpentine : bool
        Work every other row from right to left, against diagonal worms.
    adaptive : bool
        Carry somewhat less along edges and in noise, where dots only roughen the picture, and everything in
        flat areas and even gradients.
    settled : bool
        Choose the colours once more when all are there, each by what lacks on all sides of it: finer and
        truer, for up to twice the time of the dither. Not in flat areas and even gradients, where diffusion
        alone keeps the light.
    steady : bool
        In a stack, keep the labels of pixels that are of the same colour in the frame before. Without it
        any frame of a stack that is larger than memory can be looked at without those before it.

    Returns
    -------
    labels : ndarray of shape (H, W), uint8

    References
    ----------
    .. [1] {reference}.
"""


def _shares() -> npt.NDArray[np.float64]:
    """Return how much of an error is carried at each of 256 degrees of calm, (256,)."""
    return np.interp(255 - np.arange(256), [_EVEN, _ROUGH], [1.0, _IN_ROUGH])


def _read_taps(
    matrix: DiffusionMatrix,
) -> tuple[npt.NDArray[np.float32], tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float32]]]:
    """Return the two weights to the right, and rows, columns and weights of the neighbours below."""
    weights = np.array(matrix.rows, np.float32) / np.float32(matrix.parts)
    down, across = np.nonzero(weights[1:])
    return weights[0, _MARGIN + 1 :].copy(), (down + 1, across - _MARGIN, weights[1:][down, across])


@kernel
def _diffuse(  # type: ignore[no-untyped-def]
    rgb, labels, valid, held, calm, shares, far, serpentine, beside, downs, acrosses, weights,
    table, colors, light, cells, out,
):  # fmt: skip
    height, width = labels.shape
    zero, one, half = np.float32(0), np.float32(1), np.float32(0.5)
    top = np.float32(LIGHT_STEPS - 1)
    margin = 3 * _MARGIN
    errors = np.zeros((3, 3 * width + 2 * margin), np.float32)
    carried = np.zeros(3 * width + 2 * margin, np.float32)
    first, second = beside[0], beside[1]
    has_gaps, has_held = valid.size > 0, held.size > 0
    for row in range(height):
        step = -1 if serpentine and row % 2 == 1 else 1
        # What the rows above hand down needs no order: one SIMD pass for each neighbour.
        carried[:] = zero
        for tap in range(len(weights)):
            giver = row - downs[tap]  # its direction, not this row's, tells on which side "to the right" is
            source, weight = errors[giver % 3], weights[tap]
            shift = 3 * acrosses[tap] * (-1 if serpentine and giver % 2 == 1 else 1)
            for i in range(margin, margin + 3 * width):
                carried[i] += weight * source[i - shift]
        current = errors[row % 3]
        red1, green1, blue1 = zero, zero, zero  # the errors of the last pixel
        red2, green2, blue2 = zero, zero, zero  # and of the one before it
        column = 0 if step == 1 else width - 1
        for _ in range(width):
            i = margin + 3 * column
            label = labels[row, column]
            red, green, blue = zero, zero, zero
            if not has_gaps or valid[row, column]:
                share = shares[calm[row, column]]
                # What is not waiting for the last pixel comes first, and no branch hangs on the data: the
                # time goes into this one chain from error to error.
                red = (carried[i] + second * red2) * share + first * share * red1
                green = (carried[i + 1] + second * green2) * share + first * share * green1
                blue = (carried[i + 2] + second * blue2) * share + first * share * blue1
                is_touched = red != zero or green != zero or blue != zero
                # Errors are bounded, not what they add up to: light below zero is owed, and has to be kept in mind.
                red = light[rgb[row, column, 0]] + min(max(red, -far), far)
                green = light[rgb[row, column, 1]] + min(max(green, -far), far)
                blue = light[rgb[row, column, 2]] + min(max(blue, -far), far)
                if has_held and held[row, column] >= 0:
                    label = labels.dtype.type(held[row, column])
                elif is_touched:
                    own = np.uint32(rgb[row, column, 0] >> 2) << 12
                    own |= np.uint32(rgb[row, column, 1] >> 2) << 6
                    own |= np.uint32(rgb[row, column, 2] >> 2)
                    cell = np.uint32(cells[np.uint32(min(max(red, zero), one) * top + half)]) << 12
                    cell |= np.uint32(cells[np.uint32(min(max(green, zero), one) * top + half)]) << 6
                    cell |= np.uint32(cells[np.uint32(min(max(blue, zero), one) * top + half)])
                    near = table[cell]
                    label = label if cell == own else near  # within its own cell, the exact label is the better one
                red -= colors[label, 0]
                green -= colors[label, 1]
                blue -= colors[label, 2]
            current[i], current[i + 1], current[i + 2] = red, green, blue
            red2, green2, blue2 = red1, green1, blue1
            red1, green1, blue1 = red, green, blue
            out[row, column] = label
            column += step
