"""Which palette colour is nearest: the kernel that all rooms share."""

import numpy as np
import numpy.typing as npt

from .._runtime.jit import inner_kernel, kernel
from .._runtime.threads import map_blocks
from .._typing import Colors, Labels, label_type

#: Colours in one task of the thread pool.
BLOCK = 1 << 14
#: Consecutive colours for which the palette is thinned out, first roughly and then twice more.
_STRIP = 2048
_PART = 256
_RUN = 64
#: Of so few palette colours none needs to be ruled out.
_FEW = 32
#: What float32 may round off the sides of a box, as a share of its coordinates.
SLACK = np.float32(4e-7)
#: And off the difference of two distances, as a share of these.
_LOOSE = np.float32(1e-5)
#: Less than any of these, so that a colour in the middle of a box without extent is among those that may be nearest.
_LEAST = np.float32(1e-30)
#: The bits of a place in a palette.
_PLACE = np.int32(0xFFFF)


def nearest(colors: Colors, palette: Colors) -> Labels:
    """Return the index of the nearest palette colour of each colour.

    Parameters
    ----------
    colors : ndarray of shape (N, A), float32
        Coordinates on 1 to 3 axes.
    palette : ndarray of shape (K, A), float32
        1 to 65,536 palette colours on the same axes.

    Returns
    -------
    labels : ndarray of shape (N,), uint8 or uint16
        The palette index with the smallest squared Euclidean distance; the lowest index on a tie.
    """
    return nearest_with_distance(colors, palette)[0]


def nearest_with_distance(colors: Colors, palette: Colors) -> tuple[Labels, npt.NDArray[np.float32]]:
    """Return what `nearest` returns, and the squared distances, (N,) float32."""
    colors, palette = three_axes(colors), three_axes(palette)
    count = len(palette)
    labels = np.empty(len(colors), label_type(count))
    distances = np.empty(len(colors), np.float32)

    def task(start: int, stop: int) -> None:
        block = colors[start:stop], palette, labels[start:stop], distances[start:stop]
        if count <= _FEW:
            _compare_all(*block, np.empty((6, _STRIP), np.float32), np.empty(_STRIP, np.int32), np.arange(count))
        else:
            _compare_near(*block)

    map_blocks(task, len(colors), BLOCK)
    return labels, distances


def three_axes(coordinates: Colors) -> Colors:
    """Return `coordinates` with zeros as the missing axes, so that one kernel serves 1 to 3 axes."""
    coordinates = np.ascontiguousarray(coordinates, np.float32)
    if (missing := 3 - coordinates.shape[1]) == 0:
        return coordinates
    return np.pad(coordinates, ((0, 0), (0, missing)))


@inner_kernel
def find_candidates(box, px, py, pz, count, squares, excess, chosen):  # type: ignore[no-untyped-def]
    """List in `chosen` which of the `count` colours may be nearest to some point of a box; return their number.

    `box` is middle and half extent; `squares` and `excess` are scratch of `count` entries and seven more. The order is
    kept.
    """
    # Not those that are farther than one near its middle from every corner, for both are as far from the points of
    # a plane only. How much farther they are at most is the distance along the box's extent.
    x, y, z, hx, hy, hz = box[0], box[1], box[2], box[3], box[4], box[5]
    for k in range(count):
        dx, dy, dz = px[k] - x, py[k] - y, pz[k] - z
        squares[k] = dx * dx + dy * dy + dz * dz
    # The bits of positive floats order alike, and LLVM vectorises the minimum of integers. Their lower half gives way
    # to the place, of 65,536: the nearest, or one as near within a hundredth, which rules out as much.
    bits, least = squares.view(np.int32), np.int32(0x7FFFFFFF)
    for k in range(count):
        least = min(least, np.int32(bits[k] & ~_PLACE | np.int32(k)))
    best = least & _PLACE
    qx, qy, qz, own = px[best], py[best], pz[best], squares[best]
    two = np.float32(2)
    size = hx * hx + hy * hy + hz * hz
    for k in range(count):
        reach = two * (hx * abs(px[k] - qx) + hy * abs(py[k] - qy) + hz * abs(pz[k] - qz))
        excess[k] = squares[k] - own - reach - _LOOSE * (squares[k] + own + reach + size) - _LEAST
    signs = excess.view(np.int32)
    used = 0
    for first in range(0, count, 8):  # most eights have none
        some = np.int32(0)
        for k in range(first, first + 8):
            some |= signs[k]
        if some < 0:
            for k in range(first, min(first + 8, count)):
                chosen[used] = k
                used += signs[k] < 0
    return used


