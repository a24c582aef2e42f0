"""Dithers of what is seen in part: each colour as a mixture of two palette colours, by position.

A dither that hands errors on knows three channels. Here there are four, and colours are few: so for each the two
palette colours are found whose mixture is nearest to it, and a threshold map says where to take which. Light that is
multiplied by alpha mixes as eyes mix it, over any ground.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import Colors, Labels, Levels, Valid, label_type
from ..palette import Palette
from ..pixels.alpha import HALF
from ..pixels.transfer import level_table, look_up_levels
from ..pixels.written_colors import OPAQUE
from ..registry import Method
from ..spaces import Metric
from .dithers.ordered import make_bayer, read_blue_noise

#: What the contrast of the two counts for beside the error of their mixture: an even dot is seen less.
_CONTRAST = np.float32(0.1)
#: Colours in one task.
_BLOCK = 1 << 10


@dataclass(frozen=True)
class Mixture:
    """How colours with alpha are mixed.

    Attributes
    ----------
    palette : Palette
    metric : Metric
        Of which the RGB counts alone: which of two is nearest by itself is known before.
    strength : float
        How far colours are mixed, 0 (not at all) to 1.
    map_size : int
        Side of a Bayer matrix, or 0 for blue noise.
    """

    palette: Palette
    metric: Metric
    strength: float
    map_size: int = 0

    @classmethod
    def by(cls, palette: Palette, metric: Metric, method: Method, options: dict[str, Any]) -> "Mixture":
        """Return how a dither mixes: by its own map if it has one, else by blue noise."""
        options = {**{name: option.default for name, option in method.options.items()}, **options}
        size = int(str(options["size"]).partition("x")[0]) if method.name == "bayer" else 0
        return cls(palette, metric, float(options.get("strength", 1.0)), size)

    def at(self, rows: slice, width: int, origin: tuple[int, int]) -> "MixtureAt":
        """Return how the pixels of some rows of a plane are mixed: a threshold for each, in 0..1, by where it lies."""
        ranks = make_bayer(self.map_size) if self.map_size else read_blue_noise()
        down = (np.arange(rows.start, rows.stop) + origin[0]) % len(ranks)
        across = (np.arange(width) + origin[1]) % len(ranks)
        steps = np.float32(int(ranks.max()) + 1)
        thresholds: npt.NDArray[np.float32] = (ranks[np.ix_(down, across)].reshape(-1) + np.float32(0.5)) / steps
        return MixtureAt(self, thresholds)

    def pairs(
        self, levels: Levels, alphas: npt.NDArray[np.uint8], labels: Labels, is_seen: Valid
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """Find what each colour is mixed of.

        Parameters
        ----------
        levels, alphas : ndarray of shape (N, 3) and (N,)
        labels, is_seen : ndarray of shape (N,)
            The nearest palette colour of each, False where that is nothing.

        Returns
        -------
        pairs : ndarray of shape (N, 2), int32
            The two palette colours; -1 is nothing, of which half of what is seen or more never becomes a part.
        shares : ndarray of shape (N,), float32
            How much of the second, 0..1.
        """
        goals, count = self._mixed(levels, alphas), len(self.palette)
        own = np.where(is_seen, labels, count).astype(np.int32)
        pairs, shares = np.empty((len(own), 2), np.int32), np.empty(len(own), np.float32)

        def task(start: int, stop: int) -> None:
            rows = slice(start, stop)
            _find_pairs(
                goals[rows], own[rows], alphas[rows] < HALF, self._entries, self._usable, np.float32(self.strength),
                _CONTRAST, pairs[rows], shares[rows],
            )  # fmt: skip

        map_blocks(task, len(own), _BLOCK)
        pairs[pairs == count] = -1
        return pairs, shares

    @cached_property
    def _entries(self) -> Colors:
        """The palette colours and, at last, nothing."""
        own = self._mixed(self.palette.levels_in(self.metric.profile), self.palette.alphas)
        return np.concatenate([own, np.zeros((1, 4), np.float32)])

    @cached_property
    def _usable(self) -> npt.NDArray[np.bool_]:
        return np.append(self.palette.alphas > 0, True)

    def _mixed(self, levels: Levels, alphas: npt.NDArray[np.uint8]) -> Colors:
        """Return light times alpha so that distances are those over black and over white, (N, 4) float32."""
        profile = self.metric.profile
        light = (
            look_up_levels(levels, level_table(levels.dtype, linear=True)) if profile is None
            else profile.to_linear(levels)
        )  # fmt: skip
        seen = alphas[:, None].astype(np.float32) / np.float32(OPAQUE)
        # The mean square over both grounds is that of light less half of alpha, and three quarters of alpha's.
        return np.concatenate([(light - np.float32(0.5)) * seen, seen * np.float32(0.75**0.5)], axis=1)


@dataclass(frozen=True)
class MixtureAt:
    """A mixture, and the thresholds of pixels, (N,) float32: a share above a pixel's own makes it the second of two."""

    mixture: Mixture
    thresholds: npt.NDArray[np.float32]

    def of(self, where: Valid) -> "MixtureAt":
        """Return the same for the pixels where `where`, (N,), is True."""
        return MixtureAt(self.mixture, self.thresholds[where])

    def mix(
        self, pairs: npt.NDArray[np.int32], shares: npt.NDArray[np.float32], index: Any = slice(None)
    ) -> tuple[Labels, Valid]:
        """Return the label of each pixel and whether it is seen, (N,) each, of what its row, `index`, is mixed of."""
        pairs = pairs[index]
        chosen = np.where(self.thresholds < shares[index], pairs[:, 1], pairs[:, 0])
        return np.maximum(chosen, 0).astype(label_type(len(self.mixture.palette))), chosen >= 0


@kernel
def _find_pairs(goals, own, may_vanish, entries, usable, strength, contrast, pairs, shares):  # type: ignore[no-untyped-def]
    # For a partner p of the nearest colour o, the share that comes nearest lies on the line from o to p; its cost is
    # the error that is left, and the contrast of the dots. None is better than a partner that helps little.
    count = len(entries) - 1
    zero, one = np.float32(0), np.float32(1)
    for i in range(len(goals)):
        o = own[i]
        x, y, z, w = entries[o, 0], entries[o, 1], entries[o, 2], entries[o, 3]
        a, b, c, d = goals[i, 0] - x, goals[i, 1] - y, goals[i, 2] - z, goals[i, 3] - w
        whole = a * a + b * b + c * c + d * d
        least, partner, share = whole, o, zero
        for k in range(count + 1):
            if not usable[k] or k == o or (k == count and not may_vanish[i]):
                continue
            p, q, r, s = entries[k, 0] - x, entries[k, 1] - y, entries[k, 2] - z, entries[k, 3] - w
            length = p * p + q * q + r * r + s * s
            along = a * p + b * q + c * r + d * s
            if along <= zero or length <= zero:
                continue
            part = min(along / length, one)
            cost = whole - part * (along + along - part * length) + contrast * part * (one - part) * length
            if cost < least:
                least, partner, share = cost, k, part
        share *= strength
        # In one order for both neighbours of a gradient, so that its dots only grow.
        if partner < o:
            pairs[i, 0], pairs[i, 1], shares[i] = partner, o, one - share
        else:
            pairs[i, 0], pairs[i, 1], shares[i] = o, partner, share
