"""The colours that a device can show: so many bits of red, green and blue, widened to 8 by repeating them."""

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import is_whole, refusal
from .._typing import RGB8

#: What was written of bits: "rgb565", "565", "5-6-5"; or one number for all channels.
_FORM = re.compile(r"(?:rgb)?\s*([1-8])[-,]?([1-8])[-,]?([1-8])", re.IGNORECASE)
_RULE = "be None, 1 to 8 bits for each channel, or three such numbers, as 'rgb565'"


@dataclass(frozen=True)
class DeviceGrid:
    """The colours of a device that has few bits for each channel.

    Parameters
    ----------
    bits : tuple of three int
        Of red, green and blue, 1 to 8.
    """

    bits: tuple[int, int, int]

    @classmethod
    def from_text(cls, text: str) -> "DeviceGrid":
        """Return the grid that is written as `check_bits` gives it, "5-6-5"."""
        red, green, blue = map(int, text.split("-"))
        return cls((red, green, blue))

    @cached_property
    def levels(self) -> tuple[npt.NDArray[np.uint8], ...]:
        """The levels of each channel in 8 bits, in rising order."""
        return tuple(np.array([_widen(value, bits) for value in range(1 << bits)], np.uint8) for bits in self.bits)

    def _find(self, colors: RGB8) -> npt.NDArray[np.int64]:
        """Return the number of the level that is next to each channel of `colors`, (N, 3); the lower one on a tie."""
        return np.stack([_nearest_of(levels)[colors[:, i]] for i, levels in enumerate(self.levels)], axis=1)

    def _take(self, places: npt.NDArray[np.int64]) -> RGB8:
        return np.stack([levels[places[..., i]] for i, levels in enumerate(self.levels)], axis=-1)

    def round(self, colors: RGB8) -> RGB8:
        """Return the colours (N, 3) with each channel rounded to the nearest level, whatever the others are."""
        return self._take(self._find(colors))

    def holds(self, colors: RGB8) -> npt.NDArray[np.bool_]:
        """Return which of the colours (N, 3) the device has, (N,) bool."""
        held: npt.NDArray[np.bool_] = (self.round(colors) == colors).all(axis=1)
        return held

    def around(self, colors: RGB8) -> RGB8:
        """Return what colours (N, 3) round to, and the grid's colours one step away along any channels, (N, 27, 3).

        The first of them is the rounded one; at the ends of a channel some stand there several times.
        """
        steps = np.array(sorted(product((0, -1, 1), repeat=3), key=lambda step: sum(map(abs, step))))
        top = np.array([len(levels) - 1 for levels in self.levels])
        return self._take(np.clip(self._find(colors)[:, None] + steps, 0, top))


def check_bits(what: str, value: Any) -> str | None:
    """Return bits of red, green and blue as "5-6-5", or None; ValueError or TypeError for what they cannot be."""
    if value is None:
        return None
    if is_whole(value):
        if not 1 <= value <= 8:
            raise refusal(what, _RULE, value)
        return "-".join([str(int(value))] * 3)
    if isinstance(value, (list, tuple)) and len(value) == 3 and all(is_whole(each) for each in value):
        value = "-".join(map(str, value))
    if not isinstance(value, str):
        raise refusal(what, _RULE, value, TypeError)
    if value.strip() in set("12345678"):
        return "-".join([value.strip()] * 3)
    if (found := _FORM.fullmatch(value.strip())) is None:
        raise refusal(what, _RULE, value)
    return "-".join(found.groups())


def _widen(value: int, bits: int) -> int:
    """Return a level of `bits` bits in 8: its bits, repeated from the top until there are eight."""
    wide, filled = 0, 0
    while filled < 8:
        wide, filled = wide << bits | value, filled + bits
    return wide >> filled - 8


def _nearest_of(levels: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Return for each of 256 numbers the index of the nearest of rising `levels`."""
    away = np.abs(np.arange(256)[:, None] - levels.astype(np.int64))
    nearest: npt.NDArray[np.int64] = away.argmin(axis=1)
    return nearest
