"""Ordered dithers for any palette: a threshold map by position picks from each colour's mixing plan.

A plan is the sequence of palette colours whose mean, in linear light, is a given colour (Knoll's and
Yliluoma's idea), in the order of lightness. Only the cells of 4 x 4 x 4 levels that occur get one.
"""

from functools import cache
from importlib.resources import files
from typing import Annotated

import numpy as np
import numpy.typing as npt

from ..._runtime.jit import kernel
from ..._runtime.threads import map_blocks
from ..._typing import RGB8, Labels
from ._light import CELL_OF_LIGHT, LIGHT, LIGHT_STEPS, bound_errors
from ._scene import Plane, Plans, Target

SIZES = ("2x2", "4x4", "8x8", "16x16")
#: Palette colours in the longest plan; more would hardly be told apart.
MAX_LEVELS = 128
#: In the plans of blue noise, whose grain hides finer steps.
_BLUE_LEVELS = 64
#: Colours of which every channel is nearer than this many levels to the palette's are not mixed.
_CLOSE = 4
#: Rows and plans in one task of the thread pool.
_ROWS = 64
_PLANS = 512
#: Plans that are made side by side.
_ABREAST = 8


def bayer(
    plane: Plane,
    target: Target,
    /,
    *,
    size: Annotated[str, {"choices": SIZES}] = "8x8",
    strength: Annotated[float, {"min": 0.0, "max": 1.0}] = 1.0,
) -> Labels:
    """Ordered dither by a Bayer matrix: the same at every place and in every frame; compresses well.

    Parameters
    ----------
    plane : Plane
        Any block of a plane; the map lies by its origin, so that blocks join.
    target : Target
        The palette.
    size : {"2x2", "4x4", "8x8", "16x16"}
        Pixels of the pattern: larger ones mix more shades, smaller ones are finer.
    strength : float
        How far colours are mixed, 0 (no dither at all) to 1.

    Returns
    -------
    labels : ndarray of shape (H, W), uint8

    References
    ----------
    .. [1] Bayer B.E., "An optimum method for two-level rendition of continuous-tone pictures",
       IEEE Int. Conf. on Communications, 1973.
    .. [2] Knoll T., US patent 6606166 (expired 2019); Yliluoma J., "Arbitrary-palette positional
       dithering algorithm", 2011.
    """
    return _mix(plane, target, make_bayer(int(size.partition("x")[0])), strength, MAX_LEVELS)


def blue_noise(
    plane: Plane,
    target: Target,
    /,
    *,
    strength: Annotated[float, {"min": 0.0, "max": 1.0}] = 1.0,
) -> Labels:
    """Ordered dither by blue noise: by position as Bayer, with an even grain in place of a grid.

    Parameters
    ----------
    plane : Plane
        Any block of a plane; the map lies by its origin, so that blocks join.
    target : Target
        The palette.
    strength : float
        How far colours are mixed, 0 (no dither at all) to 1.

    Returns
    -------
    labels : ndarray of shape (H, W), uint8

    References
    ----------
    .. [1] Ulichney R., "The void-and-cluster method for dither array generation", Proc. SPIE 1913,
       1993. doi:10.1117/12.152707
    """
    return _mix(plane, target, read_blue_noise(), strength, _BLUE_LEVELS)


@cache
def make_bayer(side: int) -> npt.NDArray[np.uint8]:
    """Return the Bayer matrix of `side` 2, 4, 8 or 16: each of 0..side**2 - 1 once, (side, side) uint8."""
    matrix = np.zeros((1, 1), int)
    while len(matrix) < side:
        matrix = np.block([[4 * matrix, 4 * matrix + 2], [4 * matrix + 3, 4 * matrix + 1]])
    return matrix.astype(np.uint8)


@cache
def read_blue_noise() -> npt.NDArray[np.uint8]:
    """Return the blue-noise map, (128, 128) uint8: each of 256 levels equally often."""
    with files(__package__).joinpath("blue_noise.npy").open("rb") as file:
        ranks: npt.NDArray[np.uint8] = np.load(file)
    return ranks


