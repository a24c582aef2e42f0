"""Pixel mapping: give each pixel of an image its nearest palette colour, exactly or by cell, or a dither's choice."""

from __future__ import annotations  # of functions within functions, they would be worked out in every call

from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.progress import checkpoint, stage
from .._runtime.threads import map_blocks
from .._typing import Labels, Levels, Valid, label_type
from ..pixels.arrays import fold_arrays, map_arrays
from ..pixels.intensities import to_8bit
from ..pixels.memory import Pixels
from ..pixels.source import Source
from ..registry import Method
from ..spaces import Metric
from .by_cell import GrowingCellTable
from .dither import dither_labels, target_of
from .dithers import Plane
from .film import dither_film, is_steady, pack_frame
from .nearest_colors import label_colors
from .smooth import Smoothing, smooth_labels
from .tables import Table, gray_table, table_of, table_of_block

#: A dither with its options.
Dither: TypeAlias = tuple[Method, dict[str, Any]]

#: In an image of more pixels, colours whose labels are unknown are looked up once and for all, not block by block.
_MANY_PIXELS = 3 << 23
#: So they are in any image of more than one block where whole cells are labelled at the price of a few colours.
_MANY_IN_CELLS = 1 << 22
#: Labels that one task counts.
_BLOCK = 1 << 16


def label_source(
    source: Source,
    colors: Levels,
    metric: Metric,
    dither: Dither | None = None,
    table: Table | None = None,
    smoothing: Smoothing | None = None,
) -> Any:
    """Map an image onto palette colours.

    Parameters
    ----------
    source : Source
    colors : ndarray of shape (K, 3), uint8 or uint16
        The palette in full depth.
    metric : Metric
        What "nearest" means.
    dither : method and options, optional
        A sequential one takes whole planes, hence chunks of whole planes.
    table : Table, optional
        Of all colours of an image in memory, if their labels have been found already.
    smoothing : Smoothing, optional
        How much labels hang together; not with a dither.

    Returns
    -------
    labels : array of shape (..., H, W), uint8 or uint16
        0 where there is no data; lazy if the source is.
    """
    # To another machine only the palette goes: a table may be a hundred times as large.
    assert table is None or not source.is_lazy
    assert dither is None or smoothing is None
    around = () if smoothing is None else smoothing.reach(len(source.shape))
    if source.is_lazy and dither is not None and is_steady(*dither) and len(source.shape) > 2:
        pack = partial(_pack_frame, colors=colors, metric=metric)
        make = partial(_dither_plane, colors=colors, metric=metric, dither=dither)
        return dither_film(source, pack, make, label_type(len(colors)))
    function = partial(label_pixels, colors=colors, metric=metric, dither=dither, table=table, smoothing=smoothing)
    whole_planes = dither is not None and dither[0].sequential
    return source.map(function, label_type(len(colors)), whole_planes=whole_planes, around=around)


def label_pixels(
    pixels: Pixels,
    colors: Levels,
    metric: Metric,
    dither: Dither | None = None,
    table: Table | None = None,
    smoothing: Smoothing | None = None,
) -> Labels:
    """Return the labels of an image in memory, (..., H, W); see `label_source`."""
    many = _MANY_IN_CELLS if metric.is_separable else _MANY_PIXELS
    if table is None and (pixels.is_part or pixels.size > many or metric.by_cell):
        table = table_of(colors, metric)
    with stage("Mapping the pixels", 0.7, 1.0):
        labels, valid = _look_up_labels(pixels, colors, metric, table)
    if smoothing is not None:
        with stage("Smoothing the labels", 0.8, 1.0):
            return smooth_labels(pixels, labels, valid, colors, metric, smoothing)
    if dither is None:
        return labels
    with stage("Dithering", 0.8, 1.0):
        return dither_labels(pixels, labels, valid, target_of(to_8bit(colors), metric, keep=pixels.is_part), *dither)


def label_levels(levels: Any, colors: Levels, metric: Metric) -> Labels:
    """Return the label of each of some colours of either depth, (N, 3) -> (N,)."""
    if levels.dtype == np.uint8:
        return table_of_block(levels, colors, metric).look_up(levels)
    return label_deep(levels, colors, metric)


def label_deep(levels: Any, colors: Levels, metric: Metric, *, is_gray: bool = False) -> Labels:
    """Return the labels of 16-bit colours: too many for a table, but where all are gray, or go by their cells."""
    if is_gray:
        labels: Labels = gray_table(colors, metric)[levels[:, 0]]
        return labels
    table = table_of(colors, metric) if metric.by_cell else None
    return table.look_up_deep(levels) if isinstance(table, GrowingCellTable) else label_colors(levels, colors, metric)


