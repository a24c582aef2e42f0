"""What can be written on the command line."""

import argparse
from typing import NoReturn

from ._errors import UsageError
from ._values import (
    ReadPalette,
    ShowVersion,
    adder,
    parse_cleaning,
    parse_count,
    parse_scale,
    parse_target,
    parse_weights,
)

#: Words that, written first, are commands; anything else is an image (write ./list for a file called list).
COMMANDS = ("list", "convert", "warmup")

_EXAMPLES = """
examples:
  colorquant photo.jpg -n 16 --space lab --method kmeans -o out.png
  colorquant photo.jpg -n auto --target de2000=2 --report
  colorquant slide.png -n 4 --space stains --stains h-dab --palette stains.json -o slide-4.png
  colorquant photo.jpg --map pico8 --dither floyd_steinberg -o pixels.png
  colorquant photos/ -n 64 -o quantized/            (every image of the folder)
  colorquant slide.zarr -n 16 -o labels.zarr        (larger than memory; --scheduler tcp://host:8786 on a cluster)
  colorquant frames/ --stack -n 16 -o labels.zarr   (t0000.tif, t0001.tif, ... as one image; one palette)
  colorquant frames/ --stack -n 64 -o film.webp --duration 40   (or .gif, .apng)
  colorquant photos/ -n 64 -o quantized/ --skip-existing     (goes on where it stopped)
  colorquant slide.png --map classes.json --smoothness 1 --clean min_size=50 --by class --annotate slide.geojson
  colorquant slide.zarr -n 6 --labels colors        (into the labels of the OME-Zarr image itself)
  colorquant list methods                           (spaces, methods, dithers, palettes, images, formats)
  colorquant convert swatches.ase swatches.gpl      (between formats of palettes)

exit status:
  0 all done; 2 an error, nothing was written; 1 some of many images failed, the rest was done
  130, 143 stopped by Ctrl-C or SIGTERM, with no file half written
"""


class Parser(argparse.ArgumentParser):
    """A parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Raise the message as a `UsageError`."""
        raise UsageError(f"{message} (see {self.prog} --help)")


def make_parser(command: str) -> Parser:
    """Return the parser of a command: "quantize" (which is not written), "list", "convert" or "warmup"."""
    parsers = {
        "quantize": _make_quantize_parser,
        "list": _make_list_parser,
        "convert": _make_convert_parser,
        "warmup": _make_warmup_parser,
    }
    return parsers[command]()


def _make_list_parser() -> Parser:
    parser = Parser("colorquant list", description="Show what there is to choose from, with all options.")
    what = ("spaces", "methods", "dithers", "palettes", "images", "formats")
    parser.add_argument("what", nargs="?", choices=what, help="only this; everything by default")
    return parser


def _make_convert_parser() -> Parser:
    parser = Parser("colorquant convert", description="Convert a palette from one format to another, by suffix.")
    parser.add_argument("source", help="a palette file, a picture, or a palette as --map takes it")
    parser.add_argument("target", help="the file to write")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    parser.add_argument("--format", help="format of the file to write, if the suffix leaves a choice (riff for .pal)")
    return parser


def _make_warmup_parser() -> Parser:
    parser = Parser(
        "colorquant warmup",
        description="Compile, once on this machine, what the usual jobs need: when an image of a container is made, "
        "or after an installation. They need no more of it then.",
    )
    parser.add_argument("--all", action="store_true", help="every space, method and dither, which takes minutes")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return parser


