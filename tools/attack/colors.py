"""Attacks on the core: numbers of colours, lossless images, labels against float64."""

import numpy as np
from outcome import Outcome

import napari_colorquant as cq

#: Numbers of colours at which something changes.
COUNTS = (1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 64, 100, 255, 256)
#: Differences of squared float32 distances below this are ties.
TIE = 2e-6


def make_image(rng):
    """Return a small image of one of many kinds, (H, W, 3) uint8."""
    shape = (int(rng.integers(1, 24)), int(rng.integers(1, 24)), 3)
    kind = int(rng.integers(8))
    if kind == 0:  # noise
        image = rng.integers(0, 256, shape)
    elif kind == 1:  # few colours
        table = rng.integers(0, 256, (int(rng.integers(1, 40)), 3))
        image = table[rng.integers(0, len(table), shape[:2])]
    elif kind == 2:  # grays
        image = np.repeat(rng.integers(0, 256, (*shape[:2], 1)), 3, axis=-1)
    elif kind == 3:  # a ramp that wraps around
        image = (np.arange(np.prod(shape)).reshape(shape) * int(rng.integers(1, 9))) % 256
    elif kind == 4:  # neighbours in a corner of the cube
        image = rng.integers(0, 4, shape) + int(rng.choice([0, 126, 252]))
    elif kind == 5:  # black and white with some in between
        image = rng.choice([0, 0, 0, 255, 255, 128], shape)
    elif kind == 6:  # one axis only
        image = np.zeros(shape, int)
        image[..., rng.integers(3)] = rng.integers(0, 256, shape[:2])
    else:  # a soft gradient with noise
        image = np.linspace(0, 255, shape[0])[:, None, None] + rng.normal(0, 6, shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def count_distinct(image):
    """Return how many colours an image has."""
    return len(np.unique(image.reshape(-1, 3), axis=0))


def quantize(count, rng):
    """Quantize small images of all kinds by all methods in all spaces to all kinds of numbers."""
    outcome = Outcome()
    methods, spaces = list(cq.QUANTIZERS), list(cq.SPACES)
    for number in range(count):
        image, method = make_image(rng), methods[number % len(methods)]
        n_colors, space = int(rng.choice(COUNTS)), str(rng.choice(spaces))
        expected = min(n_colors, count_distinct(image))
        indexed = cq.quantize(image, n_colors, quantizer=method, space=space)
        outcome.tried += 1
        found = len(np.unique(indexed.palette.colors, axis=0))
        is_right = len(indexed.palette) == expected == found and int(indexed.labels.max()) < expected
        outcome.expect(is_right, f"{method} in {space}: {found} colours of {n_colors}, {expected} expected")
    return outcome


def keep_all(count, rng):
    """Quantize images of at most K colours: nothing is to change."""
    outcome = Outcome()
    methods, spaces, dithers = list(cq.QUANTIZERS), list(cq.SPACES), list(cq.DITHERS)
    while outcome.tried < count:
        image = make_image(rng)
        distinct = count_distinct(image)
        if distinct > 256:
            continue
        choices = {"quantizer": methods[outcome.tried % len(methods)], "space": str(rng.choice(spaces)),
                   "dither": str(rng.choice(dithers))}  # fmt: skip
        n_colors = int(rng.integers(distinct, 257))
        indexed = cq.quantize(image, n_colors, **choices)
        outcome.tried += 1
        outcome.expect(np.array_equal(indexed.to_rgb(), image), f"{choices}, {distinct} of {n_colors}: changed")
    return outcome


def map_exactly(count, rng):
    """Compare the labels of maps with the nearest colours in float64; what is nearer by less than a tie counts not."""
    outcome, worst = Outcome(), 0.0
    spaces = list(cq.SPACES)
    for _ in range(count):
        image = rng.integers(0, 256, (40, 50, 3), np.uint8) if rng.random() < 0.5 else make_image(rng)
        colors = np.unique(rng.integers(0, 256, (int(rng.choice(COUNTS)), 3), np.uint8), axis=0)
        mapped = cq.map_pixels(image, colors, space=str(rng.choice(spaces)))
        labels, recipe = mapped.labels, mapped.recipe
        outcome.tried += 1
        lead = find_lead(image, colors, recipe.metric, labels)
        worst = max(worst, lead)
        outcome.expect(lead <= TIE, f"{recipe.space}: a label whose colour is farther by {lead:.3g}")
    outcome.note = f"the largest difference at a tie is {worst:.1g} of a squared distance"
    return outcome


def find_lead(image, colors, metric, labels):
    """Return by how much, relative to the palette's extent, the nearest colour is nearer than the one chosen."""
    points, centers = (metric.coordinates(part.reshape(-1, 3)).astype(np.float64) for part in (image, colors))
    squared = ((points[:, None] - centers) ** 2).sum(axis=-1)
    chosen = squared[np.arange(len(points)), labels.reshape(-1)]
    extent = max(1.0, float((centers.max(axis=0) - centers.min(axis=0)).max()) ** 2)
    return float((chosen - squared.min(axis=1)).max() / extent)
