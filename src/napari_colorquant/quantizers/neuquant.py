"""NeuQuant: a chain of neurons that learns to spread over the colours (Dekker 1994)."""

from typing import Annotated

import numpy as np

from .._runtime.jit import kernel
from .._runtime.progress import checkpoint
from .._typing import Colors, Weights
from ..clustering.complete import distinct_rows
from ..clustering.grid import bounding_box

#: Learning starts with neighbourhoods of an eighth of the chain and slows down after each of so many cycles.
_CYCLES = 100
#: What remains of the rate and of the radius after a cycle: measured, the radius falls faster than Dekker's.
_RATE_DECAY = 0.96
_RADIUS_DECAY = 0.9
#: The strength of the conscience at 256 neurons, as a share of the box: 4 levels of 8 bits.
_CONSCIENCE = 4 / 255
#: The fewest draws: small images are learnt several times over.
_LEAST_DRAWS = 50_000


def neuquant(
    colors: Colors,
    weights: Weights,
    n_colors: int,
    /,
    *,
    sampling: Annotated[int, {"min": 1, "max": 30}] = 10,
    conscience: Annotated[float, {"min": 0.0, "max": 8.0}] = 0.25,
    seed: Annotated[int, {"min": 0, "max": 2**31 - 1}] = 0,
) -> Colors:
    """Stretch a chain of neurons over the colours: smooth gradients, made for 256 colours.

    Parameters
    ----------
    sampling : int
        Dekker's sampling factor: 1 learns from ten pixels for every distinct colour, 30 from a
        third of one, in a thirtieth of the time.
    conscience : float
        How much neurons that seldom win are favoured, relative to Dekker's 1. More gives all palette
        colours about as many pixels, less lowers the error.
    seed : int
        Seed of the order in which pixels are shown.

    Returns
    -------
    palette : ndarray of shape (K, 3), float32
        The neurons in the order of the chain: neighbours are similar.

    References
    ----------
    .. [1] Dekker A. Kohonen neural networks for optimal colour quantization. Network: Computation in
       Neural Systems 5(3), 1994, 351-367. doi:10.1088/0954-898X_5_3_003
    """
    low, high = bounding_box(colors)
    steps = (np.arange(n_colors, dtype=np.float32) + np.float32(0.5)) / np.float32(n_colors)
    chain = low + (high - low) * steps[:, np.newaxis]
    favour = conscience * _CONSCIENCE * float((high - low).max()) * (256 / n_colors) ** (1 / 3)
    wins = np.full(n_colors, 1 / n_colors)
    random = np.random.default_rng(seed)
    reached = np.cumsum(weights, dtype=np.float64)
    draws = max(_LEAST_DRAWS, 10 * len(colors) // sampling) // _CYCLES
    for cycle in range(_CYCLES):
        checkpoint(cycle / _CYCLES)
        shown = np.searchsorted(reached, random.random(draws) * reached[-1], side="right")
        rate = _RATE_DECAY**cycle
        radius = n_colors / 8 * _RADIUS_DECAY**cycle
        _learn(colors[shown], chain, wins, rate, radius, favour)
    return distinct_rows(chain)  # neurons may end at one place


@kernel
def _learn(points, chain, wins, rate, radius, favour):  # type: ignore[no-untyped-def]
    count = len(chain)
    # Dekker's constants at 256 neurons, scaled: how fast a neuron's share of wins is forgotten.
    forget = 1.0 / (4.0 * count)
    for p in range(len(points)):
        x, y, z = points[p, 0], points[p, 1], points[p, 2]
        nearest, winner = -1, -1
        least, least_biased = np.inf, np.inf
        for k in range(count):
            dx, dy, dz = chain[k, 0] - x, chain[k, 1] - y, chain[k, 2] - z
            distance = np.sqrt(np.float64(dx * dx + dy * dy + dz * dz))
            biased = distance - favour * (1.0 - count * wins[k])
            if distance < least:
                nearest, least = k, distance
            if biased < least_biased:
                winner, least_biased = k, biased
            wins[k] *= 1.0 - forget
        wins[nearest] += forget
        reach = int(radius) if radius > 1 else 0
        for k in range(max(0, winner - reach), min(count, winner + reach + 1)):
            away = (k - winner) / radius if reach else 0.0
            pull = np.float32(rate * (1.0 - away * away))
            chain[k, 0] += pull * (x - chain[k, 0])
            chain[k, 1] += pull * (y - chain[k, 1])
            chain[k, 2] += pull * (z - chain[k, 2])
