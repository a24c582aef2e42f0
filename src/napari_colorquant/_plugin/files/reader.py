"""Files as layers: palettes become swatches, indexed images become Labels with their palette.

napari asks which plugin shall read a file whenever two could. So that napari does not ask about an ordinary
picture or table, the manifest claims the palette formats that only palettes have, and of pictures and tables
those that say by their names that they are ours: ``*.indexed.png``, ``*.palette.csv``, and so on.
Any other file is read through File > IO Utilities.
"""

import uuid
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from napari import Viewer, current_viewer
from napari.layers import Image, Layer
from qtpy.QtCore import QTimer

from ...io.formats import find_format, list_indexed_suffixes
from ...io.indexed import is_indexed_file, read_indexed
from ...io.palettes import is_palette_file, read_palette, read_palette_recipe
from ...io.read import read_image
from ...palette import Palette
from ...recipe import Recipe
from ..layers.indexed_layers import to_labels_layer
from ..layers.layer_values import LayerDataTuple
from ..layers.provenance import KEY, make_metadata, read_metadata
from ..layers.swatches import ROWS, lay_out_palette, style_swatches
from ..layers.visible_layers import is_input
from ..widgets.docks import open_dock

_Read = Callable[..., list[LayerDataTuple]]
#: The height of a palette that stands for itself, in world units.
_HEIGHT = 256
#: How often, and after how long, layers are looked for that are not in a window yet.
_TRIES, _AGAIN_MS = 20, 50


def get_reader(path: str | Sequence[str]) -> _Read | None:
    """Return the function that reads files as layers, or None if they are no palettes and no indexed images.

    Parameters
    ----------
    path : str or list of str
        Files of one suffix; several become several layers.
    """
    paths = [path] if isinstance(path, str) else list(path)
    if all(map(_is_indexed_image, paths)):
        return _for_each(read_indexed_layer)
    if all(_is_palette(each) for each in paths):
        return _offer(_for_each(read_palette_layer))
    return None


def read_palette_layer(path: str) -> LayerDataTuple:
    """Read a palette file as a palette layer; ValueError or OSError if it is none."""
    palette = read_palette(path)
    kept = read_palette_recipe(path) if Path(path).suffix.lower() == ".json" else None
    recipe = Recipe(palette=palette) if kept is None else Recipe.from_dict(kept)
    return to_free_palette_layer(palette, palette.title or _bare_name(path), recipe)


def read_indexed_layer(path: str) -> LayerDataTuple:
    """Read an indexed image as a Labels layer of ours; ValueError or OSError if it is none."""
    indexed = read_indexed(path)
    nowhere = Image(np.zeros((1,) * len(indexed.shape), np.uint8), name=_bare_name(path))
    data, values, kind = to_labels_layer(indexed, nowhere, uuid.uuid4().hex)
    values["metadata"][KEY] |= {"source": "", "source_id": ""}
    return data, {**values, **_find_place(path), "name": _bare_name(path)}, kind


def to_free_palette_layer(palette: Palette, name: str, recipe: Recipe) -> LayerDataTuple:
    """Return a palette of no image as a Points layer: swatches in columns, with names and classes as features."""
    positions, cell = lay_out_palette(len(palette), (_HEIGHT, _HEIGHT))
    positions[:, 1] -= positions[0, 1] + 0.5 - cell / 2
    features: dict[str, Any] = {"index": np.arange(1, len(palette) + 1), "hex": np.array(palette.hex)}
    for column, words in (("name", palette.names), ("class", palette.classes)):
        if any(words):
            features[column] = np.array(words)
    values = {
        "name": name,
        "features": features,
        **style_swatches(palette, cell),
        "metadata": make_metadata("palette", uuid.uuid4().hex, recipe, palette),
    }
    return positions, values, "points"


def _find_place(path: str) -> dict[str, Any]:
    """Return where the pixels of a file lie in the world, as a layer takes it, if its format says so."""
    if not find_format(path).units:
        return {}
    image = read_image(path)
    units = tuple(unit if _is_unit(unit) else "pixel" for unit in image.units)
    return {"scale": image.scales[0], "translate": image.origin, "units": units, "axis_labels": image.axes}


def _is_unit(name: str) -> bool:
    """Return True if napari knows a unit; files may call theirs anything."""
    try:
        Image(np.zeros((1, 1), np.uint8), units=(name, name))
    except Exception:  # the parser of units raises errors of many kinds
        return False
    return bool(name)


def _for_each(read: Callable[[str], LayerDataTuple]) -> _Read:
    def read_all(path: str | Sequence[str], **_: Any) -> list[LayerDataTuple]:
        return [read(each) for each in ([path] if isinstance(path, str) else path)]

    return read_all


def _offer(read: _Read) -> _Read:
    """Return a reader of palettes that also shows the dock, which takes the palette: there are images to map onto it.

    Only on the screen: what a script reads without a window opens none.
    """

    def read_and_show(path: str | Sequence[str], **choices: Any) -> list[LayerDataTuple]:
        made = read(path, **choices)
        if current_viewer() is not None:
            ids = [values["metadata"][KEY]["id"] for _, values, _ in made]
            QTimer.singleShot(0, partial(_show_dock, ids, _TRIES))
        return made

    return read_and_show


def _show_dock(ids: list[str], tries: int) -> None:
    """Show the dock in the window that got the layers: a reader is not told which, nor when they are in."""
    for viewer in list(Viewer._instances):
        palettes = [layer for layer in viewer.layers if (read_metadata(layer) or {}).get("id") in ids]
        if palettes:
            if viewer.window._qt_window.isVisible() and any(map(is_input, viewer.layers)):
                _stand_aside(viewer, palettes)
                open_dock(viewer, "Color Quantization")
            return
    if tries:
        QTimer.singleShot(_AGAIN_MS, partial(_show_dock, ids, tries - 1))


def _stand_aside(viewer: Any, palettes: list[Layer]) -> None:
    """Put palettes to the left of all that is there, as high as that, one beside the other."""
    world = np.array([layer.extent.world[:, -2:] for layer in viewer.layers if layer not in palettes])
    (top, left), bottom = world[:, 0].min(axis=0), world[:, 1, 0].max()
    size = max((bottom - top) / _HEIGHT, 1e-9)
    for place, layer in enumerate(palettes):
        layer.scale = (size, size)
        layer.translate = (top, left - (place + 1) * 1.5 * size * _HEIGHT / ROWS)


def _is_indexed_image(path: str) -> bool:
    name = Path(path).name.lower()
    return name.endswith(list_indexed_suffixes()) and ".palette." not in name and is_indexed_file(path)


def _is_palette(path: str) -> bool:
    # A picture that is not indexed, or any text, is a palette only if its name says so.
    name = Path(path).name.lower()
    return is_palette_file(path) and (not name.endswith((".png", ".gif", ".xml", ".txt")) or ".palette." in name)


def _bare_name(path: str) -> str:
    stem = Path(path).stem
    return stem.removesuffix(".palette").removesuffix(".indexed")
