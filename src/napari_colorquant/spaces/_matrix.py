"""A 3 x 3 matrix, or a factor for each axis, over an array of colours."""

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._typing import Colors


def transform(colors: Colors, matrix: Colors, out: Colors | None = None) -> Colors:
    """Return ``matrix @ color`` for each colour, (N, 3) float32; `out` may be `colors` itself.

    A loop of our own: BLAS starts threads, and rounds a colour differently at the end of an array.
    """
    out = np.empty_like(colors) if out is None else out
    _transform(colors, matrix, out)
    return out


def scale_axes(coordinates: Colors, axes: npt.NDArray[np.int64], factors: Colors) -> Colors:
    """Return some `axes`, (A,), of `coordinates`, (N, B) float32, each times its factor: (N, A) float32, contiguous.

    NumPy takes many times as long for so short rows.
    """
    scaled = np.empty((len(coordinates), len(axes)), np.float32)
    _scale_axes(np.ascontiguousarray(coordinates, np.float32), axes, factors, scaled)
    return scaled


@kernel
def _scale_axes(coordinates, axes, factors, scaled):  # type: ignore[no-untyped-def]
    if len(axes) == 3:  # as nearly always: without a loop over them, it takes a sixth of the time
        a, b, c = axes[0], axes[1], axes[2]
        u, v, w = factors[0], factors[1], factors[2]
        for i in range(len(scaled)):
            x, y, z = coordinates[i, a], coordinates[i, b], coordinates[i, c]
            scaled[i, 0], scaled[i, 1], scaled[i, 2] = x * u, y * v, z * w
        return
    for i in range(len(scaled)):
        for place in range(len(axes)):
            scaled[i, place] = coordinates[i, axes[place]] * factors[place]


@kernel
def _transform(colors, matrix, out):  # type: ignore[no-untyped-def]
    # The matrix in variables: `out` might overlap it, for all that the compiler knows.
    m00, m01, m02 = matrix[0, 0], matrix[0, 1], matrix[0, 2]
    m10, m11, m12 = matrix[1, 0], matrix[1, 1], matrix[1, 2]
    m20, m21, m22 = matrix[2, 0], matrix[2, 1], matrix[2, 2]
    for i in range(len(colors)):
        x, y, z = colors[i, 0], colors[i, 1], colors[i, 2]
        out[i, 0] = m00 * x + m01 * y + m02 * z
        out[i, 1] = m10 * x + m11 * y + m12 * z
        out[i, 2] = m20 * x + m21 * y + m22 * z