def _make_quantize_parser() -> Parser:
    parser = Parser(
        "colorquant",
        usage="colorquant IMAGE [IMAGE ...] [-n N] [-o OUTPUT] [options]\n"
        "       colorquant list [spaces|methods|dithers|palettes|images|formats]\n"
        "       colorquant convert PALETTE PALETTE\n"
        "       colorquant warmup [--all]",
        description="Represent images with few colours: design a palette, map pixels onto it, write indexed images.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="show the version and exit")
    _add_input(parser)
    _add_palette(parser)
    _add_pixels(parser)
    _add_output(parser)
    _add_annotations(parser)
    return parser


def _add_input(parser: Parser) -> None:
    from ..io.formats import list_suffixes

    parser.add_argument(
        "images", nargs="+", metavar="IMAGE", help="image files or folders of them; - for standard input"
    )
    parser.add_argument(
        "--stack",
        action="store_true",
        help="the files are the frames of one image, frame2 before frame10; written as one "
        + ", ".join(list_suffixes(written=True, frames=True)),
    )
    parser.add_argument(
        "--channels",
        default="displayed",
        metavar="C,...",
        help="of a file with channels, by number from 0 or by name: 1 as gray; 2,1,0 as red, green and blue; 2+1+0, or "
        "another number of them, added up as the file displays each (default: all that it shows)",
    )
    parser.add_argument(
        "--max-pixels",
        type=int,
        metavar="N",
        help="pixels that an image may have in all its frames together (default 178956970; more if the file is large)",
    )


def _add_palette(parser: Parser) -> None:
    from ..io.formats import list_suffixes
    from ..recipe import Recipe
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
    parser.set_defaults(read_palettes=())
    for long, dest, text, metavar in (
        ("--fixed", "fixed", "colours that the palette must hold: '#ff0000,#00ff00'", "COLORS"),
        ("--map", "palette", "map onto this palette: a file, a name, colormap:viridis:16", "PALETTE"),
    ):
        design.add_argument(long, dest=dest, action=ReadPalette, default=argparse.SUPPRESS, help=text, metavar=metavar)
    which = design.add_mutually_exclusive_group()
    which.add_argument("--shared", action="store_true", help="one palette for all the images")
    which.add_argument(
        "--per-frame",
        action="store_true",
        help="one palette for each frame of a stack, in an order that is kept; written as "
        + ", ".join(list_suffixes(written=True, frame_palettes=True)),
    )


def _add_pixels(parser: Parser) -> None:
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


def _add_annotations(parser: Parser) -> None:
    group = parser.add_argument_group("annotations", "of one image of one plane")
    group.add_argument(
        "--annotate",
        action="append",
        default=[],
        metavar="FILE",
        help="write the areas: .geojson (QuPath), .json (COCO), .svg (outlines), .csv (components); may be repeated",
    )
    group.add_argument("--legend", metavar="FILE", help="write the palette as a legend: .svg")
    group.add_argument(
        "--labels", metavar="NAME", help="write labels of this name into the OME-Zarr image that is the input"
    )
    group.add_argument("--by", choices=("color", "class"), default="color", help="what an area is (default color)")
    group.add_argument(
        "--each",
        choices=("class", "component"),
        default="class",
        help="a feature of .geojson is all of one area, or each of its components (default class)",
    )
    group.add_argument(
        "--tolerance", type=float, default=0.0, metavar="X", help="simplify outlines, in pixels (default 0: exact)"
    )


def _add_output(parser: Parser) -> None:
    from ..io.formats import list_suffixes

    output = parser.add_argument_group("output")
    output.add_argument(
        "-o",
        "--output",
        help=f"{', '.join(list_suffixes(written=True))}, folder for many images (ends in /), or - (PNG)",
    )
    output.add_argument(
        "--palette",
        dest="palette_file",
        metavar="FILE",
        help="write the palette: .json, .gpl, .ase, ... (see list formats)",
    )
    speed = output.add_mutually_exclusive_group()
    speed.add_argument("--fps", type=float, metavar="N", help="frames a second (default: the source's, or 10)")
    speed.add_argument("--duration", type=float, metavar="MS", help="milliseconds that each frame is shown")
    output.add_argument(
        "--enlarge", type=int, default=1, metavar="N", help="write each pixel as a square of N x N pixels, 1 to 64"
    )
    output.add_argument(
        "--transparent",
        choices=("last", "first"),
        default="last",
        help="the index of pixels without data in .png and .gif: after the colours, or 0 (default last)",
    )
    output.add_argument(
        "--profile",
        dest="output_profile",
        metavar="WHAT",
        help="RGB to write in: keep (that of the image; the default for "
        + ", ".join(list_suffixes(written=True, writes_profile=True))
        + "), srgb (all others), or an ICC file",
    )
    output.add_argument("--report", action="store_true", help="print how far the result is from the original")
    output.add_argument("--force", action="store_true", help="replace files that exist")
    output.add_argument(
        "--skip-existing", action="store_true", help="go on with a folder: leave out images whose output exists"
    )
    output.add_argument("--quiet", action="store_true", help="print nothing but errors")
    output.add_argument("--threads", type=int, metavar="N", help="threads to use at most (default: all cores)")
    output.add_argument(
        "--scheduler", metavar="ADDRESS", help="do .zarr and .tif on a dask.distributed cluster: tcp://host:8786"
    )
