"""What of an image layer the window shows: its level, its crop, and no more pixels than the screen has."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from napari.layers import Image

from .frames import frame_shown
from .image_levels import read_levels
from .placement import copy_plane_placement

#: By so much may the screen have fewer pixels than the image before every second one is left out.
_UNSEEN = 0.25


@dataclass(frozen=True, eq=False)
class VisibleRegion:
    """A plane of pixels that is yet to be read.

    Attributes
    ----------
    pixels : array of shape (h, w), or (h, w, 3 or 4)
        A view, or a dask array that is computed when it is read.
    rgb : bool
        Whether the last axis holds channels.
    placement : dict
        Where the plane stands in the world, as keywords for a layer.
    """

    pixels: Any
    rgb: bool
    placement: dict[str, Any]

    def read(self) -> npt.NDArray[Any]:
        """Return the pixels in memory; on whatever thread this is called."""
        return np.ascontiguousarray(self.pixels)


def find_visible_region(viewer: Any, layer: Image) -> VisibleRegion | None:
    """Return what the canvas shows of an image layer; None if it shows no plane of rows and columns, or misses it.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    layer : Image
    """
    rgb, ndim = bool(layer.rgb), layer.ndim
    dims = viewer.dims
    if dims.ndisplay != 2 or tuple(dims.displayed) != (dims.ndim - 2, dims.ndim - 1):
        return None
    levels = read_levels(layer)
    level = min(int(layer.data_level), len(levels) - 1) if layer.multiscale else 0
    array = levels[level]
    plane = np.array(array.shape[ndim - 2 : ndim])
    finest = np.array(levels[0].shape[ndim - 2 : ndim])
    first, last = (np.asarray(corner)[-2:] for corner in layer.corner_pixels)
    first, last = np.clip(first, 0, plane - 1), np.clip(last + 1, 0, plane)
    if (last <= first).any():
        return None
    crowded = np.min((last - first) / np.maximum(np.array(viewer.canvas.size), 1))
    step = max(1, int(np.ceil(crowded - _UNSEEN)))
    place = _frame_of(array.shape[: ndim - 2], levels[0].shape[: ndim - 2], frame_shown(layer, dims.point))
    area = tuple(slice(int(start), int(stop), step) for start, stop in zip(first, last, strict=True))
    return VisibleRegion(array[(*place, *area)], rgb, _place(layer, first * finest / plane, step * finest / plane))


def _frame_of(shape: tuple[int, ...], finest: tuple[int, ...], frame: int) -> tuple[int, ...]:
    if not shape:
        return ()
    places = np.unravel_index(frame, finest)
    return tuple(int(place) * size // full for place, size, full in zip(places, shape, finest, strict=True))


def _place(layer: Image, start: npt.NDArray[Any], step: npt.NDArray[Any]) -> dict[str, Any]:
    """Return the placement of a plane whose pixels are `step` pixels of the layer large, from the pixel `start` on."""
    placement = copy_plane_placement(layer)
    scale = np.asarray(placement["scale"])
    return {**placement, "scale": scale * step, "translate": scale * (start + (step - 1) / 2)}
