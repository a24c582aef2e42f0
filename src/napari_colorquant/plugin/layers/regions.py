"""Regions to measure in: another Labels layer, or the shapes of a Shapes layer, on the grid of a result."""

from typing import Any

import numpy as np
import numpy.typing as npt
from napari.layers import Labels, Layer, Shapes


def region_labels(layer: Layer, result: Labels) -> npt.NDArray[Any]:
    """Return the regions of a layer as integers in the pixels of a result.

    Parameters
    ----------
    layer : Labels or Shapes
        Labels of the result's shape, or of the shape of its planes, which then hold in every frame.
        Shapes are numbered from 1 in their order, wherever the layer stands in the world.
    result : Labels

    Returns
    -------
    regions : ndarray of shape (..., H, W), int
        0 outside every region.

    Raises
    ------
    ValueError
        If a Labels layer has another shape, or there are no shapes.
    TypeError
        For another kind of layer.
    """
    shape = tuple(result.data.shape)
    if isinstance(layer, Shapes):
        return np.broadcast_to(_draw_shapes(layer, result, shape), shape)
    if not isinstance(layer, Labels):
        raise TypeError(f"regions must be a Labels or Shapes layer, got {type(layer).__name__} {layer.name!r}")
    values = np.asarray(layer.data[0] if layer.multiscale else layer.data)
    if values.shape not in (shape, shape[-values.ndim :]):
        raise ValueError(f"regions must have the shape of the result, {shape}, got {values.shape} in {layer.name!r}")
    return np.broadcast_to(values, shape)


def _draw_shapes(layer: Shapes, result: Labels, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    if not layer.nshapes:
        raise ValueError(f"there must be at least one shape to measure in, got none in {layer.name!r}")
    ndim = layer.ndim
    grid = shape[len(shape) - ndim :]
    moved = [np.array([_to_pixels(layer, result, vertex) for vertex in vertices]) for vertices in layer.data]
    drawn = Shapes(moved, shape_type=list(layer.shape_type), ndim=ndim)
    regions: npt.NDArray[np.int64] = drawn.to_labels(grid)
    return regions


def _to_pixels(layer: Shapes, result: Labels, vertex: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a vertex of a Shapes layer in the pixels of the result."""
    world = np.asarray(layer.data_to_world(vertex))
    padded = np.concatenate([np.zeros(max(result.ndim - len(world), 0)), world])
    pixels: npt.NDArray[Any] = np.asarray(result.world_to_data(padded))[-len(vertex) :]
    return pixels
