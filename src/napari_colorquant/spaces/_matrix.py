"""A 3 x 3 matrix over an array of colours."""

import numpy as np

from .._jit import kernel
from .._typing import Colors


def transform(colors: Colors, matrix: Colors) -> Colors:
    """Return ``matrix @ color`` for each colour, (N, 3) float32.

    A loop of our own: BLAS starts threads, and rounds a colour differently at the end of an array.
    """
    transformed = np.empty_like(colors)
    _transform(colors, matrix, transformed)
    return transformed


@kernel
def _transform(colors, matrix, transformed):  # type: ignore[no-untyped-def]
    for i in range(len(colors)):
        x, y, z = colors[i, 0], colors[i, 1], colors[i, 2]
        for axis in range(3):
            transformed[i, axis] = matrix[axis, 0] * x + matrix[axis, 1] * y + matrix[axis, 2] * z
