"""Pixel mapping: give each pixel its nearest palette colour, exactly.

Each distinct colour is looked up once; pixels then read their label from a table that has a page
of 512 entries for each coarse cell that occurs. A photograph touches a few thousand pages.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.progress import checkpoint
from .._runtime.threads import map_blocks
from .._typing import RGB8, Colors, Keys, Labels, Valid
from ..clustering.nearest import BLOCK, nearest
from ..pixels.counts import count_colors
from ..pixels.keys import CELLS, PLACES, keys_to_rgb, rgb_to_keys
from ..pixels.memory import Pixels
from ..spaces import Metric

#: Pixels in one task.
_BLOCK = 1 << 16


@dataclass(frozen=True, eq=False)
class LabelTable:
    """The label of every colour that occurs, as pages of 512 entries.

    Attributes
    ----------
    page_of_cell : ndarray of shape (32768,), uint32
        The page of each coarse cell; 0, a page of zeros, where the cell does not occur.
    pages : ndarray of shape (P, 512), uint8
    """

    page_of_cell: npt.NDArray[np.uint32]
    pages: npt.NDArray[np.uint8]

    @classmethod
    def build(cls, keys: Keys, labels: Labels) -> "LabelTable":
        """Return the table in which each key (ascending) has its label."""
        page_of_cell = np.zeros(CELLS, np.uint32)
        pages = np.zeros((_number_pages(keys, page_of_cell) + 1, PLACES), np.uint8)
        _fill_pages(keys, labels, page_of_cell, pages.reshape(-1))
        return cls(page_of_cell, pages)

    def look_up(self, rgb: RGB8, labels: Labels | None = None) -> Labels:
        """Return the labels of colours that occur, (N, 3) uint8 -> (N,) uint8, in `labels` if it is given."""
        labels = np.empty(len(rgb), np.uint8) if labels is None else labels
        pages = self.pages.reshape(-1)

        def task(start: int, stop: int) -> None:
            _gather(rgb[start:stop], self.page_of_cell, pages, labels[start:stop])

        map_blocks(task, len(rgb), _BLOCK)
        return labels


def label_keys(keys: Keys, colors: RGB8, metric: Metric) -> Labels:
    """Return the label of each key: the nearest of the palette `colors`, (K, 3) uint8, in `metric`.

    The coordinates exist for one block of keys at a time.
    """
    labels = np.empty(len(keys), np.uint8)

    def task(start: int, stop: int) -> None:
        labels[start:stop] = label_coordinates(metric.coordinates(keys_to_rgb(keys[start:stop])), colors, metric)

    map_blocks(task, len(keys), BLOCK)
    return labels


def label_coordinates(coordinates: Colors, colors: RGB8, metric: Metric) -> Labels:
    """Return the index of the nearest of the palette `colors`, (K, 3) uint8, for coordinates (N, A) in `metric`.

    A tie belongs to the colour with the smaller key, whatever the order of the palette: so that
    order never changes the picture.
    """
    order = np.argsort(rgb_to_keys(colors), kind="stable")
    labels: Labels = order.astype(np.uint8)[nearest(coordinates, metric.coordinates(colors[order]))]
    return labels


def map_image(
    pixels: Pixels, colors: RGB8, metric: Metric, table: LabelTable | None = None
) -> tuple[Labels, Valid | None]:
    """Map an image onto palette colours.

    Parameters
    ----------
    pixels : Pixels
    colors : ndarray of shape (K, 3), uint8
        The palette as it is stored.
    metric : Metric
        What "nearest" means.
    table : LabelTable, optional
        The labels of all colours of the image, if they are known already.

    Returns
    -------
    labels : ndarray of shape (..., H, W), uint8
        0 where there is no data.
    valid : ndarray of shape (..., H, W), bool, or None
    """
    labels = np.empty(pixels.shape, np.uint8)
    valid = np.ones(pixels.shape, np.bool_) if pixels.may_have_gaps else None
    done = 0
    for place in pixels.blocks():
        rgb, shown = pixels.read(place)
        flat = labels[place].reshape(-1)  # a view, as blocks are whole rows
        (table or _table_of(rgb, colors, metric)).look_up(rgb, flat)
        if shown is not None and valid is not None:
            flat[~shown] = 0
            valid[place] = shown.reshape(valid[place].shape)
        done += len(rgb)
        checkpoint(done / labels.size)
    return labels, None if valid is None or valid.all() else valid


def count_labels(labels: Labels, count: int, valid: Valid | None = None) -> npt.NDArray[np.int64]:
    """Return how many pixels each of `count` labels has, (count,) int64.

    Parameters
    ----------
    labels : ndarray of any shape, uint8
    count : int
        All labels are below.
    valid : ndarray of the same shape, bool, optional
        False for pixels that do not count.
    """
    flat = np.ascontiguousarray(labels).reshape(-1)
    shown = np.empty(0, np.bool_) if valid is None else np.ascontiguousarray(valid).reshape(-1)

    def task(start: int, stop: int) -> npt.NDArray[np.int64]:
        counts = np.zeros((4, 256), np.int64)
        _tally(flat[start:stop], shown[start:stop], counts)
        summed: npt.NDArray[np.int64] = counts.sum(axis=0)
        return summed

    total: npt.NDArray[np.int64] = np.zeros(256, np.int64)
    for counts in map_blocks(task, len(flat), _BLOCK):
        total += counts
    return total[:count]


def _table_of(rgb: RGB8, colors: RGB8, metric: Metric) -> LabelTable:
    keys = count_colors(rgb, limit=1 << 24).keys
    return LabelTable.build(keys, label_keys(keys, colors, metric))


@kernel
def _number_pages(keys, page_of_cell):  # type: ignore[no-untyped-def]
    used = 0
    for i in range(len(keys)):
        cell = keys[i] >> 9
        used += page_of_cell[cell] == 0
        page_of_cell[cell] = used  # keys ascend: those of a cell stand together
    return used


@kernel
def _fill_pages(keys, labels, page_of_cell, pages):  # type: ignore[no-untyped-def]
    for i in range(len(keys)):
        pages[page_of_cell[keys[i] >> 9] << 9 | keys[i] & 511] = labels[i]


@kernel
def _gather(rgb, page_of_cell, pages, labels):  # type: ignore[no-untyped-def]
    # Unsigned throughout: an index that may be negative costs a comparison each time.
    for i in range(len(rgb)):
        red, green, blue = np.uint32(rgb[i, 0]), np.uint32(rgb[i, 1]), np.uint32(rgb[i, 2])
        cell = (red >> 3) << 10 | (green >> 3) << 5 | blue >> 3
        place = (red & 7) << 6 | (green & 7) << 3 | blue & 7
        labels[i] = pages[page_of_cell[cell] << 9 | place]


@kernel
def _tally(labels, valid, counts):  # type: ignore[no-untyped-def]
    # Four tables: equal labels in a row would wait for each other's count.
    masked = len(valid) > 0
    for i in range(len(labels)):
        if not masked or valid[i]:
            counts[i & 3, labels[i]] += 1
