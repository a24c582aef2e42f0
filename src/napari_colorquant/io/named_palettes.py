"""Palettes by name: built-in ones, colormaps sampled in steps, files, and lists of colours.

A new palette of listed colours is one entry in named_palettes.json.
"""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_integer, check_text, refusal, shown
from ..palette import BYTE_COLORS, Palette, parse_colors
from ..palette.colormaps import colors_of_colormap
from ..pixels.written_colors import parse_rgba
from ..registry import Registry, UnknownNameError
from .palettes import is_palette_file, read_palette


@dataclass(frozen=True)
class NamedPalette:
    """A built-in palette.

    Attributes
    ----------
    name : str
        Its name everywhere.
    colors : str or callable
        ``rrggbb`` with spaces between, or a function that returns (K, 3) levels in 0..255.
    summary : str
        One line about it.
    source : str
        Who made it, and the licence where there is one. Lists of a machine's colours are facts.
    names : tuple of str
        The names of its colours, if it has any.
    written : str
        ``rrggbb`` with spaces between: what a device is told, in whose inks the colours are seen. None by default.
    """

    name: str
    colors: str | Callable[[], npt.ArrayLike]
    summary: str
    source: str
    names: tuple[str, ...] = ()
    written: str = ""

    @cached_property
    def palette(self) -> Palette:
        """The palette itself."""
        colors = parse_colors(self.colors.split()) if isinstance(self.colors, str) else np.asarray(self.colors())
        codes = tuple(f"#{code}" for code in self.written.split())
        return Palette(colors, names=self.names, title=self.name, written=codes)

    def __len__(self) -> int:
        return len(self.palette)


def find_palette(palette: Any) -> Palette:
    """Return the palette that is meant.

    Parameters
    ----------
    palette : Palette, path-like, str, or colours
        A `Palette`; the path of a palette file; the name of a built-in palette (`PALETTES`);
        ``"colormap:viridis:16"`` (16 steps of a colormap of napari or matplotlib) or
        ``"gray:16"``; ``"#ff0000,#00ff00"``; an array of shape (K, 3) of 8-bit sRGB or a sequence
        of ``#rrggbb``; a colormap of cmap, matplotlib or napari: the colours that it lists, or 16 steps of a blend.

    Returns
    -------
    palette : Palette

    Raises
    ------
    ValueError
        If nothing of that name is known (the message suggests what is near), or a file or a colour is wrong.
    TypeError
        If it is none of these.
    OSError
        If a file cannot be read.
    """
    if isinstance(palette, Palette):
        return palette
    if isinstance(palette, os.PathLike):
        return read_palette(palette)
    if (listed := colors_of_colormap(palette)) is not None:
        return Palette(listed, title=check_text("name", str(getattr(palette, "name", ""))))
    if not isinstance(palette, str):
        if not hasattr(palette, "__iter__"):
            raise refusal("a palette", "be a Palette, a name, a file or colours", palette, TypeError)
        return Palette(parse_rgba(palette))
    return _find_by_text(palette.strip())


def sample_colormap(name: str, n_colors: int) -> Palette:
    """Return `n_colors` evenly spaced steps of a colormap, its two ends among them.

    Parameters
    ----------
    name : str
        A colormap of napari, of vispy, or, where it is installed, of matplotlib: "viridis",
        "turbo", "gray", "bop orange". A name that ends in ``_r`` runs backwards.
    n_colors : int
        Number of steps, 1 to 256; of a single one, the middle.

    Raises
    ------
    ValueError
        If there is no colormap of that name, or `n_colors` is out of range, or neither napari nor matplotlib is
        installed, from which they come.
    """
    check_text("name", name)
    n_colors = check_integer("n_colors", n_colors, 1, BYTE_COLORS)
    steps = np.linspace(0, 1, n_colors) if n_colors > 1 else np.array([0.5])
    rgba = _map_steps(name, steps)
    return Palette(np.rint(np.clip(rgba[:, :3], 0, 1) * 255).astype(np.uint8), title=f"{name} in {n_colors}")


