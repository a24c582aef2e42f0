"""The options of palettes and pixels, which several commands have, and what a parser is."""

import argparse
from typing import NoReturn

from ._errors import UsageError
from ._values import ReadPalette, adder, parse_cleaning, parse_count, parse_scale, parse_target, parse_weights


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Raise the message as a `UsageError`."""
        raise UsageError(f"{message} (see {self.prog} --help)")


def add_palette(parser: Parser, *, several: bool = True) -> None:
    """Add how a palette is chosen; with `several`, for how many images."""
    from ..io.formats import list_suffixes
    from ..recipe import Recipe
    from ..spaces import OBJECTIVES
    from ..spaces.stains import SEARCHES, STAIN_SETS

    design = parser.add_argument_group("palette")
    add = adder(design)
    add("-n", "--colors", "n_colors", parse_count, f"1 to 65536, or auto (default {Recipe.n_colors})", "N")
    add("", "--target", "target", parse_target, "what auto aims at: de2000=2, p95_de2000=5 or psnr=35", "MEASURE=X")
    add("", "--space", "space", str, f"colour space (default {Recipe.space}; see colorquant list)", "NAME")
    add("", "--axis-weights", "axis_weights", parse_weights, "weight of each axis: 0,1,1 or L=0,a=2", "W,W,W")
    add(
        "",
        "--stains",
        "stains",
        str,
        f"with --space stains: {', '.join(SEARCHES)} (found in the image, the first by default), "
        f"{', '.join(STAIN_SETS)}, two or three colours '#rrggbb,#rrggbb', or a string of QuPath's",
        "STAINS",
    )
    add("", "--method", "quantizer", str, f"NAME or NAME:option=value,... (default {Recipe.quantizer})", "METHOD")
    add("", "--seed", "seed", int, f"seed of every random choice (default {Recipe.seed})", "S")
    add("", "--rare", "rare", float, f"protect small, salient colours, 0..1 (default {Recipe.rare:g})", "X")
    add("", "--flat", "flat", str, "flat colours: keep (exactly, the default), or mix with what is beside them", "HOW")
    add("", "--bits", "bits", str, "bits of the device that shows the palette: rgb565, 5-6-5, or 4 a channel", "BITS")
    text = f"error that is made small: {', '.join(OBJECTIVES)} (default {Recipe.objective})"
    add("", "--objective", "objective", str, text, "ERROR")
    parser.set_defaults(read_palettes=())
    for long, dest, text, metavar in (
        ("--fixed", "fixed", "colours that the palette must hold: '#ff0000,#00ff00'", "COLORS"),
        ("--map", "palette", "map onto this palette: a file, a name, colormap:viridis:16", "PALETTE"),
    ):
        design.add_argument(long, dest=dest, action=ReadPalette, default=argparse.SUPPRESS, help=text, metavar=metavar)
    if not several:
        return
    which = design.add_mutually_exclusive_group()
    which.add_argument("--shared", action="store_true", help="one palette for all the images")
    which.add_argument(
        "--per-frame",
        action="store_true",
        help="one palette for each frame of a stack, in an order that is kept; written as "
        + ", ".join(list_suffixes(written=True, frame_palettes=True)),
    )
    design.add_argument(
        "--sample",
        action="store_true",
        help="design from a sample of a large image, about 4 million pixels that lie evenly over it: of one that is "
        "read chunk by chunk, few chunks are then read twice",
    )


def add_tiles(parser: Parser) -> None:
    """Add how each tile of an image gets one of several palettes."""
    tiles = parser.add_argument_group("palettes per tile", "of one plane; -n is then the colours of one palette")
    tiles.add_argument("--tiles", type=int, metavar="SIDE", help="each tile of so many pixels a side has one palette")
    tiles.add_argument("--palettes", type=int, metavar="M", help="with --tiles: at most so many palettes (default 4)")
    tiles.add_argument("--backdrop", metavar="COLOR", help="with --tiles: colour 0 of every palette: '#000000'")
    tiles.add_argument(
        "--lossless", action="store_true", help="with --tiles: an error if some colour would not come out as it is"
    )


def add_pixels(parser: Parser) -> None:
    """Add how pixels are read, mapped and cleaned."""
    from ..mapping.mappings import MAPPINGS
    from ..pixels.alpha import ALPHAS
    from ..recipe import Recipe
    from ..spaces.hue import KEEPS

    pixels = parser.add_argument_group("pixels")
    add = adder(pixels)
    add("", "--dither", "dither", str, f"NAME or NAME:option=value,... (default {Recipe.dither})", "DITHER")
    add(
        "",
        "--scale",
        "scale",
        parse_scale,
        f"black and white: dtype, range, LOW,HIGH or LOW,HIGH,GAMMA (default {Recipe.scale})",
        "S",
    )
    add("", "--alpha", "alpha", str, f"what half transparent pixels are: {', '.join(ALPHAS)}", "HOW")
    add("", "--alpha-weight", "alpha_weight", float, "what alpha counts for beside colour, 0.1 to 10 (default 1)", "X")
    add("", "--keep", "keep", str, f"what pixels keep of their own: {', '.join(KEEPS)}", "WHAT")
    text = f"how pixels find their colour: {', '.join(MAPPINGS)} (default {Recipe.mapping}; the others are quicker)"
    add("", "--mapping", "mapping", str, text, "HOW")
    add("", "--smoothness", "smoothness", float, "how much neighbouring pixels hang together, 0 (default) to 10", "X")
    pixels.add_argument(
        "--smooth-frames", action="store_true", help="with --smoothness: the frames are the planes of a volume"
    )
    add(
        "",
        "--clean",
        "cleaning",
        parse_cleaning,
        "clean the classes: min_size=50,min_hole=20 (areas), majority=2,opening=1,closing=1 (radii), by=class, "
        "pixel_height=0.5,pixel_width=0.5 for other units than pixels; steps parted by /",
        "OPTIONS",
    )
    pixels.add_argument("--remove-unused", action="store_true", help="drop palette colours that no pixel takes")
