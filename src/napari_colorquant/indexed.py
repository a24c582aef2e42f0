"""The indexed image: labels and the palette that they point into, or a palette for each of its frames."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ._checks import check_array, check_instance, check_list, is_whole, refusal
from ._typing import label_type
from .mapping.labels import count_labels, relabel
from .mapping.to_rgb import labels_to_rgb
from .palette import Palette, check_entry
from .palette.views import IndexedViews
from .pixels.arrays import is_lazy, lazy_stage, load, open_stored
from .pixels.named_axes import name_axes
from .recipe import Recipe


@dataclass(frozen=True, eq=False)
class IndexedImage(IndexedViews):
    """An image as indices into a palette; what every run returns.

    Parameters
    ----------
    labels : ndarray of shape (..., H, W), uint8, or uint16 of more than 256 colours
        Index of each pixel's palette colour; 0 where there is no data. A dask array for a dask image, and of what
        is read by slicing: an array of zarr, h5py or xarray.
    palette : Palette
        The colours and the share of the valid pixels that each has.
    recipe : Recipe
        Everything needed to do it again; of ``scale="range"``, the range that was found.
    valid : ndarray of shape (..., H, W), bool, or None
        False where a pixel has no data (transparent, NaN, masked out); None where all have.
    alpha : ndarray of shape (..., H, W), uint8, or None
        Of an RGBA image whose alpha was cut: 255, or 0 without data. Graded alpha is that of the palette's colours.
    recolored : ndarray of shape (..., H, W, 3), uint8, or None
        With ``keep="lightness"`` or ``"chroma"``: the recoloured image, which has more than K colours.

    See Also
    --------
    quantize : Makes one.
    write_indexed : Writes it.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import quantize
    >>> indexed = quantize(np.array([[[255, 0, 0], [0, 0, 255], [0, 0, 255]]], np.uint8), 2)
    >>> indexed.shape, indexed.palette.hex
    ((1, 3), ('#0000ff', '#ff0000'))
    >>> indexed.to_rgb()[0, 1]
    array([  0,   0, 255], dtype=uint8)
    """

    labels: Any  # numpy or dask, hence Any; so are the arrays below
    palette: Palette
    recipe: Recipe
    valid: Any = None
    alpha: Any = None
    recolored: Any = None

    def __post_init__(self) -> None:
        for name in ("labels", "valid", "alpha", "recolored"):
            object.__setattr__(self, name, open_stored(getattr(self, name)))
        shape = getattr(self.labels, "shape", ())
        check_instance("palette", self.palette, Palette)
        axes = ("...", "H", "W") if len(shape) < 2 else shape
        check_array("labels", self.labels, label_type(len(self.palette)), *axes)
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
            Encoded sRGB; (..., H, W, 4) with alpha for an RGBA image, and where palette colours have one.
            Pixels without data are black. A dask array if the labels are one.
        """
        return self._paint(self.palette.has_alpha)

    def _paint(self, has_alpha: bool) -> Any:
        colors = self.palette.rgba if has_alpha else self.palette.colors
        return labels_to_rgb(self.labels, colors, self.valid, self.alpha, self.recolored)

    def to_xarray(self, like: Any, *, rgb: bool = False) -> Any:
        """Return the labels, or the image in colour, with the axes and coordinates of an `xarray.DataArray`.

        Parameters
        ----------
        like : xarray.DataArray
            The image that was quantized; its channels, if it has any, are left out of the labels.
        rgb : bool
            Whether to return the image in colour, its channels where `like` has them, or at the end.

        Returns
        -------
        array : xarray.DataArray
            With the palette's hex codes and names among its attributes.

        Raises
        ------
        TypeError, ValueError
            If `like` is no DataArray, or has another shape.
        """
        about = {"palette": list(self.palette.hex), "names": list(self.palette.names)}
        return name_axes(self.to_rgb() if rgb else self.labels, like, about, has_channels=rgb)

    def load(self) -> "IndexedImage":
        """Return the same in memory: what is lazy is computed, together and with progress.

        Returns
        -------
        indexed : IndexedImage
            Everything in memory.
        """
        labels, valid, alpha, recolored = load(self.labels, self.valid, self.alpha, self.recolored)
        return replace(self, labels=labels, valid=valid, alpha=alpha, recolored=recolored)

    def with_shares(self) -> "IndexedImage":
        """Return the same with the share that each colour has of the valid pixels; lazy labels are computed.

        Returns
        -------
        indexed : IndexedImage
            With `palette.shares` measured.
        """
        with lazy_stage(self.labels, "Measuring the shares", 0.7, 1.0):
            counts = count_labels(self.labels, len(self.palette), self.valid)
        return replace(self, palette=self.palette.with_shares(counts / max(counts.sum(), 1)))

    def without_unused(self) -> "IndexedImage":
        """Return the same without the colours of share 0, but with one at least; the picture stays.

        Returns
        -------
        indexed : IndexedImage
            With a shorter palette, where some of it was unused.
        """
        used = np.flatnonzero(self.palette.shares > 0)
        used = used if len(used) else np.arange(1)
        rank = np.zeros(len(self.palette), label_type(len(used)))
        rank[used] = np.arange(len(used))
        return replace(self, palette=self.palette.take(used), labels=relabel(self.labels, rank))


