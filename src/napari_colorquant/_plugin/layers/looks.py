"""How an image layer is displayed: as JSON, for the metadata of what is made of it, and for the core."""

from typing import Any, TypeAlias

import numpy as np
from napari.layers import Image
from napari.utils.colormaps import AVAILABLE_COLORMAPS, Colormap

from ...pixels.displayed import FINE, DisplayedImage

#: Where a colormap is read, as napari does; but just inside, since some have other colours at their very ends.
_STOPS = np.linspace(1e-9, 1 - 1e-9, 1024)
#: A layer's id, name, colormap, limits, gamma, opacity and blending; JSON.
Look: TypeAlias = dict[str, Any]


def read_look(layer: Image) -> Look:
    """Return how a layer is displayed now."""
    return {
        "layer": layer.name,
        "layer_id": str(layer.unique_id),
        "rgb": bool(layer.rgb),
        "colormap": None if layer.rgb else _describe_colormap(layer.colormap),
        "contrast_limits": [float(limit) for limit in layer.contrast_limits],
        "gamma": float(layer.gamma),
        "opacity": float(layer.opacity),
        "blending": str(layer.blending),
    }


def to_displayed(look: Look, array: Any) -> DisplayedImage:
    """Return an array as a look displays it."""
    limits = tuple(look["contrast_limits"])
    how = {name: look[name] for name in ("gamma", "opacity", "blending", "rgb")}
    if look["rgb"]:
        return DisplayedImage(array, limits=limits, **how)
    colormap = _find_colormap(look["colormap"])
    table = colormap.map(_STOPS)
    if str(colormap.interpolation) == "zero":
        table = np.repeat(table, FINE // len(table), axis=0)
    return DisplayedImage(
        array, table, limits, under=colormap.low_color, over=colormap.high_color, bad=colormap.nan_color, **how
    )


def _describe_colormap(colormap: Colormap) -> dict[str, Any]:
    """Return the name of a colormap, and of one that napari does not know what it consists of."""
    found = {"name": str(colormap.name)}
    known = AVAILABLE_COLORMAPS.get(colormap.name)
    if known is not None and _is_same(known, colormap):
        return found
    ends = {name: getattr(colormap, name) for name in ("nan_color", "low_color", "high_color")}
    return {
        **found,
        "colors": np.asarray(colormap.colors).tolist(),
        "controls": np.asarray(colormap.controls).tolist(),
        "interpolation": str(colormap.interpolation),
        **{name: None if color is None else np.asarray(color).tolist() for name, color in ends.items()},
    }


def _find_colormap(described: dict[str, Any]) -> Colormap:
    return Colormap(**described) if "colors" in described else AVAILABLE_COLORMAPS[described["name"]]


def _is_same(one: Colormap, other: Colormap) -> bool:
    arrays = ("colors", "controls", "nan_color", "low_color", "high_color")
    return str(one.interpolation) == str(other.interpolation) and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in arrays
    )
