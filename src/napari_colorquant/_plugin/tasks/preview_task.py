"""What a preview does on its thread: a design from a sample of the image, mapped onto what is seen."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt
from napari.layers import Image

from ...palette import Palette
from ...pipeline.pyramid import design_parts
from ...pipeline.seeing import palette_seen
from ...pipeline.shared_palette import resolve
from ...pipeline.stained import with_stains
from ...pipeline.verbs import run
from ...pixels.alpha_counts import AlphaCounts, count_seen
from ...pixels.counting import Counts
from ...pixels.intensities import Scale
from ...pixels.source import open_source
from ...recipe import Recipe
from ..layers.image_levels import content_key, read_levels_to_sample, shape_without_channels
from ..layers.layer_values import to_rgb_values
from ..layers.visible_region import VisibleRegion
from .large_task import Scope

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
    counts : Counts or AlphaCounts
    scale : "dtype" or (low, high)
        What is black and white in every part of the image.
    """

    key: tuple[Any, ...]
    counts: Counts | AlphaCounts
    scale: Scale


@dataclass(frozen=True, eq=False)
class Preview:
    """What is shown before the full result.

    Attributes
    ----------
    rgb : ndarray of shape (h, w, 3 or 4), uint8
    seen : VisibleRegion
        Where it stands.
    palette : Palette
    method : str
        The quantizer that was used.
    counted : Counted or None
        For the next one.
    """

    rgb: npt.NDArray[np.uint8]
    seen: VisibleRegion
    palette: Palette
    method: str
    counted: Counted | None


def sample_key(layer: Image, recipe: Recipe, scope: Scope, inputs: dict[str, Any]) -> tuple[Any, ...]:
    """Return what the colours of a sample depend on."""
    frame = scope.frame if scope.per_frame else -1
    marks = {name: crc32(np.ascontiguousarray(values).tobytes()) for name, values in inputs.items()}
    return (content_key(layer), recipe.scale, recipe.reads_alpha, marks.get("mask"), frame, *marks.items())


#: So many entries of a key say what the intensities depend on.
_SOURCE = 4


def preview(
    layer: Image, seen: VisibleRegion, recipe: Recipe, scope: Scope, inputs: dict[str, Any], known: Counted | None
) -> Callable[[], Preview]:
    """Return a task that shows a recipe on what is seen.

    Parameters
    ----------
    layer : Image
    seen : VisibleRegion
    recipe : Recipe
        A quantizer that is not quick is replaced by `fast`.
    scope : Scope
        Whether frames have palettes of their own, and which frame is shown.
    inputs : dict
        Mask and importance of the finest level.
    known : Counted, optional
        The sample of the last preview, which serves again if nothing that it depends on has changed.
    """
    levels, rgb = read_levels_to_sample(layer, SAMPLE), bool(layer.rgb)
    quick = recipe if recipe.quantizer in QUICK else recipe.replace(quantizer="fast", quantizer_options={})

    def task() -> Preview:
        key = sample_key(layer, recipe, scope, inputs)
        scale = known.scale if known is not None and known.key[:_SOURCE] == key[:_SOURCE] else None
        masks = [inputs.get("mask")]
        how = quick.replace(scale=resolve(levels[:1], recipe, masks, rgb=rgb).scale if scale is None else scale)
        counted = known if known is not None and known.key == key else None
        palette = recipe.palette
        if palette is None or how.lacks_stains:
            counted = counted or Counted(key, _count(levels, how, scope, inputs, rgb), how.scale)
            how = with_stains(how, counted.counts)
            palette = palette or palette_seen(counted.counts, how, (), inputs.get("importance"))
        how = recipe.replace(palette=palette, scale=how.scale, stains=how.stains, remove_unused=False)
        return Preview(to_rgb_values(run(seen.read(), how, rgb=rgb)), seen, palette, quick.quantizer, counted)

    return task


def _count(levels: list[Any], recipe: Recipe, scope: Scope, inputs: dict[str, Any], rgb: bool) -> Counts | AlphaCounts:
    reading: dict[str, Any] = {"rgb": rgb, "scale": recipe.scale, "alpha": recipe.reads_alpha}
    source = open_source(levels[0], **reading, **inputs)
    place = np.unravel_index(scope.frame, source.shape[:-2]) if scope.per_frame else ()
    if source.is_lazy and not inputs:  # a small level is read at once; chunks of the finest might be far away
        same = [level for level in levels if shape_without_channels(level, rgb)[:-2] == source.shape[:-2]]
        small = next((level for level in same if _pixels(level, rgb) <= 4 * SAMPLE), same[-1])
        source = open_source(small, **reading)
    return count_seen((part.load() for part in design_parts(source.take(place), "sample", SAMPLE)), recipe.reads_alpha)


def _pixels(level: Any, rgb: bool) -> int:
    return int(np.prod(level.shape[:-1] if rgb else level.shape, dtype=np.int64))
