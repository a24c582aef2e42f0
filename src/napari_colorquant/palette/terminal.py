"""Palettes and indexed images in a terminal that knows 24-bit colours; plain text where the output is none."""

import sys
from collections.abc import Iterator
from typing import TextIO

import numpy as np
import numpy.typing as npt

from .._checks import check_integer
from .shown import Picture, Swatches
from .thumbnail import take_thumbnail

_RESET = "\x1b[0m"


def print_swatches(palette: Swatches, file: TextIO | None = None) -> None:
    """Print a line for each colour of a palette: a block of it on a terminal, its hex code, share and name."""
    out = sys.stdout if file is None else file
    in_color = out.isatty()
    rows = zip(palette.rgba[:, :3], palette.hex, palette.shares, palette.names, strict=True)
    for color, code, share, name in rows:
        block = f"{_paint(color, 48)}    {_RESET} " if in_color else ""
        known = f"  {share:7.2%}" if share > 0 else ""
        print(f"{block}{code}{known}  {name}".rstrip(), file=out)


def print_picture(indexed: Picture, file: TextIO | None = None, columns: int = 64) -> None:
    """Print an indexed image in half blocks, two pixels in each, on a terminal, then its palette."""
    check_integer("columns", columns, 8, 400)
    out = sys.stdout if file is None else file
    if out.isatty():
        plane = take_thumbnail(indexed.labels, indexed.to_rgb(), columns, 2 * columns)
        for line in draw_half_blocks(plane[..., :3]):
            print(line, file=out)
    print_swatches(indexed.palette, out)


def draw_half_blocks(plane: npt.NDArray[np.uint8]) -> Iterator[str]:
    """Yield the lines of a picture, (H, W, 3): each character shows a pixel in its upper and one in its lower half."""
    for row in range(0, len(plane), 2):
        upper = plane[row]
        lower = plane[row + 1] if row + 1 < len(plane) else None
        cells = (
            _paint(color, 38) + ("" if lower is None else _paint(lower[column], 48)) + "▀"
            for column, color in enumerate(upper)
        )
        yield "".join(cells) + _RESET


def _paint(color: npt.NDArray[np.uint8], ground: int) -> str:
    """Return what makes a terminal take a colour: 38 of the letters, 48 of what is behind them."""
    red, green, blue = (int(level) for level in color)
    return f"\x1b[{ground};2;{red};{green};{blue}m"
