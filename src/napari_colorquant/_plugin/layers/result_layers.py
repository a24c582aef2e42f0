"""A result on the screen: its Labels layer and the swatches of its palette, which are written together.

What happens to these layers without us is taken in by `palette_dock.session`.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from napari.layers import Labels
from qtpy.QtCore import QObject
from superqt.utils import qdebounced

from ...indexed import IndexedImage
from .colormaps import Mode, emphasized_colormap
from .frames import has_palettes
from .layer_values import to_label_values
from .palette_layer import PaletteLayerLink, entry_features
from .provenance import KEY

_FEATURES_MS = 50


class ResultLayers(QObject):
    """Writes an indexed image into the layers of a result; what did not change is not touched.

    Parameters
    ----------
    viewer : napari.Viewer or napari.components.ViewerModel
    labels : Labels
    indexed : IndexedImage
        What `labels` shows now.
    parent : QObject

    Attributes
    ----------
    indexed : IndexedImage
        What the layers show.
    swatches : PaletteLayerLink
        The palette layer, if there is one.
    is_writing : bool
        True while the layers are changed from here: what they tell then is no news.
    """

    def __init__(self, viewer: Any, labels: Labels, indexed: IndexedImage, parent: QObject) -> None:
        super().__init__(parent)
        self.labels, self.indexed = labels, indexed
        self.swatches = PaletteLayerLink(viewer, labels)
        self.is_writing = False
        self._alone: frozenset[int] | None = None
        self._mode: Mode = "dim"
        self._drawn: Any = None  # the colormap that was written from here last
        self._moved = False
        self._described = qdebounced(self._write_features, timeout=_FEATURES_MS, parent=self)

    def show(self, indexed: IndexedImage) -> None:
        """Show an indexed image in the layers."""
        before, self.indexed = self.indexed, indexed
        moved = indexed.labels is not before.labels or indexed.valid is not before.valid
        with self._writing():
            if moved:
                self._alone = None
            self._draw()
            if moved:  # after the colormap: all of a longer palette must be in it before its labels are shown
                self.labels.selected_label = min(int(self.labels.selected_label), len(indexed.palette))
                self.labels.data = to_label_values(indexed)
        self.describe(moved=moved)

    def adopt(self, indexed: IndexedImage) -> None:
        """Take note of what others have written into the layers: nothing is drawn again, and nothing is alone."""
        self.indexed, self._alone = indexed, None
        if self.labels.colormap is self._drawn:  # entries were shown alone, or no longer, in between
            with self._writing():
                self._draw()

    def describe(self, *, moved: bool) -> None:
        """Bring metadata and swatches up to date at once; the features follow, since they take longer.

        Parameters
        ----------
        moved : bool
            True if pixels have other labels than the features count.
        """
        indexed = self.indexed
        self._moved |= moved
        provenance = {"palette": indexed.palette.to_dict(), "recipe": indexed.recipe.to_dict()}
        with self._writing():
            self.labels.metadata = {**self.labels.metadata, KEY: {**self.labels.metadata[KEY], **provenance}}
            self.swatches.show(indexed)
        if not has_palettes(self.labels):  # those of frames follow the frame
            self._described()

    def emphasize(self, alone: Collection[int] | None, mode: Mode = "dim") -> None:
        """Show some entries alone, the others dimmed or hidden; None shows all."""
        wanted = None if alone is None else frozenset(alone)
        if (wanted, mode) != (self._alone, self._mode):
            self._alone, self._mode = wanted, mode
            with self._writing():
                self._draw()

    def use_as_brush(self, index: int) -> None:
        """Let napari's brush paint with the entry `index`."""
        with self._writing():
            self.labels.selected_label = index + 1

    def drop_description(self) -> None:
        """Write no features of what was shown: others have written those of what is shown now."""
        self._described.cancel()
        self._moved = False

    def settle(self) -> None:
        """Write the features at once, if they are behind."""
        self._described.flush(restart_timer=False)

    def close(self) -> None:
        """Let go of the layers."""
        self.swatches.close()
        self._described.cancel()

    def _draw(self) -> None:
        self.labels.colormap = emphasized_colormap(self.indexed.palette, self._alone, self._mode)
        self._drawn = self.labels.colormap

    def _write_features(self) -> None:
        features = entry_features(self.indexed, None if self._moved else self.labels.features)
        self._moved = False
        with self._writing():
            self.labels.features = features
            self.swatches.describe(features)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        before, self.is_writing = self.is_writing, True
        try:
            yield
        finally:
            self.is_writing = before
