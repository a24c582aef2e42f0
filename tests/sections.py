"""Made sections: nuclei in tissue on an empty slide, in stains whose vectors are known."""

import numpy as np
from scipy.ndimage import gaussian_filter

#: What Ruifrok and Johnston measured, as QuPath has it, at length 1.
HEMATOXYLIN, EOSIN, DAB = (
    np.array(vector) / np.linalg.norm(vector)
    for vector in ((0.65111, 0.70119, 0.29049), (0.2159, 0.8012, 0.5581), (0.26917, 0.56824, 0.77759))
)
GLASS = np.array([237, 235, 242])


def make_section(second=DAB, *, seed=0, size=192, noise=3.0, glass=GLASS):
    """Return a section, (size, size, 3) uint8, and which of its pixels are nuclei, (size, size) bool.

    Nuclei hold haematoxylin and some of the `second` stain, the tissue the other way round; edges are blurred as
    optics do, and each pixel has noise of so many levels.
    """
    draw = np.random.default_rng(seed)
    rows, columns = np.mgrid[:size, :size]
    nuclei = np.zeros((size, size), bool)
    for _ in range(size * size // 900):
        (row, column), (height, width) = draw.integers(0, size, 2), draw.uniform(4, 8, 2)
        nuclei |= ((rows - row) / height) ** 2 + ((columns - column) / width) ** 2 < 1
    clouds = gaussian_filter(draw.standard_normal((size, size)), 20)
    empty = clouds > np.quantile(clouds, 0.7)
    nuclei &= ~empty
    texture = gaussian_filter(draw.standard_normal((size, size)), 6)
    texture = (texture - texture.min()) / np.ptp(texture)
    depth = draw.uniform(0.4, 0.8)
    amounts = np.stack([np.where(nuclei, depth, 0.05 * draw.random((size, size))),
                        np.where(nuclei, 0.1 * texture, 0.15 + 0.8 * texture)])  # fmt: skip
    amounts[:, empty] = 0
    blurred = np.stack([gaussian_filter(amount, 1.0) for amount in amounts], axis=-1)
    light = glass * 10 ** -(blurred @ np.stack([HEMATOXYLIN, second]))
    noisy = light + noise * draw.standard_normal(light.shape)
    return np.clip(np.rint(noisy), 0, 255).astype(np.uint8), nuclei


def angle(first, second):
    """Return the angle between two vectors in degrees."""
    cosine = np.dot(first, second) / np.linalg.norm(first) / np.linalg.norm(second)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def overlap(mask, other):
    """Return how well two masks agree: 1 where they are the same (Dice)."""
    return 2 * (mask & other).sum() / (mask.sum() + other.sum())
