"""A palette for what an eye measures of the picture: steps on what lacks after the eye's blur.

FLIP and SSIMULACRA2 do not look at pixels one by one. What a pixel lacks is made good by its neighbours where an eye
blurs them into one, and counts for more where the picture is calm. So the distinct colours do not tell what such a
measure makes of a palette; a part of the picture does, in squares. Pixels go to their nearest entry, and what lacks
then is blurred; each entry steps by what its pixels could make good, on the mean. FLIP's sum of powers has no such
place in closed form and is replaced in each step by the squares that touch it there [1]_.

References
----------
.. [1] Hunter D. R., Lange K. A tutorial on MM algorithms. Am. Stat. 58(1), 2004. doi:10.1198/0003130042836
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from .._typing import Colors, Labels, Levels
from ..clustering.nearest import nearest
from ..spaces import Metric, Sight
from .counted import CountedColors
from .picture_squares import Square
from .rounding import round_centers

#: At most so many steps, and so many in a row that lower what lacks by less than a share of it.
_STEPS, _PATIENCE, _REST = 10, 3, 1e-3
#: Gaussians are cut off at so many standard deviations.
_REACH = 2.5
#: The windows in which a picture varies, as standard deviations in pixels: those of three scales of SSIMULACRA2.
_WINDOWS = (1.5, 3.0, 6.0)


def lower_seen(
    seen: CountedColors, squares: Sequence[Square], palette: Levels, n_fixed: int, metric: Metric, sight: Sight
) -> Levels:
    """Return a palette of which an eye sees less lacking.

    Parameters
    ----------
    seen : CountedColors
        The colours of the image.
    squares : sequence of Square
        Parts of it, at least one.
    palette : ndarray of shape (K, 3), uint8 or uint16
        Where to begin.
    n_fixed : int
        The first so many entries stay.
    metric : Metric
        By which pixels go to their nearest entry.
    sight : Sight
        What the eye makes of what lacks.

    Returns
    -------
    palette : ndarray of shape (K, 3), of the same depth
        Without repeats, fixed entries first; that of the beginning where less lacks with it.
    """
    if n_fixed == len(palette):
        return palette
    views = [_View.of(square, metric, sight) for square in squares]
    begun = metric.coordinates(palette)

    def draw_in(centers: Colors) -> Colors:  # into the gamut
        levels = metric.mix(centers, seen.coordinates, seen.colors, seen.counts, np.uint16)
        return metric.coordinates(levels)

    moved, before = _settle(views, begun, n_fixed, draw_in)
    rounded = round_centers(seen, moved[n_fixed:], len(palette), palette[:n_fixed], metric)
    tried: Levels = rounded[: len(palette)]
    ended = metric.coordinates(tried)
    after = sum(view.find_lack(ended)[2] for view in views)
    return tried if after < before else palette


def _settle(
    views: Sequence["_View"], centers: Colors, n_fixed: int, draw_in: Callable[[Colors], Colors]
) -> tuple[Colors, float]:
    """Return the centres, (K, A), of the step with which least lacks, and how much lacks with those of the start."""
    best, least, first, waits = centers, np.inf, np.inf, 0
    for step in range(_STEPS + 1):  # the last is looked at, and not left
        checkpoint()
        pulls, counts, lack = np.zeros(centers.shape), np.zeros(centers.shape), 0.0
        for view in views:
            lack += view.add_pulls(centers, pulls, counts)
        first = lack if step == 0 else first
        waits = 0 if lack < least * (1 - _REST) else waits + 1
        if lack < least:
            best, least = centers, lack
        if waits == _PATIENCE or step == _STEPS:
            break
        steps = np.divide(pulls, counts, out=np.zeros_like(pulls), where=counts > 0)
        steps[:n_fixed] = 0
        wanted = (centers + steps).astype(np.float32)
        drawn = draw_in(wanted)
        # In the dark a short step may lead far out of the gamut; such an entry stays where it is.
        is_far = np.linalg.norm(drawn - wanted, axis=1) > np.linalg.norm(steps, axis=1)
        is_far[:n_fixed] = True
        centers = np.where(is_far[:, None], centers, drawn)
    return best, first


@dataclass(frozen=True, eq=False)
class _View:
    """A square in the coordinates of a metric, as points (H * W, A) and planes (A, H, W), and what they count for."""

    points: Colors
    planes: Colors
    counts: npt.NDArray[np.float32]
    sight: Sight

    @classmethod
    def of(cls, square: Square, metric: Metric, sight: Sight) -> "_View":
        points = metric.coordinates(square.colors.reshape(-1, 3))
        has_data = square.counts.reshape(-1) > 0
        points[~has_data] = points[has_data].mean(axis=0)  # they vary from nothing, and no pixel is pulled by them
        planes = np.ascontiguousarray(points.T).reshape(-1, *square.counts.shape)
        counts = square.counts * _find_calm(planes, sight.calm) if sight.calm else square.counts[None]
        return cls(points, planes, counts, sight)

    def find_lack(self, centers: Colors) -> tuple[Labels, tuple[Colors, Colors, Colors], float]:
        """Return the labels, what lacks, what is seen of it and what that counts for, (A, H, W), and how much it is."""
        labels, own = nearest(self.points, centers), self.sight.own
        rest = self.planes - np.ascontiguousarray(centers.T)[:, labels].reshape(self.planes.shape)
        rest *= self.counts > 0
        blurred = _blur(rest, self.sight.radii)
        errors, slopes = self.sight.measure(blurred)
        lack = (1 - own) * float((errors * self.counts).sum(dtype=np.float64))
        if own:
            lack += own * float((self.counts * rest * rest).sum(dtype=np.float64))
        return labels, (rest, blurred, slopes * self.counts), lack

    def add_pulls(self, centers: Colors, pulls: npt.NDArray[np.float64], counts: npt.NDArray[np.float64]) -> float:
        """Add what each centre is pulled by, and what its pixels count for, both (K, A); return how much lacks."""
        labels, (rest, blurred, weights), lack = self.find_lack(centers)
        pull = _blur(weights * blurred, self.sight.radii)
        if own := self.sight.own:
            pull = np.float32(1 - own) * pull + np.float32(own) * weights * rest
        pull *= weights > 0
        for axis in range(len(pull)):
            pulls[:, axis] += np.bincount(labels, pull[axis].reshape(-1), len(centers))
            counts[:, axis] += np.bincount(labels, weights[axis].reshape(-1), len(centers))
        return lack


def _find_calm(planes: Colors, least: float) -> Colors:
    """Return by how much more what lacks counts at each place, (A, H, W), for the picture varies little around it."""
    calm = np.zeros_like(planes)
    for radius in _WINDOWS:
        every = (radius,) * len(planes)
        mean = _blur(planes, every)
        varies = np.maximum(_blur(planes * planes, every) - mean * mean, 0)
        calm += _blur(np.float32(least) / (2 * varies + np.float32(least)), every)
    return calm


def _blur(planes: Colors, radii: Sequence[float]) -> Colors:
    from scipy.ndimage import gaussian_filter

    blurred = np.empty_like(planes)
    for plane, radius, result in zip(planes, radii, blurred, strict=True):
        gaussian_filter(plane, radius, mode="nearest", truncate=_REACH, output=result)
    return blurred
