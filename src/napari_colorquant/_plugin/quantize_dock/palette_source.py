"""Where the palette comes from: designed from the image, or fixed: a layer, a file, a built-in one, a colormap."""

from pathlib import Path
from typing import Any

from magicgui.widgets import CheckBox, ComboBox
from napari.layers import Layer
from napari.utils.notifications import show_error
from qtpy.compat import isalive
from qtpy.QtCore import Signal
from qtpy.QtWidgets import QFileDialog

from ...io.named_palettes import PALETTES, find_palette
from ...io.palettes import read_palette
from ...palette import Palette
from ...recipe import Recipe
from ..layers.provenance import is_free, read_metadata
from ..layers.provenance import read_palette as palette_of_layer
from ..widgets.color_strip import ColorStrip
from ..widgets.forms import Note
from .method_picker import readable
from .sections import Section

_DESIGNED = "designed"
_FILE = "file"
_COLORMAPS = ("viridis", "magma", "turbo", "gray")
_STEPS = 16


class PaletteSource(Section):
    """A drop-down over where the palette comes from.

    Attributes
    ----------
    designs : Signal of bool
        Whether a palette is designed, so that number, method and protection matter.
    """

    designs = Signal(bool)

    def __init__(self, viewer: Any) -> None:
        super().__init__()
        self._viewer = viewer
        self._loaded: dict[str, Palette] = {}
        self._before = _DESIGNED
        self.source: ComboBox = ComboBox(choices=self._list_sources, value=_DESIGNED)
        self.strip, self.summary = ColorStrip(), Note()
        self.remove_unused = CheckBox(text="Remove unused colours", value=False)
        self.form.add_row(
            "Palette",
            self.source,
            "From the image: colours designed for it.\nOtherwise pixels take the nearest colour of that palette.",
        )
        self.form.add_wide(self.strip)
        self.form.add_note(self.summary)
        self.remove_unused.tooltip = "Drop the colours of the palette that no pixel takes."
        self.form.add_wide(self.remove_unused)
        self.source.changed.connect(self._on_source)
        self.remove_unused.changed.connect(self._emit_changed)
        self._follow_layers(viewer, self.source)
        viewer.layers.events.inserted.connect(self._on_inserted)
        self._on_source(_DESIGNED)

    @property
    def palette(self) -> Palette | None:
        """The palette that is chosen, or None where one is designed; ValueError if its layer has lost it."""
        source = self.source.value
        if source == _DESIGNED:
            return None
        if isinstance(source, Layer):
            return palette_of_layer(source)
        return self._loaded[source] if source in self._loaded else find_palette(source)

    def read(self) -> dict[str, Any]:
        """Return the palette, and whether unused colours go."""
        return {"palette": self.palette, "remove_unused": self.palette is not None and self.remove_unused.value}

    def show_recipe(self, recipe: Recipe) -> None:
        """Show the palette of a recipe; one that is not in the list becomes an entry of its own."""
        if recipe.palette is None:
            self.source.value = _DESIGNED
        else:
            self._choose(recipe.palette.title or "Palette of the recipe", recipe.palette)
        self.remove_unused.value = recipe.remove_unused

    def load(self, path: str | Path) -> None:
        """Read a palette file and choose it; an error is shown as a notification."""
        try:
            palette = read_palette(path)
        except (ValueError, OSError) as error:
            show_error(f"Color Quantization: {error}")
            return
        self._choose(palette.title or Path(path).stem, palette)

    def take(self, layer: Layer | None) -> None:
        """Choose a palette that came from a file: who drops one in wants its colours."""
        if layer is not None and _is_palette(layer) and is_free(layer):
            self.source.reset_choices()
            self.source.value = layer

    def _on_inserted(self, event: Any) -> None:
        if isalive(self.form):
            self.take(event.value)

    def _choose(self, name: str, palette: Palette) -> None:
        self._loaded[name] = palette
        self.source.reset_choices()
        self.source.value = name

    def _on_source(self, source: Any) -> None:
        if source == _FILE:
            self.source.value = self._before
            path, _ = QFileDialog.getOpenFileName(self.form, "Open a palette")
            if path:
                self.load(path)
            return
        self._before = source
        is_designed = source == _DESIGNED
        self.remove_unused.native.setVisible(not is_designed)
        self.summary.setVisible(not is_designed)
        self.strip.setVisible(not is_designed)
        if not is_designed:
            self.summary.setText(self._describe(source))
            self.strip.show_palette(self.palette)
        self.designs.emit(is_designed)
        self._emit_changed()

    def _describe(self, source: Any) -> str:
        palette = self.palette
        count = 0 if palette is None else len(palette)
        about = f" · {PALETTES[source].summary}" if isinstance(source, str) and source in PALETTES else ""
        return f"{count} colours{about}"

    def _list_sources(self, _: Any) -> list[tuple[str, Any]]:
        layers = [layer for layer in reversed(self._viewer.layers) if _is_palette(layer)]
        return [
            ("From the image", _DESIGNED),
            *((f"Layer: {layer.name}", layer) for layer in layers),
            *((name, name) for name in self._loaded),
            ("From a file …", _FILE),
            *((readable(name), name) for name in PALETTES),
            *((f"{name}, {_STEPS} steps", f"colormap:{name}:{_STEPS}") for name in _COLORMAPS),
        ]


def _is_palette(layer: Layer) -> bool:
    found = read_metadata(layer)
    return found is not None and found["role"] == "palette"
