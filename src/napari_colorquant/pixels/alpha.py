"""What the alpha of an image may mean.

"graded"
    As it is: colours have an alpha of their own, and what is seen less counts less.
"cut"
    Pixels below one half have no data, all others are opaque: what formats with one transparent index hold.
"ignore"
    It is not there.
"auto"
    Graded where pixels are half transparent and the palette may be, else cut.
"""

from typing import Literal, TypeAlias, get_args

import numpy as np

from .._runtime.jit import kernel
from .._runtime.threads import map_blocks
from .._typing import Levels

Alpha: TypeAlias = Literal["auto", "graded", "cut", "ignore"]
ALPHAS: tuple[str, ...] = get_args(Alpha)
#: The least alpha, in 0..255, that is cut to opaque.
HALF = 128
#: Pixels that a task copies.
_BLOCK = 1 << 18


def is_told_apart(alpha: Alpha) -> bool:
    """Return True if colours of one alpha and of another are two, as long as any pixel is half transparent."""
    return alpha in ("auto", "graded")


def drop_alpha(levels: Levels) -> Levels:
    """Return the first three channels of pixels, (N, 3 or more), as an array of their own."""
    if levels.dtype != np.uint8:
        return np.ascontiguousarray(levels[:, :3])
    # numpy copies three bytes of four one by one, which takes four times as long.
    rgb = np.empty((len(levels), 3), np.uint8)
    map_blocks(lambda start, stop: _copy_three(levels[start:stop], rgb[start:stop]), len(rgb), _BLOCK)
    return rgb


@kernel
def _copy_three(levels, rgb):  # type: ignore[no-untyped-def]
    for i in range(len(rgb)):
        rgb[i, 0], rgb[i, 1], rgb[i, 2] = levels[i, 0], levels[i, 1], levels[i, 2]
