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

Alpha: TypeAlias = Literal["auto", "graded", "cut", "ignore"]
ALPHAS: tuple[str, ...] = get_args(Alpha)
#: The least alpha, in 0..255, that is cut to opaque.
HALF = 128
