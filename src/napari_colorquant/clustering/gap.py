"""The widest gap among points: how far one has to step at least to get from any of them to any other."""

import numpy as np

from .._runtime.jit import kernel
from .._typing import Colors


def find_widest_gap(points: Colors) -> float:
    """Return the widest gap that a walk over all points has to cross.

    Parameters
    ----------
    points : ndarray of shape (K, A), float32
        At least one; points may be equal.

    Returns
    -------
    widest : float
        The longest edge of the shortest tree that joins all points (Prim 1957); 0 if they are all equal.
    """
    return float(np.sqrt(_find_widest(np.ascontiguousarray(points))))


@kernel
def _find_widest(points):  # type: ignore[no-untyped-def]
    count, axes = points.shape
    apart = np.full(count, np.float32(np.inf))
    is_reached = np.zeros(count, np.bool_)
    newest, widest = 0, np.float32(0)
    for _ in range(count - 1):
        is_reached[newest] = True
        following = -1
        for i in range(count):
            if is_reached[i]:
                continue
            distance = np.float32(0)
            for axis in range(axes):
                step = points[i, axis] - points[newest, axis]
                distance += step * step
            apart[i] = min(apart[i], distance)
            if following < 0 or apart[i] < apart[following]:
                following = i
        widest = max(widest, apart[following])
        newest = following
    return widest
