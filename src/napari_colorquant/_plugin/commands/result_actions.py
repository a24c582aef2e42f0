"""What can be done with the active result as a whole: see its errors and its colours, do it again, take it along.

Each is a command of the manifest, and an entry in the menu of the palette's dock.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from napari.layers import Labels
from napari.utils.notifications import show_info
from napari.viewer import Viewer
from qtpy.QtWidgets import QApplication, QMenu, QWidget

from ...cli.recipe_lines import as_command, as_python
from ...palette import Palette
from ..layers.active_result import find_result
from ..layers.provenance import read_palette, read_recipe
from ..layers.sources import find_source
from ..widgets.docks import open_dock
from .copy_palette import COPIES
from .error_map import show_error_map
from .file_commands import save_palette_as
from .legend_menu import legend_menu
from .outlines_layer import show_outlines
from .save_annotations import save_annotations
from .save_picture import save_enlarged_picture, save_picture

_PANEL, _COLOR_SPACE = "Color Quantization", "Colour space"
_LONGEST_NOTE = 400
_NONE = "Color Quantization: quantize an image as Labels first, or select such a result in the list of layers."


def error_map(viewer: Viewer) -> None:
    """Show how far each pixel of the active result is from the image, as a layer."""
    _with_active_result(viewer, show_error_map)


def open_palette(viewer: Viewer) -> Any:
    """Show the dock, whose lower part edits the palette of the active result, and return that part."""
    return open_dock(_unwrap(viewer), _PANEL).palette_editor


def edit_palette(viewer: Viewer) -> None:
    """Show the palette of the active result in the dock."""
    _with_active_result(viewer, lambda viewer, _: open_palette(viewer))


def show_color_space(viewer: Viewer) -> None:
    """Show the dock of the colour space: palette and cloud are seen together."""
    open_dock(_unwrap(viewer), _COLOR_SPACE)


def use_settings(viewer: Viewer) -> None:
    """Fill the panel with the choices that made the active result, and point it at its image."""
    _with_active_result(viewer, _use_settings)


def copy_python(viewer: Viewer) -> None:
    """Copy the Python that does again what made the active result."""
    _with_active_result(viewer, _copy_python)


def copy_command(viewer: Viewer) -> None:
    """Copy the ``colorquant`` line that does again what made the active result."""
    _with_active_result(viewer, _copy_command)


def result_menu(parent: QWidget, viewer: Any, result: Callable[[], Labels | None]) -> QMenu:
    """Return everything that is here as a menu.

    Parameters
    ----------
    parent : QWidget
    viewer : napari.Viewer
    result : callable
        Returns the result that is meant, or None.
    """
    groups: tuple[tuple[tuple[str, Callable[[Any, Labels], object]], ...], ...] = (
        (
            ("Show in colour space", lambda viewer, _: show_color_space(viewer)),
            ("Error map (ΔE₂₀₀₀) as a layer", show_error_map),
            ("Outlines as a Shapes layer …", partial(show_outlines, parent)),
        ),
        (
            ("Use these settings again", _use_settings),
            ("Copy settings as Python", _copy_python),
            ("Copy settings as a colorquant line", _copy_command),
        ),
        (
            ("Save the picture …", partial(save_picture, parent)),
            ("Save the picture enlarged …", partial(save_enlarged_picture, parent)),
            ("Save annotations: QuPath, COCO, SVG, CSV …", partial(save_annotations, parent)),
            ("Export the palette …", lambda viewer, layer: save_palette_as(parent, layer)),
        ),
        tuple((f"Copy the palette as {title}", partial(_copy_palette, write)) for title, write in COPIES),
    )
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    menu.addMenu(legend_menu(menu, viewer, result))
    for group in groups:
        menu.addSeparator()
        for text, action in group:
            added = menu.addAction(text)
            assert added is not None
            added.triggered.connect(partial(_with_result, viewer, result, action))
    return menu


def _use_settings(viewer: Any, result: Labels) -> None:
    panel = open_dock(viewer, _PANEL)
    source = find_source(viewer, result)
    if source is not None:
        panel.layer = source
    panel.set_recipe(read_recipe(result))


def _copy_python(viewer: Any, result: Labels) -> None:
    _copy(as_python(read_recipe(result)))


def _copy_command(viewer: Any, result: Labels) -> None:
    source = find_source(viewer, result)
    image = str((None if source is None else source.source.path) or "image.png")
    _copy(as_command(read_recipe(result), image, f"{Path(image).stem}-quantized.png"))


def _copy_palette(write: Callable[[Palette], str], viewer: Any, result: Labels) -> None:
    _copy(write(read_palette(result)))


def _copy(text: str) -> None:
    clipboard = QApplication.clipboard()
    if clipboard is not None:
        clipboard.setText(text)
        show_info(f"Copied: {text}" if len(text) <= _LONGEST_NOTE else f"Copied: {text[:_LONGEST_NOTE]} …")


def _with_active_result(viewer: Any, action: Callable[[Any, Labels], object]) -> None:
    whole = _unwrap(viewer)
    found = find_result(whole, whole.layers.selection.active) or find_result(whole, None)
    _with_result(whole, lambda: found, action)


def _with_result(
    viewer: Any, result: Callable[[], Labels | None], action: Callable[[Any, Labels], object], _: bool = False
) -> None:
    found = result()
    if found is None:
        show_info(_NONE)
    else:
        action(viewer, found)


def _unwrap(viewer: Any) -> Any:
    return getattr(viewer, "__wrapped__", viewer)
