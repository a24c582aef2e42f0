"""The nearest palette colour of a colour: what "the label of a colour" is, everywhere."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import RGB8, Colors, Keys, Labels, Levels, label_type
from ..clustering.nearest import BLOCK
from ..pixels.bins import bin_middles, rgb_to_bins
from ..pixels.intensities import to_8bit, to_16bit
from ..pixels.keys import CELLS, keys_to_rgb, levels_to_keys
from ..spaces import Metric

#: What float32 may lose of a level of 8 bits.
_ROUNDED = np.float32(1e-3)
#: For more palette colours than that, it pays to put near colours nearer to each other than their keys do.
_MANY = 512
#: The place of each coarse cell along a curve that fills eight neighbours before the next eight (Morton 1966): the five
#: bits of red, of green and of blue in turn.
_APART = np.asarray(sum((np.arange(32) >> bit & 1) << 3 * bit for bit in range(5)), np.uint16)
_PLACE_ON_CURVE = (_APART[:, None, None] << 2 | _APART[:, None] << 1 | _APART).reshape(-1)


def label_keys(keys: Keys, colors: Levels, metric: Metric) -> Labels:
    """Return the label of each key of an 8-bit colour: that of the palette `colors`, (K, 3), see `label_counted`.

    The coordinates exist for one block of keys at a time.
    """
    labels = np.empty(len(keys), label_type(len(colors)))
    order = np.empty(len(keys) if len(colors) > _MANY else 0, np.uint32)
    if len(order):
        _order_along_curve(keys, np.zeros(CELLS + 1, np.uint32), order)

    label = _labeller(colors, metric)

    def task(start: int, stop: int) -> None:
        part = order[start:stop] if len(order) else slice(start, stop)
        labels[part] = label(keys_to_rgb(keys[part]))

    map_blocks(task, len(keys), BLOCK)
    return labels


def label_colors(levels: Levels, colors: Levels, metric: Metric) -> Labels:
    """Return the label of each colour of either depth, (N, 3), found one by one."""
    labels, label = np.empty(len(levels), label_type(len(colors))), _labeller(colors, metric)

    def task(start: int, stop: int) -> None:
        labels[start:stop] = label(levels[start:stop])

    map_blocks(task, len(levels), BLOCK)
    return labels


def label_counted(
    counted: Levels | Colors, colors: Levels, metric: Metric, coordinates: Colors | None = None
) -> Labels:
    """Return the label of levels or float32 in 0..1, (N, 3): the index of one of the palette `colors`, (K, 3).

    It is the nearest, or with a metric that is `by_cell`, the nearest to the middle of the small cell in which each
    lies; but colours of the palette are found as they are. Their `coordinates` in `metric`, (N, A), need not be found
    again where they are known.
    """
    if not metric.by_cell:
        return label_exactly(counted, colors, metric, coordinates)
    if counted.dtype.kind == "f":  # a mean lies in the cell of what it is of, so that it is not rounded up
        return _label_cells((counted * np.float32(255) + _ROUNDED).astype(np.uint8), colors, metric)
    levels: Any = counted
    labels = _label_cells(to_8bit(levels), colors, metric)
    own = np.isin(levels_to_keys(levels), keys_at_depth(colors, levels.dtype))
    if own.any():
        labels[own] = label_exactly(levels[own], colors, metric)
    return labels


def label_exactly(
    counted: Levels | Colors, colors: Levels, metric: Metric, coordinates: Colors | None = None
) -> Labels:
    """Return the index of the nearest of the palette `colors`, whatever the metric is otherwise; see `label_counted`.

    A tie belongs to the colour with the smaller key, whatever the order of the palette: so that
    order never changes the picture.
    """
    return _Entries.of(colors, metric).label(counted, metric, coordinates)


@dataclass(frozen=True, eq=False)
class _Entries:
    """The palette by ascending key: the label of each colour, (K,), levels, (K, 3), and coordinates, (K, A)."""

    labels: Labels
    levels: Levels
    coordinates: Colors

    @classmethod
    def of(cls, colors: Levels, metric: Metric) -> "_Entries":
        order = np.argsort(levels_to_keys(colors), kind="stable")
        return cls(order.astype(label_type(len(colors))), colors[order], metric.coordinates(colors[order]))

    def label(self, counted: Levels | Colors, metric: Metric, coordinates: Colors | None = None) -> Labels:
        labels: Labels = self.labels[metric.nearest(counted, self.levels, coordinates, self.coordinates)[0]]
        return labels


def _labeller(colors: Levels, metric: Metric) -> Callable[[Any], Labels]:
    """Return `label_counted` for many blocks, for which the palette is sorted and located once where that can be."""
    if metric.by_cell:
        return partial(label_counted, colors=colors, metric=metric)
    return partial(_Entries.of(colors, metric).label, metric=metric)


def _label_cells(rgb: RGB8, colors: Levels, metric: Metric) -> Labels:
    return label_exactly(bin_middles(rgb_to_bins(rgb)), colors, metric)


def keys_at_depth(colors: Levels, depth: npt.DTypeLike) -> npt.NDArray[np.unsignedinteger[Any]]:
    """Return the keys of the palette colours that images of `depth`, uint8 or uint16, can have."""
    if np.dtype(depth) == np.uint8:
        colors = to_8bit(colors)[(to_16bit(to_8bit(colors)) == to_16bit(colors)).all(axis=1)]
    else:
        colors = to_16bit(colors)
    keys: npt.NDArray[np.unsignedinteger[Any]] = levels_to_keys(colors)
    return keys


def sum_labels(labels: Labels, counts: npt.NDArray[np.int64], n_labels: int) -> npt.NDArray[np.int64]:
    """Return the sum of the `counts` of each label, (n_labels,) int64."""
    sums = np.zeros(max(n_labels, 256), np.int64)
    _add_counts(labels, counts, sums)
    return sums[:n_labels]


@kernel
def _order_along_curve(keys, starts, order):  # type: ignore[no-untyped-def]
    # Colours that lie in a small box share the few of the palette that are near, which thins out the others.
    for i in range(len(keys)):
        starts[np.uint32(_PLACE_ON_CURVE[keys[i] >> 9]) + np.uint32(1)] += 1
    for place in range(CELLS):
        starts[place + 1] += starts[place]
    for i in range(len(keys)):
        place = _PLACE_ON_CURVE[keys[i] >> 9]
        order[starts[place]] = i
        starts[place] += 1


@kernel
def _add_counts(labels, counts, sums):  # type: ignore[no-untyped-def]
    for i in range(len(labels)):
        sums[labels[i]] += counts[i]
