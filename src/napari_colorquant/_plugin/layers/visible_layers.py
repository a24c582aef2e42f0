"""The visible image layers of a viewer as one RGB image, blended as they are displayed, at full resolution.

A `VisibleLayers` stands where an image layer may: it has data, a name, and a place in the world.
"""

from collections.abc import Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import numpy as np
from napari.layers import Image, Layer

from ...pixels.arrays import as_levels_array, is_lazy
from ...pixels.composite import Composite, composite
from .looks import Look, read_look, to_displayed
from .provenance import read_metadata

NAME = "Visible layers"
#: Layers lie alike if their pixels are no further apart than this part of a pixel.
_APART = 0.01


class VisibleLayers:
    """Image layers that lie alike, at one moment's colormaps, limits, opacities ...; not a layer of the viewer.

    Whatever is not said here, such as scale, units and axis labels, is that of the layer with the most axes.

    Parameters
    ----------
    layers : sequence of Image
        From the bottom to the top, at least one.
    looks : sequence of Look
        How each of them is displayed.
    left_out : sequence of Image
        Visible image layers that lie elsewhere.
    """

    name, unique_id, rgb = NAME, "visible layers", True
    contrast_limits, gamma = (0.0, 255.0), 1.0
    #: No file holds what is seen.
    source = SimpleNamespace(path=None)

    def __init__(self, layers: Sequence[Image], looks: Sequence[Look], left_out: Sequence[Image] = ()) -> None:
        self.layers, self.looks, self.left_out = list(layers), list(looks), list(left_out)
        self.metadata: dict[str, Any] = {}
        self._arrays = [_levels(layer) for layer in layers]
        self._model = max(layers, key=lambda layer: (layer.ndim, len(_levels(layer))))

    def __getattr__(self, name: str) -> Any:
        """Return what is not said here as the layer says it whose place in the world this has."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._model, name)

    @property
    def key(self) -> tuple[Any, ...]:
        """What the pixels depend on, to compare."""
        return tuple(map(id, (level for levels in self._arrays for level in levels))), self.looks

    def is_like(self, other: "VisibleLayers") -> bool:
        """Return True if the other has the same pixels, and leaves the same layers out."""
        return self.key == other.key and self.left_out == other.left_out

    @cached_property
    def data(self) -> Any:
        """The composite, (..., H, W, 3) uint8: its levels, a dask array, or a `Composite` of what is in memory."""
        levels = [self._blend(level) for level in range(len(_levels(self._model)))]
        return _Levels(levels) if self._model.multiscale else levels[0]

    def _blend(self, number: int) -> Any:
        shapes = [_levels(self._model)[level].shape[: self._model.ndim] for level in (0, number)]
        images = [
            to_displayed(look, _fit_level(levels, layer, shapes[1][-layer.ndim :], number))
            for layer, look, levels in zip(self.layers, self.looks, self._arrays, strict=True)
        ]
        stored = any(is_lazy(as_levels_array(image.array)) for image in images)
        return composite(images) if stored else Composite(images)


class _Levels(list[Any]):
    """Levels, the largest first; the shape is that of the largest, as napari's own have it."""

    @property
    def shape(self) -> tuple[int, ...]:
        shape: tuple[int, ...] = self[0].shape
        return shape


def find_visible_layers(viewer: Any) -> VisibleLayers | None:
    """Return the visible image layers of a viewer, those that most of them lie like; None if there are none.

    Our own results are not among them.
    """
    layers = [layer for layer in viewer.layers if is_input(layer) and layer.visible]
    if not layers:
        return None
    groups = [[layer for layer in layers if _lies_like(layer, model)] for model in layers]
    group = max(groups, key=lambda group: (len(group), max(np.prod(layer.data.shape) for layer in group)))
    rest = [layer for layer in layers if layer not in group]
    return VisibleLayers(group, [read_look(layer) for layer in group], rest)


def recall_layers(viewer: Any, looks: Sequence[Look]) -> VisibleLayers | None:
    """Return the composite that a result was made from, as it was displayed then; None if a layer has gone.

    In a session that is opened again the layers have other ids: then those of the same names are taken.
    """
    images = [layer for layer in viewer.layers if is_input(layer)]
    known = {layer.name: layer for layer in images} | {str(layer.unique_id): layer for layer in images}
    layers = [known.get(look["layer_id"], known.get(look["layer"])) for look in looks]
    if any(layer is None for layer in layers) or not all(_lies_like(layer, _largest(layers)) for layer in layers):
        return None
    return VisibleLayers(layers, looks)


def is_input(layer: Layer) -> bool:
    """Return True for image layers that are not ours."""
    return isinstance(layer, Image) and read_metadata(layer) is None


def layers_of(source: Any) -> list[Layer]:
    """Return the layers of the viewer that a source consists of: itself, or those that are blended."""
    return source.layers if isinstance(source, VisibleLayers) else [source]


def is_there(viewer: Any, source: Any) -> bool:
    """Return True if all that a source consists of is in the viewer."""
    return all(layer in viewer.layers for layer in layers_of(source))


def place_above(viewer: Any, source: Any) -> int:
    """Return the place in the viewer's list directly above a source; the top if it is no longer there."""
    places = [viewer.layers.index(layer) for layer in layers_of(source) if layer in viewer.layers]
    return max(places, default=len(viewer.layers) - 1) + 1


def _largest(layers: Sequence[Image]) -> Image:
    return max(layers, key=lambda layer: layer.ndim)


def _levels(layer: Image) -> list[Any]:
    return list(layer.data) if layer.multiscale else [layer.data]


def _fit_level(levels: list[Any], layer: Image, shape: tuple[int, ...], number: int) -> Any:
    """Return a level in a shape; where there is none, every second, third ... pixel of the finest, as a view."""
    if number < len(levels) and levels[number].shape[: layer.ndim] == shape:
        return levels[number]
    finest = as_levels_array(levels[0])
    steps = [
        max(1, min(round(size / wanted), (size - 1) // max(1, wanted - 1)))  # enough pixels must be left
        for size, wanted in zip(finest.shape, shape, strict=False)
    ]
    thinned = finest[tuple(slice(None, None, step) for step in steps)]
    return thinned[tuple(slice(0, wanted) for wanted in shape)]


def _lies_like(layer: Image, model: Image) -> bool:
    """Return True if the pixels of a layer are those of another, or of each of its frames."""
    ndim = layer.ndim
    shape, wanted = (_levels(each)[0].shape[: each.ndim] for each in (layer, model))
    if ndim > model.ndim or shape != wanted[-ndim:] or tuple(layer.units) != tuple(model.units[-ndim:]):
        return False
    corners = np.concatenate([np.zeros((1, model.ndim)), np.diag(wanted)])
    own, its = (
        np.array([np.asarray(each.data_to_world(corner[-each.ndim :]))[-ndim:] for corner in corners])
        for each in (layer, model)
    )
    pixel = np.abs(np.asarray(model.scale)[-ndim:]).min()
    return bool(np.abs(own - its).max() <= _APART * pixel)
