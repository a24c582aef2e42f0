"""Showing some colours of an indexed image alone: the others dimmed to dark grays, or hidden."""

from collections.abc import Collection
from typing import Literal, TypeAlias

import numpy as np
from napari.utils.colormaps import DirectLabelColormap

from ..palette import Palette
from .layers import label_colormap, palette_rgba

Mode: TypeAlias = Literal["dim", "hide"]
#: What is left of the luminance of a dimmed colour; nothing of its hue is.
_DIMMED = 0.3
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


def emphasized_colormap(palette: Palette, shown: Collection[int] | None, mode: Mode = "dim") -> DirectLabelColormap:
    """Return a colormap in which the palette entries `shown` stand out.

    Parameters
    ----------
    palette : Palette
    shown : collection of int, or None
        The entries in their own colours; None for all.
    mode : {"dim", "hide"}
        Whether the others become dark grays or transparent.
    """
    if shown is None:
        return label_colormap(palette)
    colors = palette_rgba(palette)
    others = np.array([index not in shown for index in range(len(palette))])
    if mode == "hide":
        colors[others] = 0
    else:
        colors[others, :3] = _DIMMED * (colors[others, :3] @ _LUMINANCE)[:, None]
    table: dict[int | None, np.ndarray | str] = dict(enumerate(colors, start=1))
    return DirectLabelColormap(color_dict={**table, 0: "transparent", None: "transparent"}, background_value=0)
