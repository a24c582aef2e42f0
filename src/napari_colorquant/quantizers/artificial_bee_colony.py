"""Artificial bee colony: palettes as food sources, searched by bees (Karaboga 2005; Ozturk et al. 2014)."""

from typing import Annotated

import numpy as np

from .._runtime.jit import kernel
from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.bins import Bins, fill_bins
from ..clustering.grid import bounding_box
from ..clustering.nearest import search

#: Points that one pass over a palette works on: few enough to stay in the first-level cache.
_STRIP = 2048
#: Steps over all colours at the end, where k-means takes part.
_EXACT_STEPS = 3


def artificial_bee_colony(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    colony_size: Annotated[int, {"min": 4, "max": 200}] = 20,
    cycles: Annotated[int, {"min": 1, "max": 10000}] = 50,
    limit: Annotated[int, {"min": 1, "max": 10000}] = 100,
    kmeans_steps: Annotated[int, {"min": 0, "max": 10}] = 3,
    bits: Annotated[int, {"min": 3, "max": 6}] = 5,
    seed: Annotated[int, {"min": 0, "max": 2**31 - 1}] = 0,
) -> Colors:
    """Let a colony of bees search for palettes, with k-means steps at each find.

    Parameters
    ----------
    colony_size : int
        Number of bees (NP): half are employed, one at each food source, half look on. A food source
        is a palette.
    cycles : int
        Number of cycles (MCN); in each, every bee tries one new source. Without k-means steps it
        takes thousands.
    limit : int
        A source that failed to improve in more trials than this is given up, and a scout replaces
        it by random colours of the image; at most one in a cycle.
    kmeans_steps : int
        Steps of k-means on a source before a move, and on what the move finds before it is judged, as
        Ozturk et al. do; 0 is Karaboga's pure search, which leaves a higher error.
    bits : int
        Fineness of the bins that sources are judged on: about ``2 ** (3 * bits)`` cover the box.
    seed : int
        Seed of the random numbers.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        The best source that was ever found.

    References
    ----------
    .. [1] Karaboga D. An idea based on honey bee swarm for numerical optimization. Technical report TR06,
       Erciyes University, 2005.
    .. [2] Ozturk C., Hancer E., Karaboga D. Color image quantization: a short review and an application with
       artificial bee colony algorithm. Informatica 25(3), 2014, 485-503. doi:10.15388/Informatica.2014.25
    """
    bins = fill_bins(colors, weights, bits, least=8 * n_colors)
    colony = _Colony(bins, n_colors, max(colony_size // 2, 2), kmeans_steps, seed)
    for cycle in range(cycles):
        checkpoint(cycle / cycles)
        colony.send_employed_bees()
        colony.send_onlookers()
        colony.remember_best()
        colony.send_scout(limit)
    best = colony.best
    if kmeans_steps:
        every = Bins(colors, weights, np.empty(0, np.int32))
        for _ in range(_EXACT_STEPS):
            checkpoint(1.0)
            best = _judge(_as_columns(every), best, 1)[0]
    return best


class _Colony:
    """Food sources (palettes) with their distortions, and how often each failed to improve."""

    def __init__(self, bins: Bins, n_colors: int, n_sources: int, kmeans_steps: int, seed: int) -> None:
        self.bins, self.n_colors, self.kmeans_steps = bins, n_colors, kmeans_steps
        self.columns = _as_columns(bins)
        self.axes = np.flatnonzero(np.ptp(bins.means, axis=0) > 0)  # to move along another changes nothing
        self.low, self.high = bounding_box(bins.means)
        # Distortions as if the longest side were 255, so that fitness means the same in every space.
        self.unit = (255 / max(float((self.high - self.low).max()), 1e-30)) ** 2 / float(bins.weights.sum())
        self.shares = bins.weights / bins.weights.sum(dtype=np.float64)  # of pixels: what a random colour is
        self.random = np.random.default_rng(seed)
        self.sources = np.empty((n_sources, n_colors, 3), np.float32)
        self.costs = np.full(n_sources, np.inf)
        self.trials = np.zeros(n_sources, np.int64)
        self.best, self.least = np.empty((n_colors, 3), np.float32), np.inf
        for source in range(n_sources):
            self._scout(source)
        self.remember_best()

    def send_employed_bees(self) -> None:
        """Let each employed bee try one move from its source."""
        for source in range(len(self.sources)):
            self._try_near(source)

    def send_onlookers(self) -> None:
        """Let as many onlookers choose sources by roulette over fitness, 1 / (1 + MSE), and try one move each."""
        fitness = 1 / (1 + self.costs)
        for source in self.random.choice(len(self.sources), len(self.sources), p=fitness / fitness.sum()):
            self._try_near(int(source))

    def send_scout(self, limit: int) -> None:
        """Replace the source that failed most often, if more than `limit` times."""
        exhausted = int(np.argmax(self.trials))
        if self.trials[exhausted] > limit:
            self._scout(exhausted)

    def remember_best(self) -> None:
        """Keep the best source, since a scout may replace it."""
        leader = int(np.argmin(self.costs))
        if self.costs[leader] < self.least:
            self.best, self.least = self.sources[leader].copy(), float(self.costs[leader])

    def _try_near(self, source: int) -> None:
        if self.kmeans_steps:
            self.sources[source], self.costs[source] = self._judge(self.sources[source])
        # v_ij = x_ij + phi (x_ij - x_kj): one coordinate moves along the difference to another source.
        other = int(self.random.integers(len(self.sources) - 1))
        other += other >= source
        color, axis = int(self.random.integers(self.n_colors)), int(self.axes[self.random.integers(len(self.axes))])
        here = self.sources[source, color, axis]
        moved = here + self.random.uniform(-1, 1) * (here - self.sources[other, color, axis])
        trial = self.sources[source].copy()
        trial[color, axis] = np.clip(moved, self.low[axis], self.high[axis])
        trial, cost = self._judge(trial)
        if cost < self.costs[source]:  # greedy
            self.sources[source], self.costs[source], self.trials[source] = trial, cost, 0
        else:
            self.trials[source] += 1

    def _scout(self, source: int) -> None:
        drawn = self.random.choice(
            len(self.bins.means), self.n_colors, replace=len(self.bins.means) < self.n_colors, p=self.shares
        )
        self.sources[source], self.costs[source] = self._judge(self.bins.means[drawn])
        self.trials[source] = 0

    def _judge(self, palette: Colors) -> tuple[Colors, float]:
        palette, distortion = _judge(self.columns, palette, self.kmeans_steps)
        return palette, distortion * self.unit


def _as_columns(bins: Bins) -> tuple[Colors, Colors, Colors, Weights]:
    x, y, z = np.ascontiguousarray(bins.means.T)
    return x, y, z, bins.weights


def _judge(columns: tuple[Colors, Colors, Colors, Weights], palette: Colors, steps: int) -> tuple[Colors, float]:
    """Return the palette after k-means `steps` and its distortion (after steps: that of the clusters it came from)."""
    palette = palette.astype(np.float32)
    sums = np.empty((len(palette), 5))
    for _ in range(max(steps, 1)):
        sums[:] = 0
        _sum_clusters(*columns, palette, sums)
        if steps:
            used = sums[:, 0] > 0
            means = sums[used, 1:4] / sums[used, :1]
            # Moving a colour to its cluster's mean saves weight times the square of the way.
            sums[used, 4] -= sums[used, 0] * ((means - palette[used]) ** 2).sum(axis=1)
            palette[used] = means
    return palette, float(sums[:, 4].sum())


@kernel
def _sum_clusters(x, y, z, weights, palette, sums):  # type: ignore[no-untyped-def]
    """Add weight, weighted coordinates and weighted squared distances of each colour's cluster to `sums`."""
    best, index = np.empty(_STRIP, np.float32), np.empty(_STRIP, np.int32)
    px, py, pz = palette[:, 0].copy(), palette[:, 1].copy(), palette[:, 2].copy()
    everyone = np.arange(len(palette))
    for start in range(0, len(x), _STRIP):
        stop = min(start + _STRIP, len(x))
        xs, ys, zs, ws = x[start:stop], y[start:stop], z[start:stop], weights[start:stop]
        search(xs, ys, zs, px, py, pz, everyone, len(palette), best, index)
        for i in range(len(xs)):
            k, weight = index[i], np.float64(ws[i])
            sums[k, 0] += weight
            sums[k, 1] += weight * xs[i]
            sums[k, 2] += weight * ys[i]
            sums[k, 3] += weight * zs[i]
            sums[k, 4] += weight * best[i]
