"""The source: the one way to see an image, in memory or larger than memory.

Everything that looks at pixels takes a `Source`: an image in memory is one chunk, a dask array many.
What is done with them is a function of `Pixels`, chunks in memory, and does not know which it was.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from .._checks import check_optional_flag
from .._typing import ImageLike
from .arrays import as_shaped, fold_arrays, is_lazy, load
from .beside import read_importance, read_mask
from .inputs import as_image, find_own_mask
from .intensities import Limits, Scale, check_scale, finite_range, widest
from .memory import Pixels, Place

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
    scale: Scale = "dtype",
    mask: Any = None,
    importance: Any = None,
) -> Source:
    """Return `image` as a `Source`, checked.

    Parameters
    ----------
    image : array_like, or Source
        (..., H, W), or (..., H, W, 3 or 4); bool, any integer, or float of 16 to 64 bits; numpy or
        dask, or a Pillow image. What a masked array masks has no data. A `Source` is returned as it is.
    rgb : bool, optional
        Whether the last axis holds channels; by default if it has 3 or 4 entries and is not the
        only axis beside one other.
    scale : {"dtype", "range"}, (low, high) or (low, high, gamma)
        What becomes black and white. "dtype": 0 and the largest integer, or 0 and 1 for floats and 0
        and 255 for integers of 32 and 64 bits, beyond which those are an error; "range": the smallest
        and largest finite value of the whole image; or two numbers (a layer's contrast limits), and
        its gamma. Values beyond given limits, and negative integers, are clipped.
    mask : array_like of shape (..., H, W), optional
        Bool or numbers >= 0; pixels where it is 0 have no data. One of fewer leading axes is that of all
        frames; what a NumPy masked array hides is 0.
    importance : array_like of shape (..., H, W), optional
        Bool or numbers >= 0 (labels count as their regions: any non-zero integer is 1); floats are
        taken relative to their maximum, in steps of 1/4,177,920, and what is not 0 counts for one at least.
        Frames and masked arrays as for `mask`.

    Raises
    ------
    TypeError
        If an array is not numeric, or the image is the path of a file.
    ValueError
        If the image has fewer than two axes or no pixels, or scale, mask or importance do not fit.
    """
    if hasattr(image, "read_rgb"):
        return image
    array = as_image(image)
    rgb = check_image(array.dtype, array.shape, rgb)
    source = _wrap(array, rgb, find_limits([array], scale, rgb=rgb))
    beside = {}
    for name, values, read in (("mask", mask, read_mask), ("importance", importance, read_importance)):
        if values is not None:
            beside[name] = _cut_as_image(read(values, source.shape), source)
    if (own := find_own_mask(image, rgb)) is not None:
        beside["mask"] = own if mask is None else beside["mask"] & own
    opened: Source = replace(source, **beside)
    return opened


def resolve_scale(images: Iterable[ImageLike], scale: Any, *, rgb: bool | None = None) -> Scale:
    """Return a scale in which "range" has become numbers: the range of all `images` together.

    Whatever is designed from, mapped, previewed, measured or shown of an image then has the same
    black and white. "range" looks at every pixel once; any other scale is returned as it is.
    """
    return find_limits(list(images), scale, rgb=rgb) or "dtype"


def find_limits(images: Sequence[ImageLike], scale: Any, *, rgb: bool | None = None) -> Limits | None:
    """Return the intensities that are black and white in all `images`, or None for those of their dtype."""
    scale = check_scale(scale)
    if isinstance(scale, tuple):
        return scale
    if scale == "dtype":
        return None
    low, high = widest([_range_of(as_image(image), rgb) for image in images])
    if low > high:
        raise ValueError("an image must have at least one finite value, got only NaN or infinity")
    # Of a single number, which is black then; a huge one needs a step that it can see.
    return (low, high) if low < high else (low, low + max(1.0, abs(low) / 2))


def cut_together(source: Source, beside: Sequence[Any]) -> Source:
    """Return the source, lazy where one of the arrays `beside` it is, so that all can be cut alike."""
    lazy = next(filter(is_lazy, beside), None)
    if lazy is None or source.is_lazy:
        return source
    from .lazy import cut_like

    return cut_like(source, lazy.chunks[: len(source.shape)])


def check_image(dtype: np.dtype[Any], shape: tuple[int, ...], rgb: bool | None) -> bool:
    """Return whether such an array is RGB(A); TypeError or ValueError, as in `open_source`, if it is no image."""
    if dtype.kind not in "buif":
        raise TypeError(f"an image must hold booleans, integers or floats, got {dtype}")
    if np.isnan(shape).any():
        raise ValueError(f"a dask image must have chunks of known sizes, got shape {shape}")
    rgb = is_rgb(shape) if check_optional_flag("rgb", rgb) is None else bool(rgb)
    if rgb and (len(shape) < 3 or shape[-1] not in (3, 4)):
        raise ValueError(f"an RGB image must have shape (..., H, W, 3 or 4), got {shape}")
    if len(shape) < 2:
        raise ValueError(f"an image must have at least two axes, got shape {shape}")
    if 0 in shape:
        raise ValueError(f"an image must have at least one pixel, got shape {shape}")
    return rgb


def is_rgb(shape: Sequence[int]) -> bool:
    """Return True if an array of this `shape` is taken as RGB(A) where nothing is said about it."""
    return len(shape) >= 3 and shape[-1] in (3, 4)


def shape_of(image: Any, rgb: bool | None = None) -> tuple[int, ...]:
    """Return the shape of an array without its channels, (..., H, W); TypeError or ValueError if it is no image."""
    array = as_shaped(image)
    return tuple(array.shape[:-1] if check_image(array.dtype, array.shape, rgb) else array.shape)


def _wrap(array: Any, rgb: bool, limits: Limits | None) -> Any:
    if not is_lazy(array):
        return Pixels(array, rgb, limits)
    from .lazy import LazyPixels

    return LazyPixels.around(array, rgb, limits)


def _range_of(array: Any, rgb: bool | None) -> tuple[float, float]:
    colors = array[..., :3] if check_image(array.dtype, array.shape, rgb) else array
    return fold_arrays(finite_range, [colors], widest)


def _cut_as_image(array: Any, source: Source) -> Any:
    """Return an array of the shape of an image in its chunks; in memory if the image is."""
    if not source.is_lazy:
        return load(array)[0]
    from .lazy_arrays import cut_as

    return cut_as(array, source.image.chunks[: len(source.shape)])
