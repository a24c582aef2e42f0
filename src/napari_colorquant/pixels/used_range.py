"""A look at how much of their data type's range an image's numbers use: 12 bits in 16 are nearly black, 14 dark."""

import warnings
from typing import Any

import numpy as np

from .alpha_counts import AlphaCounts
from .cells import CellCounts
from .counting import Counts
from .intensities import LittleRangeWarning, dtype_limits, finite_range
from .source import Source

#: An image that fills less of the range is likely meant otherwise: integers of a sensor of up to 14 bits; floats.
_LITTLE_OF_INTEGERS, _LITTLE_OF_FLOATS = 1 / 4, 1 / 16


def warn_of_little_range(source: Source, counts: Counts | CellCounts | AlphaCounts | None) -> None:
    """Warn if black and white are those of a 16-bit or float data type, and the image uses little in between.

    Parameters
    ----------
    source : Source
    counts : ColorCounts, DeepCounts, CellCounts or AlphaCounts, or None
        Its colours, of which the opaque ones tell; None: an image in memory is looked at, of a lazy one nothing is
        said.
    """
    if isinstance(counts, AlphaCounts):
        counts = counts.opaque if len(counts.opaque) else None
    dtype = source.image.dtype
    is_wide = dtype.kind == "f" or (dtype.kind in "ui" and dtype.itemsize == 2)
    if source.limits is not None or not is_wide or (counts is None and source.is_lazy):
        return
    low, high = _used(source) if counts is None else _counted(counts, dtype)
    black, white = dtype_limits(dtype)
    little = _LITTLE_OF_FLOATS if dtype.kind == "f" else _LITTLE_OF_INTEGERS
    if 0 < high - low < little * (white - black):
        warnings.warn(
            f"the image holds {low:.6g} to {high:.6g}, little of {black:g} to {white:g}, which {dtype.name} has for "
            f"black and white; {LittleRangeWarning.ADVICE}, to make more of it",
            LittleRangeWarning,
            stacklevel=3,
        )


def _used(source: Any) -> tuple[float, float]:
    return finite_range(source.image[..., :3] if source.rgb else source.image)


def _counted(counts: Counts | CellCounts, dtype: np.dtype[Any]) -> tuple[float, float]:
    colors: Any = counts.colors()
    top = np.iinfo(colors.dtype).max if colors.dtype.kind == "u" else 1.0
    white = dtype_limits(dtype)[1]
    low, high = float(colors.min()) / top * white, float(colors.max()) / top * white
    return (round(low), round(high)) if dtype.kind in "ui" else (low, high)
