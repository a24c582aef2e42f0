"""What the window makes ready beside itself when a panel opens: the compiled kernels of the first preview and run."""

from collections.abc import Callable

import numpy as np
from napari.layers import Image, Layer

from ...recipe import Recipe

#: With fewer pixels a side, colours are counted without the cells that a photograph needs.
_SIDE = 128


def warm_up(recipe: Recipe) -> Callable[[], None]:
    """Return a task that compiles what a run and a preview of `recipe` will need, or loads it from the disk.

    To be called on the window's thread: the first layer of a session loads the registry of units, in which a second
    thread that does so at the same time, for an image that is being opened, finds no unit.
    """
    levels = np.arange(_SIDE, dtype=np.uint8) * (256 // _SIDE)
    image = np.stack(np.broadcast_arrays(levels, levels[:, None], levels[::-1]), axis=-1)
    image[:4, :4] = (0, 255, 0)  # a spot that stands alone, as photographs have them
    layer = Image(image, rgb=True)

    def task() -> None:
        # Here, for a panel opens without all this: it is loaded on the thread, while the panel is looked at.
        from vispy.visuals.line.dash_atlas import DashAtlas

        from ...pipeline.verbs import run
        from ...quality.distortion import distortion
        from ..layers.indexed_layers import to_labels_layer
        from ..layers.visible_region import VisibleRegion
        from .large_task import Scope
        from .preview_task import preview

        indexed = run(image, recipe)
        distortion(image, indexed)
        preview(layer, VisibleRegion(image, True, {}), recipe, Scope(), {}, None)()
        # With each Labels layer come lines to draw polygons with: vispy works out their dashes once in a session.
        DashAtlas()
        # napari compiles the colormap of the first Labels layer of every session: a second, spared to the window.
        Layer.create(*to_labels_layer(indexed, layer, ""))

    return task
