"""Indexed images as napari layers, and back: pure functions, no viewer, no Qt."""

import numpy as np
from napari.layers import Labels, Layer

from ...annotate.tables.features import palette_features
from ...indexed import IndexedImage
from .colormaps import label_colormap
from .layer_values import LayerDataTuple, from_label_values, to_label_values, to_rgb_values
from .placement import copy_placement, copy_plane_placement
from .provenance import make_metadata, read_palette, read_recipe
from .swatches import lay_out_palette, style_swatches


def to_labels_layer(indexed: IndexedImage, source: Layer, result_id: str) -> LayerDataTuple:
    """Return an indexed image as a Labels layer: palette index + 1, and 0 where there is no data.

    Parameters
    ----------
    indexed : IndexedImage
        Of shape (..., H, W).
    source : napari Layer
        Where the image came from: its place in the world is copied.
    result_id : str
        What the layers of one result share.

    Returns
    -------
    layer : LayerDataTuple
        uint8 labels up to 255 colours (they recolour fastest), uint16 up to 65,535.
    """
    values = {
        "colormap": label_colormap(indexed.palette),
        "features": palette_features(indexed),
        "opacity": 1.0,
        "name": f"{source.name} quantized",
        "metadata": make_metadata("labels", result_id, indexed.recipe, indexed.palette, source),
        **copy_placement(source),
    }
    return to_label_values(indexed), values, "labels"


def to_rgb_layer(indexed: IndexedImage, source: Layer, result_id: str) -> LayerDataTuple:
    """Return an indexed image as an RGB image layer, (..., H, W, 3) uint8, or 4 with alpha.

    Pixels without data are transparent.
    """
    values = {
        "rgb": True,
        "name": f"{source.name} quantized",
        "metadata": make_metadata("rgb", result_id, indexed.recipe, indexed.palette, source),
        **copy_placement(source),
    }
    return to_rgb_values(indexed), values, "image"


def to_palette_layer(indexed: IndexedImage, source: Layer, result_id: str) -> LayerDataTuple:
    """Return the palette as a Points layer: one swatch per colour, in columns to the right of the image."""
    positions, cell = lay_out_palette(len(indexed.palette), indexed.shape[-2:])
    values = {
        "features": palette_features(indexed),
        **style_swatches(indexed.palette, cell),
        "name": f"{source.name} palette",
        "metadata": make_metadata("palette", result_id, indexed.recipe, indexed.palette, source),
        **copy_plane_placement(source),
    }
    return positions, values, "points"


def to_indexed(layer: Labels) -> IndexedImage:
    """Return the indexed image that a Labels layer of ours holds, painted edits included.

    Raises
    ------
    ValueError
        If the layer is not ours, or holds a label that the palette does not have.
    """
    palette = read_palette(layer)
    labels, valid = from_label_values(layer.data, len(palette))
    if (highest := int(np.max(layer.data))) > len(palette):
        raise ValueError(f"labels must lie in 0..{len(palette)}, got {highest} in {layer.name!r}")
    return IndexedImage(labels, palette, read_recipe(layer), valid)