def _find_by_text(text: str) -> Palette:
    kind, colon, rest = text.partition(":")
    if colon and kind in ("colormap", "gray"):
        name, _, count = rest.rpartition(":") if ":" in rest else (rest, "", "16")
        if kind == "gray":
            count = rest
        if not (count.isascii() and count.isdigit() and len(count) < 9):
            form = "gray:16" if kind == "gray" else "colormap:viridis:16"
            raise ValueError(f"a palette of {kind} steps must be written like {form}, got {shown(text)}")
        return Palette(_grays(int(count)), title=text) if kind == "gray" else sample_colormap(name, int(count))
    if text.startswith("#") or "," in text:
        return Palette(parse_rgba([word.strip() for word in text.split(",") if word.strip()]))
    if text and text not in PALETTES and is_palette_file(text):
        return read_palette(text)
    try:
        return PALETTES[text].palette
    except UnknownNameError as error:
        raise UnknownNameError(f"{error}; or give a palette file, colormap:NAME:STEPS, or #rrggbb,#rrggbb") from None


def _map_steps(name: str, steps: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """Return the RGBA of a colormap at `steps`, in 0..1, by napari if it is there, else by matplotlib.

    napari's colormaps need neither Qt nor a window. They are fetched by name: the core depends
    on no part of napari, and without a colormap it is not loaded.
    """
    napari = _load("napari.utils.colormaps.colormap_utils")
    if napari is not None and name in napari.AVAILABLE_COLORMAPS:
        return np.asarray(napari.AVAILABLE_COLORMAPS[name].map(steps))
    if napari is not None and name.endswith("_r"):
        return _map_steps(name.removesuffix("_r"), steps)[::-1]
    matplotlib = _load("matplotlib")
    if matplotlib is not None and name in matplotlib.colormaps:
        return _between_steps(matplotlib.colormaps[name], steps)
    if napari is not None:
        with suppress(KeyError):
            return np.asarray(napari.vispy_or_mpl_colormap(name).map(steps))
        known = f"{', '.join(napari.AVAILABLE_COLORMAPS)}, or vispy's"
    elif matplotlib is not None:
        known = f"{', '.join(matplotlib.colormaps)}, as napari is not installed, which has more"
    else:
        raise ValueError("colormaps are napari's or matplotlib's; install one: pip install 'napari-colorquant[napari]'")
    raise ValueError(f"a colormap must be one of {known}, got {shown(name)}")


def _between_steps(colormap: Any, steps: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """Return what napari makes of a map of matplotlib's: not the nearest of its 256 colours; lists keep theirs."""
    if colormap.N < 64:
        return np.asarray(colormap(steps))
    own = np.arange(colormap.N)
    return np.stack([np.interp(steps * own[-1], own, channel) for channel in colormap(own).T], axis=1)


def _load(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError:
        return None


def _grays(count: int) -> npt.NDArray[np.uint8]:
    if not 2 <= count <= BYTE_COLORS:
        raise ValueError(f"a palette of grays must have 2..{BYTE_COLORS} colours, got {count}")
    return np.repeat(np.rint(np.linspace(0, 255, count)).astype(np.uint8)[:, None], 3, axis=1)


def _web_safe() -> list[tuple[int, ...]]:
    return list(product(range(0, 256, 51), repeat=3))


#: The palettes that are arithmetic; all others are lists of colours in named_palettes.json.
_COMPUTED: dict[str, Callable[[], npt.ArrayLike]] = {
    "web_safe": _web_safe,
    "gray4": lambda: _grays(4),
    "gray16": lambda: _grays(16),
    "gray256": lambda: _grays(256),
}


def _read_table() -> list[NamedPalette]:
    """Return the entries of named_palettes.json, in its order."""
    entries = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
    return [_make_entry(**entry) for entry in entries]


def _make_entry(
    name: str,
    summary: str,
    source: str,
    colors: str | list[str] = "",
    names: Sequence[str] = (),
    written: str = "",
) -> NamedPalette:
    listed = colors if isinstance(colors, str) else " ".join(colors)
    return NamedPalette(name, listed or _COMPUTED[name], summary, source, tuple(names), written)


PALETTES: Registry[NamedPalette] = Registry("palette", *_read_table())
