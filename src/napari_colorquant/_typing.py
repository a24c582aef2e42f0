"""Array aliases that the rooms exchange, named after what they hold."""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

#: Any image as a user hands it in: numpy or dask, (..., H, W), (..., H, W, 3) or (..., H, W, 4).
ImageLike: TypeAlias = Any
#: (..., H, W, 3) or (N, 3) 8-bit sRGB, encoded.
RGB8: TypeAlias = npt.NDArray[np.uint8]
#: (..., 4) 8-bit sRGB, encoded, with alpha, which is not multiplied in.
RGBA8: TypeAlias = npt.NDArray[np.uint8]
#: (N, 3) encoded sRGB on an even grid of 8 or of 16 bits.
Levels: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]
#: (N, A) coordinates of one colour space, A axes, contiguous.
Colors: TypeAlias = npt.NDArray[np.float32]
#: (N,) number (or summed importance) of the pixels of each colour, > 0.
Weights: TypeAlias = npt.NDArray[np.float32]
#: (..., H, W) or (N,) indices of palette colours: uint8, or uint16 where there are more than 256 colours.
Labels: TypeAlias = npt.NDArray[np.unsignedinteger[Any]]
#: (..., H, W) True where a pixel has data.
Valid: TypeAlias = npt.NDArray[np.bool_]
#: (N,) 24-bit colour keys, red << 16 | green << 8 | blue.
Keys: TypeAlias = npt.NDArray[np.uint32]
#: (N,) 48-bit keys of 16-bit colours.
DeepKeys: TypeAlias = npt.NDArray[np.uint64]
#: (N,) exact pixel counts (or fixed-point importance sums).
Counts: TypeAlias = npt.NDArray[np.int64]


def label_type(n_colors: int) -> type[np.unsignedinteger[Any]]:
    """Return the dtype of the labels of so many palette colours."""
    return np.uint8 if n_colors <= 256 else np.uint16
