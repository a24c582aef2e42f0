"""The classes or colours of the active result as polygons in a Shapes layer."""

from typing import Any

from napari.layers import Labels, Layer
from napari.utils.notifications import show_error, show_info
from qtpy.QtWidgets import QInputDialog, QWidget

from ...annotate.tables.table import choose_by
from ..layers.shape_layer import Outlines, to_shapes_layer
from ..layers.sources import is_one_plane, pixel_size, read_result, unit_of
from ..tasks.runner import Runner

#: The tolerance that is proposed, in pixels: staircases become lines.
_PROPOSED = 1.0


def show_outlines(parent: QWidget, viewer: Any, layer: Labels) -> Runner | None:
    """Ask how far outlines may be simplified, and add them as a layer; classes if there are some, colours otherwise.

    Parameters
    ----------
    parent : QWidget
        With which the work ends.
    viewer : napari.Viewer
    layer : Labels
        A result of one plane in memory.

    Returns
    -------
    runner : Runner or None
        The work; None if nothing was chosen.
    """
    if not is_one_plane(layer):
        show_error("Color Quantization: outlines must be of one plane in memory.")
        return None
    unit, pixel = unit_of(layer), min(pixel_size(layer))
    tolerance, accepted = QInputDialog.getDouble(
        parent, "Outlines as a Shapes layer", f"How far they may be from the pixels, in {unit} (0: exact)",
        _PROPOSED * pixel, 0.0, 1000.0 * pixel, 3,
    )  # fmt: skip
    return add_outlines(parent, viewer, layer, tolerance) if accepted else None


def add_outlines(parent: QWidget, viewer: Any, layer: Labels, tolerance: float) -> Runner:
    """Add the outlines of a result as a layer above it; the polygons are found on a thread."""
    indexed = read_result(layer)
    by = choose_by(indexed.palette)

    def show(made: Outlines) -> None:
        if layer in viewer.layers:
            viewer.layers.insert(viewer.layers.index(layer) + 1, Layer.create(*made.layer))
            if made.left_out:
                show_info(f"Color Quantization: {made.left_out}")

    runner = Runner(parent)
    runner.succeeded.connect(show)
    runner.failed.connect(lambda error: show_error(f"Color Quantization: {error}"))
    runner.start(lambda: to_shapes_layer(indexed, layer, by, tolerance))
    return runner
