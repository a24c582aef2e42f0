"""Labels that hang together: each pixel weighs the distance of its colour against the labels around it.

The energy is that of Potts: for each pixel its squared distance to the colour that it takes, and for each pair of
neighbours with different labels a price, which is less the more the two pixels differ themselves [2]_. It is brought
down by iterated conditional modes [1]_: pixel after pixel takes the label that is cheapest as its neighbours are.
Pixels of one of four colourings of the grid, no two of which are neighbours, are independent of each other, so the
order within a colouring does not matter; and after a fixed number of sweeps no pixel has heard of one farther away
than `REACH`. Hence an image is done in blocks with that much around them, with the same bits in any blocks.

References
----------
.. [1] Besag J. On the statistical analysis of dirty pictures. J. R. Stat. Soc. B 48, 1986.
   doi:10.1111/j.2517-6161.1986.tb01412.x
.. [2] Boykov Y., Jolly M.-P. Interactive graph cuts for optimal boundary and region segmentation of objects in N-D
   images. ICCV 2001. doi:10.1109/ICCV.2001.937505
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._runtime.threads import map_blocks
from .._typing import Colors, Labels, Levels, Valid
from ..clustering.nearest import three_axes
from ..pixels.memory import Pixels, Place
from ..spaces import Metric
from .relax import SWEEPS, relax

#: How far away, in pixels, what a pixel has heard of may lie: a step for each of the four colourings of each sweep.
REACH = 4 * SWEEPS
#: Rows and columns in one task, without those around them: what is looked at again and again then stays at hand.
_SIDE, _SIDE_OF_VOLUMES = 512, 128


@dataclass(frozen=True)
class Smoothing:
    """How much labels hang together.

    Attributes
    ----------
    strength : float
        The price of a pixel all of whose neighbours look like it and have another label, in squared distances
        of near palette colours (see `find_spacing`); > 0.
    volume : bool
        Whether the frames of a stack, along the axis before the rows, are the planes of a volume, of which
        those before and behind a pixel are its neighbours, too.
    """

    strength: float
    volume: bool = False

    def reach(self, ndim: int) -> tuple[int, ...]:
        """Return how far pixels look along each of `ndim` axes."""
        planes = (REACH,) if self.volume else (0,)
        return (0,) * (ndim - 3) + planes * (ndim > 2) + (REACH, REACH)


@dataclass(frozen=True)
class Spreads:
    """Palette colours as what pixels scatter around, each as wide along each axis as it is: normal distributions.

    Attributes
    ----------
    means, variances : ndarray of shape (K, A), float
        In the coordinates of a metric; rows without a finite variance stand for entries that no pixel has.
    """

    means: npt.NDArray[np.float64]
    variances: npt.NDArray[np.float64]

    def costs(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return means, what squared distances are multiplied by, and what is added to their sum.

        It is twice the negative log-likelihood, in the unit in which it is the squared distance itself if all are
        equally wide.
        """
        known = np.isfinite(self.variances[:, 0])
        unit = float(np.exp(np.log(self.variances[known]).mean()))
        factors = np.divide(unit, self.variances, out=np.ones_like(self.variances), where=known[:, None])
        return np.where(known[:, None], self.means, 0.0), factors, -unit * np.log(factors).sum(axis=1)


