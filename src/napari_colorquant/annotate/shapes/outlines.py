"""The outlines of connected pixels, along the sides of the pixels: exact, with holes, and never crossing themselves."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..._runtime.jit import kernel


@dataclass(frozen=True, eq=False)
class Rings:
    """Closed outlines, one after the other.

    Attributes
    ----------
    points : ndarray of shape (N, 2), int64
        Row and column of corners of pixels; that above and left of pixel (r, c) is (r, c).
    is_node : ndarray of shape (N,), bool
        Where more than two pieces meet, or the image has a corner: every piece that touches such a point has it.
    starts : ndarray of shape (R + 1,), int64
        Ring i has the points from ``starts[i]`` to ``starts[i + 1]``; the last is joined to the first.
    owners : ndarray of shape (R,), int64
        The piece that lies within, and beside holes: a ring goes around it so that the piece is on the right
        hand, rows counted downward.
    """

    points: npt.NDArray[np.int64]
    is_node: npt.NDArray[np.bool_]
    starts: npt.NDArray[np.int64]
    owners: npt.NDArray[np.int64]


def trace_rings(pieces: npt.NDArray[np.int64], *, with_nodes: bool = False) -> Rings:
    """Return the outlines of all pieces.

    Parameters
    ----------
    pieces : ndarray of shape (H, W), int64
        0 for the background, and a number > 0 for each piece of pixels connected across their sides.
    with_nodes : bool
        Whether nodes are points where the outline goes straight on, too.

    Returns
    -------
    rings : Rings
        Each piece has one around it and one for each of its holes. A ring visits no point twice: where two
        holes, or a hole and the outside, touch in a point, their rings do.
    """
    padded = np.pad(pieces, 1, constant_values=-1)
    none = np.empty((0, 2), np.int64)
    n_points, n_rings = _trace(padded, with_nodes, none, none[:, 0], none[:, 0], none[:, 0])
    points, is_node = np.empty((n_points, 2), np.int64), np.zeros(n_points, np.int64)
    starts, owners = np.zeros(n_rings + 1, np.int64), np.empty(n_rings, np.int64)
    _trace(padded, with_nodes, points, is_node, starts, owners)
    return Rings(points, is_node.astype(np.bool_), starts, owners)


def signed_area(ring: npt.NDArray[np.float64]) -> float:
    """Return the area within a ring, (N, 2); < 0 for that of a hole."""
    following = np.roll(ring, -1, axis=0)
    return float((ring[:, 1] * following[:, 0] - following[:, 1] * ring[:, 0]).sum() / 2)


def crosses_itself(rings: list[npt.NDArray[np.float64]]) -> bool:
    """Return True if any two sides of some rings cross or overlap; they may have ends in common."""
    first = np.concatenate(rings)
    second = np.concatenate([np.roll(ring, -1, axis=0) for ring in rings])
    low = np.minimum(first[:, 0], second[:, 0])
    order = np.argsort(low, kind="stable")
    return bool(_find_crossing(first[order], second[order]))


@kernel
def _trace(padded, with_nodes, points, is_node, starts, owners):  # type: ignore[no-untyped-def]
    # Counts points and rings if there is no place for them. Directions: 0 right, 1 down, 2 left, 3 up.
    height, width = padded.shape
    seen = np.zeros(padded.shape, np.uint8)  # whether the upper side of a pixel has been gone along
    keeps = len(owners) > 0
    count, rings = 0, 0
    for top in range(1, height - 1):
        for left in range(1, width - 1):
            own = padded[top, left]
            if own <= 0 or padded[top - 1, left] == own or seen[top, left]:
                continue
            y, x, direction = top, left, 0
            while True:
                if direction == 0:
                    seen[y, x] = 1
                y += (direction == 1) - (direction == 3)
                x += (direction == 0) - (direction == 2)
                a, b, c, d = padded[y - 1, x - 1], padded[y - 1, x], padded[y, x - 1], padded[y, x]
                if direction == 0:
                    ahead_left, ahead_right = b, d
                elif direction == 1:
                    ahead_left, ahead_right = d, c
                elif direction == 2:
                    ahead_left, ahead_right = c, a
                else:
                    ahead_left, ahead_right = a, b
                # Left wherever that can be: so the ring goes around what is beside it, and passes no point twice.
                turn = 3 if ahead_left == own else 0 if ahead_right == own else 1
                node = _is_node(a, b, c, d)
                if turn or (node and with_nodes):
                    if keeps:
                        points[count, 0], points[count, 1] = y - 1, x - 1
                        is_node[count] = node
                    count += 1
                direction = (direction + turn) & 3
                if y == top and x == left and direction == 0:
                    break
            if keeps:
                owners[rings] = own
                starts[rings + 1] = count
            rings += 1
    return count, rings


@kernel
def _is_node(a, b, c, d):  # type: ignore[no-untyped-def]
    # Of the four pixels around a point, a b over c d: more than two pieces, two crosswise, or one in a corner.
    kinds = 1 + (b != a) + (c != a and c != b) + (d != a and d != b and d != c)
    outside = (a < 0) + (b < 0) + (c < 0) + (d < 0)
    return kinds > 2 or (a == d and b == c and a != b) or outside == 3


@kernel
def _find_crossing(first, second):  # type: ignore[no-untyped-def]
    # Sides in the order of their upper ends: only those that begin before one has ended can meet it.
    for i in range(len(first)):
        ay, ax, by, bx = first[i, 0], first[i, 1], second[i, 0], second[i, 1]
        bottom = max(ay, by)
        for j in range(i + 1, len(first)):
            cy, cx, dy, dx = first[j, 0], first[j, 1], second[j, 0], second[j, 1]
            if min(cy, dy) > bottom:
                break
            if max(cx, dx) < min(ax, bx) or min(cx, dx) > max(ax, bx):
                continue
            c_side = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
            d_side = (bx - ax) * (dy - ay) - (by - ay) * (dx - ax)
            a_side = (dx - cx) * (ay - cy) - (dy - cy) * (ax - cx)
            b_side = (dx - cx) * (by - cy) - (dy - cy) * (bx - cx)
            if c_side == 0 and d_side == 0:
                along = (bx - ax) * (bx - ax) + (by - ay) * (by - ay)
                s = ((cx - ax) * (bx - ax) + (cy - ay) * (by - ay)) / along
                t = ((dx - ax) * (bx - ax) + (dy - ay) * (by - ay)) / along
                if max(s, t) > 0 and min(s, t) < 1:
                    return True
            elif c_side * d_side <= 0 and a_side * b_side <= 0 and (c_side * d_side < 0 or a_side * b_side < 0):
                return True
    return False
