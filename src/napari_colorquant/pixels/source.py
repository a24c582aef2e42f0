"""The source: the one way to see an image, in memory or larger than memory.

Everything that looks at pixels takes a `Source`: an image in memory is one chunk, a dask array many.
What is done with them is a function of `Pixels`, chunks in memory, and does not know which it was.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import repeat
from typing import Any, Protocol, TypeVar

import numpy.typing as npt

from .._typing import ImageLike
from .alpha import HALF, Alpha, is_told_apart
from .arrays import as_shaped, is_lazy, load
from .axes import arrange, has_channels, read_axes, shape_of_labels
from .beside import read_importance, read_mask
from .inputs import as_image, find_own_mask
from .intensities import Limits, Scale, check_scale
from .limits import find_limits
from .memory import Pixels, Place
from .named_axes import align

Value = TypeVar("Value")


class Source(Protocol):
    """An image with what belongs to it: intensities, gaps, importance."""

    @property
    def image(self) -> Any:
        """The array as it was given, (..., H, W) or (..., H, W, 3 or 4)."""

    @property
    def rgb(self) -> bool:
        """True if the last axis holds channels."""

    @property
    def limits(self) -> Limits | None:
        """The intensities that become 0 and 1, found once for all of it; None: those of the dtype."""

    @property
    def mask(self) -> Any:
        """Where pixels have data, (..., H, W) bool, or None."""

    @property
    def importance(self) -> Any:
        """What each pixel counts for in a design, (..., H, W), or None."""

    @property
    def least_alpha(self) -> int:
        """Pixels of less alpha, in 0..255, have no data; if it is more than 1, all others are opaque."""

    @property
    def has_alpha(self) -> bool:
        """True if the image has an alpha channel."""

    @property
    def is_lazy(self) -> bool:
        """True if what is made of the pixels is made when it is looked at."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the labels, (..., H, W)."""

    @property
    def size(self) -> int:
        """The number of pixels."""

    def fold(
        self, function: Callable[..., Value], combine: Callable[[list[Value]], Value], beside: Sequence[Any] = ()
    ) -> Value:
        """Turn the chunks into values, and combine these.

        Parameters
        ----------
        function : callable
            From a list of tuples, (`Pixels`, chunk of each of `beside`), to a value.
        combine : callable
            From a list of values to one value. It must not matter which are combined first.
        beside : sequence of arrays
            (..., H, W) or (..., H, W, C), in memory or lazy, that are cut as the image is; None stays None.
        """

    def map(
        self,
        function: Callable[..., npt.NDArray[Any]],
        dtype: npt.DTypeLike,
        channels: int | None = None,
        beside: Sequence[Any] = (),
        whole_planes: bool = False,
        around: Sequence[int] = (),
    ) -> Any:
        """Return an array of what `function` makes of each chunk; lazy if the image or one beside it is.

        Parameters
        ----------
        function : callable
            From `Pixels` and a chunk of each of `beside` to (..., H, W), or with `channels` to
            (..., H, W, channels).
        dtype : dtype
        channels : int, optional
        beside : sequence of arrays
        whole_planes : bool
            Whether a chunk must hold whole planes.
        around : sequence of int
            How many pixels more a chunk holds, along each axis of `shape` and at both of its ends, as far as
            there are any; what `function` makes of them is cut off. None by default.
        """

    def read_rgb(self) -> Any:
        """Return the image as encoded sRGB, (..., H, W, 3) uint8."""

    def read_valid(self) -> Any:
        """Return which pixels have data, (..., H, W) bool, or None if all have."""

    def read_alpha(self) -> Any:
        """Return the alpha channel, (..., H, W) uint8, or None if there is none."""

    def take(self, place: Place) -> "Source":
        """Return the image at an index over the axes of `shape`: a frame, a crop, every second pixel; views."""

    def load(self) -> Pixels:
        """Return the image in memory."""


def open_source(
    image: ImageLike | Source,
    *,
    rgb: bool | None = None,
    frames: bool = False,
    scale: Scale = "dtype",
    mask: Any = None,
    importance: Any = None,
    alpha: Alpha = "auto",
) -> Source:
    """Return `image` as a `Source`, checked.

    Parameters
    ----------
    image : array_like, or Source
        (..., H, W), or (..., H, W, 3 or 4); bool, any integer, or float of 16 to 64 bits; numpy or
        dask, or a Pillow image. What a masked array masks has no data. A `Source` stays as it is, but for its alpha.
    rgb : bool, optional
        Whether the last axis holds channels; by default as its shape tells, see
        `napari_colorquant.pixels.axes`, which asks where it leaves a doubt.
    frames : bool
        Whether (C, H, W) is meant as frames, where C may be a number of channels.
    scale : {"dtype", "range"}, (low, high) or (low, high, gamma)
        What becomes black and white. "dtype": 0 and the largest integer, or 0 and 1 for floats and 0
        and 255 for integers of 32 and 64 bits, beyond which those are an error, as are negative integers;
        "range": the smallest and largest value of the pixels that have data; or two numbers (a layer's
        contrast limits), and its gamma. Values beyond given limits are clipped.
    mask : array_like of shape (..., H, W), optional
        Bool or numbers >= 0; pixels where it is 0 have no data. One of fewer leading axes is that of all
        frames; what a NumPy masked array hides is 0.
    importance : array_like of shape (..., H, W), optional
        Bool or numbers >= 0 (labels count as their regions: any non-zero integer is 1); floats are
        taken relative to their maximum, in steps of 1/4,177,920, and what is not 0 counts for one at least.
        Frames and masked arrays as for `mask`.
    alpha : {"auto", "graded", "cut", "ignore"}
        What an alpha channel is. "cut": pixels below one half have no data, all others are opaque. "ignore": it is
        not there. Otherwise only what is not seen at all has no data.

    Raises
    ------
    TypeError
        If an array is not numeric, or the image is the path of a file.
    ValueError
        If the image has fewer than two axes or no pixels, or scale, mask or importance do not fit.
    """
    if hasattr(image, "read_rgb"):
        opened: Source = _read_alpha_as(image, alpha)
        return opened
    array, in_color, data = _read_with_data(image, mask, rgb, frames)
    beside = {} if data is None else {"mask": data}
    if importance is not None:
        shape = shape_of_labels(tuple(array.shape), in_color)
        beside["importance"] = read_importance(align(importance, image), shape)
    low_high = find_limits([(array, in_color, data)], scale, alpha)
    source = _read_alpha_as(_wrap(array, in_color, low_high), alpha)
    if beside:
        source = replace(source, **{name: _cut_as_image(values, source) for name, values in beside.items()})
    whole: Source = source
    return whole