def count_labels(labels: Any, count: int, valid: Any = None) -> npt.NDArray[np.int64]:
    """Return how many pixels each of `count` labels has, (count,) int64.

    Parameters
    ----------
    labels : array of shape (..., H, W), uint8 or uint16
        In memory or lazy; then they are computed.
    count : int
        All labels are below.
    valid : array of the same shape, bool, optional
        False for pixels that do not count.
    """
    arrays = [labels] if valid is None else [labels, valid]
    return fold_arrays(partial(_count, count=count), arrays, _add_up)


def relabel(labels: Any, rank: Labels, valid: Any = None) -> Any:
    """Return labels with each index replaced by its entry in `rank`; 0 where not `valid`; lazy if the labels are."""
    return map_arrays(partial(_take_rank, rank=rank), {"labels": labels, "valid": valid}, rank.dtype)


def rank_labels(labels: Labels, rank: Labels, valid: Valid | None = None) -> None:
    """Do in place what `relabel` does, for an array in memory that is contiguous."""
    if np.array_equal(rank, np.arange(len(rank))):
        return
    flat = labels.reshape(-1)
    shown = np.empty(0, np.bool_) if valid is None else valid.reshape(-1)

    def task(start: int, stop: int) -> None:
        _rank(flat[start:stop], rank, shown[start:stop])

    map_blocks(task, len(flat), _BLOCK)


def _pack_frame(pixels: Pixels, colors: Levels, metric: Metric) -> npt.NDArray[np.uint8]:
    labels, valid = _look_up_labels(pixels, colors, metric, table_of(colors, metric))
    return pack_frame(pixels.read_rgb(), labels, valid)


def _dither_plane(plane: Plane, colors: Levels, metric: Metric, dither: Dither) -> Labels:
    method, options = dither
    labels: Labels = method(plane, target_of(to_8bit(colors), metric, keep=True), **options)
    return labels


def _look_up_labels(pixels: Pixels, colors: Levels, metric: Metric, table: Table | None) -> tuple[Labels, Valid | None]:
    labels = np.empty(pixels.shape, label_type(len(colors)))
    valid = np.ones(pixels.shape, np.bool_) if pixels.may_have_gaps else None
    done = 0
    for place in pixels.blocks():
        rgb, shown = pixels.read_levels(place)
        flat = labels[place].reshape(-1)  # a view, as blocks are whole rows
        if rgb.dtype == np.uint8:
            (table or table_of_block(rgb, colors, metric)).look_up(rgb, flat)
        else:
            flat[:] = label_deep(rgb, colors, metric, is_gray=not pixels.rgb)
        if shown is not None and valid is not None:
            flat[~shown] = 0
            valid[place] = shown.reshape(valid[place].shape)
        done += len(rgb)
        checkpoint(done / labels.size)
    return labels, None if valid is None or valid.all() else valid


def _count(labels: Labels, valid: Valid | None = None, *, count: int) -> npt.NDArray[np.int64]:
    flat = np.ascontiguousarray(labels).reshape(-1)
    shown = np.empty(0, np.bool_) if valid is None else np.ascontiguousarray(valid).reshape(-1)

    def task(start: int, stop: int) -> npt.NDArray[np.int64]:
        counts = np.zeros((4, count), np.int64)
        _add_counts(flat[start:stop], shown[start:stop], counts)
        summed: npt.NDArray[np.int64] = counts.sum(axis=0)
        return summed

    return _add_up([np.zeros(count, np.int64), *map_blocks(task, len(flat), _BLOCK)])


def _add_up(several: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    total: npt.NDArray[np.int64] = np.sum(several, axis=0, dtype=np.int64)
    return total


def _take_rank(labels: Labels, valid: Valid | None = None, *, rank: Labels) -> Labels:
    taken: Labels = rank[labels]
    return taken if valid is None else taken * valid


@kernel
def _add_counts(labels, valid, counts):  # type: ignore[no-untyped-def]
    # Four tables: equal labels in a row would wait for each other's count.
    masked = len(valid) > 0
    for i in range(len(labels)):
        if not masked or valid[i]:
            counts[i & 3, labels[i]] += 1


@kernel
def _rank(labels, rank, valid):  # type: ignore[no-untyped-def]
    masked = len(valid) > 0
    for i in range(len(labels)):
        if not masked or valid[i]:
            labels[i] = rank[labels[i]]
