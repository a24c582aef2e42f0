"""``colorquant convert``: palettes from one format to another."""

import argparse

from ..io.named_palettes import find_palette
from ..io.palettes import write_palette
from ._paths import Inputs, check_not_an_input


def run(options: argparse.Namespace) -> int:
    """Read one palette, write another."""
    palette = find_palette(options.source)
    check_not_an_input(options.target, Inputs.of([options.source]))
    write_palette(palette, options.target, overwrite=options.force, format=options.format)
    print(f"{options.target}: {len(palette)} colours")
    return 0
