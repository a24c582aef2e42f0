"""Palettes as the colormaps of other packages, and these as colours. Each is loaded when it is asked for."""

from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from .shown import Swatches

#: Colours that are taken of a colormap without steps of its own.
STEPS = 16


def make_matplotlib(palette: Swatches) -> Any:
    """Return a `matplotlib.colors.ListedColormap` of a palette's colours."""
    colors: Any = import_module("matplotlib.colors")
    return colors.ListedColormap(palette.rgba / 255, name=_name(palette))


def make_napari(palette: Swatches) -> Any:
    """Return a `napari.utils.Colormap` of a palette's colours, in even steps."""
    utils: Any = import_module("napari.utils")
    rgba = palette.rgba / 255
    edges = np.linspace(0, 1, len(rgba) + 1)
    return utils.Colormap(rgba, name=_name(palette), controls=edges, interpolation="zero")


def make_cmap(palette: Swatches) -> Any:
    """Return a `cmap.Colormap` of a palette's colours, in even steps."""
    cmap: Any = import_module("cmap")
    return cmap.Colormap(list(palette.hex), name=_name(palette), interpolation="nearest")


def colors_of_colormap(colormap: Any) -> npt.NDArray[np.uint8] | None:
    """Return the colours of a colormap of cmap, matplotlib or napari, (K, 4) uint8; None if it is none of these.

    A colormap that lists its colours has these, and one that blends them 16 even steps, its two ends among them.
    """
    kind = type(colormap).__module__.partition(".")[0]
    if kind == "cmap" and hasattr(colormap, "lut"):
        listed = colormap.interpolation == "nearest"
        return _to_bytes(colormap.lut(colormap.num_colors if listed else STEPS))
    if kind == "matplotlib" and hasattr(colormap, "N") and callable(colormap):
        listed = hasattr(colormap, "colors") and colormap.N < 256  # viridis and others list 256 steps of a blend
        return _to_bytes(colormap(np.arange(colormap.N) if listed else np.linspace(0, 1, STEPS)))
    if kind == "napari" and hasattr(colormap, "map") and hasattr(colormap, "interpolation"):
        if str(colormap.interpolation) == "zero":
            return _to_bytes(colormap.colors)
        return _to_bytes(colormap.map(np.linspace(0, 1, STEPS)))
    return None


def _to_bytes(rgba: Any) -> npt.NDArray[np.uint8]:
    return np.rint(np.clip(np.asarray(rgba, np.float64), 0, 1) * 255).astype(np.uint8)


def _name(palette: Swatches) -> str:
    return palette.title or "palette"
