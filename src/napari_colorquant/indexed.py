"""The indexed image: labels and the palette that they point into."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ._checks import check_array, check_instance
from .mapping.labels import count_labels, relabel
from .mapping.to_rgb import labels_to_rgb
from .palette import Palette
from .pixels.arrays import is_lazy, lazy_stage, load
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
        Everything needed to do it again; of ``scale="range"``, the range that was found.
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

    def __post_init__(self) -> None:
        shape = getattr(self.labels, "shape", ())
        check_array("labels", self.labels, np.uint8, *(("...", "H", "W") if len(shape) < 2 else shape))
        check_instance("palette", self.palette, Palette)
        check_instance("recipe", self.recipe, Recipe)
        for name, dtype, size in (
            ("valid", np.bool_, shape), ("alpha", np.uint8, shape), ("recolored", np.uint8, (*shape, 3))
        ):  # fmt: skip
            if (array := getattr(self, name)) is not None:
                check_array(name, array, dtype, *size)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the labels."""
        return tuple(self.labels.shape)

    @property
    def is_lazy(self) -> bool:
        """True if the labels are computed when they are looked at, see `load`."""
        return is_lazy(self.labels)

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
        return labels_to_rgb(self.labels, self.palette.colors, self.valid, self.alpha, self.recolored)

    def load(self) -> "IndexedImage":
        """Return the same in memory: what is lazy is computed, together and with progress."""
        labels, valid, alpha, recolored = load(self.labels, self.valid, self.alpha, self.recolored)
        return replace(self, labels=labels, valid=valid, alpha=alpha, recolored=recolored)

    def with_shares(self) -> "IndexedImage":
        """Return the same with the share that each colour has of the valid pixels; lazy labels are computed."""
        with lazy_stage(self.labels, "Measuring the shares", 0.7, 1.0):
            counts = count_labels(self.labels, len(self.palette), self.valid)
        return replace(self, palette=replace(self.palette, shares=counts / max(counts.sum(), 1)))

    def without_unused(self) -> "IndexedImage":
        """Return the same without the colours of share 0, but with one at least; the picture stays."""
        used = np.flatnonzero(self.palette.shares > 0)
        used = used if len(used) else np.arange(1)
        rank = np.zeros(len(self.palette), np.uint8)
        rank[used] = np.arange(len(used))
        return replace(self, palette=self.palette.take(used), labels=relabel(self.labels, rank))