def _mix(plane: Plane, target: Target, ranks: npt.NDArray[np.uint8], strength: float, most: int) -> Labels:
    if strength == 0 or not plane.labels.size:
        return plane.labels
    count = int(ranks.max()) + 1
    levels = min(count, most)
    plans = target.plans.setdefault((levels, strength), Plans.empty(levels, target.table.dtype))
    _add_plans(plans, plane.rgb, target, np.float32(strength))
    thresholds = (ranks // (count // levels)).astype(np.uint8)
    labels = np.empty_like(plane.labels)
    row, column = plane.origin

    def task(start: int, stop: int) -> None:
        _pick(
            plane.rgb[start:stop], plane.labels[start:stop], target.colors, target.table.reshape(-1),
            plans.labels, thresholds, row + start, column, labels[start:stop],
        )  # fmt: skip

    map_blocks(task, len(labels), _ROWS)
    return labels


def _add_plans(plans: Plans, rgb: RGB8, target: Target, strength: np.float32) -> None:
    """Make the plans of the cells that occur in `rgb` and have none."""
    occurs = np.zeros(len(plans.known), np.bool_)
    map_blocks(lambda start, stop: _mark_cells(rgb[start:stop], occurs), len(rgb), _ROWS)
    cells = np.flatnonzero(occurs & ~plans.known)
    light, widest = LIGHT[target.colors], bound_errors(target.colors)
    order = np.argsort(light @ np.array([0.2126, 0.7152, 0.0722], np.float32), kind="stable")

    def task(start: int, stop: int) -> None:
        _plan(
            cells[start:stop], target.table.reshape(-1), target.colors, light, order, widest, strength,
            LIGHT, CELL_OF_LIGHT, plans.labels,
        )  # fmt: skip

    map_blocks(task, len(cells), _PLANS)
    plans.known[cells] = True


@kernel
def _mark_cells(rgb, occurs):  # type: ignore[no-untyped-def]
    for row in range(rgb.shape[0]):
        for column in range(rgb.shape[1]):
            red, green, blue = rgb[row, column, 0], rgb[row, column, 1], rgb[row, column, 2]
            occurs[np.uint32(red >> 2) << 12 | np.uint32(green >> 2) << 6 | np.uint32(blue >> 2)] = True


@kernel
def _plan(cells, table, levels_of, colors, order, far, strength, light, cell_of_light, plans):  # type: ignore[no-untyped-def]
    levels = plans.shape[1]
    zero, one, half, top = np.float32(0), np.float32(1), np.float32(0.5), np.float32(LIGHT_STEPS - 1)
    goals = np.empty((_ABREAST, 3), np.float32)
    lacks = np.empty((_ABREAST, 3), np.float32)
    counts = np.empty(len(colors), np.int32)
    for start in range(0, len(cells), _ABREAST):
        count = min(_ABREAST, len(cells) - start)
        for i in range(count):
            for channel in range(3):
                level = (cells[start + i] >> (12 - 6 * channel) & 63) * 4
                goals[i, channel] = (light[level + 1] + light[level + 2]) * half  # the middle lies between two levels
                lacks[i, channel] = zero
        # Each step of a plan waits for the one before: several plans abreast fill the time.
        for step in range(levels):
            for i in range(count):
                red, green, blue = goals[i, 0] + lacks[i, 0], goals[i, 1] + lacks[i, 1], goals[i, 2] + lacks[i, 2]
                cell = np.uint32(cell_of_light[np.uint32(min(max(red, zero), one) * top + half)]) << 12
                cell |= np.uint32(cell_of_light[np.uint32(min(max(green, zero), one) * top + half)]) << 6
                cell |= np.uint32(cell_of_light[np.uint32(min(max(blue, zero), one) * top + half)])
                label = table[cell]
                plans[cells[start + i], step] = label
                lacks[i, 0] = min(max((red - colors[label, 0]) * strength, -far), far)
                lacks[i, 1] = min(max((green - colors[label, 1]) * strength, -far), far)
                lacks[i, 2] = min(max((blue - colors[label, 2]) * strength, -far), far)
        for i in range(count):
            cell = cells[start + i]
            plan = plans[cell]
            near = table[cell]
            off = np.float32(0)
            for channel in range(3):
                middle = np.float32((cell >> (12 - 6 * channel) & 63) * 4) + np.float32(1.5)
                off = max(off, abs(middle - np.float32(levels_of[near, channel])))
            if off < np.float32(_CLOSE):  # a dot in every few dozen pixels is worse than so small an error
                plan[:] = near
                continue
            counts[:] = 0
            for step in range(levels):
                counts[plan[step]] += 1
            used = 0
            for label in order:
                for _ in range(counts[label]):
                    plan[used] = label
                    used += 1


@kernel
def _pick(  # type: ignore[no-untyped-def]
    rgb, labels, colors, table, plans, thresholds, first_row, first_column, out
):
    side = len(thresholds)
    mask = np.uint32(side - 1)
    for row in range(labels.shape[0]):
        line = thresholds[(first_row + row) % side]
        for column in range(labels.shape[1]):
            red, green, blue = rgb[row, column, 0], rgb[row, column, 1], rgb[row, column, 2]
            exact = labels[row, column]
            picked = exact
            if red != colors[exact, 0] or green != colors[exact, 1] or blue != colors[exact, 2]:
                cell = np.uint32(red >> 2) << 12 | np.uint32(green >> 2) << 6 | np.uint32(blue >> 2)
                picked = plans[cell, line[np.uint32(first_column + column) & mask]]
                if picked == table[cell]:  # where the plan says "the nearest", the exact label is the better one
                    picked = exact
            out[row, column] = picked