@inner_kernel
def rule_out(box, px, py, pz, squares, chosen, used, x, y, z, own, alive):  # type: ignore[no-untyped-def]
    """Leave in `chosen` those that none of the others rules out, and return how many: `find_candidates` asks one alone.

    `squares` is as that has left it; `x`, `y`, `z`, `own`, float32, and `alive`, int32, are scratch of `used` entries
    and seven more.
    """
    hx, hy, hz, two = box[3], box[4], box[5], np.float32(2)
    size = hx * hx + hy * hy + hz * hz
    filled = (used + 7) & ~7  # whole vectors: the last one stands for what is missing
    for i in range(filled):
        k = chosen[min(i, used - 1)]
        x[i], y[i], z[i], own[i] = px[k], py[k], pz[k], squares[k]
        alive[i] = -1
    for other in range(used):
        qx, qy, qz, least = x[other], y[other], z[other], own[other]
        for i in range(filled):
            reach = two * (hx * abs(x[i] - qx) + hy * abs(y[i] - qy) + hz * abs(z[i] - qz))
            excess = own[i] - least - reach - _LOOSE * (own[i] + least + reach + size) - _LEAST
            alive[i] &= np.float32(excess).view(np.int32)  # its sign: it may be nearer somewhere
    kept = 0
    for i in range(used):
        chosen[kept] = chosen[i]
        kept += alive[i] < 0
    return kept


@inner_kernel
def enclose(x0, y0, z0, x1, y1, z1, box):  # type: ignore[no-untyped-def]
    """Write the middle and half extent of the box of two corners, a little wider: rounding leaves no point outside."""
    half = np.float32(0.5)
    box[0], box[1], box[2] = (x0 + x1) * half, (y0 + y1) * half, (z0 + z1) * half
    box[3] = (x1 - x0) * half + SLACK * max(abs(x0), abs(x1))
    box[4] = (y1 - y0) * half + SLACK * max(abs(y0), abs(y1))
    box[5] = (z1 - z0) * half + SLACK * max(abs(z0), abs(z1))


@inner_kernel
def _bound(x, y, z, box):  # type: ignore[no-untyped-def]
    x0, y0, z0 = x[0], y[0], z[0]
    x1, y1, z1 = x0, y0, z0
    for i in range(len(x)):
        a, b, c = x[i], y[i], z[i]
        x0, x1 = a if a < x0 else x0, a if a > x1 else x1
        y0, y1 = b if b < y0 else y0, b if b > y1 else y1
        z0, z1 = c if c < z0 else z0, c if c > z1 else z1
    enclose(x0, y0, z0, x1, y1, z1, box)


@inner_kernel
def search(x, y, z, qx, qy, qz, chosen, used, best, index):  # type: ignore[no-untyped-def]
    """Find the nearest of `used` chosen colours for each point, the first of equal ones.

    Its squared distance goes to `best`, float32, and its place among the colours to `index`, int32.
    """
    # The palette in the outer loop lets LLVM vectorise the inner one. The bits of positive floats order alike: of
    # integers it makes a minimum, of floats a store of the smaller ones alone, for which some processors take
    # five times as long. Two colours at a time, so that what a point has so far is read and written half as often.
    bits = best.view(np.int32)
    k = chosen[0]
    px, py, pz, label = qx[k], qy[k], qz[k], np.int32(k)
    for i in range(len(x)):
        dx, dy, dz = x[i] - px, y[i] - py, z[i] - pz
        best[i] = dx * dx + dy * dy + dz * dz
        index[i] = label
    for place in range(1, used, 2):
        k, m = chosen[place], chosen[min(place + 1, used - 1)]  # one alone stands for two, which changes nothing
        px, py, pz, label = qx[k], qy[k], qz[k], np.int32(k)
        ox, oy, oz, other = qx[m], qy[m], qz[m], np.int32(m)
        for i in range(len(x)):
            a, b, c = x[i], y[i], z[i]
            dx, dy, dz = a - px, b - py, c - pz
            ex, ey, ez = a - ox, b - oy, c - oz
            distance = np.float32(dx * dx + dy * dy + dz * dz).view(np.int32)
            second = np.float32(ex * ex + ey * ey + ez * ez).view(np.int32)
            so_far, found = bits[i], index[i]
            found = label if distance < so_far else found
            so_far = min(so_far, distance)
            index[i] = other if second < so_far else found
            bits[i] = min(so_far, second)


