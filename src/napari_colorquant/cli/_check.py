"""``colorquant check``: whether readers can tell the colours of a palette apart."""

import argparse
from pathlib import Path

import numpy as np

from .._checks import check_number
from ..editing.distinguish import make_distinguishable
from ..indexed import IndexedImage
from ..io.named_palettes import find_palette
from ..io.palettes import write_palette
from ..palette import Palette
from ..quality.distinguishability import Closest, distinguishability
from ..recipe import Recipe
from ._errors import UsageError
from ._paths import Inputs, check_not_an_input


def run(options: argparse.Namespace) -> int:
    """Print the closest pair for each kind of sight; write the palette with colours to show if that is asked for."""
    check_number("--least", options.least, 0.0, 50.0)
    palette = find_palette(options.palette)
    found = distinguishability(palette)
    if options.output is not None:
        if Path(options.output).suffix.lower() != ".json":
            raise UsageError(f"--output must be a .json, which alone holds colours to show, got {options.output}")
        check_not_an_input(options.output, Inputs.of([options.palette]))
        palette = make_distinguishable(_carry(palette), options.least).palette
        write_palette(palette, options.output, overwrite=options.force)
        found = distinguishability(palette)
    for each in found:
        print(_describe(palette, each, options.least))
    return 1 if any(each.difference < options.least for each in found) else 0


def _carry(palette: Palette) -> IndexedImage:
    """Return an image for a palette to be edited in."""
    recipe = Recipe(palette=palette)
    return IndexedImage(np.zeros((1, 1), np.uint8 if len(palette) <= 256 else np.uint16), palette, recipe)


def _describe(palette: Palette, closest: Closest, least: float) -> str:
    codes = ["#" + bytes(color).hex() for color in palette.shown]
    first, second = (" ".join(filter(None, [codes[i], palette.names[i]])) for i in (closest.first, closest.second))
    verdict = "" if closest.difference >= least else f"  < {least:g}"
    return f"{closest.vision:7} dE2000 {closest.difference:6.2f}  {first} | {second}{verdict}"
