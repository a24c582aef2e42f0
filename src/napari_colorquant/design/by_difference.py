"""A palette whose mean CIEDE2000 is low: Newton's steps on the formula itself, from where a quantizer has ended.

Quantizers minimise squared distance in a space. Even in one that is made for colour differences, that is another
error than the mean difference: the formula is no distance in any space, and a mean is no mean of squares. Here
colours go to the entry from which they differ least, and each entry steps to where the sum over its colours is
least. That sum of roots has no such place in closed form; so each difference is replaced by the parabola that
touches it there and lies above it elsewhere [1]_, as Weiszfeld did for the median, and the slopes and curvatures of
their sum are taken from the formula a little aside along each axis. What comes out depends little on the space in
which the palette began.

References
----------
.. [1] Hunter D. R., Lange K. A tutorial on MM algorithms. Am. Stat. 58(1), 2004. doi:10.1198/0003130042836
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from .._runtime.threads import map_blocks
from .._typing import Colors, Labels, Levels, Weights
from ..clustering.points import Points, coarsen
from ..spaces import SPACES, DifferenceMetric, Metric
from ..spaces.delta_e import BLOCK, subtract_planes
from ..spaces.difference import nearest_by_difference
from .counted import CountedColors
from .rounding import round_centers

#: With so many means of small boxes for each entry, the steps go by these instead of all colours.
_FEW = 512
#: At most so many steps, and the share of the error by which a step must lower it for another to be made.
_STEPS, _REST = 6, 1e-3
#: How far each overshoots: six such steps bring the error as low as nine plain ones.
_RELAXATION = np.float32(1.7)
#: How far aside of an entry the formula is taken, and the least difference of which a root is taken: below, a
#: colour pulls as if squared, or the steps would never end.
_ASIDE, _LEAST = np.float32(0.5), np.float32(0.5)
#: No entry steps farther than this, nor is any curvature taken for less than this share of its largest.
_FARTHEST, _FLATTEST = 8.0, 0.05
#: The pairs of axes in which a curvature is taken.
_PAIRS = ((0, 1), (0, 2), (1, 2))


def lower_difference(seen: CountedColors, palette: Levels, n_fixed: int, metric: DifferenceMetric) -> Levels:
    """Return a palette with a lower mean CIEDE2000.

    Parameters
    ----------
    seen : CountedColors
        The colours of the image.
    palette : ndarray of shape (K, 3), uint8 or uint16
        Where to begin.
    n_fixed : int
        The first so many entries stay.
    metric : DifferenceMetric

    Returns
    -------
    palette : ndarray of shape (K, 3), of the same depth
        Without repeats, fixed entries first; that of the beginning where its error is no higher.
    """
    if n_fixed == len(palette):
        return palette
    lab, centers = metric.lab(seen.colors), metric.lab(palette)
    points = coarsen(Points.from_colors(lab, seen.weights), len(palette), _FEW)
    moved = _settle(points.colors, points.weights, centers, n_fixed)
    where, plain = replace(seen, coordinates=lab), Metric(SPACES["lab"], profile=metric.profile)
    rounded = round_centers(where, moved[n_fixed:], len(palette), palette[:n_fixed], plain)
    tried: Levels = rounded[: len(palette)]
    return tried if _mean(where, metric.lab(tried)) < _mean(where, centers) else palette


def _mean(seen: CountedColors, centers: Colors) -> float:
    return _sum_up(nearest_by_difference(seen.coordinates, centers)[1], seen.weights)


def _sum_up(differences: npt.NDArray[np.float32], weights: Weights) -> float:
    return float(np.dot(differences.astype(np.float64), weights.astype(np.float64)))


def _settle(lab: Colors, weights: Weights, centers: Colors, n_fixed: int) -> Colors:
    """Return the centres, (K, 3), of the step with the least error."""
    best, least = centers, np.inf
    for _ in range(_STEPS + 1):  # the last is looked at, and not left
        checkpoint()
        labels, differences = nearest_by_difference(lab, centers)
        error = _sum_up(differences, weights)
        if error < least:
            best = centers
        if error > least * (1 - _REST):
            break
        least = error
        centers = centers.copy()
        centers[n_fixed:] += _RELAXATION * _find_steps(lab, weights, centers, labels, differences)[n_fixed:]
    return best


def _find_steps(
    lab: Colors, weights: Weights, centers: Colors, labels: Labels, differences: npt.NDArray[np.float32]
) -> Colors:
    """Return how far each centre is to go, (K, 3)."""
    pulls = weights / np.maximum(differences, _LEAST).astype(np.float64)

    def task(start: int, stop: int) -> npt.NDArray[np.float64]:
        part = slice(start, stop)
        return _sum_shapes(lab[part], pulls[part], centers, labels[part], differences[part])

    slopes, bends = np.split(np.sum(map_blocks(task, len(lab), BLOCK), axis=0), [3])
    curves = np.empty((len(centers), 3, 3))
    curves[:, range(3), range(3)] = bends[:3].T
    for bend, (one, other) in zip(bends[3:], _PAIRS, strict=True):
        curves[:, one, other] = curves[:, other, one] = bend
    values, axes = np.linalg.eigh(curves)
    # A colour beside which the formula bends the other way must not send its entry off.
    values = np.maximum(values, np.maximum(_FLATTEST * values[:, -1:], np.finfo(np.float32).tiny))
    steps = -np.einsum("kij,kj->ki", axes, np.einsum("kji,jk->ki", axes, slopes) / values)
    lengths = np.linalg.norm(steps, axis=1, keepdims=True)
    steps *= np.minimum(1, _FARTHEST / np.maximum(lengths, np.finfo(np.float32).tiny))
    found: Colors = steps.astype(np.float32)
    return found


def _sum_shapes(
    lab: Colors, pulls: npt.NDArray[np.float64], centers: Colors, labels: Labels, differences: npt.NDArray[np.float32]
) -> npt.NDArray[np.float64]:
    """Return three slopes of each cluster's sum and six curvatures, (9, K): along the axes, then in pairs of them."""
    planes, own = np.ascontiguousarray(lab.T), np.ascontiguousarray(centers.T)[:, labels]
    found = np.empty(len(lab), np.float32)

    def square(*steps: tuple[int, int]) -> npt.NDArray[np.float64]:
        aside = own.copy()
        for axis, sign in steps:
            aside[axis] += sign * _ASIDE
        subtract_planes(planes, aside, found)
        return np.square(found, dtype=np.float64)

    here = np.square(differences, dtype=np.float64)
    above, below = ([square((axis, sign)) for axis in range(3)] for sign in (1, -1))
    shapes = [(high - low) / (2 * _ASIDE) for high, low in zip(above, below, strict=True)]
    shapes += [(high + low - 2 * here) / _ASIDE**2 for high, low in zip(above, below, strict=True)]
    shapes += [(square((i, 1), (j, 1)) - above[i] - above[j] + here) / _ASIDE**2 for i, j in _PAIRS]
    return np.array([np.bincount(labels, pulls * shape, len(centers)) for shape in shapes])
