"""CIEDE2000: how different two colours look, 1 being about the least that an eye tells apart.

Photographs have millions of pixels, so the kernels are free of trigonometry and run as SIMD code on
planes (L*, a* and b* apart, (3, N) float32): the mean hue is a direction, the bisector of two, and
what depends on its angle is read from a table. 8 ns a pair, a twentieth of the textbook's steps.
"""

import numpy as np
import numpy.typing as npt

from .._checks import as_floats
from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import Colors, Levels
from ..pixels.rgb_profile import RgbProfile
from .lab import levels_to_lab_planes, linear_to_lab

#: Pixels that a thread takes at a time: so few that their coordinates stay in its cache.
BLOCK = 1 << 14
#: Entries of the hue table in each quadrant; linear between them, its error is below 1e-5.
_STEPS = 1024


def ciede2000(lab: Colors, others: Colors) -> Colors:
    """Return the CIEDE2000 difference of pairs of colours.

    Parameters
    ----------
    lab, others : ndarray of shape (N, 3), float32
        CIELAB coordinates (D65, L* in 0..100), as ``SPACES["lab"].from_srgb`` returns them.

    Returns
    -------
    differences : ndarray of shape (N,), float32
        0 for equal colours, at most about 120 within sRGB; symmetric. They agree with
        `skimage.color.deltaE_ciede2000` to 1e-5 of the difference.

    Raises
    ------
    ValueError
        If the arrays differ in shape or are not (N, 3).

    References
    ----------
    .. [1] Sharma G., Wu W., Dalal E.N., "The CIEDE2000 color-difference formula: implementation notes,
       supplementary test data, and mathematical observations", Color Res. Appl. 30(1), 2005.
       doi:10.1002/col.20070
    """
    lab, others = as_floats("lab", lab), as_floats("others", others)
    if lab.shape != others.shape or lab.ndim != 2 or lab.shape[1] != 3:
        raise ValueError(f"lab and others must both have shape (N, 3), got {lab.shape} and {others.shape}")
    differences = np.empty(len(lab), np.float32)

    def task(start: int, stop: int) -> None:
        planes, other_planes = (np.ascontiguousarray(colors[start:stop].T) for colors in (lab, others))
        subtract_planes(planes, other_planes, differences[start:stop])

    map_blocks(task, len(lab), BLOCK)
    return differences


def rgb_difference(rgb: Levels, others: Levels, differences: Colors, profile: RgbProfile | None = None) -> None:
    """Write the CIEDE2000 difference of pairs of colours of one depth into `differences`, (N,) float32.

    On the calling thread and for at most some `BLOCK` pixels: for those who cut the work themselves. The colours
    are sRGB, or those of `profile`, of which none is clipped.
    """
    subtract_planes(lab_planes(rgb, profile), lab_planes(others, profile), differences)


def lab_planes(levels: Levels, profile: RgbProfile | None = None) -> Colors:
    """Return L*, a* and b* as planes, (3, N) float32, of sRGB levels, (N, 3), or of those of a profile."""
    if profile is None:
        return levels_to_lab_planes(levels)
    return np.ascontiguousarray(linear_to_lab(profile.to_linear(levels)).T)


def subtract_planes(lab: Colors, others: Colors, differences: Colors) -> None:
    """Write the CIEDE2000 difference of pairs, planes (3, N) float32, into `differences`, (N,); on this thread."""
    # Three kernels, and not one that calls them: within one, the compiler cannot tell their arrays apart
    # and gives up on SIMD code.
    hue = np.empty((2, lab.shape[1]), np.float32)
    _find_mean_hues(lab, others, differences)
    _look_up_hues(differences, *_HUE, hue)
    _combine(lab, others, hue, differences)


def _tabulate_hue() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    # By "diamond angle", 0..4: where a direction meets |x| + |y| = 1, which takes a division and no arctangent.
    quadrant, along = np.divmod(np.arange(4 * _STEPS + 2) / _STEPS, 1.0)
    degrees = (90 * quadrant + np.degrees(np.arctan2(along, 1 - along))) % 360
    hue = np.radians(degrees)
    weight = (
        1
        - 0.17 * np.cos(hue - np.radians(30))
        + 0.24 * np.cos(2 * hue)
        + 0.32 * np.cos(3 * hue + np.radians(6))
        - 0.20 * np.cos(4 * hue - np.radians(63))
    )
    turn = np.sin(2 * np.radians(30 * np.exp(-(((degrees - 275) / 25) ** 2))))
    return weight.astype(np.float32), turn.astype(np.float32)


#: T and sin(2 delta theta) of the standard, by the diamond angle of the mean hue.
_HUE = _tabulate_hue()


@kernel
def _chroma_share(chroma):  # type: ignore[no-untyped-def]
    # sqrt(C^7 / (C^7 + 25^7)), by the ratio to 25 so that float32 does not overflow.
    ratio = chroma / np.float32(25)
    square = ratio * ratio
    power = square * square * square * ratio
    return np.sqrt(power / (power + np.float32(1)))


