"""What it costs to merge two clusters: by how much it raises their squared distances (Ward 1963)."""

import numpy as np

from .._runtime.jit import kernel

#: Clusters whose costs are found at once.
_STRIP = 256


@kernel
def find_partner(i, x, y, z, a, weight, costs):  # type: ignore[no-untyped-def]
    """Return with which of the clusters after it cluster `i` is merged at the least cost, `i` itself if with none.

    That cost is left in ``costs[i]``; the costs after it serve as scratch.

    Parameters
    ----------
    i : int
    x, y, z, a : ndarray of shape (N,), float32
        The means. Where `x` is infinite, there is no cluster any more.
    weight : ndarray of shape (N,), float32
        All > 0.
    costs : ndarray of shape (N,), float32

    References
    ----------
    .. [1] Ward J. Hierarchical grouping to optimize an objective function. J. Am. Stat. Assoc. 58(301), 1963.
       doi:10.1080/01621459.1963.10500845
    """
    # Strips of contiguous numbers vectorise. So does the minimum of integers, unlike that of floats,
    # and the bits of floats >= 0 are in the same order: few strips are searched one by one.
    xi, yi, zi, ai, wi = x[i], y[i], z[i], a[i], weight[i]
    best, least = i, np.float32(np.inf)
    for start in range(i + 1, len(x), _STRIP):
        stop = min(start + _STRIP, len(x))
        strip = costs[start:stop]
        xs, ys, zs, four, ws = x[start:stop], y[start:stop], z[start:stop], a[start:stop], weight[start:stop]
        for j in range(len(strip)):
            dx, dy, dz, da = xs[j] - xi, ys[j] - yi, zs[j] - zi, four[j] - ai
            strip[j] = (dx * dx + dy * dy + dz * dz + da * da) * (wi * ws[j] / (wi + ws[j]))
        lowest = np.int32(0x7F800000)
        for bits in strip.view(np.int32):
            lowest = min(lowest, bits)
        if lowest < np.float32(least).view(np.int32):
            for j in range(len(strip)):
                if strip[j] < least:
                    best, least = start + j, strip[j]
    costs[i] = least
    return best
