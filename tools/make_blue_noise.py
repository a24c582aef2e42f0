"""Derive the blue-noise threshold map of the ordered dither, by void and cluster.

    python tools/make_blue_noise.py

Writes src/napari_colorquant/mapping/dithers/blue_noise.npy, (128, 128) uint8: each of the 256 levels 64 times, on
a torus.

Ulichney R., "The void-and-cluster method for dither array generation", Proc. SPIE 1913, 1993. doi:10.1117/12.152707
"""

from pathlib import Path

import numpy as np

SIDE = 128
#: Width of the Gaussian that finds voids and clusters; Ulichney's choice.
SIGMA = 1.5
SEED = 0
TARGET = Path(__file__).parents[1] / "src" / "napari_colorquant" / "mapping" / "dithers" / "blue_noise.npy"


class Pattern:
    """A binary pattern on a torus, and how crowded each of its places is."""

    def __init__(self, side: int) -> None:
        away = np.minimum(np.arange(side), side - np.arange(side))
        row = np.exp(-(away**2) / (2 * SIGMA**2))
        self.bell = np.outer(row, row)
        self.filled = np.zeros((side, side), bool)
        self.crowd = np.zeros((side, side))

    def flip(self, place: tuple[int, int]) -> None:
        """Fill or empty a place."""
        self.filled[place] = not self.filled[place]
        bell = np.roll(self.bell, place, axis=(0, 1))
        self.crowd += bell if self.filled[place] else -bell

    def tightest_cluster(self) -> tuple[int, int]:
        """Return the filled place with the most crowded surroundings."""
        return self._place(np.argmax(np.where(self.filled, self.crowd, -np.inf)))

    def largest_void(self) -> tuple[int, int]:
        """Return the empty place with the least crowded surroundings."""
        return self._place(np.argmin(np.where(self.filled, np.inf, self.crowd)))

    def _place(self, index: np.intp) -> tuple[int, int]:
        row, column = np.unravel_index(index, self.filled.shape)
        return int(row), int(column)


def rank_places(side: int = SIDE, seed: int = SEED) -> np.ndarray:
    """Return the rank, 0..side**2 - 1, at which each place is filled."""
    pattern = Pattern(side)
    start = np.random.default_rng(seed).choice(side * side, side * side // 10, replace=False)
    for index in start:
        pattern.flip(divmod(int(index), side))
    while True:  # move the tightest cluster into the largest void until it would move back
        cluster = pattern.tightest_cluster()
        pattern.flip(cluster)
        void = pattern.largest_void()
        pattern.flip(void)
        if void == cluster:
            break
    ranks = np.empty((side, side), int)
    first, crowd = pattern.filled.copy(), pattern.crowd.copy()
    for rank in reversed(range(len(start))):
        cluster = pattern.tightest_cluster()
        pattern.flip(cluster)
        ranks[cluster] = rank
    pattern.filled, pattern.crowd = first, crowd
    # On a torus the least crowded empty place is also the tightest cluster of empty places: one loop for both halves.
    for rank in range(len(start), side * side):
        void = pattern.largest_void()
        pattern.flip(void)
        ranks[void] = rank
    return ranks


if __name__ == "__main__":
    ranks = rank_places()
    np.save(TARGET, (ranks * 256 // ranks.size).astype(np.uint8))
    print(f"{TARGET}: {ranks.shape}")
