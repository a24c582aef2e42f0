"""The palette as a layer of swatches, in step with the result: napari's own colour control recolours the image."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from napari.layers import Labels, Points
from qtpy.compat import isalive
from qtpy.QtCore import QObject, Signal

from ...annotate.tables.features import palette_features
from ...indexed import IndexedImage
from .colormaps import palette_rgba
from .provenance import KEY, read_palette
from .sources import find_palette_layer
from .swatches import frame_swatches, lay_out_palette, sliced

if TYPE_CHECKING:
    import pandas as pd

#: The columns of a result's features that say what an entry is; others are measurements.
_DESCRIPTION = ("index", "hex", "name", "class", "count", "share")


def entry_features(indexed: IndexedImage, before: "pd.DataFrame | None" = None) -> "pd.DataFrame":
    """Return one row per palette entry: what the status bar tells of the colour under the cursor.

    Parameters
    ----------
    indexed : IndexedImage
    before : DataFrame, optional
        The features until now, if no pixel has changed its label: their counts and measurements stay.
    """
    import pandas as pd  # a third of the time in which the panel would open; it is loaded beside the window until here

    palette = indexed.palette
    if before is None or len(before) != len(palette) or "count" not in before:
        in_memory = isinstance(indexed.labels, np.ndarray)  # gaps in lazy labels are not counted for a tooltip
        features = pd.DataFrame(palette_features(indexed if in_memory else replace(indexed, valid=None)))
    else:
        features = before.copy()
    features["hex"] = palette.hex
    for column, words in (("name", palette.names), ("class", palette.classes)):
        if any(words):
            features[column] = words
        elif column in features:
            del features[column]
    described = [column for column in _DESCRIPTION if column in features]
    return features[[*described, *(column for column in features if column not in described)]]


class PaletteLayerLink(QObject):
    """The Points layer of a result, if there is one.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    result : Labels

    Attributes
    ----------
    recolored : Signal of dict
        Swatches got another colour or alpha: palette index to (4,) uint8.
    picked : Signal of list of int
        Swatches were selected.
    """

    recolored = Signal(dict)
    picked = Signal(list)

    def __init__(self, viewer: Any, result: Labels) -> None:
        super().__init__()
        self._viewer, self._result = viewer, result
        self._points: Points | None = None
        self._colors = np.empty((0, 4), np.uint8)
        self._busy = False
        self.find()

    def find(self) -> Points | None:
        """Return the layer, and listen to it."""
        points = find_palette_layer(self._viewer, self._result)
        if points is not self._points:
            self.close()
            self._points = points
            if points is not None:
                self._colors = _square_colors(points)
                points.events.current_face_color.connect(self._on_colored)
                points.events.face_color.connect(self._on_colored)
                points.selected_data.events.items_changed.connect(self._on_selected)
        return points

    def show(self, indexed: IndexedImage) -> None:
        """Show another palette."""
        points = self.find()
        if points is None:
            return
        self._busy = True
        try:
            count = len(indexed.palette)
            if len(points.data) != count:
                with sliced(points):
                    points.selected_data = set()
                    points.data, cell = lay_out_palette(count, indexed.shape[-2:])
                    for name, value in frame_swatches(count, cell).items():
                        setattr(points, name, value)
                    points.face_color = palette_rgba(indexed.palette)
            elif not np.array_equal(_square_colors(points), indexed.palette.shown_rgba):
                points.face_color = palette_rgba(indexed.palette)
            self._colors = indexed.palette.shown_rgba
            points.metadata = {**points.metadata, KEY: {**points.metadata[KEY], "palette": indexed.palette.to_dict()}}
        finally:
            self._busy = False

    def describe(self, features: "pd.DataFrame") -> None:
        """Bring the features of the swatches up to date."""
        points = self._points
        if points is not None and len(points.data) == len(features):
            points.features = features

    def list_recolored(self) -> dict[int, Any]:
        """Return which swatches differ from the palette that was written into their layer: index to (4,) uint8."""
        points = self.find()
        return {} if points is None else _differences(_square_colors(points), read_palette(points).shown_rgba)

    def select(self, rows: list[int]) -> None:
        """Mark the swatches of some entries."""
        if (points := self.find()) is not None and set(points.selected_data) != set(rows):
            self._busy = True
            try:
                points.selected_data = {row for row in rows if row < len(points.data)}
            finally:
                self._busy = False

    def close(self) -> None:
        """Listen no longer."""
        if self._points is not None:
            self._points.events.current_face_color.disconnect(self._on_colored)
            self._points.events.face_color.disconnect(self._on_colored)
            self._points.selected_data.events.items_changed.disconnect(self._on_selected)
            self._points = None

    def _on_colored(self) -> None:
        if not isalive(self) or self._busy or self._points is None:
            return
        colors = _square_colors(self._points)
        if colors.shape == self._colors.shape:
            changed, self._colors = _differences(colors, self._colors), colors
            if changed:
                self.recolored.emit(changed)

    def _on_selected(self) -> None:
        if isalive(self) and not self._busy and self._points is not None:
            count = len(self._colors)
            self.picked.emit(sorted(int(index) for index in self._points.selected_data if index < count))


def _square_colors(points: Points) -> Any:
    return np.rint(np.asarray(points.face_color) * 255).astype(np.uint8)


def _differences(colors: Any, before: Any) -> dict[int, Any]:
    """Return the colours that are not as before, by their index; none where there are more colours, or fewer."""
    if colors.shape != before.shape:
        return {}
    return {int(index): colors[index] for index in np.flatnonzero((colors != before).any(axis=1))}
