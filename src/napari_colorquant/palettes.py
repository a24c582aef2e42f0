"""Palettes by name: built-in ones, colormaps sampled in steps, files, and lists of colours."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from .io.palettes import is_palette_file, read_palette
from .palette import MAX_COLORS, Palette, parse_colors
from .registry import Registry, UnknownNameError


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
    """

    name: str
    colors: str | Callable[[], npt.ArrayLike]
    summary: str
    source: str
    names: tuple[str, ...] = ()

    @cached_property
    def palette(self) -> Palette:
        """The palette itself."""
        colors = parse_colors(self.colors.split()) if isinstance(self.colors, str) else np.asarray(self.colors())
        return Palette(colors, names=self.names, title=self.name)

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
        of ``#rrggbb``.

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
    if not isinstance(palette, str):
        if not hasattr(palette, "__iter__"):
            raise TypeError(f"a palette must be a Palette, a name, a file or colours, got {type(palette).__name__}")
        return Palette(parse_colors(palette))
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
        If there is no colormap of that name, or `n_colors` is out of range.
    """
    if not 1 <= n_colors <= MAX_COLORS:
        raise ValueError(f"a colormap must be sampled at 1..{MAX_COLORS} steps, got {n_colors}")
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
            raise ValueError(f"a palette of {kind} steps must be written like {form}, got {text!r}")
        return Palette(_grays(int(count)), title=text) if kind == "gray" else sample_colormap(name, int(count))
    if text.startswith("#") or "," in text:
        return Palette(parse_colors([word.strip() for word in text.split(",") if word.strip()]))
    if text not in PALETTES and is_palette_file(text):
        return read_palette(text)
    try:
        return PALETTES[text].palette
    except UnknownNameError as error:
        raise UnknownNameError(f"{error}; or give a palette file, colormap:NAME:STEPS, or #rrggbb,#rrggbb") from None


def _map_steps(name: str, steps: npt.NDArray[np.float64]) -> npt.NDArray[Any]:
    """Return the RGBA of a colormap at `steps`, in 0..1.

    napari's colormaps, which need neither Qt nor a window, are fetched by name: the core depends
    on no part of napari, and without a colormap it is not loaded.
    """
    utils: Any = import_module("napari.utils.colormaps.colormap_utils")
    if name in utils.AVAILABLE_COLORMAPS:
        return np.asarray(utils.AVAILABLE_COLORMAPS[name].map(steps))
    if name.endswith("_r"):
        return _map_steps(name.removesuffix("_r"), steps)[::-1]
    with suppress(ImportError, KeyError):
        return np.asarray(import_module("matplotlib").colormaps[name](steps))
    with suppress(KeyError):
        return np.asarray(utils.vispy_or_mpl_colormap(name).map(steps))
    raise ValueError(f"a colormap must be one of {', '.join(utils.AVAILABLE_COLORMAPS)}, or vispy's, got {name!r}")


def _grays(count: int) -> npt.NDArray[np.uint8]:
    if not 2 <= count <= MAX_COLORS:
        raise ValueError(f"a palette of grays must have 2..{MAX_COLORS} colours, got {count}")
    return np.repeat(np.rint(np.linspace(0, 255, count)).astype(np.uint8)[:, None], 3, axis=1)


def _web_safe() -> list[tuple[int, ...]]:
    return list(product(range(0, 256, 51), repeat=3))


_EGA = "000000 0000aa 00aa00 00aaaa aa0000 aa00aa aa5500 aaaaaa 555555 5555ff 55ff55 55ffff ff5555 ff55ff ffff55 ffffff"


def _vga() -> npt.NDArray[np.uint8]:
    """Return what the BIOS loads in mode 13h: EGA's 16, 16 grays, nine rings of 24 hues, 8 times black."""
    grays = [[level] * 3 for level in (0, 5, 8, 11, 14, 17, 20, 24, 28, 32, 36, 40, 45, 50, 56, 63)]
    rings = []
    for levels in (  # three brightnesses of three saturations each, five levels up the slope of a hue
        *((0, 16, 31, 47, 63), (31, 39, 47, 55, 63), (45, 49, 54, 58, 63)),
        *((0, 7, 14, 21, 28), (14, 17, 21, 24, 28), (20, 22, 24, 26, 28)),
        *((0, 4, 8, 12, 16), (8, 10, 12, 14, 16), (11, 12, 13, 15, 16)),
    ):
        low, high, up, down = levels[0], levels[-1], levels[:4], levels[:0:-1]
        rings += [[level, low, high] for level in up] + [[high, low, level] for level in down]
        rings += [[high, level, low] for level in up] + [[level, high, low] for level in down]
        rings += [[low, high, level] for level in up] + [[low, level, high] for level in down]
    six_bits = np.array([*grays, *rings, *([[0, 0, 0]] * 8)])
    return np.concatenate([parse_colors(_EGA.split()), (six_bits << 2 | six_bits >> 4).astype(np.uint8)])


_BREWER = "ColorBrewer 2.0, Cynthia Brewer, Mark Harrower and The Pennsylvania State University (Apache-2.0)"
_TABLEAU = "Tableau Software, as in D3 (ISC) and matplotlib (BSD-style)"
_TOL = "Paul Tol, Colour Schemes, SRON/EPS/TN/09-002 (BSD-3-Clause)"
_C64 = (
    *("black", "white", "red", "cyan", "purple", "green", "blue", "yellow", "orange", "brown", "light red"),
    *("dark gray", "gray", "light green", "light blue", "light gray"),
)
_OKABE_ITO = ("black", "orange", "sky blue", "bluish green", "yellow", "blue", "vermilion", "reddish purple")

