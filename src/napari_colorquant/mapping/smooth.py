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

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import Labels, Levels, Valid
from ..clustering.nearest import three_axes
from ..pixels.memory import Pixels, Place
from ..spaces import Metric

#: Sweeps over all pixels; later ones would change about one label in ten thousand.
_SWEEPS = 4
#: How far away, in pixels, what a pixel has heard of may lie: a step for each of the four colourings of each sweep.
REACH = 4 * _SWEEPS
#: Rows and columns in one task, without those around them: what is looked at again and again then stays at hand.
_SIDE, _SIDE_OF_VOLUMES = 512, 128
#: What a neighbour across a corner counts for, beside one across a side: it is so much farther away.
_CORNER = np.float32(math.sqrt(0.5))


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


def smooth_labels(
    pixels: Pixels, labels: Labels, valid: Valid | None, colors: Levels, metric: Metric, smoothing: Smoothing
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

    Returns
    -------
    labels : ndarray of shape (..., H, W), uint8 or uint16
        At the border of the image, what is not there has no say.
    """
    spacing = find_spacing(metric.coordinates(colors))
    if not spacing:  # one colour, or several that are one in this space
        return labels
    unit = np.float32(math.sqrt(spacing))
    palette = three_axes(metric.coordinates(colors)) / unit
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
            _relax(coordinates, palette, shown, np.float32(smoothing.strength), smoothing.volume, column, row, planes)
            smoothed[place] = planes.reshape(shape)[inner]

    map_blocks(task, len(blocks), 1)
    return smoothed


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


@kernel
def _relax(coordinates, palette, valid, strength, volume, column, row, labels):  # type: ignore[no-untyped-def]
    # `column` and `row` are those of the first pixel in the whole image, with its plane added to `column`: so a
    # pixel has the same colouring in any block.
    planes, height, width = labels.shape
    nearest = labels.copy()
    touched = np.zeros(labels.shape, np.uint8)
    for z in range(planes):
        _touch_borders(labels, z, volume, touched[z])
    votes, listed = np.zeros(len(palette), np.float32), np.empty(13, labels.dtype)
    for _ in range(_SWEEPS):
        for coloring in range(4):
            for z in range(planes):
                left = (coloring + column + z) & 1
                for y in range((coloring >> 1) + row & 1, height, 2):
                    for x in range(left, width, 2):
                        if touched[z, y, x] and valid[z, y, x]:
                            touched[z, y, x] = 0
                            new = _choose(
                                coordinates, palette, valid, strength, volume, nearest, labels, z, y, x, votes, listed
                            )
                            if new != labels[z, y, x]:
                                labels[z, y, x] = new
                                _touch_around(touched, volume, z, y, x)


@kernel
def _touch_borders(labels, z, volume, touched):  # type: ignore[no-untyped-def]
    # Mark the pixels of a plane that have a neighbour of another label: the others have no reason to change.
    planes, height, width = labels.shape
    for y in range(height):
        row, marks = labels[z, y], touched[y]
        for x in range(1, width):
            differs = row[x] != row[x - 1]
            marks[x] |= differs
            marks[x - 1] |= differs
        if y + 1 < height:
            below, marks_below = labels[z, y + 1], touched[y + 1]
            for x in range(width):
                differs = row[x] != below[x]
                marks[x] |= differs
                marks_below[x] |= differs
            for x in range(1, width):
                differs = row[x] != below[x - 1]
                marks[x] |= differs
                marks_below[x - 1] |= differs
            for x in range(1, width):
                differs = row[x - 1] != below[x]
                marks[x - 1] |= differs
                marks_below[x] |= differs
        if volume:
            for other in (z - 1, z + 1):
                if 0 <= other < planes:
                    for x in range(width):
                        marks[x] |= row[x] != labels[other, y, x]


@kernel
def _touch_around(touched, volume, z, y, x):  # type: ignore[no-untyped-def]
    planes, height, width = touched.shape
    for j in range(max(y - 1, 0), min(y + 2, height)):
        for i in range(max(x - 1, 0), min(x + 2, width)):
            touched[z, j, i] = 1
    if volume:
        for other in (z - 1, z + 1):
            if 0 <= other < planes:
                touched[other, y, x] = 1
    touched[z, y, x] = 0


@kernel
def _choose(  # type: ignore[no-untyped-def]
    coordinates, palette, valid, strength, volume, nearest, labels, z, y, x, votes, listed
):
    # The cheapest label of a pixel. One that no neighbour has costs at least as much as the nearest.
    planes, height, width = labels.shape
    one = np.float32(1)
    a, b, c = coordinates[z, y, x, 0], coordinates[z, y, x, 1], coordinates[z, y, x, 2]
    own = labels[z, y, x]
    listed[0], listed[1] = own, nearest[z, y, x]
    count = 2
    for k in range(max(z - 1, 0) if volume else z, min(z + 2, planes) if volume else z + 1):
        step = 1 if k == z else 0  # of the planes before and behind, the pixel itself is the neighbour
        for j in range(max(y - step, 0), min(y + step + 1, height)):
            for i in range(max(x - step, 0), min(x + step + 1, width)):
                if (k == z and j == y and i == x) or not valid[k, j, i]:
                    continue
                da, db, dc = a - coordinates[k, j, i, 0], b - coordinates[k, j, i, 1], c - coordinates[k, j, i, 2]
                weight = one / (one + (da * da + db * db + dc * dc))
                if j != y and i != x:
                    weight *= _CORNER
                label = labels[k, j, i]
                listed[count] = label
                count += votes[label] == 0
                votes[label] += weight
    price = strength / (np.float32(4) + np.float32(4) * _CORNER + np.float32(2 if volume else 0))
    best, least = own, np.float32(np.inf)
    for place in range(count):
        label = listed[place]
        da, db, dc = a - palette[label, 0], b - palette[label, 1], c - palette[label, 2]
        cost = (da * da + db * db + dc * dc) - price * votes[label]
        if cost < least:
            best, least = label, cost
    for place in range(count):
        votes[listed[place]] = 0
    return best
