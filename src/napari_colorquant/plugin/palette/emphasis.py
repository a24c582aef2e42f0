"""Showing some colours of an indexed image alone: the others dimmed to dark grays, or hidden."""

from collections.abc import Collection
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
from napari.utils.colormaps import DirectLabelColormap

from ...palette import Palette
from ..layers import palette_rgba

Mode: TypeAlias = Literal["dim", "hide"]
#: What is left of the luminance of a dimmed colour; nothing of its hue is.
_DIMMED = 0.3
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


class PaletteColormap(DirectLabelColormap):  # type: ignore[misc]  # napari ships no types
    """A direct colormap of consecutive labels that is quick for 16 bits, too: 256 colours need them.

    napari tabulates the colours of all labels of a 16-bit type one by one, which takes longer than
    all the rest of a recolouring. Without the override the colours are the same, later.
    """

    def _map_without_cache(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        highest = max(label for label in self.color_dict if label is not None)
        table = np.array([self.color_dict.get(label, self.default_color) for label in range(highest + 2)], np.float32)
        table[-1] = self.default_color
        known = (values >= 0) & (values <= highest)
        mapped: npt.NDArray[np.float32] = table[np.where(known, values, highest + 1).astype(np.intp)]
        return mapped


def emphasized_colormap(palette: Palette, shown: Collection[int] | None, mode: Mode = "dim") -> PaletteColormap:
    """Return a colormap in which the palette entries `shown` stand out.

    Parameters
    ----------
    palette : Palette
    shown : collection of int, or None
        The entries in their own colours; None for all.
    mode : {"dim", "hide"}
        Whether the others become dark grays or transparent.
    """
    colors = palette_rgba(palette)
    if shown is not None:
        others = np.array([index not in shown for index in range(len(palette))])
        if mode == "hide":
            colors[others] = 0
        else:
            colors[others, :3] = _DIMMED * (colors[others, :3] @ _LUMINANCE)[:, None]
    table: dict[int | None, Any] = dict(enumerate(colors, start=1))
    return PaletteColormap(color_dict={**table, 0: "transparent", None: "transparent"}, background_value=0)
