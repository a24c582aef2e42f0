"""The indexed image: labels and the palette that they point into."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .mapping.to_rgb import paint_labels
from .palette import Palette
from .recipe import Recipe


@dataclass(frozen=True, eq=False)
class IndexedImage:
    """An image as indices into a palette; what every run returns.

    Attributes
    ----------
    labels : ndarray of shape (..., H, W), uint8
        Index of each pixel's palette colour; 0 where there is no data. A dask array for a dask image.
    palette : Palette
        The colours and the share of the valid pixels that each has.
    recipe : Recipe
        Everything needed to do it again.
    valid : ndarray of shape (..., H, W), bool, or None
        False where a pixel has no data (transparent, NaN, masked out); None where all have.
    alpha : ndarray of shape (..., H, W), uint8, or None
        The alpha channel of an RGBA image.
    recolored : ndarray of shape (..., H, W, 3), uint8, or None
        With ``keep="lightness"`` or ``"chroma"``: the recoloured image, which has more than K colours.
    """

    labels: Any  # numpy or dask, hence Any; so are the arrays below
    palette: Palette
    recipe: Recipe
    valid: Any = None
    alpha: Any = None
    recolored: Any = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the labels."""
        return tuple(self.labels.shape)

    @property
    def is_recolored(self) -> bool:
        """True if `to_rgb` shows more than the palette's colours, because pixels keep a part of their own."""
        return self.recolored is not None

    def to_rgb(self) -> Any:
        """Return the image in colour.

        Returns
        -------
        rgb : ndarray of shape (..., H, W, 3), uint8
            Encoded sRGB; (..., H, W, 4) with the alpha channel of an RGBA image. Pixels without
            data are black. A dask array if the labels are one.
        """
        if not isinstance(self.labels, np.ndarray):
            from .chunks import paint

            return paint(self.labels, self.palette.colors, self.valid, self.alpha, self.recolored)
        return paint_labels(self.labels, self.palette.colors, self.valid, self.alpha, self.recolored)