def resolve_scale(
    images: Iterable[ImageLike],
    scale: Any,
    *,
    masks: Iterable[Any] | None = None,
    rgb: bool | None = None,
    frames: bool = False,
    alpha: Alpha = "auto",
) -> Scale:
    """Return a scale in which "range" has become numbers: the range of what has data in all `images` together.

    Whatever is designed from, mapped, previewed, measured or shown of an image then has the same
    black and white. "range" looks at every pixel once; any other scale is returned as it is.
    """
    known: Scale = check_scale(scale)
    if known != "range":
        return known
    pairs = zip(images, repeat(None) if masks is None else masks, strict=masks is not None)
    return find_limits([_read_with_data(image, mask, rgb, frames) for image, mask in pairs], known, alpha) or "dtype"


def _read_with_data(image: ImageLike, mask: Any, rgb: bool | None, frames: bool) -> tuple[Any, bool, Any]:
    """Return an array, whether it is in colour, and where a mask and that of a masked array have data, or None."""
    array, in_color = _read(image, rgb, frames)
    shape = shape_of_labels(tuple(array.shape), in_color)
    own = find_own_mask(image, shape)
    if mask is None:
        return array, in_color, own
    data = read_mask(align(mask, image), shape)
    return array, in_color, data if own is None else data & own


def cut_together(source: Source, beside: Sequence[Any]) -> Source:
    """Return the source, lazy where one of the arrays `beside` it is, so that all can be cut alike."""
    lazy = next(filter(is_lazy, beside), None)
    if lazy is None or source.is_lazy:
        return source
    from .lazy import cut_like

    return cut_like(source, lazy.chunks[: len(source.shape)])


def open_original(image: ImageLike | Source, shape: tuple[int, ...], **reading: Any) -> Source:
    """Return the image of which labels of a `shape` were made, read so that it fits them.

    Parameters
    ----------
    image : array_like, or Source
    shape : tuple of int
        (..., H, W).
    **reading
        As in `open_source`; without `rgb`, that what has one more axis than the labels has channels.

    Raises
    ------
    TypeError, ValueError
        As in `open_source`, and if the image has another shape.
    """
    if not hasattr(image, "read_rgb"):
        array = as_image(image)
        read_axes(array.dtype, tuple(array.shape), False)
        if reading.get("rgb") is None:
            reading["rgb"] = has_channels(array.shape, shape)
        if reading["rgb"] is None:
            raise ValueError(f"the image must have the shape of the labels, {shape}, got {tuple(array.shape)}")
    source = open_source(image, **reading)
    if source.shape != shape:
        raise ValueError(f"the image must have the shape of the labels, {shape}, got {source.shape}")
    return source


def shape_of(image: Any, rgb: bool | None = None, *, frames: bool = False) -> tuple[int, ...]:
    """Return the shape of an array without its channels, (..., H, W); TypeError or ValueError if it is no image."""
    array = as_shaped(image)
    return shape_of_labels(tuple(array.shape), read_axes(array.dtype, tuple(array.shape), rgb, frames=frames))


def _wrap(array: Any, rgb: bool, limits: Limits | None) -> Any:
    if not is_lazy(array):
        return Pixels(array, rgb, limits)
    from .lazy import LazyPixels

    return LazyPixels.around(array, rgb, limits)


def _read_alpha_as(source: Any, alpha: Alpha) -> Any:
    if not source.has_alpha or is_told_apart(alpha):
        return source
    return replace(source, least_alpha=HALF) if alpha == "cut" else replace(source, image=source.image[..., :3])


def _read(image: ImageLike, rgb: bool | None, frames: bool) -> tuple[Any, bool]:
    """Return an image as an array of which the last axis holds three or four channels, or none."""
    array = as_image(image)
    return arrange(array, read_axes(array.dtype, tuple(array.shape), rgb, frames=frames))


def _cut_as_image(array: Any, source: Source) -> Any:
    """Return an array of the shape of an image in its chunks; in memory if the image is."""
    if not source.is_lazy:
        return load(array)[0]
    from .lazy_arrays import cut_as

    return cut_as(array, source.image.chunks[: len(source.shape)])
