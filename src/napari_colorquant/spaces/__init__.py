"""The colour spaces: coordinates in which a straight line means difference, and what "near" means in them.

A new one is its file, with two functions and their `Space` entry, and one line here.
"""

from ..registry import Registry
from ._metric import Metric, parse_axis_weights
from ._premultiplied import Premultiplied
from ._space import Space
from .delta_e import ciede2000
from .difference import DifferenceMetric
from .gamut import draw_into_gamut, measure_chroma
from .gray import GRAY
from .hed import HED
from .hsv import HSV
from .hue import KEEPS, HueMetric, make_metric
from .hunt_lab import HUNT_LAB
from .ictcp import ICTCP
from .jzazbz import JZAZBZ
from .lab import LAB
from .lab_steps import LAB_STEPS
from .linear import LINEAR
from .luv import LUV
from .objectives import OBJECTIVES, Objective
from .oklab import OKLAB
from .sight import Sight
from .srgb import SRGB
from .stains import STAINS
from .xyb import XYB
from .ycbcr import YCBCR

__all__ = [
    "KEEPS",
    "OBJECTIVES",
    "SPACES",
    "DifferenceMetric",
    "HueMetric",
    "Metric",
    "Objective",
    "Premultiplied",
    "Sight",
    "Space",
    "ciede2000",
    "draw_into_gamut",
    "make_metric",
    "measure_chroma",
    "parse_axis_weights",
]

SPACES: Registry[Space] = Registry(
    "colour space",
    OKLAB,
    SRGB,
    LAB,
    LUV,
    YCBCR,
    LINEAR,
    HSV,
    HED,
    STAINS,
    GRAY,
    ICTCP,
    JZAZBZ,
    LAB_STEPS,
    HUNT_LAB,
    XYB,
)
