"""What can be written on the command line."""

import argparse

from ._options import Parser, add_palette, add_pixels, add_tiles
from ._subcommands import (
    make_check_parser,
    make_compare_parser,
    make_convert_parser,
    make_list_parser,
    make_measure_parser,
    make_objects_parser,
    make_warmup_parser,
)
from ._values import ShowVersion

#: Words that, written first, are commands; anything else is an image (write ./list for a file called list).
COMMANDS = ("list", "convert", "measure", "compare", "objects", "check", "warmup")

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
  colorquant measure photos/ -n 6 -o report/        (one palette for a folder: tables, and a page to read)
  colorquant compare a.png b.png                    (two results of one image: which colours became which)
  colorquant objects cells.png labels.tif -o o.csv  (the colours of each object)
  colorquant check palette.json -o apart.json       (can readers tell its colours apart? colours to show if not)

exit status:
  0 all done; 2 an error, nothing was written; 1 some of many images failed, the rest was done
  130, 143 stopped by Ctrl-C or SIGTERM, with no file half written
"""


def make_parser(command: str) -> Parser:
    """Return the parser of a command: "quantize" (which is not written), or one of `COMMANDS`."""
    makers = {
        "quantize": _make_quantize_parser,
        "list": make_list_parser,
        "convert": make_convert_parser,
        "measure": make_measure_parser,
        "compare": make_compare_parser,
        "objects": make_objects_parser,
        "check": make_check_parser,
        "warmup": make_warmup_parser,
    }
    return makers[command]()


def _make_quantize_parser() -> Parser:
    parser = Parser(
        "colorquant",
        usage="colorquant IMAGE [IMAGE ...] [-n N] [-o OUTPUT] [options]\n"
        "       colorquant list [spaces|methods|dithers|palettes|images|formats]\n"
        "       colorquant convert PALETTE PALETTE\n"
        "       colorquant measure|compare|objects|check ... (see colorquant measure --help)\n"
        "       colorquant warmup [--all]",
        description="Represent images with few colours: design a palette, map pixels onto it, write indexed images.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=ShowVersion, nargs=0, help="show the version and exit")
    _add_input(parser)
    add_palette(parser)
    add_tiles(parser)
    add_pixels(parser)
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
        "--jobs",
        type=int,
        default=1,
        metavar="N",
        help="of many images, do so many at the same time, each in a process of its own (default 1)",
    )
    output.add_argument(
        "--scheduler", metavar="ADDRESS", help="do .zarr and .tif on a dask.distributed cluster: tcp://host:8786"
    )
