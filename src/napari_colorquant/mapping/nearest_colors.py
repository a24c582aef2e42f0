"""The nearest palette colour of a colour: what "the label of a colour" is, everywhere."""

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import Colors, Keys, Labels, Levels, label_type
from ..clustering.nearest import BLOCK
from ..pixels.keys import keys_to_rgb, levels_to_keys
from ..spaces import Metric


def label_keys(keys: Keys, colors: Levels, metric: Metric) -> Labels:
    """Return the label of each key of an 8-bit colour: the nearest of the palette `colors`, (K, 3), in `metric`.

    The coordinates exist for one block of keys at a time.
    """
    labels = np.empty(len(keys), label_type(len(colors)))

    def task(start: int, stop: int) -> None:
        labels[start:stop] = label_counted(keys_to_rgb(keys[start:stop]), colors, metric)

    map_blocks(task, len(keys), BLOCK)
    return labels


def label_colors(levels: Levels, colors: Levels, metric: Metric) -> Labels:
    """Return the label of each colour of either depth, (N, 3), found one by one."""
    labels = np.empty(len(levels), label_type(len(colors)))

    def task(start: int, stop: int) -> None:
        labels[start:stop] = label_counted(levels[start:stop], colors, metric)

    map_blocks(task, len(levels), BLOCK)
    return labels


def label_counted(
    counted: Levels | Colors, colors: Levels, metric: Metric, coordinates: Colors | None = None
) -> Labels:
    """Return the index of the nearest of the palette `colors`, (K, 3), of levels or float32 in 0..1, (N, 3).

    Their `coordinates` in `metric`, (N, A), need not be found again where they are known.

    A tie belongs to the colour with the smaller key, whatever the order of the palette: so that
    order never changes the picture.
    """
    order = np.argsort(levels_to_keys(colors), kind="stable")
    found, _ = metric.nearest(counted, colors[order], coordinates)
    labels: Labels = order.astype(label_type(len(colors)))[found]
    return labels


def sum_labels(labels: Labels, counts: npt.NDArray[np.int64], n_labels: int) -> npt.NDArray[np.int64]:
    """Return the sum of the `counts` of each label, (n_labels,) int64."""
    sums = np.zeros(max(n_labels, 256), np.int64)
    _add_counts(labels, counts, sums)
    return sums[:n_labels]


@kernel
def _add_counts(labels, counts, sums):  # type: ignore[no-untyped-def]
    for i in range(len(labels)):
        sums[labels[i]] += counts[i]
