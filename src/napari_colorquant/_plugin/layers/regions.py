"""Regions of interest on the pixels of a layer: those of a Labels layer, or the shapes of a Shapes layer.

The design of a palette and the measuring read them here, so both take the same pixels.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from napari.layers import Image, Labels, Layer, Shapes

from .image_levels import full_resolution


def read_regions(layer: Layer, target: Image | Labels) -> npt.NDArray[Any]:
    """Return the regions of a layer as integers on the pixels of another layer.

    Parameters
    ----------
    layer : Labels or Shapes
        Labels lie pixel on pixel: of the target's shape, or of the shape of its planes, which then hold in every
        frame. Shapes are numbered from 1 in their order, and lie where they are in the world; shapes in the plane
        hold in every frame. A line or path marks the pixels under its middle, however wide it is.
    target : Image or Labels
        With rows and columns as its last axes; of a multiscale layer, the finest level counts.

    Returns
    -------
    regions : ndarray of shape (..., H, W), int
        0 outside every region. A view without memory of its own where one plane holds in every frame.

    Raises
    ------
    ValueError
        If a Labels layer has another shape, or there are no shapes.
    TypeError
        For another kind of layer.
    """
    return np.broadcast_to(_read_planes(layer, target), _pixel_shape(target))


def read_region_mask(layer: Layer, target: Image | Labels) -> npt.NDArray[np.bool_]:
    """Return the pixels of a layer that lie in any of the regions, (..., H, W) bool; see `read_regions`.

    Raises
    ------
    ValueError
        As `read_regions`, and if no pixel is marked.
    """
    marked = _read_planes(layer, target) != 0
    if not marked.any():
        raise ValueError(f"the region {layer.name!r} must mark at least one pixel, got none")
    return np.broadcast_to(marked, _pixel_shape(target))


def _pixel_shape(target: Image | Labels) -> tuple[int, ...]:
    return tuple(full_resolution(target).shape[: target.ndim])


def _read_planes(layer: Layer, target: Image | Labels) -> npt.NDArray[Any]:
    """Return regions that broadcast to the pixels of the target."""
    shape = _pixel_shape(target)
    if isinstance(layer, Shapes):
        return _draw_shapes(layer, target, shape)
    if not isinstance(layer, Labels):
        raise TypeError(f"regions must be a Labels or Shapes layer, got {type(layer).__name__} {layer.name!r}")
    values = np.asarray(full_resolution(layer))
    if values.shape not in (shape, shape[-values.ndim :]):
        raise ValueError(
            f"the regions must have the shape of the image, {shape}, or of its planes, "
            f"got {values.shape} in {layer.name!r}"
        )
    return values


def _draw_shapes(layer: Shapes, target: Image | Labels, shape: tuple[int, ...]) -> npt.NDArray[np.int64]:
    if not layer.nshapes:
        raise ValueError(f"there must be at least one shape as a region, got none in {layer.name!r}")
    moved = [_to_pixels(layer, target, vertices) for vertices in layer.data]
    ndim = moved[0].shape[1]
    drawn = Shapes(moved, shape_type=list(layer.shape_type), ndim=ndim)
    regions: npt.NDArray[np.int64] = drawn.to_labels(shape[len(shape) - ndim :])
    return regions


def _to_pixels(layer: Shapes, target: Layer, vertices: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Return vertices of a Shapes layer in the pixels of the target; axes that it does not have are left out."""
    world = np.array([layer.data_to_world(vertex) for vertex in vertices])
    padded = np.pad(world, ((0, 0), (max(target.ndim - layer.ndim, 0), 0)))
    pixels = np.array([target.world_to_data(point[-target.ndim :]) for point in padded])
    return pixels[:, -layer.ndim :]
