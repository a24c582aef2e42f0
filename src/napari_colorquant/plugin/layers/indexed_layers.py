"""Indexed images as napari layers, and layers as recipes and palettes: pure functions, no viewer, no Qt.

Core index k is palette row k. Label values are k + 1, because napari never draws label 0 in 3-D and
takes it for background: it stands for "no data". That step happens here and nowhere else.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from napari.layers import Labels, Layer

from ...indexed import IndexedImage
from ...palette import Palette
from ...recipe import Recipe
from .colormaps import label_colormap, palette_rgba

#: The key of our dict in a layer's metadata, and the version of that dict.
KEY = "napari-colorquant"
VERSION = 1
#: In it, what the results share that Live makes in a row; a result that was asked for has none.
SERIES = "series"
LayerDataTuple: TypeAlias = tuple[Any, dict[str, Any], str]
#: What our layers are: an indexed image, an image in colour, or a palette.
Role: TypeAlias = Literal["labels", "rgb", "palette"]


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
        uint8 labels up to 255 colours (they recolour fastest), uint16 at 256.
    """
    values = {
        "colormap": label_colormap(indexed.palette),
        "features": label_features(indexed),
        "opacity": 1.0,
        **_common(indexed, source, result_id, "labels", f"{source.name} quantized"),
        **copy_placement(source),
    }
    return to_label_values(indexed), values, "labels"


def to_rgb_layer(indexed: IndexedImage, source: Layer, result_id: str) -> LayerDataTuple:
    """Return an indexed image as an RGB image layer, (..., H, W, 3) uint8, or 4 with the source's alpha.

    Pixels without data are transparent.
    """
    values = {
        "rgb": True,
        **_common(indexed, source, result_id, "rgb", f"{source.name} quantized"),
        **copy_placement(source),
    }
    return to_rgb_values(indexed), values, "image"


def to_palette_layer(indexed: IndexedImage, source: Layer, result_id: str) -> LayerDataTuple:
    """Return the palette as a Points layer: one square per colour, in columns to the right of the image."""
    positions, cell = lay_out_palette(len(indexed.palette), indexed.shape[-2:])
    colors = palette_rgba(indexed.palette)
    values = {
        "features": label_features(indexed),
        "face_color": colors,
        "symbol": "square",
        "size": 0.9 * cell,
        "border_width": 0.04,  # black is seen on black
        "border_color": "#808080",
        "opacity": 1.0,
        **_common(indexed, source, result_id, "palette", f"{source.name} palette"),
        **copy_plane_placement(source),
    }
    return positions, values, "points"


def to_rgb_values(indexed: Any) -> Any:
    """Return an `IndexedImage` or `IndexedFrames` in colour, (..., H, W, 3 or 4) uint8, transparent without data."""
    rgb = indexed.to_rgb()
    if indexed.valid is None or indexed.alpha is not None:
        return rgb
    return np.concatenate([rgb, np.where(indexed.valid, 255, 0).astype(np.uint8)[..., None]], axis=-1)


def to_label_values(indexed: IndexedImage) -> Any:
    """Return the labels as napari shows them, (..., H, W) uint8 or uint16: index + 1, 0 without data."""
    dtype = np.dtype(np.uint8 if len(indexed.palette) <= 255 else np.uint16)
    values = indexed.labels.astype(dtype) + dtype.type(1)
    return values if indexed.valid is None else values * indexed.valid


def from_label_values(values: Any) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_] | None]:
    """Return labels and valid of an `IndexedImage` from what a Labels layer holds; the way back."""
    values = np.asarray(values)
    valid = values > 0
    if valid.all():
        return (values - values.dtype.type(1)).astype(np.uint8, copy=False), None
    return np.where(valid, values - 1, 0).astype(np.uint8), valid


def label_features(indexed: IndexedImage) -> dict[str, npt.NDArray[Any]]:
    """Return one row per colour: index (the label value), hex, name (if any has one), count and share of pixels."""
    palette, valid = indexed.palette, indexed.valid
    # Nobody has looked at all pixels of a lazy image yet.
    every = int(np.prod(indexed.shape, dtype=np.int64))
    total = every if valid is None or indexed.is_lazy else int(valid.sum())
    names = {"name": np.array(palette.names)} if any(palette.names) else {}
    return {
        "index": np.arange(1, len(palette) + 1),
        "hex": np.array(palette.hex),
        **names,
        "count": np.rint(palette.weights * total).astype(np.int64),
        "share": np.array(palette.weights),
    }


