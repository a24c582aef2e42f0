"""Dither an image: hand each plane, with its exact labels, to a dither."""

from functools import lru_cache
from threading import get_ident
from typing import Any

import numpy as np

from .._runtime.progress import checkpoint
from .._runtime.threads import map_blocks
from .._typing import RGB8, Labels, Valid, label_type
from ..clustering.gap import find_widest_gap
from ..clustering.nearest import nearest
from ..pixels.memory import Pixels, Place
from ..registry import Method
from ..spaces import HueMetric, Metric
from ..spaces._metric import LEAST_RATIO
from .dithers import Plane, Target
from .film import Look, dither_frames, is_steady

#: Cells per channel in `Target.table`.
_SIDE = 64
#: How much more lightness counts among what a dither chooses from, by the palette's widest gap as a part of the way
#: from black to white. A grain of colour is finer than an eye sees, one of lightness is not: so the errors of a
#: mixture had better be of colour. Not in a palette of a few vivid colours, whose grain is seen in any case and
#: where a tint would stay.
_GAPS, _STRESSES = (0.3, 0.6), (2.0, 1.0)
_ENDS = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)


def dither_labels(
    pixels: Pixels,
    labels: Labels,
    valid: Valid | None,
    target: Target,
    method: Method,
    options: dict[str, Any],
) -> Labels:
    """Return the labels that a dither chooses, frame by frame.

    Parameters
    ----------
    pixels : Pixels
    labels : ndarray of shape (..., H, W), uint8
        The exact nearest palette colour of each pixel.
    valid : ndarray of shape (..., H, W), bool, or None
    target : Target
        The palette, see `make_target`.
    method : Method
        A dither; a sequential one gets whole frames, see `film`, any other one blocks of rows.
    options : dict
        Its options.

    Returns
    -------
    labels : ndarray of shape (..., H, W), uint8
        0 where there is no data.
    """
    dithered = np.empty_like(labels)

    def look(place: Place) -> Look:
        shown = None if valid is None else np.ascontiguousarray(valid[place])
        return pixels.read(place)[0].reshape(*labels[place].shape, 3), shown

    if method.sequential:
        steady = is_steady(method, options)
        dither_frames(look, lambda plane: method(plane, target, **options), labels, dithered, steady=steady)
    else:
        done = 0
        for place in pixels.blocks():
            rgb, shown = look(place)
            origin = (pixels.origin[0] + place[-1].start, pixels.origin[1])
            dithered[place] = method(Plane(rgb, labels[place], shown, origin), target, **options)
            done += labels[place].size
            checkpoint(done / labels.size)
    if valid is not None:
        dithered[~valid] = 0
    return dithered


def target_of(colors: RGB8, metric: Metric, *, keep: bool = False) -> Target:
    """Return the palette `colors`, (K, 3) uint8, as the dithers see it; kept for this thread's next task if `keep`."""
    if not keep:
        return make_target(colors, metric)
    return _target_of(np.ascontiguousarray(colors).tobytes(), metric, get_ident())


def make_target(colors: RGB8, metric: Metric) -> Target:
    """Return the palette `colors`, (K, 3) uint8, as the dithers see it.

    "Near" is as in `metric`, but that lightness counts more if the space has an axis for it.
    """
    middles = ((np.arange(_SIDE) * (256 / _SIDE) + 1.5) / 255).astype(np.float32)
    metric = stress_lightness(metric, colors)
    palette = metric.coordinates(colors)
    table = np.empty((_SIDE, _SIDE, _SIDE), label_type(len(colors)))

    def task(start: int, stop: int) -> None:
        cells = np.stack(np.meshgrid(middles[start:stop], middles, middles, indexing="ij"), axis=-1)
        table[start:stop] = nearest(metric.coordinates(cells.reshape(-1, 3)), palette).reshape(-1, _SIDE, _SIDE)

    map_blocks(task, _SIDE, 4)
    return Target(colors, table)


def stress_lightness(metric: Metric, colors: RGB8) -> Metric:
    """Return the metric by which a dither chooses from `colors`: the same, or one in which lightness counts more."""
    weights = dict(zip(metric.space.axes, metric.axis_weights, strict=True))
    lightness = metric.space.lightness
    if lightness is None or weights[lightness] == 0 or isinstance(metric, HueMetric):
        return metric
    length = np.linalg.norm(np.diff(metric.coordinates(_ENDS), axis=0))
    weights[lightness] *= np.interp(find_widest_gap(metric.coordinates(colors)) / length, _GAPS, _STRESSES)
    if any(0 < weight < LEAST_RATIO * weights[lightness] for weight in weights.values()):
        return metric
    return Metric(metric.space, tuple(weights.values()), metric.profile)


@lru_cache(maxsize=16)
def _target_of(colors: bytes, metric: Metric, thread: int) -> Target:
    return make_target(np.frombuffer(colors, np.uint8).reshape(-1, 3), metric)
