"""Layers as files: Labels as indexed images, and the colours of Labels or of swatches as palettes.

What cannot be written is a RuntimeError here: napari takes a writer's ValueError for "no such writer" and
hides its message.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._typing import Labels, label_type
from ...indexed import IndexedFrames, IndexedImage
from ...io import palettes as palette_files
from ...io.formats import find_writer
from ...io.image import ImageFile, guess_axes
from ...io.write import write_indexed
from ...palette import BYTE_COLORS, MAX_COLORS, Palette
from ...recipe import Recipe
from ..layers.layer_values import from_label_values
from ..layers.provenance import find_ours

_Write = Callable[..., list[str]]


def _name_the_file(write: _Write) -> _Write:
    @wraps(write)
    def named(path: str, data: Any, meta: dict[str, Any], **choices: Any) -> list[str]:
        try:
            return write(path, data, meta, **choices)
        except (ImportError, TypeError, ValueError) as error:
            raise RuntimeError(f"{Path(path).name} was not written: {error}") from error

    return named


@_name_the_file
def write_indexed_image(path: str, data: Any, meta: dict[str, Any], enlarge: int = 1) -> list[str]:
    """Write a Labels layer as an indexed image; a file that is there is replaced.

    The palette of a result of ours is kept whole and in order, in the colours in which it is shown; other Labels get
    those, too. Transparent labels become transparent pixels.

    Parameters
    ----------
    path : str
        Its suffix tells the format: a plane for .png, stacks for .gif, .apng and .indexed.tif.
    data, meta
        The layer, as napari hands it to writers.
    enlarge : int
        How many pixels a side each pixel becomes.
    """
    indexed: IndexedFrames | IndexedImage | None = (
        _find_frames(data, meta) if find_writer(path).frame_palettes else None
    )
    indexed = _as_shown(to_indexed_image(data, meta)) if indexed is None else indexed
    write_indexed(indexed, path, _find_place(meta, indexed.shape), overwrite=True, enlarge=enlarge)
    return [path]


@_name_the_file
def write_palette(path: str, data: Any, meta: dict[str, Any]) -> list[str]:
    """Write the colours of a palette layer, of any points, or of a Labels layer as a palette file.

    Parameters
    ----------
    path : str
        Its suffix tells the format.
    data, meta
        The layer, as napari hands it to writers.
    """
    is_points = "face_color" in meta
    palette = palette_of_points(meta) if is_points else to_indexed_image(data, meta).palette
    found = find_ours(meta.get("metadata"))
    recipe = None if found is None else Recipe.from_dict(found.get("recipe"))
    palette_files.write_palette(palette, path, overwrite=True, recipe=recipe)
    return [path]


def _find_place(meta: dict[str, Any], shape: tuple[int, ...]) -> ImageFile | None:
    """Return axes, scale and units of a layer as a file tells them; None if the layer does not say."""
    if len(meta.get("scale", ())) != len(shape):
        return None
    named = tuple(str(label) for label in meta.get("axis_labels") or ())
    is_named = len(set(named)) == len(shape) and named[-2:] == ("y", "x")
    units = tuple(str(unit) for unit in meta.get("units") or ())
    return ImageFile(
        levels=(),
        rgb=False,
        axes=named if is_named else guess_axes(shape, False),
        scales=(tuple(map(float, meta["scale"])),),
        units=tuple("" if unit == "pixel" else unit for unit in units) or ("",) * len(shape),
        origin=tuple(map(float, meta.get("translate", (0.0,) * len(shape)))),
    )


def to_indexed_image(data: Any, meta: dict[str, Any]) -> IndexedImage:
    """Return a Labels layer as an indexed image; ValueError if it shows more than 65,536 colours.

    Parameters
    ----------
    data : array_like of int, shape (..., H, W)
        Or the levels of a pyramid, of which the finest is taken.
    meta : dict
        Its `colormap`, and its `metadata` if it is ours.
    """
    values = np.asarray(data[0] if meta.get("multiscale") else data)
    found = find_ours(meta.get("metadata"))
    if found is not None and found.get("role") == "labels":
        palette = Palette.from_dict(found.get("palette"))
        if int(values.max(initial=0)) <= len(palette):
            labels, valid = from_label_values(values, len(palette))
            if "palettes" in found:
                labels, palette = _join_frames(labels, [Palette.from_dict(each) for each in found["palettes"]])
            return IndexedImage(labels, palette, Recipe.from_dict(found.get("recipe")), valid)
    return _index_by_color(values, meta["colormap"])


def palette_of_points(meta: dict[str, Any]) -> Palette:
    """Return the face colours of a Points layer as a palette, with the names, classes and locks that are known."""
    colors = np.rint(np.asarray(meta["face_color"])[:, :3] * 255).astype(np.uint8)
    found = find_ours(meta.get("metadata"))
    if found is not None and len(kept := Palette.from_dict(found.get("palette"))) == len(colors):
        changed = (colors != kept.shown).any(axis=1)
        display = tuple("" if new else code for code, new in zip(kept.display, changed, strict=True))
        return replace(kept, colors=np.where(changed[:, None], colors, kept.colors), display=display)
    distinct, first = np.unique(colors, axis=0, return_index=True)
    if not 1 <= len(distinct) <= MAX_COLORS:
        raise ValueError(f"the points must have 1..{MAX_COLORS} distinct colours, got {len(distinct)}")
    features, order = meta.get("features"), np.sort(first)
    words = np.asarray(features["name"], str)[order] if features is not None and "name" in features else ()
    return Palette(colors[order], names=tuple(str(word) for word in words), title=meta.get("name", ""))


def _as_shown(indexed: IndexedImage) -> IndexedImage:
    """Return an image in the colours in which it is shown: a picture is to look in a file as it does in the window."""
    palette = indexed.palette
    if not any(palette.display):
        return indexed
    kept = {
        name: getattr(palette, name) for name in ("shares", "names", "locked", "classes", "title", "alphas", "written")
    }
    return replace(indexed, palette=Palette(palette.shown, **kept))


def _find_frames(data: Any, meta: dict[str, Any]) -> IndexedFrames | None:
    """Return a result of ours whose frames have palettes of their own as what it is; None if it is no such layer."""
    found = find_ours(meta.get("metadata"))
    if found is None or found.get("role") != "labels" or "palettes" not in found:
        return None
    palettes = tuple(Palette.from_dict(each) for each in found["palettes"])
    values = np.asarray(data[0] if meta.get("multiscale") else data)
    labels, valid = from_label_values(values, len(palettes[0]))
    if labels.max(initial=0) >= len(palettes[0]):  # painted over with a label that has no colour
        return None
    return IndexedFrames(labels, palettes, Recipe.from_dict(found.get("recipe")), valid)


def _join_frames(labels: Labels, palettes: list[Palette]) -> tuple[Labels, Palette]:
    """Give frames with palettes of their own one palette together; ValueError if it has more than 256 colours."""
    every = np.concatenate([palette.colors for palette in palettes])
    colors, place = np.unique(every, axis=0, return_inverse=True)
    if len(colors) > BYTE_COLORS:
        raise ValueError(
            f"the palettes of all frames must have at most {BYTE_COLORS} colours together, got {len(colors)}"
        )
    planes, tables = labels.reshape(len(palettes), -1), place.reshape(len(palettes), -1).astype(np.uint8)
    return np.take_along_axis(tables, planes.astype(np.intp), axis=1).reshape(labels.shape), Palette(colors)


def _index_by_color(values: npt.NDArray[Any], colormap: Any) -> IndexedImage:
    """Index labels that are not ours by the colours they are shown in; labels of one colour stay apart."""
    numbers, inverse = np.unique(values, return_inverse=True)
    shown = np.asarray(colormap.map(numbers))
    # The background is no colour, whatever a colormap says of it.
    visible = (shown[:, 3] > 0) & (numbers != getattr(colormap, "background_value", 0))
    count = int(np.count_nonzero(visible))
    if not 1 <= count <= MAX_COLORS:
        raise ValueError(f"the labels must show 1..{MAX_COLORS} different ones, got {count}")
    palette = Palette(np.rint(shown[visible, :3] * 255).astype(np.uint8))
    index = np.where(visible, np.cumsum(visible) - 1, 0).astype(label_type(count))
    valid = None if visible.all() else visible[inverse].reshape(values.shape)
    return IndexedImage(index[inverse].reshape(values.shape), palette, Recipe(palette=palette), valid)