@dataclass(frozen=True, eq=False)
class IndexedFrames:
    """A stack of which every frame has a palette of its own; all of one length and in comparable order.

    Attributes
    ----------
    labels : ndarray of shape (..., H, W), uint8, or uint16 of more than 256 colours
        Index of each pixel's colour in its frame's palette. A dask array for a dask image.
    palettes : tuple of Palette
        One for each frame, in C order of the leading axes. A frame with fewer colours than others
        keeps the colour of a neighbouring frame at the places that it does not use, with share 0.
    recipe : Recipe
        How every frame was made.
    valid, alpha, recolored
        As in `IndexedImage`.
    """

    labels: Any
    palettes: tuple[Palette, ...]
    recipe: Recipe
    valid: Any = None
    alpha: Any = None
    recolored: Any = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the labels."""
        return tuple(self.labels.shape)

    @property
    def is_lazy(self) -> bool:
        """True if the labels are computed when they are looked at, see `load`."""
        return is_lazy(self.labels)

    def load(self) -> "IndexedFrames":
        """Return the same in memory: what is lazy is computed, together and with progress."""
        labels, valid, alpha, recolored = load(self.labels, self.valid, self.alpha, self.recolored)
        return replace(self, labels=labels, valid=valid, alpha=alpha, recolored=recolored)

    def frame(self, index: int | tuple[int, ...]) -> IndexedImage:
        """Return one frame as an indexed image of its own, (H, W).

        Parameters
        ----------
        index : int or tuple of int
            Its number in C order, or its index along each leading axis.
        """
        leading = self.shape[:-2]
        number = self._number(index)
        place = tuple(int(i) for i in np.unravel_index(number, leading)) if leading else ()
        parts = (None if array is None else array[place] for array in (self.valid, self.alpha, self.recolored))
        return IndexedImage(self.labels[place], self.palettes[number], self.recipe, *parts)

    def _number(self, index: Any) -> int:
        sizes = self.shape[:-2]
        if is_whole(index):
            return check_entry("index", index, len(self.palettes))
        places = check_list("index", index)
        if len(places) != len(sizes):
            raise refusal("index", f"be a number, or one for each of {len(sizes)} axes", index)
        along = [check_entry("index", *pair) for pair in zip(places, sizes, strict=True)]
        return int(np.ravel_multi_index(along, sizes)) if sizes else 0

    def to_rgb(self) -> Any:
        """Return the stack in colour, (..., H, W, 3 or 4) uint8, see `IndexedImage.to_rgb`."""
        has_alpha = any(palette.has_alpha for palette in self.palettes)
        frames = [self.frame(number)._paint(has_alpha) for number in range(len(self.palettes))]
        return stack_planes(frames, self.shape[:-2])


def stack_planes(planes: list[Any], leading: tuple[int, ...]) -> Any:
    """Return planes, (H, W, ...), in C order of the `leading` axes, as one array; lazy if they are."""
    return np.stack(planes).reshape(*leading, *planes[0].shape)  # of dask arrays, this is dask's
