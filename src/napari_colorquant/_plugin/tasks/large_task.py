"""Runs on what one plain array is not enough for: pyramids, lazy images, large ones, and a palette per frame.

A pyramid's labels are mapped when they are looked at: its layer is made of lazy levels. What fits into
memory and has no levels of its own is mapped once, on the thread of the run.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from napari.layers import Image

from ..._runtime.progress import stage
from ...indexed import IndexedImage
from ...pipeline.pyramid import DesignFrom, quantize_levels
from ...pipeline.sampled import MEASURED, estimate_distortion
from ...pixels.arrays import is_lazy
from ...recipe import Recipe
from ..layers.image_levels import is_large, read_levels, shape_without_channels
from ..layers.large_layers import make_layers, with_frame
from .task import RunResult, quantize_layer

#: Lazy labels of so many pixels at most are kept in memory, unless their image is a pyramid.
_HELD = 1 << 28


@dataclass(frozen=True)
class Scope:
    """What palettes are designed from, and for what.

    Attributes
    ----------
    design_from : {"full", "level", "sample"}
        All pixels of the finest level, those of `level`, or an even sample of the finest.
    level : int
        The level that is shown.
    per_frame : bool
        A palette for each frame.
    frame : int
        The number of the frame that is shown.
    """

    design_from: DesignFrom = "full"
    level: int = 0
    per_frame: bool = False
    frame: int = 0


def plan_run(
    layer: Image, recipe: Recipe, kind: str, inputs: dict[str, Any], scope: Scope | None = None
) -> Callable[[], RunResult]:
    """Return the task that suits an image layer; see `quantize_layer` and `quantize_large`."""
    scope = scope or Scope()
    if is_large(layer) or scope.per_frame:
        return quantize_large(layer, recipe, kind, inputs, scope)
    return quantize_layer(layer, recipe, kind, inputs)


def quantize_large(
    layer: Image, recipe: Recipe, kind: str, inputs: dict[str, Any], scope: Scope
) -> Callable[[], RunResult]:
    """Return a task that quantizes all levels of an image layer; the layer is read now, on the window's thread.

    Parameters
    ----------
    layer : Image
    recipe : Recipe
    kind : {"labels", "rgb"}
        What the result is shown as.
    inputs : dict
        Mask and importance of the finest level, if there are any.
    scope : Scope
    """
    levels, rgb, is_pyramid = read_levels(layer), bool(layer.rgb), bool(layer.multiscale)
    scope = replace(
        scope,
        design_from=scope.design_from if is_large(layer) else "full",
        level=min(scope.level, len(levels) - 1),
        per_frame=scope.per_frame and recipe.palette is None,
    )
    note = _describe(levels, scope, rgb, designed=is_large(layer) and recipe.palette is None)

    def task() -> RunResult:
        start = time.perf_counter()
        mapped: list[Any] = quantize_levels(
            levels, recipe, design_from=scope.design_from, level=scope.level, per_frame=scope.per_frame, rgb=rgb,
            **inputs,
        )  # fmt: skip
        if not is_pyramid and mapped[0].labels.size <= _HELD:
            with stage("Mapping the pixels", 0.6, 0.9):
                held = mapped[0].load()
                # The shares were those of a sample, or of a palette that was given; now all pixels are at hand.
                mapped = [held.with_shares() if isinstance(held, IndexedImage) else held]
        first = with_frame(mapped[0], scope.frame)
        seconds = time.perf_counter() - start
        with stage("Measuring the result", 1.0, 1.0):
            measured = estimate_distortion(
                levels[0], mapped[0], frame=scope.frame, mask=inputs.get("mask"), rgb=rgb, n_pixels=MEASURED
            )
        with stage("Showing the result", 1.0, 1.0):
            made = make_layers(mapped, layer, kind, scope.frame)
        return RunResult(layer, first, measured, seconds, made, note)

    return task


def _describe(levels: list[Any], scope: Scope, rgb: bool, designed: bool) -> str:
    height, width = shape_without_channels(levels[scope.level], rgb)[-2:]
    origins = {
        "full": "designed from the full resolution",
        "level": f"designed from level {scope.level}, {width} × {height}",
        "sample": "designed from a sample",
    }
    said = ["a palette per frame"] if scope.per_frame else []
    if is_lazy(levels[0]) and math.prod(shape_without_channels(levels[0], rgb)) > MEASURED:
        said.append("measured on a sample")
    return " · ".join([*said, origins[scope.design_from]] if designed else said)
