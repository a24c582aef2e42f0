"""Where a layer stands in the world, as keywords for a layer beside or on it."""

from typing import Any

import numpy as np
from napari.layers import Layer


def copy_placement(source: Layer) -> dict[str, Any]:
    """Return where a layer stands in the world, as keywords for a layer of the same shape."""
    return {
        "scale": source.scale,
        "translate": source.translate,
        "rotate": source.rotate,
        "shear": source.shear,
        "affine": source.affine.affine_matrix,
        "units": source.units,
        "axis_labels": source.axis_labels,
    }


def copy_plane_placement(source: Layer) -> dict[str, Any]:
    """Return where the last two axes of a layer stand in the world, as keywords for a layer in the plane."""
    scale = np.asarray(source.scale)[-2:]
    origin = np.zeros(source.ndim)
    start = np.asarray(source.data_to_world(origin))[-2:]
    affine = np.eye(3)
    affine[:2, 2] = start
    for axis in range(2):
        step = origin.copy()
        step[source.ndim - 2 + axis] = 1
        affine[:2, axis] = (np.asarray(source.data_to_world(step))[-2:] - start) / scale[axis]
    return {
        "scale": scale,
        "affine": affine,
        "units": source.units[-2:],
        "axis_labels": source.axis_labels[-2:],
    }
