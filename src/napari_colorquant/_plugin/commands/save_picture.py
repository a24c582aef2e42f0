"""The active result as a picture in a file, as large as the image or enlarged, in any format that is written."""

from pathlib import Path
from typing import Any

from napari.layers import Labels
from napari.utils.notifications import show_error, show_info
from qtpy.QtWidgets import QInputDialog, QWidget

from ...io.enlarge import MOST
from ...io.formats import IMAGE_FORMATS
from ..files.writer import write_indexed_image
from ..layers.sources import find_source
from .ask_path import ask_path

#: Letters; file systems take 255 bytes with a suffix, and a letter may have three.
_LONGEST_NAME = 80


def save_picture(parent: QWidget | None, viewer: Any, layer: Labels, enlarge: int = 1) -> None:
    """Ask where the picture shall be written, PNG first, and write it; what goes wrong is shown.

    Parameters
    ----------
    parent : QWidget or None
    viewer : napari.Viewer
    layer : Labels
        A result.
    enlarge : int
        How many pixels a side each pixel becomes.
    """
    formats = [entry for entry in IMAGE_FORMATS.values() if entry.write is not None]
    filters = [f"{entry.name.upper()} (*{entry.suffixes[0]})" for entry in formats]
    place = folder_of(viewer, layer) / f"{as_file_name(layer.name)}.png"
    suffixes = [suffix for entry in formats for suffix in entry.suffixes]
    path = ask_path(parent, "Save the picture", str(place), filters, suffixes, ".png")
    if not path:
        return
    data, meta, _ = layer.as_layer_data_tuple()
    try:
        write_indexed_image(path, data, meta, enlarge=enlarge)
    except (OSError, RuntimeError) as error:
        show_error(f"Color Quantization: {error}")
    else:
        show_info(f"Saved {Path(path).name}")


def save_enlarged_picture(parent: QWidget | None, viewer: Any, layer: Labels) -> None:
    """Ask how many times as large the picture shall be, then where it goes."""
    factor, accepted = QInputDialog.getInt(
        parent, "Save the picture enlarged", "Times as large, each pixel a square", 4, 2, MOST
    )
    if accepted:
        save_picture(parent, viewer, layer, factor)


def folder_of(viewer: Any, layer: Labels) -> Path:
    """Return where the image lies, if it came from a file."""
    source = find_source(viewer, layer)
    path = None if source is None else source.source.path
    folder = Path() if path is None else Path(path).parent
    return folder if folder.is_dir() else Path()


def as_file_name(name: str) -> str:
    """Return the name of a layer without what no file can be called, and not longer than one may be."""
    safe = "".join(letter if letter.isalnum() or letter in " -_()." else "_" for letter in name)
    return safe[:_LONGEST_NAME].strip(". ") or "picture"
