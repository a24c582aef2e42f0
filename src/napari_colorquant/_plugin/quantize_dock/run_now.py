"""Layers > Filter > Reduce colours now: the dock opens and runs at once, for one kind of picture.

A function for each goal, which the manifest names: napari calls a command with nothing but the viewer.
"""

from collections.abc import Callable
from typing import Any

from napari.viewer import Viewer

from ..widgets.docks import open_dock
from .goals import GOALS


def run_goal(viewer: Any, title: str) -> None:
    """Open the dock, choose a goal, and run; without an image, it says what to do.

    Of fluorescence, visible channels are one image, as displayed; else the image is that of the panel.

    Parameters
    ----------
    viewer : napari.Viewer
    title : str
        That of the goal.
    """
    panel = open_dock(getattr(viewer, "__wrapped__", viewer), "Color Quantization")
    goal = next(goal for goal in GOALS if goal.title == title)
    panel.goal.goal.value = goal
    if goal.blends:  # also where it was chosen before
        panel.image.blend_channels()
    panel.run()


def _command(title: str) -> Callable[[Viewer], None]:
    def run_now(viewer: Viewer) -> None:
        run_goal(viewer, title)

    return run_now


photograph = _command("Photograph")
stained_section = _command("Stained section")
fluorescence = _command("Fluorescence")
pixel_art = _command("Pixel art")
flat_graphics = _command("Flat graphics")
line_drawing = _command("Line drawing")
