"""Which palette colour is nearest: the kernel that all rooms share."""

import numpy as np
import numpy.typing as npt

from ._jit import kernel
from ._typing import Colors, Labels
from .threads import map_blocks

#: Colours in one task of the thread pool.
BLOCK = 1 << 15
#: Colours that one pass over the palette works on: few enough to stay in the first-level cache.
_STRIP = 2048


def nearest(colors: Colors, palette: Colors) -> Labels:
    """Return the index of the nearest palette colour of each colour.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        Coordinates on 1 to 3 axes.
    palette : ndarray of shape (K, A), float32
        1 to 256 palette colours on the same axes.

    Returns
    -------
    labels : ndarray of shape (N,), uint8
        The palette index with the smallest squared Euclidean distance; the lowest index on a tie.
    """
    return nearest_with_distance(colors, palette)[0]


def nearest_with_distance(colors: Colors, palette: Colors) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Return what `nearest` returns, and the squared distances, (N,) float32."""
    colors, palette = three_axes(colors), three_axes(palette)
    labels = np.empty(len(colors), np.uint8)
    distances = np.empty(len(colors), np.float32)

    def task(start: int, stop: int) -> None:
        _nearest(colors[start:stop], palette, labels[start:stop], distances[start:stop])

    map_blocks(task, len(colors), BLOCK)
    return labels, distances


def three_axes(coordinates: Colors) -> Colors:
    """Return `coordinates` with zeros as the missing axes, so that one kernel serves 1 to 3 axes."""
    coordinates = np.ascontiguousarray(coordinates, np.float32)
    if (missing := 3 - coordinates.shape[1]) == 0:
        return coordinates
    return np.pad(coordinates, ((0, 0), (0, missing)))


@kernel
def _nearest(colors, palette, labels, distances):  # type: ignore[no-untyped-def]
    # Separate contiguous strips for the axes, and the palette in the outer loop, let LLVM vectorise
    # the inner one: about 3 billion distances a second on one core.
    x = np.empty(_STRIP, np.float32)
    y = np.empty(_STRIP, np.float32)
    z = np.empty(_STRIP, np.float32)
    best = np.empty(_STRIP, np.float32)
    index = np.empty(_STRIP, np.int32)
    for start in range(0, len(colors), _STRIP):
        count = min(_STRIP, len(colors) - start)
        for i in range(count):
            x[i] = colors[start + i, 0]
            y[i] = colors[start + i, 1]
            z[i] = colors[start + i, 2]
            best[i] = np.float32(np.inf)
            index[i] = 0
        for k in range(len(palette)):
            px, py, pz = palette[k, 0], palette[k, 1], palette[k, 2]
            label = np.int32(k)
            for i in range(count):
                dx = x[i] - px
                dy = y[i] - py
                dz = z[i] - pz
                distance = dx * dx + dy * dy + dz * dz
                nearer = distance < best[i]
                best[i] = distance if nearer else best[i]
                index[i] = label if nearer else index[i]
        for i in range(count):
            labels[start + i] = np.uint8(index[i])
            distances[start + i] = best[i]
