"""The cells of an image in memory, if it is one in which counting them pays: a photograph, not flat art."""

import numpy as np

from .alpha import Alpha, is_told_apart
from .alpha_counts import has_graded_alpha
from .cells import CellCounts, count_cells_of_parts
from .counting import read_parts
from .keys import CELLS, rgb_to_keys
from .memory import Pixels
from .source import Source

#: An image of fewer pixels is done as soon by its distinct colours.
_FEWEST = 1 << 15
#: So many pixels are looked at first: an image whose coarse cells are few among these, flat art, has few in all.
_GLANCE, _GLANCED = 1 << 12, 64
#: And an image of which so much is in cells that have one pixel of so many each has areas, which its colours tell.
_CROWDED, _ONE_IN = 0.6, 128


def count_if_varied(source: Source, alpha: Alpha) -> CellCounts | None:
    """Return the cells of an image of 8 bits in colour that lies in memory and is varied, of any other None.

    Each of its pixels counts once or, without data, not at all; so none may be half transparent if `alpha` tells
    colours apart.
    """
    if not isinstance(source, Pixels) or not source.rgb or source.image.dtype != np.uint8:
        return None
    if source.limits is not None or source.importance is not None or source.size < _FEWEST:
        return None
    if (is_told_apart(alpha) and has_graded_alpha(source)) or not _is_varied(source):
        return None
    return count_cells_of_parts((levels, valid) for levels, valid, _ in read_parts(source))


def _is_varied(source: Pixels) -> bool:
    rgb, _ = source.read(next(source.blocks()))
    some = np.ascontiguousarray(rgb[:: max(1, len(rgb) // _GLANCE)])
    pixels = np.bincount(rgb_to_keys(some) >> np.uint32(9), minlength=CELLS)  # np.unique takes ten times as long
    if np.count_nonzero(pixels) < _GLANCED:
        return False
    return bool(pixels[pixels >= len(some) / _ONE_IN].sum() < _CROWDED * len(some))
