"""What "near" means among colours of different alpha.

What is seen of a colour through its alpha depends on what lies below. Over a ground ``b``, colours ``c`` of alpha
``a`` show ``a * c + (1 - a) * b``; averaged over grounds of mean ``m``, the squared difference of two of them is
``|a1 * (c1 - m) - a2 * (c2 - m)| ** 2 + (a1 - a2) ** 2 * v``, where ``v`` is the variance of the grounds. So on
coordinates that are multiplied by alpha, with alpha as a further axis, plain distance means what is seen. The
grounds are black and white.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._typing import Colors, Counts, Levels
from ..pixels.written_colors import OPAQUE
from ._metric import Metric

_GROUNDS = np.array([[0, 0, 0], [255, 255, 255]], np.uint8)
#: The corners of the colour cube: what grounds there may be where the metric does not tell black from white.
_CORNERS = np.array(np.meshgrid((0, 255), (0, 255), (0, 255))).T.reshape(-1, 3).astype(np.uint8)
#: A spread below this share of that of the corners is no spread.
_LEAST = 1e-3


@dataclass(frozen=True)
class Premultiplied:
    """A metric with alpha as its last axis.

    Parameters
    ----------
    metric : Metric
        What "near" means among opaque colours.
    """

    metric: Metric

    @cached_property
    def middle(self) -> Colors:
        """The mean of the grounds, (A,) float32."""
        return self._grounds[0]

    @cached_property
    def weight(self) -> float:
        """What alpha counts for: the standard deviation of the grounds, times the metric's factor."""
        return self.metric.alpha_weight * self._grounds[1]

    @cached_property
    def _grounds(self) -> tuple[Colors, float]:
        return _measure_grounds(self.metric)

    def coordinates(self, colors: Levels | Colors, alphas: npt.NDArray[np.uint8] | None = None) -> Colors:
        """Return where colours (N, 3) of `alphas` (N,) lie, (N, A + 1) float32; without alphas, all are opaque."""
        flat = self.metric.coordinates(colors)
        found = np.empty((len(flat), flat.shape[1] + 1), np.float32)
        opacities = np.full(len(flat), OPAQUE, np.uint8) if alphas is None else np.ascontiguousarray(alphas)
        _multiply(flat, opacities, self.middle, np.float32(self.weight), found)
        return found

    def mix(self, centers: Colors, colors: Levels | Colors, counts: Counts) -> npt.NDArray[np.uint8]:
        """Return the palette colour of each of `centers` (K, A + 1) with its alpha, (K, 4) uint8.

        Parameters
        ----------
        centers : ndarray of shape (K, A + 1), float32
        colors, counts : ndarray of shape (N, 3) and (N,)
            All colours, without their alpha, as in `Metric.mix`.
        """
        flat, alphas = np.empty((len(centers), len(self.middle)), np.float32), np.empty((len(centers), 1), np.uint8)
        _divide(centers, self.middle, np.float32(self.weight), flat, alphas)
        rgb = self.metric.mix(flat, self.metric.coordinates(colors), colors, counts)
        return np.concatenate([rgb, alphas], axis=1)


@kernel
def _multiply(flat, opacities, middle, weight, found):  # type: ignore[no-untyped-def]
    last = flat.shape[1]
    for i in range(len(flat)):
        seen = np.float32(opacities[i]) / np.float32(255)
        for axis in range(last):
            found[i, axis] = (flat[i, axis] - middle[axis]) * seen
        found[i, last] = seen * weight


@kernel
def _divide(centers, middle, weight, flat, alphas):  # type: ignore[no-untyped-def]
    # The inverse; what is not seen gets a colour all the same.
    last = flat.shape[1]
    for k in range(len(centers)):
        seen = min(max(centers[k, last] / weight, np.float32(0)), np.float32(1))
        alphas[k, 0] = np.rint(seen * np.float32(255))
        for axis in range(last):
            flat[k, axis] = centers[k, axis] / max(seen, np.float32(0.5 / 255)) + middle[axis]


@lru_cache(maxsize=8)
def _measure_grounds(metric: Metric) -> tuple[Colors, float]:
    """Return the mean of the grounds, (A,) float32, and their standard deviation."""
    grounds, corners = metric.coordinates(_GROUNDS), metric.coordinates(_CORNERS)
    if np.ptp(grounds, axis=0).max() <= _LEAST * np.ptp(corners, axis=0).max():
        grounds = corners
    deviation = float(np.sqrt(grounds.var(axis=0, dtype=np.float64).sum()))
    return grounds.mean(axis=0, dtype=np.float64).astype(np.float32), deviation
