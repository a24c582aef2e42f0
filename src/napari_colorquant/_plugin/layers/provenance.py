"""What we write into a layer's metadata: which result it belongs to, its recipe and palette. No viewer, no Qt."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Literal, TypeAlias

from napari.layers import Layer

from ...palette import Palette
from ...recipe import Recipe
from .layer_values import LayerDataTuple

#: The key of our dict in a layer's metadata, and the version of that dict.
KEY = "napari-colorquant"
VERSION = 1
#: In it, what the results share that Live makes in a row; a result that was asked for has none.
SERIES = "series"
#: In it, of which layers the image was blended, and how they were displayed; absent where it was one layer.
LOOKS = "looks"
#: In it, in a copy of a result: the id of that. No run writes into it, and its image leads to what it was copied from.
COPY = "copy_of"
#: What our layers are: an indexed image, an image in colour, or a palette.
Role: TypeAlias = Literal["labels", "rgb", "palette"]


def make_metadata(
    role: Role, result_id: str, recipe: Recipe, palette: Palette, source: Layer | None = None
) -> dict[str, Any]:
    """Return the metadata of a layer to be.

    Parameters
    ----------
    role : Role
    result_id : str
        What the layers of one result share.
    recipe : Recipe
    palette : Palette
    source : napari Layer, optional
        Where the image came from; None for what was read from a file.
    """
    provenance = {
        "version": VERSION,
        "id": result_id,
        "role": role,
        "source": "" if source is None else source.name,
        "source_id": "" if source is None else str(source.unique_id),
        "recipe": recipe.to_dict(),
        "palette": palette.to_dict(),
    }
    if looks := getattr(source, "looks", None):
        provenance[LOOKS] = looks
    return {KEY: deepcopy(provenance)}


def mark_series(made: Sequence[LayerDataTuple], series: str) -> None:
    """Write into the metadata of layers to be which series their result belongs to."""
    for _, values, _ in made:
        values["metadata"][KEY][SERIES] = series


def read_metadata(layer: Layer) -> dict[str, Any] | None:
    """Return a copy of what we wrote into a layer's metadata, or None if the layer is not ours, or no longer.

    Its keys: version, id (shared by the layers of one result), role, source (name), source_id,
    recipe and palette (both JSON values), and `SERIES`, `LOOKS` and `COPY`, if it has them.
    """
    return find_ours(layer.metadata)


def peek_metadata(layer: Layer) -> dict[str, Any] | None:
    """Return our metadata of a layer to look at, without the copy that `read_metadata` makes."""
    return _look_up(layer.metadata)


def find_ours(metadata: Any) -> dict[str, Any] | None:
    """Return a copy of what is ours in the `metadata` of a layer, see `read_metadata`."""
    try:
        return deepcopy(_look_up(metadata))
    except RecursionError:  # we write nothing so deep
        return None


def _look_up(metadata: Any) -> dict[str, Any] | None:
    found = metadata.get(KEY) if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) and found.get("version") == VERSION else None


def is_free(layer: Layer) -> bool:
    """Return whether a layer of ours was made of no layer, but read from a file."""
    found = read_metadata(layer)
    return found is not None and not found.get("source_id")


def read_recipe(layer: Layer) -> Recipe:
    """Return the recipe that made a layer of ours; ValueError if it is not ours, or holds none."""
    return Recipe.from_dict(_require_metadata(layer).get("recipe"))


def read_palette(layer: Layer) -> Palette:
    """Return the palette of a layer of ours; ValueError if it is not ours, or holds none."""
    return Palette.from_dict(_require_metadata(layer).get("palette"))


def write_palette(layer: Layer, palette: Palette) -> None:
    """Replace the palette in the metadata of a layer of ours; what the layer shows is not touched."""
    layer.metadata = {**layer.metadata, KEY: {**_require_metadata(layer), "palette": palette.to_dict()}}


def _require_metadata(layer: Layer) -> dict[str, Any]:
    if (found := read_metadata(layer)) is None:
        raise ValueError(f"the layer must be a result of napari-colorquant, got {layer.name!r}")
    return found
