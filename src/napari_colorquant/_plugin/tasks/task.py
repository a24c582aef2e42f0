"""What a run does on its thread: quantize, measure, and build the layers, so that the window only shows them."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from napari.layers import Image

from ..._runtime.progress import stage
from ...indexed import IndexedImage
from ...palette import Palette
from ...pipeline.mapped import describe_mapping
from ...pipeline.stained import describe_missing
from ...pipeline.verbs import run
from ...quality.distortion import Distortion, distortion
from ...recipe import Recipe
from ..layers.image_levels import full_resolution
from ..layers.indexed_layers import to_labels_layer, to_palette_layer, to_rgb_layer
from ..layers.layer_values import LayerDataTuple


@dataclass(frozen=True)
class RunResult:
    """What came of a run.

    Attributes
    ----------
    source : Image
        The layer that was quantized.
    indexed : IndexedImage
        The result.
    distortion : Distortion
        How far it is from the image.
    seconds : float
        How long it took.
    made : list of LayerDataTuple
        The layers that show it: the image (Labels or RGB) and the palette.
    note : str
        What else there is to say: what the palette was designed from.
    """

    source: Image
    indexed: IndexedImage
    distortion: Distortion
    seconds: float
    made: list[LayerDataTuple]
    note: str = ""

    @property
    def summary(self) -> str:
        """One line: colours, PSNR, mean ΔE, how pixels were mapped if not exactly, note, time."""
        found, palette = self.distortion, self.indexed.palette
        mapping = "" if found.is_exact else describe_mapping(self.indexed.recipe, palette)
        parts = (describe_count(palette), *_describe(found), mapping, self.note, f"{self.seconds:.2f} s")
        return " · ".join(part for part in parts if part)


def describe_count(palette: Palette) -> str:
    """Return how many colours there are; locked ones that no pixel has are counted apart."""
    unused = sum(lock and share == 0 for lock, share in zip(palette.locked, palette.shares, strict=True))
    used = len(palette) - unused
    text = "1 colour" if used == 1 else f"{used} colours"
    return f"{text} + {unused} locked, unused" if unused else text


def _describe(found: Distortion) -> tuple[str, str]:
    """Return how near the result is to the image as it was displayed, and what the limits of that cut off."""
    if found.is_exact:
        return "exact", ""
    cut = f"{100 * found.clipped:.2g} % clipped" if found.clipped else ""
    if found.mse == 0:
        return "nothing lost but what is clipped" if cut else "no visible loss", cut
    return f"PSNR {found.psnr:.1f} dB · mean ΔE₂₀₀₀ {found.mean_de2000:.2f}", cut


def quantize_layer(layer: Image, recipe: Recipe, kind: str, inputs: dict[str, Any]) -> Callable[[], RunResult]:
    """Return a task that quantizes an image layer; what it needs of the layer is read now, on the window's thread.

    Parameters
    ----------
    layer : Image
    recipe : Recipe
    kind : {"labels", "rgb"}
        What the result is shown as.
    inputs : dict
        Further keywords of `napari_colorquant.pipeline.verbs.run`.
    """
    image, rgb = full_resolution(layer), bool(layer.rgb)

    def task() -> RunResult:
        start = time.perf_counter()
        indexed = run(image, recipe, rgb=rgb, **inputs)
        seconds = time.perf_counter() - start
        with stage("Measuring the result", 1.0, 1.0):
            measured = distortion(image, indexed, rgb=rgb, mask=inputs.get("mask"))
        show = to_rgb_layer if kind == "rgb" else to_labels_layer
        result_id = uuid.uuid4().hex
        with stage("Showing the result", 1.0, 1.0):
            made = [show(indexed, layer, result_id), to_palette_layer(indexed, layer, result_id)]
        return RunResult(layer, indexed, measured, seconds, made, describe_missing(recipe, indexed.recipe))

    return task
