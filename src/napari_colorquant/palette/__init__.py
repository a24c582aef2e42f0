"""The palette: colours with what is known of each, and how they show themselves.

Takes colours as texts and numbers, gives a `Palette`; that and its pictures as HTML, text for a terminal, figures,
and the colormaps of other packages.
"""

from ..pixels.written_colors import BYTE_COLORS, MAX_COLORS
from .given_colors import parse_color, parse_colors
from .palette import Palette
from .parts import check_entry

__all__ = ["BYTE_COLORS", "MAX_COLORS", "Palette", "check_entry", "parse_color", "parse_colors"]
