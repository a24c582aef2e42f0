"""Which image, and what in it is black and white, and what is seen."""

from typing import Any

import numpy as np
from magicgui.widgets import ComboBox, FloatSlider
from napari.layers import Image, Layer
from qtpy.compat import isalive
from qtpy.QtCore import QSignalBlocker

from ...pixels.intensities import Limits, Scale
from ...recipe import Recipe
from ..layers.image_levels import full_resolution
from ..layers.visible_layers import VisibleLayers, is_input
from ..widgets.forms import Form, Note
from .sections import Section
from .visible_images import VisibleImages

NO_IMAGE = (
    "Open an image first: File › Open, drop a file into the window, or try File › Open Sample › Color Quantization."
)


class ImageSection(Section):
    """The image box, and the row that says what becomes black and white.

    An image of bytes is taken as it is, any other one as it is displayed, until something else is chosen
    for it.
    """

    #: The last choice among the images: not a layer, but the blend of those that are visible.
    VISIBLE = "visible"
    _BY_DTYPE, _AS_DISPLAYED, _BY_RANGE = "dtype", "displayed", "range"
    _ALPHAS = (
        ("Graded, or cut if none is", "auto"), ("Graded", "graded"), ("Cut at one half", "cut"), ("Ignored", "ignore")
    )  # fmt: skip
    _SCALES = (("As displayed", _AS_DISPLAYED), ("By data range", _BY_RANGE), ("By data type", _BY_DTYPE))

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._viewer = viewer
        self._limits: Limits | None = None
        self._followed: Image | None = None
        self.image: ComboBox = ComboBox(choices=self._list_images, nullable=False)
        self.scale: ComboBox = ComboBox(choices=self._list_scales)
        self.alpha: ComboBox = ComboBox(choices=self._ALPHAS)
        self.alpha_weight = FloatSlider(value=1.0, min=0.1, max=10.0, step=0.1)
        self.visible_images = VisibleImages(viewer, self)
        self.blended, self.hint = Note(), Note(NO_IMAGE)
        #: The row of intensities, which few need to see.
        self.levels_form = Form()
        self.image.native.setPlaceholderText("No image")
        self.form.add_row(
            "Image",
            self.image,
            "The image to quantize; follows the layer that is selected in the list.\n"
            "Visible layers: what you see, at full resolution over black. All visible image layers\n"
            "are blended with their colormaps, contrast limits, gamma, opacity and blending.",
        )
        self.form.add_note(self.blended)
        self.form.add_note(self.hint)
        self.levels_form.add_row(
            "Intensities",
            self.scale,
            "What becomes black and white.\n"
            "As displayed: the layer's contrast limits and gamma.\n"
            "By data range: the smallest and the largest value.\n"
            "By data type: 0 and the largest integer, or 0 and 1 for floats.",
        )
        self.levels_form.add_row(
            "Transparency",
            self.alpha,
            "What half transparent pixels are.\n"
            "Graded: colours have an alpha of their own, and pixels count as much as they are seen.\n"
            "Cut at one half: pixels are opaque, or have no data.\n"
            "Ignored: all pixels are opaque.",
        )
        self.levels_form.add_row(
            "Its weight",
            self.alpha_weight,
            "What differences in transparency count for beside those in colour.\n"
            "At 1, as much as they are seen over black and over white.",
        )
        self._connect()
        self._on_active_changed()
        self._on_image_changed()

    def blend_channels(self) -> None:
        """Choose the visible layers if more than one channel is among them: one image in several layers."""
        channels = [each for each in self._viewer.layers if is_input(each) and each.visible and not each.rgb]
        if len(channels) > 1:
            self.image.value = self.VISIBLE

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

    def forms(self) -> list[Form]:
        """Return both forms."""
        return [self.form, self.levels_form]

    def read(self) -> dict[str, Any]:
        """Return the scale; contrast limits become numbers."""
        if self._is_blend:  # has levels of a screen, and nothing beyond black and white
            return {"scale": self._BY_DTYPE, "alpha": "auto", "alpha_weight": 1.0}
        scale: Scale = self.scale.value
        if scale == self._AS_DISPLAYED:
            scale = self._displayed_limits() or "dtype"
        return {"scale": scale, "alpha": self.alpha.value, "alpha_weight": self.alpha_weight.value}

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the scale; limits other than the layer's become an entry of their own."""
        shown = self._displayed_limits()
        if isinstance(recipe.scale, tuple):
            self._limits = None if recipe.scale == shown else recipe.scale
            self.scale.reset_choices()
            self.scale.value = self._AS_DISPLAYED if recipe.scale == shown else recipe.scale
        else:
            self.scale.value = recipe.scale
        self.alpha.value, self.alpha_weight.value = recipe.alpha, recipe.alpha_weight

    def choose_default(self) -> None:
        """Take bytes as they are, and any other image as it is displayed."""
        layer = self._followed
        self.scale.value = self._BY_DTYPE if layer is None or layer.dtype == np.uint8 else self._AS_DISPLAYED

    @property
    def _is_blend(self) -> bool:
        return isinstance(self.image.value, str)

    def _displayed_limits(self) -> Limits | None:
        if self._followed is None:
            return None
        low, high = (float(limit) for limit in self._followed.contrast_limits)
        gamma = float(self._followed.gamma)
        return (low, high) if gamma == 1 else (low, high, gamma)

    def _connect(self) -> None:
        self.image.changed.connect(self._on_image_changed)
        self.visible_images.changed.connect(self._on_visible_changed)
        self.scale.changed.connect(self._emit_changed)
        self.alpha.changed.connect(self._on_alpha_changed)
        self.alpha_weight.changed.connect(self._emit_changed)
        layers = self._viewer.layers
        for event in (layers.events.inserted, layers.events.removed, layers.events.reordered, layers.events.renamed):
            event.connect(self._on_layers_changed)
        layers.selection.events.active.connect(self._on_active_changed)

    def _follow(self, layer: Image | None) -> None:
        """Listen to how the layer is displayed, and no longer to the one before."""
        for one, method in ((self._followed, "disconnect"), (layer, "connect")):
            if one is not None:
                for event in (one.events.contrast_limits, one.events.gamma):
                    getattr(event, method)(self._on_display_changed)
        self._followed = layer

    def _on_image_changed(self) -> None:
        layer = None if self._is_blend else self.image.value
        if layer is not self._followed:
            self._follow(layer)
            self.choose_default()
        self.hint.setVisible(self.image.value is None)
        self.image.native.setEnabled(self.image.value is not None)
        self.visible_images.is_on = self._is_blend
        self.blended.setVisible(self._is_blend)
        self._show_blend()
        self._show_scale()
        self._emit_changed()

    def _on_display_changed(self) -> None:
        if isalive(self):
            self._show_scale()
            if self.scale.value == self._AS_DISPLAYED:
                self._emit_changed()

    def _on_visible_changed(self) -> None:
        self._show_blend()
        self._emit_changed()

    def _show_blend(self) -> None:
        if self._is_blend:
            self.blended.setText(self.visible_images.describe())

    def _show_scale(self) -> None:
        """Offer the choice only where its entries differ: not for colours of bytes that are shown as they are."""
        layer = self._followed
        plain = layer is not None and layer.rgb and layer.dtype == np.uint8
        as_it_is = plain and self._displayed_limits() == (0.0, 255.0)
        self.levels_form.set_row_visible(self.scale, not (self._is_blend or as_it_is))
        has_alpha = layer is not None and layer.rgb and full_resolution(layer).shape[-1] == 4
        self.levels_form.set_row_visible(self.alpha, has_alpha and not self._is_blend)
        is_graded = self.alpha.value in ("auto", "graded")
        self.levels_form.set_row_visible(self.alpha_weight, has_alpha and not self._is_blend and is_graded)

    def _on_alpha_changed(self) -> None:
        self._show_scale()
        self._emit_changed()

    def _list_images(self, _: Any) -> list[tuple[str, Any]]:
        layers = [layer for layer in reversed(self._viewer.layers) if isinstance(layer, Image)]
        blend = [("Visible layers", self.VISIBLE)] if any(map(is_input, layers)) else []
        return [*((layer.name, layer) for layer in layers), *blend]

    def _list_scales(self, _: Any) -> list[tuple[str, Any]]:
        return [*self._SCALES, *([] if self._limits is None else [(_name(self._limits), self._limits)])]

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

        if self.image.value is None and self._followed is not None:  # the last image has gone, of which no box tells
            self._on_image_changed()

    def _on_active_changed(self) -> None:
        # Our own results are no input unless they are picked by hand: the panel stays with the source. It stays
        # with the visible layers, too, of which now one and now another is selected to be adjusted.
        active = self._viewer.layers.selection.active
        if not self._is_blend and is_input(active) and active in self._viewer.layers:
            self._on_layers_changed()
            self.image.value = active


def _name(limits: Limits) -> str:
    return "{:g} to {:g}".format(*limits) + "".join(f", gamma {gamma:g}" for gamma in limits[2:])
