"""What a preview does on its thread: a design from a sample of the image, mapped onto what is seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from napari.layers import Image

from ...design.auto import make_design
from ...palette import Palette
from ...pipeline.verbs import run
from ...pixels.counting import check_counts, count_pixels
from ...pixels.counts import ColorCounts
from ...pixels.memory import Scale, is_lazy, read_image
from ...recipe import Recipe
from ..layers.image_levels import read_levels
from ..layers.indexed_layers import to_rgb_values
from ..layers.visible_region import Seen
from .large_task import Scope, design_parts

#: Designs of these from a sample take some tens of milliseconds; the others are shown by `fast` in their place.
QUICK = frozenset({"kmeans", "fast", "wu", "pca"})
#: Pixels whose colours are counted for a preview: enough for its palette, and few enough for any change to be quick.
SAMPLE = 1 << 16


@dataclass(frozen=True, eq=False)
class Counted:
    """The colours of a sample, kept from preview to preview.

    Attributes
    ----------
    key : tuple
        What the sample was taken from.
    counts : ColorCounts
    scale : "dtype" or (low, high)
        What is black and white in every part of the image.
    """

    key: tuple[Any, ...]
    counts: ColorCounts
    scale: Scale


@dataclass(frozen=True, eq=False)
class Preview:
    """What is shown before the full result.

    Attributes
    ----------
    rgb : ndarray of shape (h, w, 3 or 4), uint8
    seen : Seen
        Where it stands.
    palette : Palette
    method : str
        The quantizer that was used.
    counted : Counted or None
        For the next one.
    """

    rgb: npt.NDArray[np.uint8]
    seen: Seen
    palette: Palette
    method: str
    counted: Counted | None


def sample_key(layer: Image, recipe: Recipe, scope: Scope, inputs: dict[str, Any]) -> tuple[Any, ...]:
    """Return what the colours of a sample depend on."""
    frame = scope.frame if scope.per_frame else -1
    marks = (crc32(np.ascontiguousarray(values).tobytes()) for values in inputs.values())
    return (layer.unique_id, id(layer.data), recipe.scale, frame, *inputs, *marks)


def preview(
    layer: Image, seen: Seen, recipe: Recipe, scope: Scope, inputs: dict[str, Any], known: Counted | None
) -> Callable[[], Preview]:
    """Return a task that shows a recipe on what is seen.

    Parameters
    ----------
    layer : Image
    seen : Seen
    recipe : Recipe
        A quantizer that is not quick is replaced by `fast`.
    scope : Scope
        Whether frames have palettes of their own, and which frame is shown.
    inputs : dict
        Mask and importance of the finest level.
    known : Counted, optional
        The sample of the last preview, which serves again if nothing that it depends on has changed.
    """
    levels, rgb = read_levels(layer), bool(layer.rgb)
    quick = recipe if recipe.quantizer in QUICK else recipe.replace(quantizer="fast", quantizer_options={})

    def task() -> Preview:
        key = sample_key(layer, recipe, scope, inputs)
        counted = known if known is not None and known.key == key else None
        palette = recipe.palette
        if counted is None and (palette is None or recipe.scale == "range"):
            counted = _count(levels, recipe, scope, inputs, rgb, key)
        if palette is None:
            assert counted is not None
            palette = make_design(counted.counts, quick).palette
        scale = recipe.scale if counted is None else counted.scale
        indexed = run(seen.read(), recipe.replace(palette=palette, scale=scale, remove_unused=False), rgb=rgb)
        return Preview(to_rgb_values(indexed), seen, palette, quick.quantizer, counted)

    return task


def _count(
    levels: list[Any], recipe: Recipe, scope: Scope, inputs: dict[str, Any], rgb: bool, key: tuple[Any, ...]
) -> Counted:
    image, ndim = levels[0], len(levels[0].shape) - rgb
    if scope.per_frame:
        place = tuple(int(i) for i in np.unravel_index(scope.frame, image.shape[: ndim - 2]))
        levels = [level[place] for level in levels if level.shape[: ndim - 2] == image.shape[: ndim - 2]]
        inputs = {name: np.broadcast_to(values, image.shape[:ndim])[place] for name, values in inputs.items()}
    if is_lazy(levels[0]) and not inputs:  # a small level is read at once; chunks of the finest might be far away
        levels = [next((level for level in levels if _pixels(level, rgb) <= 4 * SAMPLE), levels[-1])]
    parts, extras = design_parts(levels, Scope("sample"), inputs, rgb, SAMPLE)
    arrays = [np.asarray(part) for part in parts]
    scale = recipe.scale
    if scale == "range":
        whole = [levels[0]] if isinstance(levels[0], np.ndarray) else arrays
        limits = [read_image(each, rgb=rgb, scale="range").limits or (0.0, 1.0) for each in whole]
        scale = min(low for low, _ in limits), max(high for _, high in limits)
    counts: ColorCounts | None = None
    for i, array in enumerate(arrays):
        given = {name: values[i] for name, values in extras.items()}
        pixels = read_image(array, rgb=rgb, scale=scale, mask=given.get("mask"))
        importance = given.get("importance")
        each = count_pixels(pixels if importance is None else pixels.with_importance(importance))
        counts = each if counts is None else counts + each
    assert counts is not None
    return Counted(key, check_counts(counts), scale)


def _pixels(level: Any, rgb: bool) -> int:
    return int(np.prod(level.shape[:-1] if rgb else level.shape, dtype=np.int64))
