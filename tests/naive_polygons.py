"""Labels to outline, and polygons filled again, pixel by pixel: what the outlines must give back."""

import numpy as np
from scipy.ndimage import gaussian_filter


def make_labels(seed, smooth):
    """Return labels of 0 to 3, with holes, islands in them, and pixels that touch at corners."""
    rng = np.random.default_rng(seed)
    shape, count = tuple(rng.integers(1, 40, 2)), rng.integers(2, 5)
    if smooth:
        return np.argmax([gaussian_filter(rng.random(shape), 2) for _ in range(count)], axis=0)
    return rng.integers(0, count, shape)


def fill(polygons, shape, pixel_size=(1.0, 1.0)):
    """Return labels, 0 where no polygon is, and how many polygons cover each pixel's middle (even-odd rule)."""
    rows, columns = ((np.arange(size) + 0.5) * step for size, step in zip(shape, pixel_size, strict=True))
    labels, cover = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for polygon in polygons:
        inside = np.zeros(shape, bool)
        for ring in polygon.rings:
            for (y0, x0), (y1, x1) in zip(ring, np.roll(ring, -1, axis=0), strict=True):
                crosses = (rows < y0) != (rows < y1)
                with np.errstate(divide="ignore", invalid="ignore"):
                    at = x0 + (rows - y0) / (y1 - y0) * (x1 - x0)
                inside ^= crosses[:, None] & (columns[None] < at[:, None])
        labels[inside] = polygon.value
        cover += inside
    return labels, cover
