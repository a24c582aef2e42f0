"""Split and merge: give palette colours from where they matter least to where they matter most.

Lloyd's steps end where no palette colour can move a little; whether it would be of more use far away
they cannot see. Here each cluster's gain from being split, and the cost of merging each two, are
weighed against each other (Kaukoranta, Franti, Nevalainen 1998), then Lloyd's steps settle the rest.
"""

import numpy as np
import numpy.typing as npt

from .._runtime.jit import inner_kernel, kernel
from .._runtime.progress import checkpoint
from .._typing import Colors
from .lloyd import lloyd_step, move
from .points import Points
from .ward import find_partner

#: Exchanges are tried whose gain times this exceeds their cost: Lloyd's steps after them add to the gain and
#: take from the cost. Among few colours more pays; among many, too many exchanges at once disturb each other.
_EAGERNESS, _EAGERNESS_OF_MANY, _FEW = 3.0, 2.0, 48
#: The partner of a cluster for which none has been looked for yet.
_UNKNOWN = -1
#: What an empty cluster weighs here, so that to merge it costs next to nothing.
_LEAST = 1e-30
#: How far all but the last of Lloyd's steps overshoot.
_RELAXATION = 1.5


def exchange(points: Points, palette: Colors, rounds: int, *, steps: int = 2) -> Colors:
    """Return a palette of lower distortion, after up to `rounds` rounds of exchanges.

    Parameters
    ----------
    points : Points
    palette : ndarray of shape (K, 3), float32
    rounds : int
        A round that does not lower the distortion is undone, and the next makes half as many
        exchanges; so it may end early.
    steps : int
        Lloyd's steps after each round.
    """
    labels, trial_labels = (np.empty(len(points.weights), np.int32) for _ in range(2))
    palette, sums = _settle(points, palette, steps, labels)
    most: int = len(palette) // 2
    for _ in range(rounds):
        checkpoint()
        trial = palette.copy()
        most = _exchange_once(points, labels, trial, sums, most)
        if most == 0:
            break
        trial, trial_sums = _settle(points, trial, steps, trial_labels)
        if trial_sums[:, 4].sum() < sums[:, 4].sum():
            palette, sums = trial, trial_sums
            labels, trial_labels = trial_labels, labels
        else:
            most //= 2
    return palette


def _settle(
    points: Points, palette: Colors, steps: int, labels: npt.NDArray[np.int32]
) -> tuple[Colors, npt.NDArray[np.float64]]:
    # Clusters may stay empty here: a merger of one costs nothing, so the next round moves it.
    palette = palette.copy()
    for step in range(steps):
        move(palette, lloyd_step(points, palette), 1.0 if step == steps - 1 else _RELAXATION, 0)
    return palette, lloyd_step(points, palette, labels)


def _exchange_once(
    points: Points,
    labels: npt.NDArray[np.int32],
    palette: Colors,
    sums: npt.NDArray[np.float64],
    most: int,
) -> int:
    """Split and merge up to `most` clusters of a settled palette (K, 3) in place; return how many."""
    count = len(palette)
    gains, halves = np.zeros(count), np.zeros((count, 2, 4))
    _split_clusters(points.colors, points.weights, labels, sums, gains, halves)
    made: int = swap_clusters(palette, sums, gains, halves, most, 0)
    return made


@inner_kernel
def principal_axis(spread):  # type: ignore[no-untyped-def]
    """Return the longest axis, not of unit length, for the sums xx, yy, zz, xy, xz, yz of squares about the mean."""
    a, b, c, d, e, f = spread[0], spread[1], spread[2], spread[3], spread[4], spread[5]
    if a >= b and a >= c:  # power iteration from the row of the largest diagonal entry
        x, y, z = a, d, e
    elif b >= c:
        x, y, z = d, b, f
    else:
        x, y, z = e, f, c
    for _ in range(8):
        size = max(abs(x), abs(y), abs(z))
        if size <= 0:
            break
        x, y, z = x / size, y / size, z / size
        x, y, z = a * x + d * y + e * z, d * x + b * y + f * z, e * x + f * y + c * z
    return x, y, z


