"""A palette whose mean CIEDE2000 is low: Newton's steps on the formula itself, from where a quantizer has ended.

Quantizers minimise squared distance in a space. Even in one that is made for colour differences, that is another
error than the mean difference: the formula is no distance in any space, and a mean is no mean of squares. Here
colours go to the entry from which they differ least, and each entry steps to where the sum over its colours is
least. That sum of roots has no such place in closed form; so each difference is replaced by the parabola that
touches it there and lies above it elsewhere [1]_, as Weiszfeld did for the median, and the slopes and curvatures of
their sum are taken from the formula a little aside along each axis. Most steps go by the means of small boxes, the
last ones by all colours. What comes out depends little on the space in which the palette began.

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

#: With so many means of small boxes for each entry, the first steps go by these instead of all colours.
_FEW = 64
#: At most so many steps, and the share of the error by which a step must lower it for another to be made.
_STEPS, _REST = 6, 1e-3
#: After those of means, so many steps of all colours; of palettes longer than this, where these take longest, one.
_LAST, _LONG = 2, 128
#: Curvatures are taken from a part of the colours, about so many for each entry.
_ENOUGH = 64
#: How far each overshoots: six such steps bring the error as low as nine plain ones.
_RELAXATION = np.float32(1.7)
#: How far aside of an entry the formula is taken, and the least difference of which a root is taken: below, a
#: colour pulls as if squared, or the steps would never end.
_ASIDE, _LEAST = np.float32(0.5), np.float32(0.5)
#: No entry steps farther than this, nor is any curvature taken for less than this share of its largest.
_FARTHEST, _FLATTEST = 8.0, 0.05
#: The pairs of axes in which a curvature is taken.
_PAIRS = ((0, 1), (0, 2), (1, 2))
#: Where the formula is taken for slopes, (3, 3), and for curvatures, (9, 3).
_ALONG = _ASIDE * np.eye(3, dtype=np.float32)
_ALL_ROUND = np.concatenate([_ALONG, -_ALONG, [_ALONG[one] + _ALONG[other] for one, other in _PAIRS]])


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
    labels, differences = nearest_by_difference(lab, centers)
    moved, steps = centers, _STEPS
    means = coarsen(Points.from_colors(lab, seen.weights), len(palette), _FEW)
    if len(means.colors) < len(lab):
        moved, steps = (
            _settle(means.colors, means.weights, centers, n_fixed, _STEPS)[0],
            1 if len(palette) > _LONG else _LAST,
        )
    moved, near = _settle(lab, seen.weights, moved, n_fixed, steps, labels)
    where, plain = replace(seen, coordinates=lab), Metric(SPACES["lab"], profile=metric.profile)
    rounded = round_centers(where, moved[n_fixed:], len(palette), palette[:n_fixed], plain)
    tried: Levels = rounded[: len(palette)]
    lowered = nearest_by_difference(lab, metric.lab(tried), near if len(tried) == len(palette) else None)[1]
    return tried if _sum_up(lowered, seen.weights) < _sum_up(differences, seen.weights) else palette


def _sum_up(differences: npt.NDArray[np.float32], weights: Weights) -> float:
    return float(np.multiply(differences, weights, dtype=np.float64).sum())


def _settle(
    lab: Colors, weights: Weights, centers: Colors, n_fixed: int, steps: int, near: Labels | None = None
) -> tuple[Colors, Labels]:
    """Return the centres, (K, 3), of the step with the least error, and the labels of the last one."""
    best, least = centers, np.inf
    for step in range(steps + 1):  # the last is looked at, and not left
        checkpoint()
        near, differences = nearest_by_difference(lab, centers, near)
        error = _sum_up(differences, weights)
        if error < least:
            best = centers
        if error > least * (1 - _REST) or step == steps:
            break
        least = error
        centers = centers.copy()
        centers[n_fixed:] += _RELAXATION * _find_steps(lab, weights, centers, near, differences)[n_fixed:]
    assert near is not None
    return best, near


def _find_steps(
    lab: Colors, weights: Weights, centers: Colors, labels: Labels, differences: npt.NDArray[np.float32]
) -> Colors:
    """Return how far each centre is to go, (K, 3)."""
    pulls = np.divide(weights, np.maximum(differences, _LEAST), dtype=np.float32)
    stride = max(1, len(lab) // (_ENOUGH * len(centers)))
    sums = _sum_aside(lab, pulls, centers, labels, differences, _ALONG)
    part = slice(None, None, stride)
    curved = _sum_aside(lab[part], pulls[part], centers, labels[part], differences[part], _ALL_ROUND)
    curves = _find_curves(curved)
    # Taken from a part of a cluster, they grow with what all of it pulls.
    curves *= (sums[0] / np.maximum(curved[0], np.finfo(np.float32).tiny))[:, None, None]
    # Of a cluster of which nothing was looked at, those of squared distance.
    curves[curved[0] == 0] = np.eye(3) * 2 * sums[0][curved[0] == 0, None, None]
    slopes = ((sums[2:] - sums[1]) / _ASIDE).T - 0.5 * _ASIDE * np.diagonal(curves, axis1=1, axis2=2)
    values, axes = np.linalg.eigh(curves)
    # A colour beside which the formula bends the other way must not send its entry off.
    values = np.maximum(values, np.maximum(_FLATTEST * values[:, -1:], np.finfo(np.float32).tiny))
    steps = -np.einsum("kij,kj->ki", axes, np.einsum("kji,kj->ki", axes, slopes) / values)
    lengths = np.linalg.norm(steps, axis=1, keepdims=True)
    steps *= np.minimum(1, _FARTHEST / np.maximum(lengths, np.finfo(np.float32).tiny))
    found: Colors = steps.astype(np.float32)
    return found


def _find_curves(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the second derivatives, (K, 3, 3), of the sums at `_ALL_ROUND`."""
    here, above, below, pairs = sums[1], sums[2:5], sums[5:8], sums[8:]
    curves = np.empty((sums.shape[1], 3, 3))
    curves[:, range(3), range(3)] = ((above + below - 2 * here) / _ASIDE**2).T
    for pair, (one, other) in zip(pairs, _PAIRS, strict=True):
        curves[:, one, other] = curves[:, other, one] = (pair - above[one] - above[other] + here) / _ASIDE**2
    return curves


def _sum_aside(
    lab: Colors,
    pulls: npt.NDArray[np.float32],
    centers: Colors,
    labels: Labels,
    differences: npt.NDArray[np.float32],
    places: npt.NDArray[np.float32],
) -> npt.NDArray[np.float64]:
    """Return, of each cluster, the sum of the pulls and of squares: at its centre, then aside of it, (2 + P, K)."""

    def task(start: int, stop: int) -> npt.NDArray[np.float64]:
        part = slice(start, stop)
        pull, own = pulls[part].astype(np.float64), labels[part].astype(np.intp)
        planes, found = np.ascontiguousarray(lab[part].T), differences[part].copy()
        sums = np.empty((2 + len(places), len(centers)))
        sums[0] = np.bincount(own, pull, len(centers))
        sums[1] = np.bincount(own, pull * np.square(found, dtype=np.float64), len(centers))
        for row, place in enumerate(places, 2):
            subtract_planes(planes, np.ascontiguousarray((centers + place).T[:, own]), found)
            sums[row] = np.bincount(own, pull * np.square(found, dtype=np.float64), len(centers))
        return sums

    found: npt.NDArray[np.float64] = np.sum(map_blocks(task, len(lab), BLOCK), axis=0)
    return found