@kernel
def _compare_all(colors, palette, labels, distances, strip, index, everyone):  # type: ignore[no-untyped-def]
    # Of the palette `everyone` names all; `strip` and `index` are scratch of a strip's length.
    x, y, z, px, py, pz = strip[0], strip[1], strip[2], strip[3], strip[4], strip[5]
    for k in range(len(palette)):
        px[k], py[k], pz[k] = palette[k, 0], palette[k, 1], palette[k, 2]
    for start in range(0, len(colors), _STRIP):
        size = min(_STRIP, len(colors) - start)
        for i in range(size):
            x[i] = colors[start + i, 0]
            y[i] = colors[start + i, 1]
            z[i] = colors[start + i, 2]
        best = distances[start : start + size]
        search(x[:size], y[:size], z[:size], px, py, pz, everyone, len(everyone), best, index)
        for i in range(size):
            labels[start + i] = index[i]


@kernel
def _compare_near(colors, palette, labels, distances):  # type: ignore[no-untyped-def]
    # An image's colours come sorted by cells of the colour cube: a strip of them lies in a long box, a
    # run of a strip in a small one, and few palette colours can be nearest in there. Of its own scratch arrays LLVM
    # knows that they overlap with nothing.
    count = len(palette)
    px, py, pz = palette[:, 0].copy(), palette[:, 1].copy(), palette[:, 2].copy()
    qx, qy, qz = np.empty(count, np.float32), np.empty(count, np.float32), np.empty(count, np.float32)
    rx, ry, rz = np.empty(count, np.float32), np.empty(count, np.float32), np.empty(count, np.float32)
    x, y, z = np.empty(_STRIP, np.float32), np.empty(_STRIP, np.float32), np.empty(_STRIP, np.float32)
    squares, excess, box = np.empty(count + 7, np.float32), np.empty(count + 7, np.float32), np.empty(6, np.float32)
    near, chosen, closer = np.empty(count + 1, np.int64), np.empty(count + 1, np.int64), np.empty(count, np.int64)
    best, index = np.empty(_RUN, np.float32), np.empty(_RUN, np.int32)
    for start in range(0, len(colors), _STRIP):
        size = min(_STRIP, len(colors) - start)
        for i in range(size):
            x[i] = colors[start + i, 0]
            y[i] = colors[start + i, 1]
            z[i] = colors[start + i, 2]
        _bound(x[:size], y[:size], z[:size], box)
        nearby = find_candidates(box, px, py, pz, count, squares, excess, near)
        for place in range(nearby):
            qx[place], qy[place], qz[place] = px[near[place]], py[near[place]], pz[near[place]]
        for part in range(0, size, _PART):
            end = min(part + _PART, size)
            _bound(x[part:end], y[part:end], z[part:end], box)
            nearer = find_candidates(box, qx, qy, qz, nearby, squares, excess, chosen)
            for place in range(nearer):
                k = chosen[place]
                closer[place] = near[k]
                rx[place], ry[place], rz[place] = qx[k], qy[k], qz[k]
            for run in range(part, end, _RUN):
                stop = min(run + _RUN, end)
                a, b, c = x[run:stop], y[run:stop], z[run:stop]
                _bound(a, b, c, box)
                used = find_candidates(box, rx, ry, rz, nearer, squares, excess, chosen)
                search(a, b, c, rx, ry, rz, chosen, used, best, index)
                for i in range(stop - run):
                    labels[start + run + i] = closer[index[i]]
                    distances[start + run + i] = best[i]
