"""Which intensities are black and white: those that are given, or the range of what has data."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .alpha import Alpha
from .arrays import fold_arrays
from .intensities import Limits, check_scale, finite_range, spread, widest


def find_limits(images: Sequence[tuple[Any, bool, Any]], scale: Any, alpha: Alpha) -> Limits | None:
    """Return the intensities that are black and white in all `images`, or None for those of their dtype.

    An image without data has no range: it is the dtype's, whatever is made of it.

    Parameters
    ----------
    images : sequence of (array, bool, array or None)
        Pixels, in memory or lazy; whether their last axis holds channels; and where they have data, None for all.
    scale : Scale
        "dtype", "range", or numbers, which are returned as they are.
    alpha : str
        Unless it is "ignore", pixels of alpha 0 have no data.
    """
    scale = check_scale(scale)
    if isinstance(scale, tuple):
        return scale
    if scale == "dtype":
        return None
    low, high = widest([_range_of(*image, alpha) for image in images])
    return spread(low, high) if low <= high else None


def _range_of(array: Any, in_color: bool, mask: Any, alpha: Alpha) -> tuple[float, float]:
    """Return the smallest and largest number of the pixels that have data; what hides under a mask is anything."""
    task = partial(_range_of_seen, in_color=in_color, reads_alpha=alpha != "ignore")
    return fold_arrays(task, [array] if mask is None else [array, mask], widest)


def _range_of_seen(
    array: npt.NDArray[Any], mask: npt.NDArray[np.bool_] | None = None, *, in_color: bool, reads_alpha: bool
) -> tuple[float, float]:
    colors, seen = array[..., :3] if in_color else array, mask
    if in_color and array.shape[-1] == 4 and reads_alpha:
        opaque = array[..., 3] > 0
        seen = opaque if seen is None else seen & opaque
    if in_color and array.dtype.kind == "f":
        finite = np.isfinite(colors).all(axis=-1)
        seen = finite if seen is None else seen & finite
    return finite_range(colors if seen is None or seen.all() else colors[seen])
