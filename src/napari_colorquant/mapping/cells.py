"""The nearest palette colours of whole cells of the colour cube, at the price of a few comparisons each.

Of a palette, few colours can be nearest somewhere in a cell of 8 x 8 x 8 colours, and often a single
one: then the cell is labelled at once. The others compare these few. The distances are those of
`napari_colorquant.clustering.nearest`, number by number, and what is ruled out is farther by more than any
rounding; so the labels are the same, bit for bit.
"""

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import inner_kernel, kernel
from .._runtime.threads import map_blocks
from .._typing import Colors, Labels, Levels, label_type
from ..clustering.nearest import SLACK, enclose, find_candidates, rule_out
from ..pixels.keys import CELLS, PLACES, levels_to_keys
from ..spaces import Metric

#: Cells are gone through in blocks of four a side, for which the palette is thinned out first.
_BLOCKS = CELLS >> 6
#: Blocks in one task.
_SHARE = 64
#: Of so few colours, each has a page that holds it alone.
_FEW = 256
#: Of more that may be nearest in a block, it is thinned out for the eight parts of the block, too.
_MANY = 64
#: Of more that may be nearest in a cell, each is held against all others.
_SOME = 6


def fill_cells(
    wanted: npt.NDArray[np.bool_],
    colors: Levels,
    metric: Metric,
    page_of_cell: npt.NDArray[np.uint16],
    pages: Labels,
) -> None:
    """Find the label of every colour of some cells, in a metric whose axes are the channels.

    Parameters
    ----------
    wanted : ndarray of shape (32768,), bool
        Which cells.
    colors : ndarray of shape (K, 3), uint8 or uint16
        The palette.
    metric : Metric
        One that `is_separable`.
    page_of_cell : ndarray of shape (32768,), uint16
        Holds the page that is meant for each wanted cell. Where one of few palette colours owns the whole
        cell, that becomes its label: the first pages stand for these.
    pages : ndarray of shape (P, 512), uint8 or uint16
        Those meant for wanted cells are filled, see `napari_colorquant.mapping.tables`.
    """
    order = np.argsort(levels_to_keys(colors), kind="stable")  # a tie belongs to the smaller key
    palette = np.zeros((3, len(colors)), np.float32)
    palette[metric.active] = metric.coordinates(colors[order]).T
    axes, boxes = channel_coordinates(metric), cell_boxes(metric)

    def task(start: int, stop: int) -> None:
        _fill_blocks(start, stop, wanted, boxes, axes, *palette, order.astype(pages.dtype), page_of_cell, pages)

    map_blocks(task, _BLOCKS, _SHARE)


def uniform_pages(n_colors: int, count: int) -> Labels:
    """Return `count` pages after the first: one for each colour, if they are few, that holds its label throughout."""
    uniform = n_colors if n_colors <= _FEW else 0
    pages = np.empty((uniform + count, PLACES), label_type(n_colors))
    pages[:uniform] = np.arange(uniform)[:, None]
    return pages


def channel_coordinates(metric: Metric) -> Colors:
    """Return the coordinate of each level on the axis of each channel, (3, 256) float32; zeros on one of weight 0."""
    ramp = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    axes = np.zeros((3, 256), np.float32)
    axes[metric.active] = metric.coordinates(ramp).T
    return axes


@lru_cache(maxsize=8)
def cell_boxes(metric: Metric) -> npt.NDArray[np.float32]:
    """Return the box of each cell, middle and half extent, (32768, 6) float32."""
    axes = channel_coordinates(metric).reshape(3, 32, 8)
    low, high = axes[:, :, 0], axes[:, :, -1]
    boxes = np.empty((32, 32, 32, 6), np.float32)
    for axis in range(3):
        shape: Any = [1, 1, 1]
        shape[axis] = 32
        boxes[..., axis] = ((low[axis] + high[axis]) / 2).reshape(shape)
        wider = SLACK * np.maximum(np.abs(low[axis]), np.abs(high[axis]))
        boxes[..., 3 + axis] = ((high[axis] - low[axis]) / 2 + wider).reshape(shape)
    return boxes.reshape(CELLS, 6)


@inner_kernel
def _bound(first, side, wanted, boxes, box):  # type: ignore[no-untyped-def]
    # The box around the wanted ones of side x side x side cells from a first one on; return whether there are any.
    infinite = np.float32(np.inf)
    x0, y0, z0, x1, y1, z1 = infinite, infinite, infinite, -infinite, -infinite, -infinite
    for i in range(side):
        for j in range(side):
            for k in range(side):
                cell = first + (i << 10 | j << 5 | k)
                if wanted[cell]:
                    x, y, z = boxes[cell, 0], boxes[cell, 1], boxes[cell, 2]
                    dx, dy, dz = boxes[cell, 3], boxes[cell, 4], boxes[cell, 5]
                    x0, y0, z0 = min(x0, x - dx), min(y0, y - dy), min(z0, z - dz)
                    x1, y1, z1 = max(x1, x + dx), max(y1, y + dy), max(z1, z + dz)
    enclose(x0, y0, z0, x1, y1, z1, box)
    return x0 <= x1


