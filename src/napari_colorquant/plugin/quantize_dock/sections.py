"""The sections of the panel: each shows a few choices, reads them off as fields of a `Recipe`, and takes them back.

A new section is a subclass of `Section` and one entry in `widget.QuantizeWidget`.
"""

from typing import Any

import numpy as np
from magicgui.widgets import CheckBox, ComboBox
from napari.layers import Image, Layer
from qtpy.compat import isalive
from qtpy.QtCore import QObject, Signal

from ...pixels.intensities import Limits, Scale
from ...recipe import Recipe
from ..layers.provenance import read_metadata
from ..widgets.forms import Form

#: What to do where an image needs a scale.
SCALE_ADVICE = 'choose "As displayed" or "By data range" under Intensities'


class Section(QObject):
    """A part of the panel.

    Attributes
    ----------
    form : Form
        Its rows.
    changed : Signal
        Sent when a choice changes.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.form = Form()

    def _emit_changed(self) -> None:
        self.changed.emit()

    def forms(self) -> list[Form]:
        """Return all forms whose labels stand in one column."""
        return [self.form]

    def read(self) -> dict[str, Any]:
        """Return the choices as fields of a `Recipe`."""
        return {}

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the choices of a recipe."""

    def inputs(self, layer: Image) -> dict[str, Any]:
        """Return keywords of `pipeline.run` beside image and recipe, such as a mask for `layer`."""
        return {}


class ImageSection(Section):
    """Which image, and what in it is black and white.

    An image of bytes is taken as it is, any other one as it is displayed, until something else is chosen
    for it.
    """

    _BY_DTYPE, _AS_DISPLAYED, _BY_RANGE = "dtype", "displayed", "range"
    _SCALES = (("As displayed", _AS_DISPLAYED), ("By data range", _BY_RANGE), ("By data type", _BY_DTYPE))

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._viewer = viewer
        self._limits: Limits | None = None
        self._followed: Image | None = None
        self.image: ComboBox = ComboBox(choices=self._list_images, nullable=False)
        self.scale: ComboBox = ComboBox(choices=self._list_scales)
        self.form.add_row("Image", self.image, "The image to quantize; follows the layer that is selected in the list.")
        self.form.add_row(
            "Intensities",
            self.scale,
            "What becomes black and white.\n"
            "As displayed: the layer's contrast limits and gamma.\n"
            "By data range: the smallest and the largest value.\n"
            "By data type: 0 and the largest integer, or 0 and 1 for floats.",
        )
        self.image.changed.connect(self._on_image_changed)
        self.scale.changed.connect(self._emit_changed)
        layers = viewer.layers
        for event in (layers.events.inserted, layers.events.removed, layers.events.reordered, layers.events.renamed):
            event.connect(self._on_layers_changed)
        layers.selection.events.active.connect(self._on_active_changed)
        self._on_active_changed()
        self._on_image_changed()

    @property
    def layer(self) -> Image | None:
        """The image layer that is chosen."""
        return self.image.value

    @layer.setter
    def layer(self, layer: Layer) -> None:
        if not isinstance(layer, Image):
            kind = type(layer).__name__
            raise TypeError(f"the image must be an Image layer, got the {kind} layer {layer.name!r}")
        self.image.value = layer

    def read(self) -> dict[str, Any]:
        """Return the scale; contrast limits become numbers."""
        scale: Scale = self.scale.value
        if scale == self._AS_DISPLAYED:
            scale = self._displayed_limits() or "dtype"
        return {"scale": scale}

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the scale; limits other than the layer's become an entry of their own."""
        shown = self._displayed_limits()
        if isinstance(recipe.scale, tuple):
            self._limits = None if recipe.scale == shown else recipe.scale
            self.scale.reset_choices()
            self.scale.value = self._AS_DISPLAYED if recipe.scale == shown else recipe.scale
        else:
            self.scale.value = recipe.scale

    def choose_default(self) -> None:
        """Take bytes as they are, and any other image as it is displayed."""
        layer = self.layer
        self.scale.value = self._BY_DTYPE if layer is None or layer.dtype == np.uint8 else self._AS_DISPLAYED

    def _displayed_limits(self) -> Limits | None:
        if self.layer is None:
            return None
        low, high = (float(limit) for limit in self.layer.contrast_limits)
        gamma = float(self.layer.gamma)
        return (low, high) if gamma == 1 else (low, high, gamma)

    def _on_image_changed(self) -> None:
        if self.layer is not self._followed:
            self._follow(self.layer)
            self.choose_default()
        self._show_choice()
        self._emit_changed()

    def _follow(self, layer: Image | None) -> None:
        """Listen to how the layer is displayed, and no longer to the one before."""
        for one, method in ((self._followed, "disconnect"), (layer, "connect")):
            if one is not None:
                for event in (one.events.contrast_limits, one.events.gamma):
                    getattr(event, method)(self._on_display_changed)
        self._followed = layer

    def _on_display_changed(self) -> None:
        if isalive(self):
            self._show_choice()
            if self.scale.value == self._AS_DISPLAYED:
                self._emit_changed()

    def _show_choice(self) -> None:
        """Offer the choice only where its entries differ: not for colours of bytes that are shown as they are."""
        layer = self.layer
        plain = layer is not None and layer.rgb and layer.dtype == np.uint8
        self.form.set_row_visible(self.scale, not (plain and self._displayed_limits() == (0.0, 255.0)))

    def _list_images(self, _: Any) -> list[tuple[str, Image]]:
        return [(layer.name, layer) for layer in reversed(self._viewer.layers) if isinstance(layer, Image)]

    def _list_scales(self, _: Any) -> list[tuple[str, Any]]:
        return [*self._SCALES, *([] if self._limits is None else [(_name(self._limits), self._limits)])]

    def _on_layers_changed(self) -> None:
        self.image.reset_choices()

    def _on_active_changed(self) -> None:
        # Our own results are no input unless they are picked by hand: the panel stays with the source.
        active = self._viewer.layers.selection.active
        if isinstance(active, Image) and read_metadata(active) is None and active in self._viewer.layers:
            self.image.reset_choices()
            self.image.value = active


def _name(limits: Limits) -> str:
    return "{:g} to {:g}".format(*limits) + "".join(f", gamma {gamma:g}" for gamma in limits[2:])


class ResultSection(Section):
    """What comes out: not a part of the recipe, but of where its result goes."""

    def __init__(self) -> None:
        super().__init__()
        self.kind: ComboBox = ComboBox(choices=[("Labels", "labels"), ("RGB image", "rgb")], value="labels")
        self.new_layers = CheckBox(text="New layers", value=False)
        self.form.add_row(
            "Result",
            self.kind,
            "Labels: an indexed image; recolour, select and measure each colour.\n"
            "RGB image: the picture in its new colours, as any viewer shows it.",
        )
        self.form.add_row("", self.new_layers, "Add new layers instead of updating those of the last run.")
