"""Runs on what one plain array is not enough for: pyramids, lazy images, large ones, and a palette per frame.

A pyramid's labels are mapped when they are looked at: its layer is made of lazy levels. What fits into
memory and has no levels of its own is mapped once, on the thread of the run.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from napari.layers import Image

from ..._runtime.progress import stage
from ...indexed import IndexedImage
from ...pipeline.frames import IndexedFrames, map_frames, run_frames
from ...pipeline.pyramid import map_levels
from ...pipeline.verbs import design_palette, run
from ...pixels.memory import is_lazy
from ...pixels.sample import SAMPLE_PIXELS, sample_image
from ...quality.distortion import Distortion, distortion
from ...recipe import Recipe
from ..layers.image_levels import is_large, read_levels, shape_without_channels
from ..layers.large_layers import make_layers, with_frame
from .task import Outcome, quantize_layer

#: What a palette is designed from: all pixels, the level that is shown, or a sample of the pixels.
DesignFrom: TypeAlias = Literal["full", "level", "sample"]
#: Lazy labels of so many pixels at most are kept in memory, unless their image is a pyramid.
_HELD = 1 << 28
#: The error of a lazy image is measured on a sample of so many pixels.
_MEASURED = 1 << 20


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
) -> Callable[[], Outcome]:
    """Return the task that suits an image layer; see `quantize_layer` and `quantize_large`."""
    scope = scope or Scope()
    if is_large(layer) or scope.per_frame:
        return quantize_large(layer, recipe, kind, inputs, scope)
    return quantize_layer(layer, recipe, kind, inputs)


def quantize_large(
    layer: Image, recipe: Recipe, kind: str, inputs: dict[str, Any], scope: Scope
) -> Callable[[], Outcome]:
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

    def task() -> Outcome:
        start = time.perf_counter()
        mapped = _map(levels, recipe, inputs, scope, rgb)
        if not is_pyramid and is_lazy(mapped[0].labels) and mapped[0].labels.size <= _HELD:
            mapped = [_held(mapped[0])]
        first = with_frame(mapped[0], scope.frame)
        seconds = time.perf_counter() - start
        with stage("Measuring the result", 1.0, 1.0):
            measured = _measure(levels[0], mapped[0], inputs.get("mask"), scope, rgb)
        with stage("Showing the result", 1.0, 1.0):
            made = make_layers(mapped, layer, kind, scope.frame)
        return Outcome(layer, first, measured, seconds, made, note)

    return task


def design_parts(
    levels: Sequence[Any], scope: Scope, inputs: dict[str, Any], rgb: bool, n_pixels: int = SAMPLE_PIXELS
) -> tuple[list[Any], dict[str, list[Any]]]:
    """Return the images whose colours are counted, and lists of the masks and importances that belong to them.

    Parameters
    ----------
    levels : sequence of arrays
    scope : Scope
    inputs : dict
        Mask and importance in the shape of the finest level.
    rgb : bool
    n_pixels : int
        How many pixels a sample has.
    """
    finest = levels[0]
    if scope.design_from == "sample":
        parts = sample_image(finest, n_pixels, rgb=rgb)
        extras = {name: _sample_like(values, finest, n_pixels, rgb) for name, values in inputs.items()}
        if "importance" in extras:  # what lies outside the region says nothing
            inside = [i for i, each in enumerate(extras["importance"]) if np.asarray(each).any()]
            parts = [parts[i] for i in inside] or parts
            extras = {name: [values[i] for i in inside] or values for name, values in extras.items()}
        return parts, extras
    level = levels[scope.level if scope.design_from == "level" else 0]
    return [level], {name: [_resize(values, shape_without_channels(level, rgb))] for name, values in inputs.items()}


def _map(
    levels: list[Any], recipe: Recipe, inputs: dict[str, Any], scope: Scope, rgb: bool
) -> list[IndexedImage] | list[IndexedFrames]:
    if scope.per_frame:
        return _map_frames(levels, recipe, inputs, scope, rgb)
    palette = recipe.palette
    if palette is None:
        with stage("Designing the palette", 0.0, 0.6):
            parts, extras = design_parts(levels, scope, inputs, rgb)
            choices: dict[str, Any] = {**extras, **_choices(recipe)}
            palette = design_palette(parts, rgb=rgb, **choices)
    with stage("Mapping the pixels", 0.6, 0.9):
        return map_levels(levels, palette, recipe, rgb=rgb)


def _map_frames(
    levels: list[Any], recipe: Recipe, inputs: dict[str, Any], scope: Scope, rgb: bool
) -> list[IndexedFrames]:
    level = scope.level if scope.design_from == "level" else 0
    image, shape = levels[level], shape_without_channels(levels[level], rgb)
    if scope.design_from == "sample":  # of every frame alike: every second, third ... row and column
        frames = max(1, int(np.prod(shape[:-2])))
        step = max(1, int(np.ceil(np.sqrt(np.prod(shape, dtype=np.int64) / frames / SAMPLE_PIXELS * 16))))
        image = image[(..., slice(None, None, step), slice(None, None, step), *((slice(None),) if rgb else ()))]
    extras = {name: _resize(values, shape_without_channels(image, rgb)) for name, values in inputs.items()}
    designed = run_frames(image, recipe, rgb=rgb, **extras)
    if image is levels[0] and len(levels) == 1:
        return [designed]
    return [map_frames(each, designed.palettes, designed.recipe, rgb=rgb) for each in levels]


def _choices(recipe: Recipe) -> dict[str, Any]:
    values = recipe.to_dict()
    return {name: value for name, value in values.items() if name not in ("version", "palette")}


def _held(mapped: Any) -> Any:
    from ...chunks import load

    names = ("labels", "valid", "alpha", "recolored")
    with stage("Mapping the pixels", 0.6, 0.9):
        arrays = load(*(getattr(mapped, name) for name in names))
    return replace(mapped, **dict(zip(names, arrays, strict=True)))


def _measure(image: Any, mapped: IndexedImage | IndexedFrames, mask: Any, scope: Scope, rgb: bool) -> Distortion:
    if not is_lazy(image):
        result = mapped if isinstance(mapped, IndexedImage) else mapped.to_rgb()
        return distortion(image, result, rgb=rgb, mask=mask, scale=mapped.recipe.scale)
    palette = with_frame(mapped, scope.frame).palette
    if isinstance(mapped, IndexedFrames):
        image = image[tuple(int(i) for i in np.unravel_index(scope.frame, mapped.shape[:-2]))]
    how = mapped.recipe.replace(palette=palette, remove_unused=False)
    pieces, results = [], []
    for part in sample_image(image, _MEASURED, rgb=rgb):
        piece = np.asarray(part)
        channels = piece.shape[-1:] if rgb else ()
        painted = run(piece, how, rgb=rgb).to_rgb()
        pieces.append(piece.reshape(1, -1, *channels))
        results.append(painted.reshape(1, -1, painted.shape[-1]))
    both = np.concatenate(pieces, axis=1), np.concatenate(results, axis=1)
    return distortion(*both, rgb=rgb, scale=mapped.recipe.scale)


def _describe(levels: list[Any], scope: Scope, rgb: bool, designed: bool) -> str:
    height, width = shape_without_channels(levels[scope.level], rgb)[-2:]
    origins = {
        "full": "designed from the full resolution",
        "level": f"designed from level {scope.level}, {width} × {height}",
        "sample": "designed from a sample",
    }
    said = ["a palette per frame"] if scope.per_frame else []
    if is_lazy(levels[0]) and math.prod(shape_without_channels(levels[0], rgb)) > _MEASURED:
        said.append("measured on a sample")
    return " · ".join([*said, origins[scope.design_from]] if designed else said)


def _sample_like(values: Any, image: Any, n_pixels: int, rgb: bool) -> list[Any]:
    """Return the same sample of a mask or importance as `sample_image` returns of the image."""
    array = np.asarray(values)
    if is_lazy(image):
        import dask.array as da

        array = da.from_array(array, chunks=image.chunks[: array.ndim])
        return [np.asarray(part) for part in sample_image(array, n_pixels, rgb=False)]
    return sample_image(array, n_pixels, rgb=False)


def _resize(values: Any, shape: tuple[int, ...]) -> Any:
    """Return a mask or importance of the finest level in the shape of another, by its nearest pixels."""
    array = np.asarray(values)
    if array.shape == shape:
        return array
    places = [np.arange(new) * old // new for old, new in zip(array.shape, shape, strict=True)]
    return array[np.ix_(*places)]
