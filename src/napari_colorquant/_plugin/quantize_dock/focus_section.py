"""What the design must not lose, rare colours, fixed ones and a region, and what a device can show."""

from typing import Any

from magicgui.widgets import ComboBox, FloatSlider, LineEdit
from napari.layers import Image, Labels, Layer, Shapes

from ..._recipe_fields import FLATS
from ...io.named_palettes import find_palette
from ...pixels.device_grid import check_bits
from ...recipe import Recipe
from ...spaces.hue import KEEPS
from ..layers.image_levels import full_resolution
from ..layers.provenance import read_metadata
from ..layers.regions import read_region_mask
from ..widgets.forms import Fold
from .sections import Section

#: A region is a mask of the whole plane, in memory.
_LARGEST_PLANE = 1 << 28
_FLAT_WORDS = {"keep": "Kept exactly", "mix": "Mixed"}
_KEEP_WORDS = {"none": "Nothing", "lightness": "Lightness", "chroma": "Chroma and lightness"}


class FocusSection(Section):
    """Protection of rare colours, fixed colours, a region to design from, and what pixels keep of their own.

    Parameters
    ----------
    viewer : napari.Viewer
        Its Labels and Shapes layers are offered as regions.
    """

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._viewer = viewer
        self.rare = FloatSlider(value=0.0, min=0.0, max=1.0, step=0.05)
        self.fixed = LineEdit(value="")
        self.flat: ComboBox = ComboBox(choices=[(_FLAT_WORDS[flat], flat) for flat in FLATS])
        self.bits = LineEdit(value="")
        self.region: ComboBox = ComboBox(choices=self._list_regions, nullable=False)
        self.keep: ComboBox = ComboBox(choices=[(_KEEP_WORDS[keep], keep) for keep in KEEPS])
        self.fold = Fold("Protect and focus")
        rows = self.fold.form
        rows.add_row(
            "Rare colours", self.rare, "Keeps small, salient colours alive: 0 looks at areas alone,\n"
            "1 gives up to half of the palette to what stands out, however small it is.",
        )  # fmt: skip
        rows.add_row(
            "Fixed colours", self.fixed, "Colours that must be in the palette as they are: #ff0000, #00ff00.\n"
            "Locked colours of the palette table are fixed, too.",
        )  # fmt: skip
        rows.add_row(
            "Flat colours", self.flat, "Kept: colours of areas come out exactly, and small spots of one colour stay.\n"
            "Mixed: each colour of the palette is the mean of what it stands for.",
        )  # fmt: skip
        rows.add_row(
            "Device bits", self.bits, "Colours that a device can show: its bits of red, green and blue, as rgb565,\n"
            "rgb332 or 5-5-5, or one number for all three. Empty: any colours.",
        )  # fmt: skip
        rows.add_row("Region", self.region, "Choose the colours from this region only; all pixels are mapped.")
        rows.add_row(
            "Pixels keep", self.keep, "Recolour by colour alone: each pixel keeps its own lightness,\n"
            "or its chroma and lightness (only hues are quantized). Labels stay exact;\n"
            "the RGB image then has more colours than the palette.",
        )  # fmt: skip
        self.fixed.native.setPlaceholderText("#ff0000, #00ff00")
        self.bits.native.setPlaceholderText("rgb565")
        self.form.add_wide(self.fold)
        for control in (self.rare, self.fixed, self.flat, self.bits, self.region, self.keep):
            control.changed.connect(self._emit_changed)
        self._follow_layers(viewer, self.region)

    def read(self) -> dict[str, Any]:
        """Return rare, fixed, flat, bits and keep; ValueError if a fixed colour is none, or bits are not."""
        text = self.fixed.value.strip()
        fixed = find_palette(text).hex if text else ()
        bits = check_bits("Device bits", self.bits.value.strip() or None)
        return {
            "rare": float(self.rare.value),
            "fixed": fixed,
            "flat": self.flat.value,
            "bits": bits,
            "keep": self.keep.value,
        }

    def show_recipe(self, recipe: Recipe) -> None:
        """Show rare, fixed, flat, bits and keep."""
        self.flat.value = recipe.flat
        self.bits.value = "" if recipe.bits is None else str(recipe.bits)
        self.fixed.value = ", ".join(recipe.fixed)
        self.show_protection(recipe)
        if recipe.rare or recipe.fixed or recipe.flat != "keep" or recipe.bits or recipe.keep != "none":
            self.fold.expand(False)

    def show_protection(self, recipe: Recipe) -> None:
        """Show rare and keep, and leave what was typed."""
        self.rare.value = recipe.rare
        self.keep.value = recipe.keep

    def inputs(self, layer: Image) -> dict[str, Any]:
        """Return the importance of the pixels where a region is chosen.

        Raises
        ------
        ValueError
            If the region's layer does not fit the image, or is empty.
        """
        region = self.region.value
        if region is None:
            return {}
        shape = full_resolution(layer).shape[: layer.ndim]
        if shape[-2] * shape[-1] > _LARGEST_PLANE:
            raise ValueError(
                f"an image must have at most {_LARGEST_PLANE >> 20} megapixels to be designed from a region, "
                f"got {shape[-2]} x {shape[-1]} pixels; choose the whole image"
            )
        return {"importance": read_region_mask(region, layer)}

    def _list_regions(self, _: Any) -> list[tuple[str, Layer | None]]:
        layers = [layer for layer in reversed(self._viewer.layers) if isinstance(layer, (Labels, Shapes))]
        return [("Whole image", None), *((layer.name, layer) for layer in layers if read_metadata(layer) is None)]
