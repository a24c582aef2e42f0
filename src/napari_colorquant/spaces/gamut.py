"""Chroma and the sRGB gamut: how far a colour is from gray, and how much of that there is room for."""

import numpy as np
import numpy.typing as npt

from .._typing import Colors
from ._space import Space

#: Halvings of the way to gray that find the gamut's border, to 1/1000 of the chroma.
_HALVINGS = 10
#: Light beyond 0..1 that is rounding, not out of gamut.
_TOLERANCE = 1e-4


def draw_into_gamut(space: Space, coordinates: Colors) -> Colors:
    """Return `coordinates`, (N, A) float32, with as much of their chroma as the sRGB gamut has room for."""
    outside = np.flatnonzero(~_is_inside(space, coordinates))
    if not len(outside):
        return coordinates
    axes = [space.axes.index(name) for name in space.chroma]
    drawn = coordinates.copy()
    full = coordinates[outside]
    low, high = np.zeros(len(outside), np.float32), np.ones(len(outside), np.float32)
    trial = full.copy()
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        trial[:, axes] = full[:, axes] * middle[:, None]
        inside = _is_inside(space, trial)
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    trial[:, axes] = full[:, axes] * low[:, None]
    drawn[outside] = trial
    return drawn


def measure_chroma(space: Space, coordinates: Colors) -> npt.NDArray[np.float32]:
    """Return the distance from gray in the plane of the chroma axes, (N,) float32."""
    chroma: npt.NDArray[np.float32] = np.hypot(*chroma_part(space, coordinates).T)
    return chroma


def chroma_part(space: Space, coordinates: Colors) -> Colors:
    """Return the coordinates on the two chroma axes, (N, 2) float32."""
    return coordinates[:, [space.axes.index(name) for name in space.chroma]]


def _is_inside(space: Space, coordinates: Colors) -> npt.NDArray[np.bool_]:
    rgb = space.to_rgb(coordinates)
    inside: npt.NDArray[np.bool_] = np.all((rgb >= -_TOLERANCE) & (rgb <= 1 + _TOLERANCE), axis=1)
    return inside
