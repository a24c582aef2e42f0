"""The palette as an instrument: edits of an indexed image.

Every function returns a new `IndexedImage`; arrays that do not change are shared with the old one,
so that an undo is nothing but keeping it. Recolouring, naming and reordering never look at pixels.
Where pixels keep a part of their own (`Recipe.keep`), an edit of colours or of pixels ends that: the image
is shown in the colours of its palette from then on.
"""

from .distinguish import least_difference, make_distinguishable, show_measured
from .entries import classify, lock, ramp, recolor, rename, set_colors, snap
from .inherit import inherit, lost_names
from .order import SORT_KEYS, reorder, sort_order, swap
from .pixels import add_color, delete_color, split
from .regroup import merge, painted
from .strokes import LEARNERS, learn

__all__ = [
    "LEARNERS",
    "SORT_KEYS",
    "add_color",
    "classify",
    "delete_color",
    "inherit",
    "learn",
    "least_difference",
    "lock",
    "lost_names",
    "make_distinguishable",
    "merge",
    "painted",
    "ramp",
    "recolor",
    "rename",
    "reorder",
    "set_colors",
    "show_measured",
    "snap",
    "sort_order",
    "split",
    "swap",
]
