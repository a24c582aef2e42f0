"""What the window makes ready beside itself when a panel opens: the compiled kernels of the first preview and run."""

from collections.abc import Callable

from napari.layers import Image, Layer

from ...pipeline.verbs import run
from ...quality.distortion import distortion
from ...recipe import Recipe
from ..layers.indexed_layers import to_labels_layer
from ..layers.visible_region import VisibleRegion
from .large_task import Scope
from .preview_task import preview

#: With fewer pixels a side, colours are counted without the cells that a photograph needs.
_SIDE = 128


def warm_up(recipe: Recipe) -> Callable[[], None]:
    """Return a task that compiles what a run and a preview of `recipe` will need, or loads it from the disk."""

    def task() -> None:
        import numpy as np

        levels = np.arange(_SIDE, dtype=np.uint8) * (256 // _SIDE)
        image = np.stack(np.broadcast_arrays(levels, levels[:, None], levels[::-1]), axis=-1)
        image[:4, :4] = (0, 255, 0)  # a spot that stands alone, as photographs have them
        indexed = run(image, recipe)
        distortion(image, indexed)
        layer = Image(image, rgb=True)
        preview(layer, VisibleRegion(image, True, {}), recipe, Scope(), {}, None)()
        # napari compiles the colormap of the first Labels layer of every session: a second, spared to the window.
        Layer.create(*to_labels_layer(indexed, layer, ""))

    return task