@kernel
def _fill_blocks(  # type: ignore[no-untyped-def]
    start, stop, wanted, boxes, axes, px, py, pz, order, page_of_cell, pages
):
    # What may be nearest is found for a block, for each of its parts of 2 x 2 x 2 cells, and for each cell.
    count = len(px)
    box = np.empty(6, np.float32)
    squares, excess = np.empty(count + 7, np.float32), np.empty(count + 7, np.float32)
    near, chosen = np.empty(count + 1, np.int64), np.empty(count + 1, np.int64)
    qx, qy, qz = np.empty(count, np.float32), np.empty(count, np.float32), np.empty(count, np.float32)
    rx, ry, rz = np.empty(count, np.float32), np.empty(count, np.float32), np.empty(count, np.float32)
    labels, own = np.empty(count, pages.dtype), np.empty(count, pages.dtype)
    x, y, z = np.empty(count + 7, np.float32), np.empty(count + 7, np.float32), np.empty(count + 7, np.float32)
    far, alive = np.empty(count + 7, np.float32), np.empty(count + 7, np.int32)
    best, index = np.empty((8, 64), np.float32), np.empty((8, 64), np.int32)
    plane, other = np.empty(64, np.float32), np.empty(64, np.float32)
    for block in range(start, stop):
        first = (block >> 6) << 12 | (block >> 3 & 7) << 7 | (block & 7) << 2
        if not _bound(first, 4, wanted, boxes, box):
            continue
        nearby = find_candidates(box, px, py, pz, count, squares, excess, near)
        for place in range(nearby):
            k = near[place]
            qx[place], qy[place], qz[place], labels[place] = px[k], py[k], pz[k], order[k]
            near[place] = place
        for part in range(8):
            begin = first + ((part >> 2) << 11 | (part >> 1 & 1) << 6 | (part & 1) << 1)
            if not _bound(begin, 2, wanted, boxes, box):
                continue
            nearer = nearby
            if nearby > _MANY:
                nearer = find_candidates(box, qx, qy, qz, nearby, squares, excess, near)
            for place in range(nearer):
                k = near[place]
                rx[place], ry[place], rz[place], own[place] = qx[k], qy[k], qz[k], labels[k]
            for place in range(8):
                cell = begin + ((place >> 2) << 10 | (place >> 1 & 1) << 5 | place & 1)
                if not wanted[cell]:
                    continue
                used = find_candidates(boxes[cell], rx, ry, rz, nearer, squares, excess, chosen)
                if used > _SOME:
                    used = rule_out(boxes[cell], rx, ry, rz, squares, chosen, used, x, y, z, far, alive)
                if used == 1 and count <= _FEW:
                    page_of_cell[cell] = own[chosen[0]]
                    continue
                page = pages[page_of_cell[cell]]
                if used == 1:
                    page[:] = own[chosen[0]]
                elif used == 2:
                    _compare_two(cell, axes, rx, ry, rz, own, chosen, plane, other, page)
                else:
                    _compare(cell, axes, rx, ry, rz, own, chosen, used, best, index, plane, other, page)


@kernel
def _square_plane(cell, axes, x, y, plane):  # type: ignore[no-untyped-def]
    # The squared distances along red and green together, of the 64 pairs of levels in a cell.
    red, green = cell >> 10 << 3, (cell >> 5 & 31) << 3
    for i in range(8):
        dx = axes[0, red + i] - x
        square = dx * dx
        for j in range(8):
            dy = axes[1, green + j] - y
            plane[i * 8 + j] = square + dy * dy


@kernel
def _compare_two(cell, axes, qx, qy, qz, labels, chosen, plane, other, page):  # type: ignore[no-untyped-def]
    # The nearer of two colours for each of the 512 of a cell, blue by blue, so that the inner loop is long.
    a, b = chosen[0], chosen[1]
    first, second = labels[a], labels[b]
    _square_plane(cell, axes, qx[a], qy[a], plane)
    _square_plane(cell, axes, qx[b], qy[b], other)
    for i in range(8):
        dz, ez = axes[2, ((cell & 31) << 3) + i] - qz[a], axes[2, ((cell & 31) << 3) + i] - qz[b]
        square, other_square = dz * dz, ez * ez
        row = page[i * 64 : i * 64 + 64]
        for j in range(64):
            row[j] = second if other[j] + other_square < plane[j] + square else first


@kernel
def _compare(cell, axes, qx, qy, qz, labels, chosen, used, best, index, plane, other, page):  # type: ignore[no-untyped-def]
    # The same for more than two, two at a time; bits in place of floats, as in `search`.
    bits = best.view(np.int32)
    best[:] = np.float32(np.inf)
    index[:] = 0
    for c in range(0, used, 2):
        a, b = chosen[c], chosen[min(c + 1, used - 1)]
        first, second = np.int32(labels[a]), np.int32(labels[b])
        _square_plane(cell, axes, qx[a], qy[a], plane)
        _square_plane(cell, axes, qx[b], qy[b], other)
        for i in range(8):
            dz, ez = axes[2, ((cell & 31) << 3) + i] - qz[a], axes[2, ((cell & 31) << 3) + i] - qz[b]
            square, other_square = dz * dz, ez * ez
            row, row_index = bits[i], index[i]
            for j in range(64):
                distance = np.float32(plane[j] + square).view(np.int32)
                other_distance = np.float32(other[j] + other_square).view(np.int32)
                so_far, found = row[j], row_index[j]
                found = first if distance < so_far else found
                so_far = min(so_far, distance)
                row_index[j] = second if other_distance < so_far else found
                row[j] = min(so_far, other_distance)
    labels_found = index.reshape(PLACES)
    for i in range(PLACES):
        page[i] = labels_found[i]
