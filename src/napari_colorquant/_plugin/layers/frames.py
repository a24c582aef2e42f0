"""A palette per frame in the window: colormap, features and swatches follow the frame that is shown."""

import weakref
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np
from napari.layers import Labels, Layer, Points

from ...indexed import IndexedFrames
from ...palette import Palette
from .colormaps import label_colormap, palette_rgba
from .layer_values import LayerDataTuple
from .provenance import KEY

#: The viewers whose frames are followed already, by their ids.
_followed: dict[int, Any] = {}


def add_palettes(made: Sequence[LayerDataTuple], frames: IndexedFrames, shown: int) -> None:
    """Write the palettes of all frames into the metadata of layers to be, with the one that is shown."""
    palettes = [palette.to_dict() for palette in frames.palettes]
    for _, values, _ in made:
        values["metadata"][KEY] |= {"palettes": deepcopy(palettes), "frame": shown}
        if (features := values.get("features")) is not None:
            features.pop("count", None)


def has_palettes(layer: Layer) -> bool:
    """Return True if a layer of ours has a palette for each frame."""
    return "palettes" in layer.metadata.get(KEY, {})


def read_palettes(layer: Layer) -> list[Palette]:
    """Return the palettes of all frames, in C order, of a layer that has them."""
    return [Palette.from_dict(values) for values in layer.metadata[KEY]["palettes"]]


def frame_shown(layer: Layer, point: Sequence[float]) -> int:
    """Return the number of the frame of a layer, in C order, at a point of the world.

    Parameters
    ----------
    layer : Layer
        With rows and columns as its last axes.
    point : sequence of float
        In the world's axes, which may be more than the layer's; outside, the nearest frame counts.
    """
    shape = layer.data.shape[: layer.ndim - 2]
    if not shape:
        return 0
    place = np.rint(np.asarray(layer.world_to_data(np.asarray(point)[-layer.ndim :]))[: len(shape)]).astype(int)
    return int(np.ravel_multi_index(tuple(np.clip(place, 0, np.array(shape) - 1)), shape))


def follow_frames(viewer: Any) -> None:
    """Let all results in a viewer with a palette per frame follow its sliders, from now until it closes.

    Asked again for the same viewer, it does nothing more.
    """
    known = _followed.get(id(viewer))
    if known is not None and known() is viewer:
        return
    reference = weakref.ref(viewer, _forget(id(viewer)))
    _followed[id(viewer)] = reference

    def follow(_: Any = None) -> None:
        if (found := reference()) is not None:
            show_frames(found)

    # A function, since the viewer holds methods weakly: it is to live as long as the viewer, not as a dock.
    viewer.dims.events.current_step.connect(follow)
    viewer.layers.events.inserted.connect(follow)


def show_frames(viewer: Any) -> None:
    """Show every result with a palette per frame in the palette of the frame that the sliders are at."""
    shown = {}
    for layer in viewer.layers:
        if has_palettes(layer) and layer.metadata[KEY]["role"] != "palette":
            shown[layer.metadata[KEY]["id"]] = frame_shown(layer, viewer.dims.point)
    # Palettes last: who follows a picture knows its colours by then, and takes them for no edit.
    for layer in sorted(viewer.layers, key=lambda each: isinstance(each, Points)):
        if has_palettes(layer) and (frame := shown.get(layer.metadata[KEY]["id"])) is not None:
            _show_frame(layer, frame)


def _show_frame(layer: Layer, frame: int) -> None:
    found = layer.metadata[KEY]
    frame = min(frame, len(found["palettes"]) - 1)
    if found["frame"] == frame:
        return
    palette = Palette.from_dict(found["palettes"][frame])
    if isinstance(layer, Labels):
        layer.colormap = label_colormap(palette)
    elif found["role"] == "palette":
        layer.face_color = palette_rgba(palette)
    if found["role"] != "rgb":
        features = layer.features.copy()
        features["hex"], features["share"] = palette.hex, palette.shares
        layer.features = features
    # Last of all: listeners then find everything up to date.
    layer.metadata = {**layer.metadata, KEY: {**found, "frame": frame, "palette": found["palettes"][frame]}}


def _forget(key: int) -> Callable[[Any], None]:
    def forget(reference: Any) -> None:
        if _followed.get(key) is reference:
            del _followed[key]

    return forget
