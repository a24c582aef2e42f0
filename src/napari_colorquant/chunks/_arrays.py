"""Dask arrays of labels: shown in colour, relabelled, counted, or loaded."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import dask.array as da
import numpy as np
import numpy.typing as npt
from dask.base import compute

from .._typing import RGB8
from ..mapping.labels import count_labels
from ..mapping.to_rgb import paint_labels
from ..pixels.memory import is_lazy
from ._scheduling import fold, report_progress


def paint(labels: Any, colors: RGB8, valid: Any = None, alpha: Any = None, recolored: Any = None) -> Any:
    """Return labels in colour, a dask array (..., H, W, 3 or 4) uint8; see `painting.paint_labels`."""
    given = {"valid": valid, "alpha": alpha, "recolored": recolored}
    extras = {name: array for name, array in given.items() if array is not None}
    # All get a last axis and the same chunks, so that they are matched.
    arrays = [
        da.asanyarray(array if name == "recolored" else array[..., None]).rechunk((*labels.chunks, -1))
        for name, array in extras.items()
    ]
    return da.map_blocks(
        _paint_chunk,
        labels[..., None],
        *arrays,
        names=tuple(extras),
        colors=colors,
        dtype=np.uint8,
        chunks=(*labels.chunks, (3 if alpha is None else 4,)),
        meta=np.empty((0,) * (labels.ndim + 1), np.uint8),
    )


def relabel(labels: Any, rank: npt.NDArray[np.uint8]) -> Any:
    """Return ``rank[labels]``, chunk by chunk."""
    return labels.map_blocks(_take_rank, rank=rank, dtype=np.uint8)


def count_lazy_labels(labels: Any, valid: Any, count: int) -> npt.NDArray[np.int64]:
    """Return how many `valid` pixels each of `count` labels has, (count,) int64; computes the labels."""
    arrays = [labels] if valid is None else [labels, valid.rechunk(labels.chunks)]
    return fold(partial(_count_chunks, count=count), arrays, sum_arrays)


def match_chunks(arrays: Sequence[Any]) -> list[Any]:
    """Return arrays, numpy or dask, as dask arrays in the chunks of the first dask array.

    All have the shape (..., H, W), some a last axis more, which stays in one chunk.
    """
    ndim = min(array.ndim for array in arrays)
    chunks = next(array.chunks for array in arrays if is_lazy(array))[:ndim]
    return [da.asanyarray(array).rechunk((*chunks, *array.shape[ndim:])) for array in arrays]


def load(*arrays: Any) -> tuple[Any, ...]:
    """Return arrays in memory, computed together and with progress; what is None or numpy stays as it is."""
    with report_progress():
        loaded: tuple[Any, ...] = compute(*arrays)
    return loaded


def sum_arrays(arrays: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    """Return the sum of equal-shaped arrays."""
    total: npt.NDArray[np.int64] = np.sum(arrays, axis=0, dtype=np.int64)
    return total


def _paint_chunk(labels: Any, *arrays: Any, names: tuple[str, ...], colors: RGB8) -> RGB8:
    extras = {name: array if name == "recolored" else array[..., 0] for name, array in zip(names, arrays, strict=True)}
    return paint_labels(labels[..., 0], colors, **extras)


def _take_rank(labels: Any, rank: npt.NDArray[np.uint8]) -> Any:
    return rank[labels]


def _count_chunks(*columns: list[Any], count: int) -> npt.NDArray[np.int64]:
    return sum_arrays([count_labels(labels, count, *valid) for labels, *valid in zip(*columns, strict=True)])
