"""What must be known of colours and of an image to show them."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt


class Swatches(Protocol):
    """Colours with what is known of each: what a `Palette` has."""

    @property
    def hex(self) -> tuple[str, ...]:
        """``#rrggbb`` or ``#rrggbbaa``, one for each colour."""

    @property
    def rgba(self) -> npt.NDArray[np.uint8]:
        """(K, 4)."""

    @property
    def names(self) -> Sequence[str]:
        """A name for each colour, or "" where it has none."""

    @property
    def shares(self) -> npt.NDArray[np.float64]:
        """The share of the pixels of each colour, 0..1; zeros where nothing is known."""

    @property
    def title(self) -> str:
        """The name of all of them."""


class Picture(Protocol):
    """An image with its palette: what an `IndexedImage` has."""

    @property
    def labels(self) -> Any:
        """(..., H, W)."""

    @property
    def palette(self) -> Any:
        """Its colours, see `Swatches`."""

    def to_rgb(self) -> Any:
        """Return the image in colour, (..., H, W, 3 or 4) uint8."""
