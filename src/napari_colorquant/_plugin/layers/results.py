"""Where results go: our own layers of the same image are updated in place, never found by their names."""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import numpy as np
from napari.layers import Image, Layer

from ...editing.inherit import lost_entries
from ...palette import Palette
from .cover import reveal
from .derived import list_derived, mark_stale
from .layer_values import LayerDataTuple
from .provenance import COPY, KEY, Role, read_metadata, read_palette
from .sources import find_palette_layer
from .swatches import sliced
from .visible_layers import place_above
from .words import inherit_words

#: Keywords of a layer that hold from its birth on, or that are the user's once it exists.
_ONLY_AT_BIRTH = ("name", "opacity", "rgb", "multiscale")


class Results:
    """The result layers of one viewer.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    """

    def __init__(self, viewer: Any) -> None:
        self._viewer = viewer
        # By the id of the source: visible layers are another object whenever they are displayed in another way.
        self._last: dict[Any, dict[Role, weakref.ref[Layer]]] = {}
        # Entries that found no colour of a run, the last first: they may find one of the next, of more colours again.
        self._lost: dict[Any, list[Palette]] = {}

    def find(self, source: Layer, role: Role) -> Layer | None:
        """Return the layer that holds the last result for `source` in this viewer, or None.

        The layer that we made is remembered; after a restart of the widget, the topmost layer whose
        metadata name `source` takes its place. A palette is that of the picture found so, or one whose picture is gone.
        """
        if role == "palette":
            picture = self.find(source, "labels") or self.find(source, "rgb")
            if picture is not None:
                return find_palette_layer(self._viewer, picture)
        remembered = self._last.get(source.unique_id, {}).get(role)
        layer = None if remembered is None else remembered()
        if layer is not None and layer in self._viewer.layers:
            return layer
        made_from = str(source.unique_id)
        for layer in reversed(self._viewer.layers):
            found = read_metadata(layer)
            if found is None or found.get(COPY):  # a copy is the user's
                continue
            if found["source_id"] == made_from and found["role"] == role:
                return layer
        return None

    def find_palette(self, source: Layer) -> Palette | None:
        """Return the palette of the last result for `source`, or None."""
        layer = self.find(source, "labels") or self.find(source, "palette")
        return None if layer is None else read_palette(layer)

    def place(self, source: Image, made: list[LayerDataTuple], *, new: bool = False) -> list[Layer]:
        """Show a result: update our layers of `source`, or add layers.

        A result of the other kind (Labels instead of RGB, a pyramid instead of one level) replaces the layer of the
        last run. One of other dimensions (a stack instead of a plane) stands beside it, each with its own palette.

        Parameters
        ----------
        source : Image
            The layer that was quantized; the result stands above it, and above all that would cover it.
        made : list of LayerDataTuple
            The image (Labels or RGB) and its palette.
        new : bool
            Add new layers and leave those of the last run alone.

        Returns
        -------
        layers : list of Layer
            In the order of `made`.
        """
        roles: list[Role] = [values["metadata"][KEY]["role"] for _, values, _ in made]
        if not new:
            self._inherit(source, made)
            self._remove_other_kind(source, made[0], roles[0])
        last = {} if new else self._find_to_update(source, made[0], roles)
        placed: dict[Role, Layer] = {}
        # A result that is added finds its palette there: who opens it at once listens to both.
        for index in range(len(made)) if roles[0] in last else reversed(range(len(made))):
            layer_data, role = made[index], roles[index]
            layer = last.get(role)
            if layer is None:
                layer = self._add(source, layer_data, stay=roles[0] in last)
            else:
                _update(layer, layer_data)
            placed[role] = layer
            self._last.setdefault(source.unique_id, {})[role] = weakref.ref(layer)
            if role != "palette":
                reveal(self._viewer, layer)
        return [placed[role] for role in roles]

    def _find_to_update(self, source: Image, picture: LayerDataTuple, roles: list[Role]) -> dict[Role, Layer]:
        """Return the layers that can show the next result; none if the picture cannot, which keeps its palette."""
        last = self.find(source, roles[0])
        if last is not None and not _fits(last, picture):
            return {}
        return {role: layer for role in roles if (layer := self.find(source, role)) is not None}

    def _inherit(self, source: Image, made: list[LayerDataTuple]) -> None:
        provenance, before = made[0][1]["metadata"][KEY], self.find_palette(source)
        if before is None or "palettes" in provenance:
            self._lost.pop(source.unique_id, None)
            return
        known = [before, *self._lost.get(source.unique_id, ())]
        palette = inherit_words(made, *known)
        self._lost[source.unique_id] = [each.take(rows) for each in known if (rows := lost_entries(palette, each))]

    def _add(self, source: Image, layer_data: LayerDataTuple, *, stay: bool) -> Layer:
        """Add a layer; with `stay`, a palette does not become the active layer: no picture will be added after it."""
        is_palette = layer_data[2] == "points"
        view_is_whole = is_palette and self._shows_the_whole()
        active = self._viewer.layers.selection.active
        layer = Layer.create(*layer_data)
        place = len(self._viewer.layers) if is_palette else place_above(self._viewer, source)
        with _without_status(self._viewer):
            self._viewer.layers.insert(place, layer)
            if is_palette and stay:
                self._viewer.layers.selection.active = active
        if is_palette and view_is_whole:
            # The palette stands beside the image: bring it into view, unless the user has zoomed in.
            self._viewer.fit_to_view()
        return layer

    def _shows_the_whole(self) -> bool:
        extent = self._viewer.layers.extent.world[:, list(self._viewer.dims.displayed)]
        sizes = np.maximum(extent[1] - extent[0], 1e-12)[-2:]
        camera = self._viewer.scene.camera
        # One axis is enough: the image was fitted before a dock took its part of the window.
        return bool(np.any(sizes * camera.zoom <= np.array(self._viewer.canvas.size)))

    def _remove_other_kind(self, source: Image, picture: LayerDataTuple, role: Role) -> None:
        others: dict[Role, Role] = {"labels": "rgb", "rgb": "labels"}
        old = [self.find(source, others[role])] if role in others else []
        same = self.find(source, role)
        if same is not None and same.multiscale != _is_pyramid(picture):
            old.append(same)
        for layer in old:
            if layer is not None:
                for derived in list_derived(self._viewer, layer):
                    mark_stale(derived)
                self._viewer.layers.remove(layer)