def smooth_labels(
    pixels: Pixels,
    labels: Labels,
    valid: Valid | None,
    colors: Levels,
    metric: Metric,
    smoothing: Smoothing,
    spreads: Spreads | None = None,
) -> Labels:
    """Return labels that weigh their pixel's colour against the labels around it.

    Parameters
    ----------
    pixels : Pixels
    labels : ndarray of shape (..., H, W), uint8 or uint16
        The exact nearest palette colour of each pixel.
    valid : ndarray of shape (..., H, W), bool, or None
        Pixels without data keep their label, and no other heeds it.
    colors : ndarray of shape (K, 3), uint8 or uint16
        The palette.
    metric : Metric
        What distance means.
    smoothing : Smoothing
    spreads : Spreads, optional
        How pixels scatter around the colours where that is known; `labels` are then the most likely ones.

    Returns
    -------
    labels : ndarray of shape (..., H, W), uint8 or uint16
        At the border of the image, what is not there has no say.
    """
    spacing = find_spacing(metric.coordinates(colors))
    if not spacing:  # one colour, or several that are one in this space
        return labels
    unit = np.float32(math.sqrt(spacing))
    palette, factors, extra = _weigh(metric.coordinates(colors), unit, spreads)
    smoothed = labels.copy()
    blocks = list(_blocks(labels.shape, smoothing.volume))

    def task(start: int, stop: int) -> None:
        for place, around, inner in blocks[start:stop]:
            levels, _ = pixels.read_levels(around)
            shape = labels[around].shape
            planes = np.ascontiguousarray(labels[around]).reshape(-1, *shape[-2:]).copy()
            shown = np.ones(planes.shape, np.bool_) if valid is None else valid[around].reshape(planes.shape).copy()
            column, row = pixels.origin[1] + around[-1].start, pixels.origin[0] + around[-2].start
            column += pixels.first_plane if smoothing.volume else 0
            coordinates = (three_axes(metric.coordinates(levels)) / unit).reshape(*planes.shape, 3)
            relax(
                coordinates, palette, factors, extra, shown, np.float32(smoothing.strength), smoothing.volume,
                column, row, planes,
            )  # fmt: skip
            smoothed[place] = planes.reshape(shape)[inner]

    map_blocks(task, len(blocks), 1)
    return smoothed


def _weigh(
    palette: Colors, unit: np.float32, spreads: Spreads | None
) -> tuple[Colors, Colors, npt.NDArray[np.float32]]:
    """Return centres on three axes, the factors of squared distances to them, and what is added, all in `unit`."""
    if spreads is None:
        return three_axes(palette) / unit, np.ones((len(palette), 3), np.float32), np.zeros(len(palette), np.float32)
    means, factors, extra = spreads.costs()
    return (
        three_axes(means.astype(np.float32)) / unit,
        three_axes(factors.astype(np.float32)),
        (extra / float(unit) ** 2).astype(np.float32),
    )


def find_spacing(palette: npt.NDArray[np.float32]) -> float:
    """Return the median squared distance of palette colours, (K, A) float32, to their nearest other one.

    It is the unit in which distances and the price are weighed, so that a strength means the same in any space,
    with any weights and for any number of colours. 0 if no two differ.
    """
    distinct = np.unique(palette.astype(np.float64), axis=0)
    if len(distinct) < 2:
        return 0.0
    squares = ((distinct[:, None] - distinct[None]) ** 2).sum(axis=2)
    np.fill_diagonal(squares, np.inf)
    return float(np.median(squares.min(axis=1)))


def _blocks(shape: tuple[int, ...], volume: bool) -> Iterator[tuple[Place, Place, Place]]:
    """Iterate over blocks: where each lies, where it lies with what is around it, and where in that."""
    *leading, height, width = shape
    stack: Place = (slice(None),) if volume and leading else ()
    side = _SIDE_OF_VOLUMES if stack else _SIDE
    for plane in np.ndindex(*leading[: len(leading) - len(stack)]):
        for y in range(0, height, side):
            for x in range(0, width, side):
                own, around, inner = zip(_widen(y, side, height), _widen(x, side, width), strict=True)
                yield (*plane, *stack, *own), (*plane, *stack, *around), (*stack, *inner)


def _widen(start: int, side: int, size: int) -> tuple[slice, slice, slice]:
    """Return a part of ``range(size)``, the same with what is around it, and where it lies in that."""
    stop = min(start + side, size)
    first = max(0, start - REACH)
    return slice(start, stop), slice(first, min(stop + REACH, size)), slice(start - first, stop - first)
