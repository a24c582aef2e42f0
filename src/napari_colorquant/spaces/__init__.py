"""Room 1: the colour spaces. A new one is its file (two functions) and one entry here."""

from ..registry import Registry
from ._space import Metric, Space, parse_axis_weights
from .gamut import draw_into_gamut, measure_chroma
from .gray import gray_to_srgb, srgb_to_gray
from .hed import hed_to_srgb, srgb_to_hed
from .hsv import hsv_to_srgb, srgb_to_hsv
from .hue import KEEPS, HueMetric, make_metric
from .ictcp import ictcp_to_linear, linear_to_ictcp
from .jzazbz import jzazbz_to_linear, linear_to_jzazbz
from .lab import lab_to_linear, linear_to_lab
from .linear import linear_to_linear
from .luv import linear_to_luv, luv_to_linear
from .oklab import linear_to_oklab, oklab_to_linear
from .srgb import identity
from .ycbcr import srgb_to_ycbcr, ycbcr_to_srgb

__all__ = [
    "KEEPS",
    "SPACES",
    "HueMetric",
    "Metric",
    "Space",
    "draw_into_gamut",
    "make_metric",
    "measure_chroma",
    "parse_axis_weights",
]

SPACES: Registry[Space] = Registry(
    "colour space",
    Space(
        "oklab",
        ("L", "a", "b"),
        linear_to_oklab,
        oklab_to_linear,
        linear=True,
        summary="Perceptual: even steps of lightness and hue; the default.",
        reference="Ottosson 2020",
        scale=(1.0, 2.0, 2.0),  # Ottosson's advice for colour differences; halves the gap to CIEDE2000
        lightness="L",
        chroma=("a", "b"),
    ),
    Space(
        "srgb",
        ("red", "green", "blue"),
        identity,
        identity,
        linear=False,
        summary="The pixels as they are stored: the lowest MSE, and what most tools work in.",
        reference="IEC 61966-2-1:1999",
    ),
    Space(
        "lab",
        ("L", "a", "b"),
        linear_to_lab,
        lab_to_linear,
        linear=True,
        summary="CIELAB: the field's perceptual standard; saturated colours, blues above all, get more of the palette.",
        reference="CIE 15:2018",
        lightness="L",
        chroma=("a", "b"),
    ),
    Space(
        "luv",
        ("L", "u", "v"),
        linear_to_luv,
        luv_to_linear,
        linear=True,
        summary="CIELUV: as CIELAB, with finer steps in reds and greens; made for screens and lights.",
        reference="CIE 15:2018",
        lightness="L",
        chroma=("u", "v"),
    ),
    Space(
        "ycbcr",
        ("Y", "Cb", "Cr"),
        srgb_to_ycbcr,
        ycbcr_to_srgb,
        linear=False,
        summary="Luma and two colour differences, as in JPEG and video: nearly the MSE of srgb, smoother shades.",
        reference="ITU-R BT.601-7",
        lightness="Y",
        chroma=("Cb", "Cr"),
    ),
    Space(
        "linear",
        ("red", "green", "blue"),
        linear_to_linear,
        linear_to_linear,
        linear=True,
        summary="Amounts of light: spends the palette on highlights and leaves few colours for shadows.",
        reference="IEC 61966-2-1:1999",
    ),
    Space(
        "hsv",
        ("x", "y", "value"),
        srgb_to_hsv,
        hsv_to_srgb,
        linear=False,
        summary="Hue, saturation and value on their cone: keeps vivid hues apart, merges dark and grayish ones.",
        reference="Smith 1978",
        lightness="value",
        chroma=("x", "y"),
    ),
    Space(
        "hed",
        ("hematoxylin", "eosin", "DAB"),
        srgb_to_hed,
        hed_to_srgb,
        linear=False,
        summary="Amounts of three histology stains: tells blue nuclei, pink tissue and brown DAB apart.",
        reference="Ruifrok, Johnston 2001",
    ),
    Space(
        "gray",
        ("luma",),
        srgb_to_gray,
        gray_to_srgb,
        linear=False,
        summary="Brightness alone: a palette of grays, the picture in black and white.",
        reference="ITU-R BT.709-6",
        lightness="luma",
    ),
    Space(
        "ictcp",
        ("I", "Ct", "Cp"),
        linear_to_ictcp,
        ictcp_to_linear,
        linear=True,
        summary="The space of HDR video: perceptual, with even dark tones.",
        reference="ITU-R BT.2100-2",
        scale=(1.0, 0.5, 1.0),  # ITU-R BT.2124-0: half of Ct in differences
        lightness="I",
        chroma=("Ct", "Cp"),
    ),
    Space(
        "jzazbz",
        ("Jz", "az", "bz"),
        linear_to_jzazbz,
        jzazbz_to_linear,
        linear=True,
        summary="Perceptual, with even hues: blends from blue stay blue.",
        reference="Safdar et al. 2017",
        lightness="Jz",
        chroma=("az", "bz"),
    ),
)
