"""Maximin: always the colour that lies farthest from those chosen (Gonzalez 1985)."""

import numpy as np

from .._runtime.jit import kernel
from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.four_axes import four_columns


def maximin(colors: Colors, weights: Weights, n_colors: int, /) -> Colors:
    """Farthest-point palette: keeps rare, strong colours; high error for the rest.

    Starts at the colour farthest from the mean of all, and adds the colour whose distance to the
    nearest chosen one is largest. All are colours of the image.


    References
    ----------
    .. [1] Gonzalez T. Clustering to minimize the maximum intercluster distance. Theor. Comput. Sci. 38, 1985.
       doi:10.1016/0304-3975(85)90224-5
    """
    checkpoint(0.0)
    palette = farthest_points(colors, weights, n_colors)
    return palette


def farthest_points(colors: Colors, weights: Weights, count: int) -> Colors:
    """Return `count` of the colours, (N, 1 to 4), each the farthest from those before it; the first, from the mean."""
    palette = np.empty((count, 4), np.float32)
    columns, mean = four_columns(colors), np.zeros(4, np.float32)
    mean[: colors.shape[1]] = np.average(colors, axis=0, weights=weights.astype(np.float64))
    _choose_farthest(columns, mean, palette)
    return np.ascontiguousarray(palette[:, : colors.shape[1]])


@kernel
def _choose_farthest(axes, mean, palette):  # type: ignore[no-untyped-def]
    x, y, z, a = axes[0], axes[1], axes[2], axes[3]
    distances = np.full(len(x), np.float32(np.inf))
    bits = distances.view(np.int32)  # as in `clustering.nearest.search`
    px, py, pz, pa = mean[0], mean[1], mean[2], mean[3]
    for k in range(len(palette)):
        for i in range(len(x)):
            dx, dy, dz, da = x[i] - px, y[i] - py, z[i] - pz, a[i] - pa
            bits[i] = min(bits[i], np.float32(dx * dx + dy * dy + dz * dz + da * da).view(np.int32))
        farthest = np.argmax(distances)
        px, py, pz, pa = x[farthest], y[farthest], z[farthest], a[farthest]
        palette[k, 0], palette[k, 1], palette[k, 2], palette[k, 3] = px, py, pz, pa
        if k == 0:
            distances[:] = np.float32(np.inf)  # from here on, the distance to the palette
