"""What the palette is designed from, and for: shown for pyramids, large images and stacks alone."""

from typing import Any

import numpy as np
from magicgui.widgets import ComboBox
from napari.layers import Image

from ..layers.frames import frame_shown
from ..layers.image_levels import is_large
from ..layers.sources import plane_shape
from ..tasks.large_task import Scope
from .sections import Section

_ONE, _EACH = "one", "each"
_PALETTES = (("One for all", _ONE), ("One for each", _EACH))


class ScopeSection(Section):
    """Two drop-downs that appear where there is something to choose.

    Parameters
    ----------
    viewer : napari.Viewer
        Whose sliders say which frame is shown.
    """

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._viewer = viewer
        self._layer: Image | None = None
        self._is_designed = True
        self.design_from: ComboBox = ComboBox(choices=self._list_origins)
        self.frames: ComboBox = ComboBox(choices=list(_PALETTES), value=_ONE)
        self.form.add_row(
            "Design from",
            self.design_from,
            "Which pixels the colours are chosen from; all pixels are mapped.\n"
            "Full resolution: all of them, which takes as long as reading the image.\n"
            "Sample: some millions of pixels, evenly spread.\n"
            "Level shown: the level of the pyramid that the window shows now.",
        )
        self.form.add_row(
            "Frames",
            self.frames,
            "One for all: one palette, in which a label means the same colour throughout.\n"
            "One for each: every frame gets colours of its own, in an order that does not flicker.",
        )
        self.design_from.changed.connect(self._emit_changed)
        self.frames.changed.connect(self._emit_changed)
        self.follow_layer(None)

    def follow_layer(self, layer: Image | None) -> None:
        """Offer what suits an image layer."""
        self._layer = layer
        self.design_from.reset_choices()
        self._show()

    def show_design(self, is_designed: bool) -> None:
        """Hide everything where the palette is given."""
        self._is_designed = is_designed
        self._show()

    def scope(self, layer: Image) -> Scope:
        """Return the choices for a layer, with the level and the frame that are shown now."""
        leading = plane_shape(layer)[:-2]
        frame = frame_shown(layer, self._viewer.dims.point) if leading else 0
        per_frame = bool(leading) and self.frames.value == _EACH
        level = int(layer.data_level) if layer.multiscale else 0
        return Scope(self.design_from.value or "full", level, per_frame, frame)

    def _show(self) -> None:
        layer = self._layer
        large = layer is not None and is_large(layer)
        stack = layer is not None and int(np.prod(plane_shape(layer)[:-2])) > 1
        self.form.set_row_visible(self.design_from, large)
        self.form.set_row_visible(self.frames, stack)
        self.form.setVisible(self._is_designed and (large or stack))

    def _list_origins(self, _: Any) -> list[tuple[str, str]]:
        of_level = [("Level shown", "level")] if self._layer is not None and self._layer.multiscale else []
        return [("Full resolution", "full"), ("Sample", "sample"), *of_level]
