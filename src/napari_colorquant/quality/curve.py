"""The error for every number of colours at once: one divisive run over a sample of the colours.

The worst cluster is split again and again across its longest axis at the best place (Orchard and
Bouman 1991); after each split only the colours of that cluster are measured anew. The curve lies a
few percent above what a full design reaches, at every number of colours alike.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import LARGEST, check_choice, check_number
from .._runtime.progress import checkpoint
from .._typing import RGB8, Colors
from ..palette import BYTE_COLORS
from ..pixels.counting import Counts
from ..spaces import Metric
from ..spaces.delta_e import rgb_difference
from .sums import to_psnr

#: Pixels that stand for the image, taken at even steps along its colours sorted by key.
SAMPLE = 1 << 14
_MEASURES = ("mse", "psnr", "mean_de2000", "p95_de2000")


@dataclass(frozen=True, eq=False)
class ErrorCurve:
    """What quality each number of colours gives.

    Attributes
    ----------
    n_colors : ndarray of shape (N,), int64
        1, 2, ... up to 256, or to the number of distinct colours.
    mse : ndarray of shape (N,), float64
        Mean squared error in 8-bit sRGB, summed over the three channels.
    mean_de2000, p95_de2000 : ndarray of shape (N,), float64
        Mean and 95th percentile of CIEDE2000.
    """

    n_colors: npt.NDArray[np.int64]
    mse: npt.NDArray[np.float64]
    mean_de2000: npt.NDArray[np.float64]
    p95_de2000: npt.NDArray[np.float64]

    @property
    def psnr(self) -> npt.NDArray[np.float64]:
        """Peak signal-to-noise ratio in dB; infinite where there is no error."""
        psnr: npt.NDArray[np.float64] = to_psnr(self.mse)
        return psnr

    def plot(self, ax: Any = None, *, measure: str = "mean_de2000") -> Any:
        """Draw a measure by the number of colours. Needs matplotlib.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure by default.
        measure : {"mean_de2000", "p95_de2000", "psnr"}
            What to draw.

        Returns
        -------
        ax : matplotlib.axes.Axes
        """
        from ..palette.plots import plot_curve

        return plot_curve(getattr(self, check_choice("measure", measure, _MEASURES)), measure, ax)

    def fewest(self, measure: str, target: float) -> int:
        """Return the fewest colours whose `measure` meets `target`, or the most there are."""
        values = getattr(self, check_choice("measure", measure, _MEASURES))
        goal = check_number("target", target, 0.0, LARGEST)
        met = np.flatnonzero(values >= goal if measure == "psnr" else values <= goal)
        return int(self.n_colors[met[0] if len(met) else -1])


def curve_of_counts(counts: Counts, metric: Metric, n_max: int = BYTE_COLORS) -> ErrorCurve:
    """Return the errors of a divisive design for 1 to `n_max` colours.

    Parameters
    ----------
    counts : Counts
        The colours of an image, `napari_colorquant.pixels.counting.count_pixels`.
    metric : Metric
        The space in which the design is done.
    n_max : int
        The largest number of colours, 1 to 256.
    """
    colors, weights = _sample(counts)
    points = _Points(colors, metric.coordinates(colors), weights)
    clusters = [_Cluster(points, np.arange(len(colors)))]
    rows = [points.errors()]
    while len(clusters) < n_max:
        checkpoint(len(clusters) / n_max)
        widest = max(range(len(clusters)), key=lambda i: clusters[i].spread)
        if clusters[widest].spread <= 0:
            break
        first, second = clusters[widest].split()
        clusters[widest] = first
        clusters.append(second)
        rows.append(points.errors())
    mse, mean, p95 = np.array(rows).T
    # One split can make the median colour worse; what a designer can reach never gets worse.
    best = [np.minimum.accumulate(column) for column in (mse, mean, p95)]
    return ErrorCurve(np.arange(1, len(rows) + 1), *best)


def find_fewest(is_met: Callable[[int], bool], guess: int, least: int, most: int) -> int | None:
    """Search the smallest number in ``least..most`` that meets the target, going out from `guess`; None if none."""
    low, high = least - 1, most + 1  # low misses the target, high meets it
    probe, step = guess, max(1, guess // 16)
    while high - low > 1:
        low, high = (low, probe) if is_met(probe) else (probe, high)
        if low < least:
            probe = max(high - step, least)
        elif high > most:
            probe = min(low + step, most)
        else:
            probe = (low + high) // 2
        step *= 2
    return high if high <= most else None


class _Points:
    """The sampled colours, and the error of each as things stand."""

    def __init__(self, colors: RGB8, coordinates: Colors, weights: npt.NDArray[np.float64]) -> None:
        self.colors, self.coordinates, self.weights = colors, coordinates.astype(np.float64), weights
        self.squares = np.zeros(len(colors))
        self.differences = np.zeros(len(colors), np.float32)

    def errors(self) -> tuple[float, float, float]:
        """Return the MSE, and the mean and 95th percentile of dE2000."""
        total = self.weights.sum()
        order = np.argsort(self.differences)
        reached = np.searchsorted(np.cumsum(self.weights[order]), 0.95 * total)
        p95 = self.differences[order[min(int(reached), len(order) - 1)]]
        mean = (self.weights * self.differences).sum() / total
        return float((self.weights * self.squares).sum() / total), float(mean), float(p95)


class _Cluster:
    """Some of the points: their spread, and the axis along which it is largest."""

    def __init__(self, points: _Points, members: npt.NDArray[np.intp]) -> None:
        self.points, self.members = points, members
        weights = points.weights[members]
        coordinates = points.coordinates[members]
        centered = coordinates - np.average(coordinates, axis=0, weights=weights)
        scatter = (centered * weights[:, None]).T @ centered
        values, vectors = np.linalg.eigh(scatter)
        self.spread = float(np.trace(scatter)) if len(members) > 1 else 0.0
        self.along = centered @ vectors[:, -1] if values[-1] > 0 else centered[:, 0]
        self._measure(weights)

    def _measure(self, weights: npt.NDArray[np.float64]) -> None:
        # The mean is taken in sRGB: near enough for a curve, and every space has it.
        colors = self.points.colors[self.members].astype(np.float64)
        mean = np.rint(np.average(colors, axis=0, weights=weights))
        self.points.squares[self.members] = ((colors - mean) ** 2).sum(axis=1)
        differences = np.empty(len(colors), np.float32)
        other = np.ascontiguousarray(np.broadcast_to(mean.astype(np.uint8), colors.shape))
        rgb_difference(self.points.colors[self.members], other, differences)
        self.points.differences[self.members] = differences

    def split(self) -> tuple["_Cluster", "_Cluster"]:
        """Cut across the longest axis where that leaves the least scatter in the two parts."""
        order = np.argsort(self.along, kind="stable")
        along, weights = self.along[order], self.points.weights[self.members[order]]
        left, moment = np.cumsum(weights)[:-1], np.cumsum(weights * along)[:-1]
        right, rest = weights.sum() - left, (weights * along).sum() - moment
        cut = int(np.argmax(moment**2 / left + rest**2 / right)) + 1
        parts = self.members[order[:cut]], self.members[order[cut:]]
        return _Cluster(self.points, parts[0]), _Cluster(self.points, parts[1])


def _sample(counts: Counts) -> tuple[RGB8, npt.NDArray[np.float64]]:
    colors, weights = counts.colors(), counts.weights()
    if colors.dtype != np.uint8:
        colors = np.rint(colors * 255).astype(np.uint8)
    if len(colors) > SAMPLE:
        steps = (np.arange(SAMPLE) + 0.5) * (weights.sum() / SAMPLE)
        chosen, times = np.unique(np.searchsorted(np.cumsum(weights), steps, side="right"), return_counts=True)
        return np.ascontiguousarray(colors[chosen]), times.astype(np.float64)
    return np.ascontiguousarray(colors), weights.astype(np.float64)
