"""What the numbers of an image were before they became levels: whether a result tells all of them apart."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .._runtime.jit import kernel
from .._typing import Labels, Valid
from ..pixels.memory import Pixels, Place


@dataclass(eq=False)
class InputLevels:
    """The range of the input under each label, and how much of it the limits cut off; adds up over blocks.

    Attributes
    ----------
    low, high : ndarray of shape (K, 3), float64
        The smallest and largest number of each channel, (inf, -inf) where a label has no pixel.
    clipped : int
        The pixels with a number beyond the limits.
    """

    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    clipped: int = 0

    @classmethod
    def empty(cls, n_labels: int) -> "InputLevels":
        """Return the levels of no pixels."""
        return cls(np.full((n_labels, 3), np.inf), np.full((n_labels, 3), -np.inf))

    @property
    def are_merged(self) -> bool:
        """True if pixels of one label had different numbers."""
        return bool((self.low < self.high).any())

    def __add__(self, other: "InputLevels") -> "InputLevels":
        return InputLevels(
            np.minimum(self.low, other.low), np.maximum(self.high, other.high), self.clipped + other.clipped
        )


def look_at_input(
    pixels: Pixels, place: Place, labels: Labels | None, valid: Valid | None, n_labels: int
) -> InputLevels:
    """Return the levels of one block, of labels below `n_labels`; without labels, only what was clipped."""
    raw = pixels.read_raw(place).astype(np.float64)
    found = InputLevels.empty(n_labels)
    low, high = (-np.inf, np.inf) if pixels.limits is None else pixels.limits[:2]
    shown = np.empty(0, np.bool_) if valid is None else valid
    own = np.empty(0, np.uint8) if labels is None else labels
    found.clipped = int(_look(np.ascontiguousarray(raw), own, shown, low, high, found.low, found.high))
    return found


@kernel
def _look(raw, labels, valid, low, high, lows, highs):  # type: ignore[no-untyped-def]
    masked, labelled, clipped = len(valid) > 0, len(labels) > 0, 0
    for i in range(len(raw)):
        if masked and not valid[i]:
            continue
        beyond = False
        for channel in range(raw.shape[1]):
            value = raw[i, channel]
            beyond |= value < low or value > high
            if labelled:
                label = labels[i]
                lows[label, channel] = min(lows[label, channel], value)
                highs[label, channel] = max(highs[label, channel], value)
        clipped += beyond
    return clipped
