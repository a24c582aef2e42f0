"""Picking a colour from an image: the next click on the canvas reads the pixel under it."""

from collections.abc import Callable
from typing import Any

import numpy as np
from napari.layers import Image

from ...pixels.intensities import Scale
from ...pixels.pick import read_color
from ..layers.image_levels import read_levels

#: A click is a press that does not move the mouse by more canvas pixels than this; more pans as usual.
_STILL = 3.0


class ColorPicker:
    """Waits for one click on an image.

    Parameters
    ----------
    viewer : napari.Viewer
    source : Image
        Whose pixels are read.
    scale : Scale
        How its intensities become 0..1, as in the recipe.
    on_picked : callable
        Gets the colour, (3,) uint8 of sRGB; not called for clicks beside the image.
    """

    def __init__(
        self, viewer: Any, source: Image, scale: Scale, on_picked: Callable[[np.ndarray[Any, Any]], None]
    ) -> None:
        self._viewer, self._source, self._scale, self._on_picked = viewer, source, scale, on_picked
        viewer.mouse_drag_callbacks.append(self._on_press)

    def cancel(self) -> None:
        """Wait no longer."""
        if self._on_press in self._viewer.mouse_drag_callbacks:
            self._viewer.mouse_drag_callbacks.remove(self._on_press)

    def _on_press(self, viewer: Any, event: Any) -> Any:
        start = np.asarray(event.pos)
        yield
        while event.type == "mouse_move":
            if np.abs(np.asarray(event.pos) - start).max() > _STILL:
                return
            yield
        color = color_at(self._source, event.position, self._scale)
        if color is not None:
            self.cancel()
            self._on_picked(color)


def color_at(source: Image, position: Any, scale: Scale = "dtype") -> np.ndarray[Any, Any] | None:
    """Return the colour of an image layer at a place in the world, (3,) uint8 of sRGB; None beside it.

    Parameters
    ----------
    source : Image
    position : sequence of float
        World coordinates, at least as many as the layer has dimensions.
    scale : Scale
        How intensities become 0..1, see `napari_colorquant.pixels.source.open_source`.
    """
    place = np.rint(source.world_to_data(position)).astype(int)
    return read_color(read_levels(source)[0], [int(index) for index in place], rgb=source.rgb, scale=scale)