@kernel
def _stretch(a1, b1, a2, b2):  # type: ignore[no-untyped-def]
    # 1 + G: by what a* grows among near-grays.
    mean_chroma = np.float32(0.5) * (np.sqrt(a1 * a1 + b1 * b1) + np.sqrt(a2 * a2 + b2 * b2))
    return np.float32(1.5) - np.float32(0.5) * _chroma_share(mean_chroma)


@kernel
def _side(a1, b1, a2, b2):  # type: ignore[no-untyped-def]
    # 1 if the shorter way from the first hue to the second is counterclockwise, else -1. For opposite hues
    # the standard subtracts the angles in 0..360 as they are: up from the upper half of the plane, else down.
    cross = a1 * b2 - a2 * b1
    is_lower = (b1 < 0) | ((b1 == 0) & (a1 < 0))
    return np.float32(-1) if (cross < 0) | ((cross == 0) & is_lower) else np.float32(1)


@kernel
def _diamond_angle(x, y):  # type: ignore[no-untyped-def]
    along = y / (abs(x) + abs(y) + np.float32(1e-30))
    right = along if along >= 0 else np.float32(4) + along
    return np.float32(2) - along if x < 0 else right


@kernel
def _find_mean_hues(lab, others, places):  # type: ignore[no-untyped-def]
    # Rows as 1-D arrays, here and below: indexing two axes would keep the loop from becoming SIMD code.
    a_plane, b_plane, other_a, other_b = lab[1], lab[2], others[1], others[2]
    for i in range(places.size):
        b1, b2 = b_plane[i], other_b[i]
        stretch = _stretch(a_plane[i], b1, other_a[i], b2)
        a1, a2 = a_plane[i] * stretch, other_a[i] * stretch
        chroma1, chroma2 = np.sqrt(a1 * a1 + b1 * b1), np.sqrt(a2 * a2 + b2 * b2)
        # The sum of the two directions; beyond a right angle, where it would cancel, their difference turned
        # by a right angle to the side on which the second lies.
        side = _side(a1, b1, a2, b2)
        is_near = a1 * a2 + b1 * b2 >= 0
        x = a1 * chroma2 + a2 * chroma1 if is_near else side * (b2 * chroma1 - b1 * chroma2)
        y = b1 * chroma2 + b2 * chroma1 if is_near else side * (a1 * chroma2 - a2 * chroma1)
        places[i] = _diamond_angle(x, y) * np.float32(_STEPS)


@kernel
def _look_up_hues(places, weights, turns, hue):  # type: ignore[no-untyped-def]
    for i in range(places.size):  # a loop of its own: reading a table is the one step that is not SIMD code
        step = np.uint32(places[i])
        share = places[i] - np.float32(step)
        hue[0, i] = weights[step] + share * (weights[step + 1] - weights[step])
        hue[1, i] = turns[step] + share * (turns[step + 1] - turns[step])


@kernel
def _combine(lab, others, hue, differences):  # type: ignore[no-untyped-def]
    zero, half, one, two = np.float32(0), np.float32(0.5), np.float32(1), np.float32(2)
    lightness_plane, a_plane, b_plane = lab[0], lab[1], lab[2]
    other_lightness, other_a, other_b = others[0], others[1], others[2]
    weight, turn = hue[0], hue[1]
    for i in range(differences.size):
        b1, b2 = b_plane[i], other_b[i]
        stretch = _stretch(a_plane[i], b1, other_a[i], b2)
        a1, a2 = a_plane[i] * stretch, other_a[i] * stretch
        chroma1, chroma2 = np.sqrt(a1 * a1 + b1 * b1), np.sqrt(a2 * a2 + b2 * b2)

        # 2 sqrt(C1 C2) sin(h / 2) without the angle, from the inner and the outer product: for hues less than
        # a right angle apart from the one, else from the other, so that nothing cancels.
        dot = a1 * a2 + b1 * b2
        cross = a1 * (b2 - b1) - b1 * (a2 - a1)
        near = cross / np.sqrt(max(half * (chroma1 * chroma2 + dot), np.float32(1e-30)))
        far = _side(a1, b1, a2, b2) * np.sqrt(max(two * (chroma1 * chroma2 - dot), zero))
        hue_step = near if dot >= 0 else far

        lightness = half * (lightness_plane[i] + other_lightness[i]) - np.float32(50)
        chroma = half * (chroma1 + chroma2)
        square = lightness * lightness
        lightness_scale = one + np.float32(0.015) * square / np.sqrt(np.float32(20) + square)
        lightness_part = (other_lightness[i] - lightness_plane[i]) / lightness_scale
        chroma_part = (chroma2 - chroma1) / (one + np.float32(0.045) * chroma)
        hue_part = hue_step / (one + np.float32(0.015) * chroma * weight[i])
        rotation = two * _chroma_share(chroma) * turn[i]
        total = lightness_part * lightness_part + chroma_part * chroma_part + hue_part * hue_part
        differences[i] = np.sqrt(max(total - rotation * chroma_part * hue_part, zero))
