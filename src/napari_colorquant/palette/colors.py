"""The colours of a palette in the forms in which they are handed on: as codes, with alpha, as shown, as written."""

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from .._typing import RGB8
from ..pixels.alpha import Alpha
from ..pixels.written_colors import OPAQUE


class PaletteColors:
    """What follows from the colours of a palette, their alpha, and the codes beside them."""

    colors: RGB8
    alphas: npt.NDArray[np.uint8]
    display: tuple[str, ...]
    written: tuple[str, ...]

    @property
    def has_alpha(self) -> bool:
        """True if something is seen through one of the colours at least."""
        return bool((self.alphas < OPAQUE).any())

    @cached_property
    def is_graded(self) -> bool:
        """True if one of the colours is seen in part: neither opaque nor not at all."""
        return bool(((self.alphas > 0) & (self.alphas < OPAQUE)).any())

    @property
    def reads_alpha(self) -> Alpha:
        """How the alpha of an image is read that is mapped onto these colours: as it is if one of them is graded."""
        return "graded" if self.is_graded else "cut"

    @property
    def rgba(self) -> npt.NDArray[np.uint8]:
        """The colours with their alpha, (K, 4) uint8."""
        return np.concatenate([self.colors, self.alphas[:, None]], axis=1)

    @property
    def hex(self) -> tuple[str, ...]:
        """The colours as ``#rrggbb``, or ``#rrggbbaa`` where one is not opaque."""
        return tuple("#" + bytes(color[: 3 if color[3] == OPAQUE else 4]).hex() for color in self.rgba)

    @property
    def shown(self) -> RGB8:
        """The colours in which entries are shown, (K, 3) uint8: those of `display`, the others as they are."""
        return read_codes(self.display, self.colors)

    @property
    def shown_rgba(self) -> npt.NDArray[np.uint8]:
        """The colours in which entries are shown with their alpha, (K, 4) uint8."""
        return np.concatenate([self.shown, self.alphas[:, None]], axis=1)

    @property
    def device_colors(self) -> RGB8:
        """The colours that a device is told, (K, 3) uint8: those of `written`, the others as they are."""
        return read_codes(self.written, self.colors)


def read_codes(codes: tuple[str, ...], colors: RGB8) -> RGB8:
    """Return `colors` with those replaced for which there is a code ``#rrggbb``."""
    read = colors.copy()
    for place, code in enumerate(codes):
        if code:
            read[place] = list(bytes.fromhex(code[1:]))
    return read


def codes_of_same(before: PaletteColors, colors: RGB8) -> dict[str, Any]:
    """Return `display` and `written` of a palette whose colours are changed: none where a colour is another one."""
    same = (colors == before.colors).all(axis=1)
    kept = {"display": before.display, "written": before.written}
    return {
        name: tuple(code if stays else "" for code, stays in zip(codes, same, strict=True))
        for name, codes in kept.items()
    }
