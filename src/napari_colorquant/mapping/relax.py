"""Iterated conditional modes on labels: each pixel takes the label that is cheapest as its neighbours are."""

import math

import numpy as np

from .._runtime.jit import kernel

#: Sweeps over all pixels; later ones would change about one label in ten thousand.
SWEEPS = 4
#: What a neighbour across a corner counts for, beside one across a side: it is so much farther away.
_CORNER = np.float32(math.sqrt(0.5))


@kernel
def relax(coordinates, palette, factors, extra, valid, strength, volume, column, row, labels):  # type: ignore[no-untyped-def]
    """Bring the energy of labels, (D, H, W), down in place, see `smooth_labels`; all in the unit of distances.

    `coordinates` are those of the pixels, (D, H, W, 3) float32, and `palette` those of the colours, (K, 3), whose
    squared distances are multiplied by `factors`, (K, 3), and get `extra`, (K,). `column` and `row` are those of
    the first pixel in the whole image, with its plane added to `column`: so a pixel has the same colouring in any
    block. Pixels that are not `valid` keep their label, and no other heeds it.
    """
    planes, height, width = labels.shape
    nearest = labels.copy()
    touched = np.zeros(labels.shape, np.uint8)
    for z in range(planes):
        _touch_borders(labels, z, volume, touched[z])
    votes, listed = np.zeros(len(palette), np.float32), np.empty(13, labels.dtype)
    for _ in range(SWEEPS):
        for coloring in range(4):
            for z in range(planes):
                left = (coloring + column + z) & 1
                for y in range((coloring >> 1) + row & 1, height, 2):
                    for x in range(left, width, 2):
                        if touched[z, y, x] and valid[z, y, x]:
                            touched[z, y, x] = 0
                            new = _choose(
                                coordinates, palette, factors, extra, valid, strength, volume, nearest, labels,
                                z, y, x, votes, listed,
                            )  # fmt: skip
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
    coordinates, palette, factors, extra, valid, strength, volume, nearest, labels, z, y, x, votes, listed
):
    # The cheapest label of a pixel. One that no neighbour has costs at least as much as the first one of the pixel.
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
        cost = da * da * factors[label, 0] + db * db * factors[label, 1] + dc * dc * factors[label, 2]
        cost += extra[label] - price * votes[label]
        if cost < least:
            best, least = label, cost
    for place in range(count):
        votes[listed[place]] = 0
    return best
