"""The sections of the panel: each shows a few choices, reads them off as fields of a `Recipe`, and takes them back.

A new section is a subclass of `Section` and one entry in `widget.QuantizeWidget`.
"""

from typing import Any

from magicgui.widgets import CheckBox, ComboBox
from napari.layers import Image, Layer
from qtpy.QtCore import QObject, QSignalBlocker, Signal

from ...pixels.intensities import Scale
from ...recipe import Recipe
from ..layers.visible_layers import VisibleLayers, is_input
from ..widgets.forms import Form, Note
from .visible_images import VisibleImages


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
    """Which image, and what in it is black and white."""

    #: The last choice among the images: not a layer, but the blend of those that are visible.
    VISIBLE = "visible"
    _BY_DTYPE, _AS_DISPLAYED, _BY_RANGE = "dtype", "displayed", "range"
    _SCALES = (("By data type", _BY_DTYPE), ("As displayed", _AS_DISPLAYED), ("By data range", _BY_RANGE))

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._viewer = viewer
        self._limits: tuple[float, float] | None = None
        self.image: ComboBox = ComboBox(choices=self._list_images, nullable=False)
        self.scale: ComboBox = ComboBox(choices=self._list_scales)
        self.visible_images = VisibleImages(viewer, self)
        self.blended = Note()
        self.form.add_row(
            "Image",
            self.image,
            "The image to quantize; follows the layer that is selected in the list.\n"
            "Visible layers: what you see, at full resolution over black. All visible image layers\n"
            "are blended with their colormaps, contrast limits, gamma, opacity and blending.",
        )
        self.form.add_note(self.blended)
        self.form.add_row(
            "Intensities",
            self.scale,
            "What becomes black and white.\n"
            "By data type: 0 and the largest integer, or 0 and 1 for floats.\n"
            "As displayed: the layer's contrast limits.\n"
            "By data range: the smallest and the largest value.",
        )
        self.image.changed.connect(self._on_image)
        self.visible_images.changed.connect(self._on_visible_changed)
        self.scale.changed.connect(self._emit_changed)
        layers = viewer.layers
        for event in (layers.events.inserted, layers.events.removed, layers.events.reordered, layers.events.renamed):
            event.connect(self._on_layers_changed)
        layers.selection.events.active.connect(self._on_active_changed)
        self._on_active_changed()
        self._on_image()

    @property
    def layer(self) -> Image | None:
        """The image layer that is chosen; or a `VisibleLayers`, which does what one does."""
        return self.visible_images.read() if self._is_blend else self.image.value

    @layer.setter
    def layer(self, layer: Layer) -> None:
        if isinstance(layer, VisibleLayers):
            self.image.value = self.VISIBLE
            return
        if not isinstance(layer, Image):
            kind = type(layer).__name__
            raise TypeError(f"the image must be an Image layer, got the {kind} layer {layer.name!r}")
        self.image.value = layer

    def read(self) -> dict[str, Any]:
        """Return the scale; contrast limits become numbers."""
        if self._is_blend:  # has levels of a screen, and nothing beyond black and white
            return {"scale": self._BY_DTYPE}
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

    def _displayed_limits(self) -> tuple[float, float] | None:
        if self.layer is None:
            return None
        low, high = self.layer.contrast_limits
        return float(low), float(high)

    @property
    def _is_blend(self) -> bool:
        return isinstance(self.image.value, str)

    def _on_image(self) -> None:
        self.visible_images.is_on = self._is_blend
        self.form.set_row_visible(self.scale, not self._is_blend)
        self.blended.setVisible(self._is_blend)
        if self._is_blend:
            self.blended.setText(self.visible_images.describe())
        self._emit_changed()

    def _on_visible_changed(self) -> None:
        self.blended.setText(self.visible_images.describe())
        self._emit_changed()

    def _list_images(self, _: Any) -> list[tuple[str, Any]]:
        layers = [layer for layer in reversed(self._viewer.layers) if isinstance(layer, Image)]
        blend = [("Visible layers, as displayed", self.VISIBLE)] if any(map(is_input, layers)) else []
        return [*((layer.name, layer) for layer in layers), *blend]

    def _list_scales(self, _: Any) -> list[tuple[str, Any]]:
        own = [] if self._limits is None else [("{:g} to {:g}".format(*self._limits), self._limits)]
        return [*self._SCALES, *own]

    def _on_layers_changed(self) -> None:
        self.image.reset_choices()
        box = self.image.native  # new layers were added behind the last choice
        place = next((each for each in range(box.count()) if box.itemData(each) == self.VISIBLE), -1)
        if 0 <= place < box.count() - 1:
            text, is_chosen = box.itemText(place), self._is_blend
            with QSignalBlocker(box):
                box.removeItem(place)
                box.addItem(text, self.VISIBLE)
                if is_chosen:
                    box.setCurrentIndex(box.count() - 1)

    def _on_active_changed(self) -> None:
        # Our own results are no input unless they are picked by hand: the panel stays with the source. It stays
        # with the visible layers, too, of which now one and now another is selected to be adjusted.
        active = self._viewer.layers.selection.active
        if not self._is_blend and is_input(active) and active in self._viewer.layers:
            self._on_layers_changed()
            self.image.value = active


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
