"""The pixels of our layers: labels and colours as napari holds them, and back.

Core index k is palette row k. Label values are k + 1, because napari never draws label 0 in 3-D and
takes it for background: it stands for "no data". That step happens here and nowhere else.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..._typing import Labels, label_type
from ...indexed import IndexedImage

#: A layer to be: its data, its keywords, and its kind.
LayerDataTuple: TypeAlias = tuple[Any, dict[str, Any], str]


def to_label_values(indexed: IndexedImage) -> Any:
    """Return the labels as napari shows them, (..., H, W) uint8 or uint16: index + 1, 0 without data."""
    count = len(indexed.palette)
    dtype = np.dtype(np.uint8 if count <= 255 else np.uint16 if count <= 65535 else np.uint32)
    values = indexed.labels.astype(dtype) + dtype.type(1)
    return values if indexed.valid is None else values * indexed.valid


def from_label_values(values: Any, n_colors: int) -> tuple[Labels, npt.NDArray[np.bool_] | None]:
    """Return labels and valid of an `IndexedImage` of so many colours from what a Labels layer holds; the way back."""
    values, dtype = np.asarray(values), label_type(n_colors)
    valid = values > 0
    if valid.all():
        return (values - values.dtype.type(1)).astype(dtype, copy=False), None
    return np.where(valid, values - 1, 0).astype(dtype), valid


def to_rgb_values(indexed: Any) -> Any:
    """Return an `IndexedImage` or `IndexedFrames` in colour, (..., H, W, 3 or 4) uint8, transparent without data."""
    rgb = indexed.to_rgb()
    if indexed.valid is None or rgb.shape[-1] == 4:
        return rgb
    return np.concatenate([rgb, np.where(indexed.valid, 255, 0).astype(np.uint8)[..., None]], axis=-1)
