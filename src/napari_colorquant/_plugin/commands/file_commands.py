"""File > IO Utilities: palettes in and out, and indexed pictures, whatever their files are called."""

from collections.abc import Callable
from typing import Any

from napari.layers import Labels, Layer, Points
from napari.utils.notifications import show_error, show_info
from napari.viewer import Viewer
from qtpy.QtWidgets import QFileDialog, QWidget

from ...io.formats import list_indexed_suffixes
from ...io.palettes import FORMATS
from ..files.reader import read_indexed_layer, read_palette_layer
from ..files.writer import write_palette
from ..layers.layer_values import LayerDataTuple
from .ask_path import ask_path
from .save_picture import as_file_name

_INDEXED = f"Indexed images ({' '.join(f'*{suffix}' for suffix in list_indexed_suffixes())})"


def import_palette(viewer: Viewer) -> None:
    """Ask for a palette file of any format, and show it as a palette layer."""
    patterns = " ".join(dict.fromkeys(f"*{suffix}" for entry in FORMATS.values() for suffix in entry.suffixes))
    path, _ = QFileDialog.getOpenFileName(_window(viewer), "Import a palette", "", f"Palettes ({patterns})")
    if path:
        _add(viewer, read_palette_layer, path)


def open_indexed(viewer: Viewer) -> None:
    """Ask for an indexed image, and show it as Labels with its palette."""
    path, _ = QFileDialog.getOpenFileName(_window(viewer), "Open an indexed image", "", _INDEXED)
    if path:
        _add(viewer, read_indexed_layer, path)


def export_palette(viewer: Viewer) -> None:
    """Ask for a file, and write the palette of the active layer."""
    layer = viewer.layers.selection.active
    if not isinstance(layer, Labels | Points):
        show_info("Color Quantization: select a result or a palette in the list of layers; its palette is exported.")
        return
    save_palette_as(_window(viewer), layer)


def save_palette_as(parent: QWidget | None, layer: Layer) -> None:
    """Ask where the palette of a layer shall be written, and write it; what goes wrong is shown."""
    filters = [
        f"{entry.summary} (*{entry.suffixes[0]})".replace(":", " –")
        for entry in FORMATS.values()
        if entry.write is not None and entry.name != "riff"
    ]
    suffixes = [suffix for entry in FORMATS.values() for suffix in entry.suffixes]
    path = ask_path(parent, "Export the palette", as_file_name(layer.name), filters, suffixes, ".gpl")
    if not path:
        return
    data, meta, _ = layer.as_layer_data_tuple()
    try:
        write_palette(path, data, meta)
    except (OSError, RuntimeError) as error:
        show_error(f"Color Quantization: {error}")


def _add(viewer: Any, read: Callable[[str], LayerDataTuple], path: str) -> None:
    try:
        layer = Layer.create(*read(path))
    except (OSError, ValueError) as error:
        show_error(f"Color Quantization: {error}")
        return
    viewer.add_layer(layer)


def _window(viewer: Any) -> QWidget | None:
    window = getattr(getattr(viewer, "__wrapped__", viewer), "window", None)
    return None if window is None else window._qt_window
