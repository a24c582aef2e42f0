"""Hue as a metric, and what "near" means where pixels keep a part of their own colour.

The choice changes only what "near" means, so every quantizer works with it: the lightness axis is
left out, or colours are points of the hue circle with a place of their own for grays.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from .._typing import Colors, Counts, Levels, Weights
from ..clustering.nearest import nearest
from ._metric import Metric
from ._space import Space
from .gamut import chroma_part, draw_into_gamut, measure_chroma

KEEPS = ("none", "lightness", "chroma")
#: Colours of less than this share of the gamut's largest chroma have no hue worth the name: they are gray.
GRAY_SHARE = 0.06
#: How far the grays lie off the hue circle, whose radius is 1: farther than any two hues from each other.
_GRAYS_APART = 4.0


@dataclass(frozen=True)
class HueMetric(Metric):
    """Hue alone as what "near" means: points of the unit circle, and one point off it for all grays.

    Parameters
    ----------
    space : Space
        One with two chroma axes; hue is the direction in their plane.
    axis_weights : sequence of float, optional
        As for any `Metric`; hue does not depend on them.
    """

    @property
    def is_whole(self) -> bool:
        """False: hue is not all of a colour."""
        return False

    @property
    def is_separable(self) -> bool:
        """False: hue depends on all channels."""
        return False

    @cached_property
    def gray_chroma(self) -> float:
        """The chroma, in the units of the space, below which a colour counts as gray."""
        corners = np.array(list(product((0, 255), repeat=3)), np.uint8)
        return GRAY_SHARE * float(measure_chroma(self.space, self.space.from_srgb(corners)).max())

    def project(self, coordinates: Colors) -> Colors:
        """Return (cos h, sin h, 0) of full `coordinates`, and (0, 0, 4) for grays, (N, 3) float32."""
        chroma = measure_chroma(self.space, coordinates)
        is_gray = chroma < self.gray_chroma
        points = np.zeros((len(coordinates), 3), np.float32)
        points[:, :2] = chroma_part(self.space, coordinates) / np.where(is_gray, np.inf, chroma)[:, None]
        points[is_gray, 2] = _GRAYS_APART
        return points

    def split(self, coordinates: Colors) -> npt.NDArray[np.bool_]:
        """Return which points, as `project` returns them, stand for grays: a class of their own, however few."""
        grays: npt.NDArray[np.bool_] = coordinates[:, 2] > _GRAYS_APART / 2
        return grays

    def weigh(self, colors: Levels | Colors, counts: npt.NDArray[np.int64]) -> Weights:
        """Return `counts` times chroma, (N,) float32: the hue of a vivid colour is seen better."""
        chroma = measure_chroma(self.space, self.space.from_srgb(colors))
        weighed: Weights = (counts * np.maximum(chroma, self.gray_chroma)).astype(np.float32)
        return weighed

    def mix(
        self,
        centers: Colors,
        coordinates: Colors,
        colors: Levels | Colors,
        counts: Counts,
        dtype: npt.DTypeLike = np.uint8,
    ) -> Any:
        """Return a colour for each of `centers`, see `Metric.mix`: its hue, at the mean lightness and chroma."""
        labels, count = nearest(coordinates, centers), len(centers)
        values = self.space.from_srgb(colors)
        chroma = measure_chroma(self.space, values)
        sums = np.maximum(np.bincount(labels, counts, minlength=count), 1)
        mean_chroma = np.maximum(np.bincount(labels, counts * chroma, minlength=count) / sums, 1.5 * self.gray_chroma)
        length = np.maximum(np.hypot(centers[:, 0], centers[:, 1]), 1e-6)
        mixed = np.empty((count, len(self.space.axes)), np.float32)
        for axis, name in enumerate(self.space.axes):
            if name in self.space.chroma:
                direction = centers[:, self.space.chroma.index(name)] / length
                mixed[:, axis] = np.where(self.split(centers), 0.0, mean_chroma * direction)
            else:
                mixed[:, axis] = np.bincount(labels, counts * values[:, axis], minlength=count) / sums
        return self.space.to_levels(draw_into_gamut(self.space, mixed), dtype)


def make_metric(space: Space, axis_weights: tuple[float, ...], keep: str) -> Metric:
    """Return what "near" means where pixels keep a part of their own.

    Parameters
    ----------
    space : Space
    axis_weights : tuple of float
        One per axis; that of lightness does not count if it is kept.
    keep : {"none", "lightness", "chroma"}

    Raises
    ------
    ValueError
        If the space has no axes of lightness and chroma, or the weights leave nothing to go by.
    """
    if keep == "none":
        return Metric(space, axis_weights)
    if space.lightness is None or len(space.chroma) != 2:
        raise ValueError(
            f"keep={keep!r} needs a space that tells lightness and colour apart (oklab, lab, luv, ycbcr, hsv, ...), "
            f"got {space.name}"
        )
    if keep == "chroma":
        return HueMetric(space, axis_weights)
    pairs = zip(space.axes, axis_weights, strict=True)
    kept = tuple(0.0 if name == space.lightness else weight for name, weight in pairs)
    if not any(kept):
        raise ValueError(f"keep='lightness' needs a weight > 0 for {' or '.join(space.chroma)}, got {axis_weights}")
    return Metric(space, kept)
