"""What can be written behind the words that are commands."""

from ._options import Parser, add_palette, add_pixels
from ._values import parse_pixel_size, parse_scale, telling


def make_list_parser() -> Parser:
    """Return the parser of ``colorquant list``."""
    parser = Parser("colorquant list", description="Show what there is to choose from, with all options.")
    what = ("spaces", "methods", "dithers", "palettes", "images", "formats")
    parser.add_argument("what", nargs="?", choices=what, help="only this; everything by default")
    return parser


def make_convert_parser() -> Parser:
    """Return the parser of ``colorquant convert``."""
    parser = Parser("colorquant convert", description="Convert a palette from one format to another, by suffix.")
    parser.add_argument("source", help="a palette file, a picture, or a palette as --map takes it")
    parser.add_argument("target", help="the file to write")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    parser.add_argument("--format", help="format of the file to write, if the suffix leaves a choice (riff for .pal)")
    return parser


def make_warmup_parser() -> Parser:
    """Return the parser of ``colorquant warmup``."""
    parser = Parser(
        "colorquant warmup",
        description="Compile, once on this machine, what the usual jobs need: when an image of a container is made, "
        "or after an installation. They need no more of it then.",
    )
    parser.add_argument("--all", action="store_true", help="every space, method and dither, which takes minutes")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    return parser


def make_measure_parser() -> Parser:
    """Return the parser of ``colorquant measure``."""
    parser = Parser(
        "colorquant measure",
        description="Give many images one palette, measure them, and write tables and a report as a page of HTML. It "
        "goes on where it stopped; an image that cannot be read is told and passed over.",
    )
    parser.add_argument("images", nargs="+", metavar="IMAGE", help="image files or folders of them")
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="FOLDER",
        help="where the report and the tables go; or a .csv for the table of measurements alone",
    )
    parser.add_argument(
        "--from",
        dest="design_from",
        action="append",
        metavar="IMAGE",
        help="design the palette from this image or folder, not from all; may be repeated",
    )
    parser.add_argument(
        "--by", choices=("color", "class"), help="what is measured (default: classes if there are some)"
    )
    _add_unit(parser)
    parser.add_argument("--title", default="", help="title of the report (default: the name of the folder)")
    parser.add_argument("--frames-apart", action="store_true", help="rows for each frame of a stack")
    parser.add_argument("--channels", default="displayed", metavar="C,...", help="as for colorquant IMAGE")
    parser.add_argument("--force", action="store_true", help="replace files of a folder that holds no report")
    parser.add_argument("--quiet", action="store_true", help="print nothing but errors")
    add_palette(parser, several=False)
    add_pixels(parser)
    return parser


def make_compare_parser() -> Parser:
    """Return the parser of ``colorquant compare``."""
    parser = Parser(
        "colorquant compare",
        description="Compare two indexed images of one picture, as colorquant writes them: which colours became which.",
    )
    parser.add_argument("first", help="an indexed image: .png, .gif, .tif")
    parser.add_argument("second", help="another of the same size")
    parser.add_argument(
        "--match",
        choices=("color", "overlap"),
        default="color",
        help="which are the same: by their colours or by the pixels in common (default color)",
    )
    _add_table(parser)
    return parser


def make_objects_parser() -> Parser:
    """Return the parser of ``colorquant objects``."""
    parser = Parser("colorquant objects", description="Find the colours of each object of a segmentation.")
    parser.add_argument("image", help="an image file")
    parser.add_argument("objects", help="labels of its objects, of the same size: .tif or .png, 0 is the background")
    parser.add_argument("-n", "--colors", dest="n_colors", type=int, default=3, help="of each, 1..16 (default 3)")
    parser.add_argument("--space", default="oklab", help="colour space (default oklab)")
    parser.add_argument("--method", dest="quantizer", default="kmeans", help="as for colorquant IMAGE")
    parser.add_argument("--scale", type=telling(parse_scale), default="dtype", help="as for colorquant IMAGE")
    parser.add_argument("--channels", default="displayed", metavar="C,...", help="as for colorquant IMAGE")
    _add_table(parser)
    return parser


def make_check_parser() -> Parser:
    """Return the parser of ``colorquant check``."""
    parser = Parser(
        "colorquant check",
        description="Tell how well readers can tell the colours of a palette apart, those with deficient colour vision "
        "among them; with -o, write it with colours to show in which all of them can.",
        epilog="exit status: 0 if all colours differ by --least, 1 if some do not, 2 an error",
    )
    parser.add_argument("palette", help="a palette file, or a palette as --map takes it")
    parser.add_argument("--least", type=float, default=10.0, metavar="DE", help="least dE2000 (default 10)")
    parser.add_argument("-o", "--output", metavar="FILE", help="a .json: the colours stay, others are shown")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    return parser


def _add_table(parser: Parser) -> None:
    parser.add_argument("-o", "--output", metavar="FILE", help="write the table: .csv (default: print it)")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")


def _add_unit(parser: Parser) -> None:
    parser.add_argument(
        "--pixel-size",
        type=telling(parse_pixel_size),
        default=(1.0, 1.0),
        metavar="H,W",
        help="height and width of a pixel where a file does not say it, or one number for both (default 1)",
    )
    parser.add_argument("--unit", default="pixel", help="unit of --pixel-size (default pixel)")
