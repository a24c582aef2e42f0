"""Samples of a result and its image for views of their colours: of any size, lazy, or with a palette per frame."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from napari.layers import Image, Labels

from ...indexed import IndexedFrames, IndexedImage
from ...quality.distortion import delta_e_map
from ..layers.frames import has_palettes, read_palettes
from ..layers.image_levels import full_resolution
from ..layers.provenance import KEY
from ..layers.sources import read_result

#: Pixels of a lazy image that are read for a map of all of them; of a pyramid, as many are enough to see its colours.
_MOST, _ENOUGH = 1 << 28, 1 << 20


def pixels_to_sample(layer: Labels, source: Image | None) -> tuple[IndexedImage, Any]:
    """Return a result and its image to take samples of: the shown frame of frames, a coarse level of pyramids.

    Parameters
    ----------
    layer : Labels
        A result of ours; ValueError if it holds a label that its palette does not have.
    source : Image or None
        The image that it was made from.

    Returns
    -------
    indexed : IndexedImage
    image : array or None
    """
    indexed = read_result(layer)
    image = None if source is None else full_resolution(source)
    if layer.multiscale and source is not None and source.multiscale and len(layer.data) == len(source.data):
        sizes = [int(np.prod(level.shape)) for level in layer.data]
        level = max((at for at, size in enumerate(sizes) if size >= _ENOUGH), default=0)
        values, image = layer.data[level], source.data[level]
        valid = values > 0
        indexed = replace(indexed, labels=(values - valid).astype(indexed.labels.dtype), valid=valid)
    if has_palettes(layer):
        found = layer.metadata[KEY]
        place = np.unravel_index(int(found["frame"]), indexed.shape[:-2])
        valid = None if indexed.valid is None else indexed.valid[place]
        indexed = replace(indexed, labels=indexed.labels[place], valid=valid)
        image = None if image is None else image[place]
    return indexed, image


def error_task(layer: Labels, source: Image) -> Callable[[], npt.NDArray[np.float32]]:
    """Return a task that compares every pixel of a result with its image, see `delta_e_map`.

    Raises
    ------
    ValueError
        If the layer holds a label that its palette does not have, or is lazy and has more than 2**28 pixels.
    """
    indexed, image, rgb = read_result(layer), full_resolution(source), bool(source.rgb)
    pixels = int(np.prod(indexed.shape))
    if not isinstance(indexed.labels, np.ndarray) and pixels > _MOST:
        raise ValueError(f"an error map of a lazy image must have at most {_MOST} pixels, got {pixels}; crop it first")
    palettes = read_palettes(layer) if has_palettes(layer) else []

    def task() -> npt.NDArray[np.float32]:
        valid = None if indexed.valid is None else np.asarray(indexed.valid)
        whole, pixels = replace(indexed, labels=np.asarray(indexed.labels), valid=valid), np.asarray(image)
        if not palettes:
            differences: npt.NDArray[np.float32] = delta_e_map(pixels, whole, rgb=rgb)
            return differences
        frames = IndexedFrames(whole.labels, tuple(palettes), whole.recipe, valid)
        differences = np.empty(whole.shape, np.float32)
        for place in np.ndindex(*whole.shape[:-2]):
            differences[place] = delta_e_map(pixels[place], frames.frame(place), rgb=rgb)
        return differences

    return task
