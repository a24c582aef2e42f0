"""Runs on what one plain array is not enough for: pyramids, lazy images, large ones, and a palette per frame.

A pyramid's labels are mapped when they are looked at: its layer is made of lazy levels. What fits into
memory and has no levels of its own is mapped once, on the thread of the run.
"""

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from napari.layers import Image

from ..distortions import Distortion, distortion
from ..indexed import IndexedImage
from ..per_frame import IndexedFrames, map_frames, run_frames
from ..pipeline import design_palette, run
from ..pixels import is_lazy
from ..progress import stage
from ..pyramids import make_levels, map_levels
from ..recipe import Recipe
from ..sampling import SAMPLE_PIXELS, sample_image
from .frames import add_palettes
from .layers import LayerDataTuple, to_label_values, to_labels_layer, to_palette_layer, to_rgb_layer, to_rgb_values
from .task import Outcome, full_resolution, quantize_layer

#: What a palette is designed from: all pixels, the level that is shown, or a sample of the pixels.
DesignFrom: TypeAlias = Literal["full", "level", "sample"]
#: Planes of more pixels are shown as a pyramid: napari looks at the whole of a single level again and again.
LARGE_PLANE = 1 << 26
#: Lazy labels of so many pixels at most are kept in memory, unless their image is a pyramid.
_HELD = 1 << 28
#: The smallest level of a pyramid is the layer's thumbnail: up to so many pixels, it is computed with the run.
_THUMBNAIL = 1 << 22
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


def is_large(layer: Image) -> bool:
    """Return True if a result of `layer` is shown as a pyramid, or its pixels are not in memory."""
    image = full_resolution(layer)
    in_memory = isinstance(image, np.ndarray) and not isinstance(image, np.memmap)
    return layer.multiscale or not in_memory or int(np.prod(_shape(image, layer.rgb)[-2:])) > LARGE_PLANE


def read_levels(layer: Image) -> list[Any]:
    """Return the levels of an image layer, the largest first, each in memory or as a dask array."""
    return [_as_array(level) for level in (layer.data if layer.multiscale else [layer.data])]


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
        first = _shown(mapped[0], scope.frame)
        seconds = time.perf_counter() - start
        with stage("Measuring the result", 1.0, 1.0):
            measured = _measure(levels[0], mapped[0], inputs.get("mask"), scope, rgb)
        with stage("Showing the result", 1.0, 1.0):
            made = _make_layers(mapped, first, layer, kind)
            if isinstance(mapped[0], IndexedFrames):
                add_palettes(made, mapped[0], scope.frame)
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
    return [level], {name: [_resize(values, _shape(level, rgb))] for name, values in inputs.items()}


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
    image, shape = levels[level], _shape(levels[level], rgb)
    if scope.design_from == "sample":  # of every frame alike: every second, third ... row and column
        frames = max(1, int(np.prod(shape[:-2])))
        step = max(1, int(np.ceil(np.sqrt(np.prod(shape, dtype=np.int64) / frames / SAMPLE_PIXELS * 16))))
        image = image[(..., slice(None, None, step), slice(None, None, step), *((slice(None),) if rgb else ()))]
    extras = {name: _resize(values, _shape(image, rgb)) for name, values in inputs.items()}
    designed = run_frames(image, recipe, rgb=rgb, **extras)
    if image is levels[0] and len(levels) == 1:
        return [designed]
    return [map_frames(each, designed.palettes, designed.recipe, rgb=rgb) for each in levels]


def _choices(recipe: Recipe) -> dict[str, Any]:
    values = recipe.to_dict()
    return {name: value for name, value in values.items() if name not in ("version", "palette")}


def _held(mapped: Any) -> Any:
    from ..chunks import load

    names = ("labels", "valid", "alpha", "recolored")
    with stage("Mapping the pixels", 0.6, 0.9):
        arrays = load(*(getattr(mapped, name) for name in names))
    return replace(mapped, **dict(zip(names, arrays, strict=True)))


def _shown(mapped: IndexedImage | IndexedFrames, frame: int) -> IndexedImage:
    """Return the whole stack with the palette of the frame that is shown."""
    if isinstance(mapped, IndexedImage):
        return mapped
    frame = min(frame, len(mapped.palettes) - 1)
    return IndexedImage(
        mapped.labels, mapped.palettes[frame], mapped.recipe, mapped.valid, mapped.alpha, mapped.recolored
    )


def _make_layers(mapped: Sequence[Any], first: IndexedImage, source: Image, kind: str) -> list[LayerDataTuple]:
    result_id = uuid.uuid4().hex
    if kind == "rgb":
        _, values, layer_type = to_rgb_layer(_one_pixel(first), source, result_id)
        arrays = [to_rgb_values(each) for each in mapped]
    else:
        whole, values, layer_type = to_labels_layer(first, source, result_id)
        arrays = [whole, *(to_label_values(_shown(each, 0)) for each in mapped[1:])]
    palette = to_palette_layer(first, source, result_id)
    arrays = _as_pyramid(arrays, kind == "rgb", source.multiscale)
    if len(arrays) > 1 or source.multiscale:
        return [(arrays, {**values, "multiscale": True}, layer_type), palette]
    return [(arrays[0], values, layer_type), palette]


def _as_pyramid(arrays: list[Any], is_rgb: bool, is_pyramid: bool) -> list[Any]:
    """Return the levels to show; their smallest is computed, since napari looks at the whole of it."""
    plane = _shape(arrays[0], is_rgb)[-2:]
    if not is_pyramid and (is_lazy(arrays[0]) or int(np.prod(plane)) > LARGE_PLANE):
        arrays = make_levels(arrays[0], rgb=is_rgb)
    if is_lazy(arrays[-1]) and arrays[-1].size <= _THUMBNAIL:
        arrays = [*arrays[:-1], arrays[-1].compute()]
    return arrays


def _one_pixel(indexed: IndexedImage) -> IndexedImage:
    return IndexedImage(np.zeros((1,) * len(indexed.shape), np.uint8), indexed.palette, indexed.recipe)


def _measure(image: Any, mapped: IndexedImage | IndexedFrames, mask: Any, scope: Scope, rgb: bool) -> Distortion:
    if not is_lazy(image):
        result = mapped if isinstance(mapped, IndexedImage) else mapped.to_rgb()
        return distortion(image, result, rgb=rgb, mask=mask, scale=mapped.recipe.scale)
    palette = _shown(mapped, scope.frame).palette
    if isinstance(mapped, IndexedFrames):
        image = image[tuple(int(i) for i in np.unravel_index(scope.frame, mapped.shape[:-2]))]
    how = mapped.recipe.replace(palette=palette, remove_unused=False, keep="none")
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
    height, width = _shape(levels[scope.level], rgb)[-2:]
    origins = {
        "full": "designed from the full resolution",
        "level": f"designed from level {scope.level}, {width} × {height}",
        "sample": "designed from a sample",
    }
    said = ["a palette per frame"] if scope.per_frame else []
    return " · ".join([*said, origins[scope.design_from]] if designed else said)


def _shape(image: Any, rgb: bool) -> tuple[int, ...]:
    return tuple(image.shape[:-1] if rgb else image.shape)


def _as_array(level: Any) -> Any:
    if hasattr(level, "dims") and hasattr(level, "variable"):  # xarray's
        level = level.data
    if is_lazy(level) or (isinstance(level, np.ndarray) and not isinstance(level, np.memmap)):
        return level
    import dask.array as da

    return da.from_array(level, chunks=getattr(level, "chunks", None) or "auto", asarray=True)


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