PALETTES: Registry[NamedPalette] = Registry(
    "palette",
    NamedPalette("web_safe", _web_safe, "216 colours: six levels of each channel", "Netscape, 1994"),
    NamedPalette("black_and_white", "000000 ffffff", "One bit", "arithmetic"),
    NamedPalette("gray4", lambda: _grays(4), "4 even grays; gray:N for any number", "arithmetic"),
    NamedPalette("gray16", lambda: _grays(16), "16 even grays", "arithmetic"),
    NamedPalette("gray256", lambda: _grays(256), "All 256 grays", "arithmetic"),
    NamedPalette("cga", "000000 55ffff ff55ff ffffff", "CGA mode 4, palette 1, bright", "IBM, 1981"),
    NamedPalette("ega", _EGA, "The 16 colours of EGA, and of text on a PC", "IBM, 1984"),
    NamedPalette("vga", _vga, "The 256 colours that VGA starts with", "IBM, 1987"),
    NamedPalette(
        "nes",
        "000000 7c7c7c 0000fc 0000bc 4428bc 940084 a80020 a81000 881400 503000 007800 006800 005800 004058 "
        "bcbcbc 0078f8 0058f8 6844fc d800cc e40058 f83800 e45c10 ac7c00 00b800 00a800 00a844 008888 "
        "f8f8f8 3cbcfc 6888fc 9878f8 f878f8 f85898 f87858 fca044 f8b800 b8f818 58d854 58f898 00e8d8 787878 "
        "fcfcfc a4e4fc b8b8f8 d8b8f8 f8b8f8 f8a4c0 f0d0b0 fce0a8 f8d878 d8f878 b8f8b8 b8f8d8 00fcfc f8d8f8",
        "55 colours of the Nintendo Entertainment System, as emulators decode its signal",
        "Nintendo, 1983 (decoded as in FCEUX)",
    ),
    NamedPalette("game_boy", "0f380f 306230 8bac0f 9bbc0f", "The four greens of the Game Boy", "Nintendo, 1989"),
    NamedPalette(
        "c64",
        "000000 ffffff 68372b 70a4b2 6f3d86 588d43 352879 b8c76f "
        "6f4f25 433900 9a6759 444444 6c6c6c 9ad284 6c5eb5 959595",
        "The 16 colours of the Commodore 64",
        "Commodore, 1982 (Philip Timmermann's calculation)",
        _C64,
    ),
    NamedPalette(
        "pico8",
        "000000 1d2b53 7e2553 008751 ab5236 5f574f c2c3c7 fff1e8 "
        "ff004d ffa300 ffec27 00e436 29adff 83769c ff77a8 ffccaa",
        "The 16 colours of the PICO-8 fantasy console",
        "Lexaloffle Games, 2015 (CC0)",
    ),
    NamedPalette(
        "okabe_ito",
        "000000 e69f00 56b4e9 009e73 f0e442 0072b2 d55e00 cc79a7",
        "8 colours that colour-blind readers can tell apart",
        "Okabe and Ito, Color Universal Design, 2008",
        _OKABE_ITO,
    ),
    NamedPalette("tol_bright", "4477aa ee6677 228833 ccbb44 66ccee aa3377 bbbbbb", "7 bright, colour-blind safe", _TOL),
    NamedPalette(
        "tol_muted",
        "cc6677 332288 ddcc77 117733 88ccee 882255 44aa99 999933 aa4499 dddddd",
        "10 muted, colour-blind safe",
        _TOL,
    ),
    NamedPalette(
        "tab10",
        "1f77b4 ff7f0e 2ca02c d62728 9467bd 8c564b e377c2 7f7f7f bcbd22 17becf",
        "10 for categories",
        _TABLEAU,
        ("blue", "orange", "green", "red", "purple", "brown", "pink", "gray", "olive", "cyan"),
    ),
    NamedPalette(
        "tab20",
        "1f77b4 aec7e8 ff7f0e ffbb78 2ca02c 98df8a d62728 ff9896 9467bd c5b0d5 "
        "8c564b c49c94 e377c2 f7b6d2 7f7f7f c7c7c7 bcbd22 dbdb8d 17becf 9edae5",
        "10 for categories, each dark and light",
        _TABLEAU,
    ),
    NamedPalette("set1", "e41a1c 377eb8 4daf4a 984ea3 ff7f00 ffff33 a65628 f781bf 999999", "9 strong", _BREWER),
    NamedPalette("set2", "66c2a5 fc8d62 8da0cb e78ac3 a6d854 ffd92f e5c494 b3b3b3", "8 soft", _BREWER),
    NamedPalette(
        "set3",
        "8dd3c7 ffffb3 bebada fb8072 80b1d3 fdb462 b3de69 fccde5 d9d9d9 bc80bd ccebc5 ffed6f",
        "12 pastel",
        _BREWER,
    ),
    NamedPalette("dark2", "1b9e77 d95f02 7570b3 e7298a 66a61e e6ab02 a6761d 666666", "8 dark", _BREWER),
    NamedPalette("accent", "7fc97f beaed4 fdc086 ffff99 386cb0 f0027f bf5b17 666666", "8, some stand out", _BREWER),
    NamedPalette(
        "paired",
        "a6cee3 1f78b4 b2df8a 33a02c fb9a99 e31a1c fdbf6f ff7f00 cab2d6 6a3d9a ffff99 b15928",
        "6 pairs of light and dark",
        _BREWER,
    ),
    NamedPalette("pastel1", "fbb4ae b3cde3 ccebc5 decbe4 fed9a6 ffffcc e5d8bd fddaec f2f2f2", "9 very light", _BREWER),
    NamedPalette("pastel2", "b3e2cd fdcdac cbd5e8 f4cae4 e6f5c9 fff2ae f1e2cc cccccc", "8 very light", _BREWER),
)
