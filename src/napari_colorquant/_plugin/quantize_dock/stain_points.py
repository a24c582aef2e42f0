"""Colours of stains under points that are set in the image: two or three places, each of one stain alone."""

from typing import Any

import numpy as np
from napari.layers import Image, Points

from ...spaces.stains import pick_colors
from ..layers.image_levels import full_resolution
from ..layers.provenance import read_metadata

_NAME = "stains"
_ADVICE = "Click on two or three places, each of one stain alone; then pick again."


def pick_at_points(viewer: Any, image: Image | None) -> tuple[str, ...]:
    """Return the colours of an image under the points of a layer: of the active one, or the topmost.

    Raises
    ------
    ValueError
        With what is to be done: if there is no image, no Points layer (then one is made, to click into), or its
        points are not two or three in the image.
    """
    if image is None:
        raise ValueError("Open an image to pick its stains.")
    layer = _find_points(viewer)
    if layer is None:
        layer = viewer.add_points(
            name=_NAME, ndim=image.ndim, face_color="transparent", border_color="black", size=_find_size(image),
            scale=image.scale, translate=image.translate, units=image.units,
        )  # fmt: skip
        layer.mode = "add"
        raise ValueError(_ADVICE)
    if len(layer.data) not in (2, 3):
        raise ValueError(f"{_ADVICE} There are {len(layer.data)} in {layer.name!r}.")
    places = [_to_place(layer, image, point) for point in layer.data]
    return pick_colors(full_resolution(image), places, rgb=bool(image.rgb), frames=not image.rgb)


def _find_points(viewer: Any) -> Points | None:
    """Return the active Points layer, or the topmost; none that shows a palette."""
    active = viewer.layers.selection.active
    layers = [active, *reversed(viewer.layers)]
    return next((each for each in layers if isinstance(each, Points) and read_metadata(each) is None), None)


def _find_size(image: Image) -> float:
    return max(5.0, float(max(full_resolution(image).shape[:2])) / 60)


def _to_place(layer: Points, image: Image, point: Any) -> list[int]:
    """Return the pixel under a point; axes that its layer does not have are at their first."""
    world = np.asarray(layer.data_to_world(point))
    padded = np.pad(world, (max(image.ndim - len(world), 0), 0))
    return [round(float(number)) for number in image.world_to_data(padded[-image.ndim :])]
