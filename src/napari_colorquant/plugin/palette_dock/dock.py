"""Opening the palette's dock beside the panel."""

from typing import Any

from ..layers.provenance import KEY

WIDGET = "Palette"


def open_palette(viewer: Any) -> Any:
    """Show the dock of the palette, in a tab with the other docks of its side, and return its widget."""
    dock, widget = viewer.window.add_plugin_dock_widget(KEY, WIDGET, tabify=True)
    dock.raise_()
    return widget