@contextmanager
def _without_status(viewer: Any) -> Iterator[None]:
    """Let napari not tell the value under the mouse meanwhile.

    napari 0.9 looks it up when another layer becomes active, and fails in 3-D as long as the mouse has not moved there:
    it knows no direction to look along.
    """
    was_over, viewer.mouse_over_canvas = viewer.mouse_over_canvas, False
    try:
        yield
    finally:
        viewer.mouse_over_canvas = was_over


def _is_pyramid(layer_data: LayerDataTuple) -> bool:
    return bool(layer_data[1].get("multiscale"))


def _fits(layer: Layer, picture: LayerDataTuple) -> bool:
    """Return whether a layer can show a picture: of as many dimensions without channels, and a pyramid if it is one."""
    data, values, _ = picture
    finest = data[0] if _is_pyramid(picture) else data
    return bool(finest.ndim - bool(values.get("rgb")) == layer.ndim and layer.multiscale == _is_pyramid(picture))


def _update(layer: Layer, layer_data: LayerDataTuple) -> None:
    """Make a layer of ours show another result that fits it."""
    data, values, kind = layer_data
    if kind == "points":
        layer.selected_data = set()
        with sliced(layer) if len(layer.data) != len(data) else nullcontext():
            _assign_all(layer, data, values)
    else:
        layer.data = data
        _assign_all(layer, None, values)


def _assign_all(layer: Layer, points: Any, values: dict[str, Any]) -> None:
    if points is not None and not np.array_equal(layer.data, points):
        layer.data = points
    for name, value in values.items():
        if name == "metadata":
            layer.metadata = {**layer.metadata, **value}
        elif name not in _ONLY_AT_BIRTH:
            assign(layer, name, value)


def assign(layer: Layer, name: str, value: Any) -> None:
    """Give an attribute of a layer a value, unless it has it, as its place in the world: to assign is to draw anew."""
    if not _is_equal(getattr(layer, name), value):
        setattr(layer, name, value)


def _is_equal(old: Any, new: Any) -> bool:
    old = getattr(old, "affine_matrix", old)
    if isinstance(new, (np.ndarray, tuple)) and isinstance(old, (np.ndarray, tuple)):
        return np.array_equal(np.asarray(old), np.asarray(new))
    # One number for all points is kept as one for each.
    return isinstance(new, float) and isinstance(old, (np.ndarray, float)) and bool(np.all(old == new))
