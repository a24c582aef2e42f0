"""Opening the palette's dock beside the panel."""

from typing import Any

from ..widgets.docks import open_dock

WIDGET = "Palette"


def open_palette(viewer: Any) -> Any:
    """Show the dock of the palette, in a tab with the other docks of its side, and return its widget."""
    return open_dock(viewer, WIDGET, tabify=True)