def lay_out_palette(count: int, plane: tuple[int, ...]) -> tuple[npt.NDArray[np.float64], float]:
    """Return where the squares of `count` colours stand beside an image of shape `plane`.

    Returns
    -------
    positions : ndarray of shape (count, 2), float64
        Row and column of each centre in pixels of the image: down the columns, from left to right.
    cell : float
        The distance of neighbours.
    """
    height, width = plane
    rows = 8 if count <= 8 else 16 if count <= 32 else 32
    cell = max(min(height, 2 * width) / rows, 1e-3)
    column, row = np.divmod(np.arange(count), rows)
    positions = np.column_stack([(row + 0.5) * cell - 0.5, width + (column + 1.0) * cell - 0.5])
    return positions, cell


def copy_placement(source: Layer) -> dict[str, Any]:
    """Return where a layer stands in the world, as keywords for a layer of the same shape."""
    return {
        "scale": source.scale,
        "translate": source.translate,
        "rotate": source.rotate,
        "shear": source.shear,
        "affine": source.affine.affine_matrix,
        "units": source.units,
        "axis_labels": source.axis_labels,
    }


def copy_plane_placement(source: Layer) -> dict[str, Any]:
    """Return where the last two axes of a layer stand in the world, as keywords for a layer in the plane."""
    scale = np.asarray(source.scale)[-2:]
    origin = np.zeros(source.ndim)
    start = np.asarray(source.data_to_world(origin))[-2:]
    affine = np.eye(3)
    affine[:2, 2] = start
    for axis in range(2):
        step = origin.copy()
        step[source.ndim - 2 + axis] = 1
        affine[:2, axis] = (np.asarray(source.data_to_world(step))[-2:] - start) / scale[axis]
    return {
        "scale": scale,
        "affine": affine,
        "units": source.units[-2:],
        "axis_labels": source.axis_labels[-2:],
    }


def mark_series(made: Sequence[LayerDataTuple], series: str) -> None:
    """Write into the metadata of layers to be which series their result belongs to."""
    for _, values, _ in made:
        values["metadata"][KEY][SERIES] = series


def read_metadata(layer: Layer) -> dict[str, Any] | None:
    """Return a copy of what we wrote into a layer's metadata, or None if the layer is not ours.

    Its keys: version, id (shared by the layers of one result), role, source (name), source_id,
    recipe and palette (both JSON values), and `SERIES`, if it has one.
    """
    found = layer.metadata.get(KEY)
    return deepcopy(found) if isinstance(found, dict) and found.get("version") == VERSION else None


def read_recipe(layer: Layer) -> Recipe:
    """Return the recipe that made a layer of ours; ValueError if it is not ours."""
    return Recipe.from_dict(_require_metadata(layer)["recipe"])


def read_palette(layer: Layer) -> Palette:
    """Return the palette of a layer of ours; ValueError if it is not ours."""
    return Palette.from_dict(_require_metadata(layer)["palette"])


def write_palette(layer: Layer, palette: Palette) -> None:
    """Replace the palette in the metadata of a layer of ours; what the layer shows is not touched."""
    layer.metadata = {**layer.metadata, KEY: {**_require_metadata(layer), "palette": palette.to_dict()}}


def to_indexed(layer: Labels) -> IndexedImage:
    """Return the indexed image that a Labels layer of ours holds, painted edits included.

    Raises
    ------
    ValueError
        If the layer is not ours, or holds a label that the palette does not have.
    """
    palette = read_palette(layer)
    labels, valid = from_label_values(layer.data)
    if (highest := int(np.max(layer.data))) > len(palette):
        raise ValueError(f"labels must lie in 0..{len(palette)}, got {highest} in {layer.name!r}")
    return IndexedImage(labels, palette, read_recipe(layer), valid)


def _require_metadata(layer: Layer) -> dict[str, Any]:
    if (found := read_metadata(layer)) is None:
        raise ValueError(f"the layer must be a result of napari-colorquant, got {layer.name!r}")
    return found


def _common(indexed: IndexedImage, source: Layer, result_id: str, role: Role, name: str) -> dict[str, Any]:
    provenance = {
        "version": VERSION,
        "id": result_id,
        "role": role,
        "source": source.name,
        "source_id": str(source.unique_id),
        "recipe": indexed.recipe.to_dict(),
        "palette": indexed.palette.to_dict(),
    }
    return {"name": name, "metadata": {KEY: deepcopy(provenance)}}
