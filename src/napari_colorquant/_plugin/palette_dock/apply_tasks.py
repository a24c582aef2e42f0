"""What the Apply tab does on its thread with one layer."""

from collections.abc import Callable
from typing import Any

from napari.layers import Image

from ...annotate.tables.files import apply_palette
from ...annotate.tables.table import Row, measure
from ...indexed import IndexedImage
from ..layers.image_levels import full_resolution
from ..layers.indexed_layers import to_labels_layer
from ..layers.layer_values import LayerDataTuple
from ..layers.provenance import read_metadata
from ..layers.sources import pixel_size, unit_of
from .session import ResultSession


def measure_own(session: ResultSession, by: str) -> Callable[[], list[Row]]:
    """Return a task that measures the result itself, for the first rows of the table."""
    indexed, layer, source = session.indexed, session.layer, session.source
    if session.is_lazy or session.has_frames:
        return list
    size, unit, name = pixel_size(layer), unit_of(layer), layer.name if source is None else source.name
    image, rgb = (None, None) if source is None else (full_resolution(source), bool(source.rgb))
    return lambda: [
        {"image": name, **row} for row in measure(indexed, image, by=by, pixel_size=size, unit=unit, rgb=rgb)
    ]


def map_layer(
    layer: Image, indexed: IndexedImage, by: str, result: Any
) -> Callable[[], tuple[LayerDataTuple, list[Row]]]:
    """Return a task that maps and measures one image layer; what it needs of the layer is read now."""
    image, rgb, name = full_resolution(layer), bool(layer.rgb), layer.name
    size, unit, result_id = pixel_size(layer), unit_of(layer), f"{read_id(result)}-{layer.unique_id}"

    def task() -> tuple[LayerDataTuple, list[Row]]:
        mapped = apply_palette(image, indexed.palette, indexed.recipe, rgb=rgb)
        rows = measure(mapped, image, by=by, pixel_size=size, unit=unit, rgb=rgb)
        return to_labels_layer(mapped, layer, result_id), [{"image": name, **row} for row in rows]

    return task


def read_id(result: Any) -> str:
    """Return the id that the layers of a result share."""
    return str((read_metadata(result) or {"id": ""})["id"])