@kernel
def _split_clusters(colors, weights, labels, sums, gains, halves):  # type: ignore[no-untyped-def]
    # Cut each cluster through its mean, across its longest axis; halves hold weight and mean of both sides; they
    # and the gains are zeros before. Arrays of its own overlap nothing: handed in, they would be read again and again.
    count = len(sums)
    means, spread = np.zeros((count, 3)), np.zeros((count, 6))
    for k in range(count):
        if sums[k, 0] > 0:
            for axis in range(3):
                means[k, axis] = sums[k, 1 + axis] / sums[k, 0]
    for i in range(len(labels)):
        k = labels[i]
        x, y, z = colors[i, 0] - means[k, 0], colors[i, 1] - means[k, 1], colors[i, 2] - means[k, 2]
        w = np.float64(weights[i])
        spread[k, 0] += w * x * x
        spread[k, 1] += w * y * y
        spread[k, 2] += w * z * z
        spread[k, 3] += w * x * y
        spread[k, 4] += w * x * z
        spread[k, 5] += w * y * z
    for k in range(count):
        spread[k, 0], spread[k, 1], spread[k, 2] = principal_axis(spread[k])
    for i in range(len(labels)):
        k = labels[i]
        x, y, z = colors[i, 0] - means[k, 0], colors[i, 1] - means[k, 1], colors[i, 2] - means[k, 2]
        side = 1 if x * spread[k, 0] + y * spread[k, 1] + z * spread[k, 2] > 0 else 0
        w = np.float64(weights[i])
        halves[k, side, 0] += w
        halves[k, side, 1] += w * x
        halves[k, side, 2] += w * y
        halves[k, side, 3] += w * z
    for k in range(count):
        for side in range(2):
            w = halves[k, side, 0]
            if halves[k, 0, 0] > 0 and halves[k, 1, 0] > 0:
                for axis in range(3):
                    gains[k] += halves[k, side, 1 + axis] ** 2 / w
                    halves[k, side, 1 + axis] = means[k, axis] + halves[k, side, 1 + axis] / w


@kernel
def swap_clusters(palette, sums, gains, halves, most, n_fixed):  # type: ignore[no-untyped-def]
    """Split the clusters that gain most by it, and merge as many that cost least; return how many were exchanged.

    Parameters
    ----------
    palette : ndarray of shape (K, A), float32
        Is changed in place.
    sums : ndarray of shape (K, A + 1 or more), float64
        Weight and weighted coordinates of each cluster.
    gains : ndarray of shape (K,), float64
        How much of the distortion each would lose by being split; is changed.
    halves : ndarray of shape (K, 2, A + 1), float64
        Weight and mean of both halves.
    most : int
        The most exchanges.
    n_fixed : int
        The first so many stay.
    """
    # Clusters that take part in an exchange are locked, infinitely far away; whose cheapest partner is among them looks
    # for another, among those after it.
    count, axes = palette.shape
    eagerness = _EAGERNESS if count <= _FEW else _EAGERNESS_OF_MANY
    places, weight = np.zeros((4, count), np.float32), np.empty(count, np.float32)
    costs, scratch, partners = np.empty(count), np.empty(count, np.float32), np.empty(count, np.int64)
    x = places[0]
    for k in range(count):
        weight[k], partners[k] = max(sums[k, 0], _LEAST), _UNKNOWN
        for axis in range(axes):
            places[axis, k] = palette[k, axis]
        if k < n_fixed:
            x[k], gains[k] = np.inf, -1.0
    made = 0
    while made < most:
        split = 0
        for k in range(1, count):
            if gains[k] > gains[split]:
                split = k
        gain, held, x[split] = gains[split], x[split], np.inf
        merged, least = -1, np.inf
        for k in range(count):
            if x[k] == np.inf:
                continue
            if partners[k] == _UNKNOWN or x[partners[k]] == np.inf:
                partners[k] = find_partner(k, x, places[1], places[2], places[3], weight, scratch)
                costs[k] = scratch[k]
            if costs[k] < least:
                least, merged = costs[k], k
        if merged < 0 or eagerness * gain <= least:
            x[split] = held
            break
        freed = partners[merged]
        total = sums[merged, 0] + sums[freed, 0]
        for axis in range(axes):
            if total > 0:
                palette[merged, axis] = (sums[merged, 1 + axis] + sums[freed, 1 + axis]) / total
            palette[split, axis] = halves[split, 0, 1 + axis]
            palette[freed, axis] = halves[split, 1, 1 + axis]
        for cluster in (split, merged, freed):
            x[cluster], gains[cluster] = np.inf, -1.0
        made += 1
    return made
