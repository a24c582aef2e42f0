"""Any image as blocks of 8-bit sRGB pixels: the door between users' arrays and everything inside.

Images come as integers, floats or booleans, gray, RGB or RGBA, with any number of leading axes, in
any memory layout. Nothing is converted as a whole: blocks are read one at a time, so that the
memory in use does not grow with the image.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from .._typing import RGB8, ImageLike, Valid

#: How intensities become 0..1: by dtype, by the range of the data, or from two given limits.
Scale: TypeAlias = str | tuple[float, float]
#: Pixels in one block: many where they are read in place, fewer where they are converted.
BLOCK_IN_PLACE = 1 << 22
BLOCK_CONVERTED = 1 << 20
#: Importance is counted in this fixed point, so that sums are exact in any order.
IMPORTANCE_UNIT = 255

Place: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Pixels:
    """An image that is read block by block as 8-bit sRGB.

    Attributes
    ----------
    image : ndarray
        The array as it was given: (..., H, W) gray, or (..., H, W, 3 or 4) RGB or RGBA.
    rgb : bool
        True if the last axis holds channels.
    limits : tuple of float, or None
        The intensities that become 0 and 1, and beyond which values are clipped. None: those of
        the dtype, beyond which a float is an error.
    mask : ndarray or None
        (..., H, W) bool, False where pixels have no data.
    importance : ndarray or None
        (..., H, W) uint16, what a pixel counts for in a design, in units of 1/`IMPORTANCE_UNIT`.
    """

    image: npt.NDArray[Any]
    rgb: bool
    limits: tuple[float, float] | None
    mask: Valid | None = None
    importance: npt.NDArray[np.uint16] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the labels, (..., H, W)."""
        return self.image.shape[:-1] if self.rgb else self.image.shape

    @property
    def has_alpha(self) -> bool:
        """True if the image has an alpha channel."""
        return self.rgb and self.image.shape[-1] == 4

    @property
    def may_have_gaps(self) -> bool:
        """True if some pixels may have no data: transparent, masked out, NaN or infinite."""
        return self.mask is not None or self.has_alpha or self.image.dtype.kind == "f"

    def blocks(self) -> Iterator[Place]:
        """Iterate over index tuples of rows of one plane, of a bounded number of pixels, in order."""
        *leading, height, width = self.shape
        in_place = self.image.dtype == np.uint8 and self.rgb and self.image.flags.c_contiguous
        rows = max(1, (BLOCK_IN_PLACE if in_place else BLOCK_CONVERTED) // width)
        for plane in np.ndindex(*leading):
            for start in range(0, height, rows):
                yield (*plane, slice(start, min(start + rows, height)))

    def read(self, place: Place = ()) -> tuple[RGB8, Valid | None]:
        """Return the pixels at `place` as (n, 3) uint8 sRGB and (n,) bool, or None where all have data.

        Raises
        ------
        ValueError
            If floats lie outside 0..1 and no scale was given.
        """
        part = self.image[place]
        channels = part.reshape(-1, part.shape[-1]) if self.rgb else part.reshape(-1, 1)
        valid = self._find_valid(channels, place)
        color = channels[:, :3]
        if color.dtype != np.uint8 or self.limits not in (None, (0.0, 255.0)):
            color = _to_uint8(color, self.limits, valid)
        if color.shape[1] == 1:
            color = np.repeat(color, 3, axis=1)
        return np.ascontiguousarray(color), valid

    def read_valid(self, place: Place = ()) -> Valid | None:
        """Return which pixels at `place` have data, (n,) bool, or None where all do."""
        part = self.image[place]
        return self._find_valid(part.reshape(-1, part.shape[-1] if self.rgb else 1), place)

    def read_alpha(self) -> npt.NDArray[np.uint8] | None:
        """Return the alpha channel, (..., H, W) uint8, or None if there is none."""
        if not self.has_alpha:
            return None
        alpha = self.image[..., 3]
        return alpha if alpha.dtype == np.uint8 else _to_uint8(alpha, None, None)

    def read_importance(self, place: Place = ()) -> npt.NDArray[np.uint16] | None:
        """Return the importance of the pixels at `place`, (n,) uint16, or None where all count alike."""
        return None if self.importance is None else self.importance[place].reshape(-1)

    def with_importance(self, importance: Any) -> "Pixels":
        """Return the same image with an importance per pixel.

        Parameters
        ----------
        importance : array_like of shape (..., H, W)
            Bool or numbers >= 0 (labels count as their regions: any non-zero integer is 1);
            floats are taken relative to their maximum.

        Raises
        ------
        ValueError
            If the shape differs, a value is negative or not finite, or all are 0.
        """
        array = _match_shape("importance", importance, self.shape)
        if array.dtype.kind == "f":
            if not np.isfinite(array).all() or array.min() < 0:
                raise ValueError("importance must be finite and >= 0 everywhere")
            top = float(array.max())
            array = np.rint(array * (IMPORTANCE_UNIT / top)) if top > 0 else array
        else:
            array = (array != 0) * np.uint16(IMPORTANCE_UNIT)
        if not array.any():
            raise ValueError("importance must be > 0 for at least one pixel, got 0 everywhere")
        return replace(self, importance=array.astype(np.uint16))

    def _find_valid(self, channels: npt.NDArray[Any], place: Place) -> Valid | None:
        valid = None if self.mask is None else self.mask[place].reshape(-1)
        if self.has_alpha:
            opaque = channels[:, 3] > 0
            valid = opaque if valid is None else valid & opaque
        if channels.dtype.kind == "f":
            finite = np.isfinite(channels).all(axis=1)
            valid = finite if valid is None else valid & finite
        return None if valid is None or valid.all() else np.ascontiguousarray(valid)


def read_image(image: ImageLike, *, rgb: bool | None = None, scale: Scale = "dtype", mask: Any = None) -> Pixels:
    """Return `image` as `Pixels`, checked.

    Parameters
    ----------
    image : array_like
        (..., H, W), or (..., H, W, 3 or 4); bool, any integer, or float of 16 to 64 bits.
    rgb : bool, optional
        Whether the last axis holds channels; by default if it has 3 or 4 entries and is not the
        only axis beside one other.
    scale : {"dtype", "range"} or (low, high)
        What becomes black and white. "dtype": 0 and the largest integer, or 0 and 1 for floats;
        "range": the smallest and largest finite value; or two numbers (a layer's contrast limits).
        Values beyond given limits, and negative integers, are clipped.
    mask : array_like of shape (..., H, W), optional
        Pixels where it is 0 have no data.

    Raises
    ------
    TypeError
        If the array is not numeric.
    ValueError
        If it has fewer than two axes or no pixels, or scale or mask do not fit.
    """
    array = np.asarray(image)
    rgb = check_image(array.dtype, array.shape, rgb)
    pixels = Pixels(array, rgb, _find_limits(array[..., :3] if rgb else array, scale))
    if mask is None:
        return pixels
    shown = _match_shape("mask", mask, pixels.shape) != 0
    if not shown.any():
        raise ValueError("mask must leave at least one pixel, got none")
    return replace(pixels, mask=shown)


def check_image(dtype: np.dtype[Any], shape: tuple[int, ...], rgb: bool | None) -> bool:
    """Return whether such an array is RGB(A); TypeError or ValueError, as in `read_image`, if it is no image."""
    if dtype.kind not in "buif":
        raise TypeError(f"an image must hold booleans, integers or floats, got {dtype}")
    rgb = is_rgb(shape) if rgb is None else rgb
    if rgb and (len(shape) < 3 or shape[-1] not in (3, 4)):
        raise ValueError(f"an RGB image must have shape (..., H, W, 3 or 4), got {shape}")
    if len(shape) < 2:
        raise ValueError(f"an image must have at least two axes, got shape {shape}")
    if 0 in shape:
        raise ValueError(f"an image must have at least one pixel, got shape {shape}")
    return rgb


def is_lazy(image: Any) -> bool:
    """Return True for a dask array: an image that exists only while it is looked at."""
    return hasattr(image, "__dask_graph__") and hasattr(image, "chunks")


def is_rgb(shape: Sequence[int]) -> bool:
    """Return True if an array of this `shape` is taken as RGB(A) unless somebody says otherwise."""
    return len(shape) >= 3 and shape[-1] in (3, 4)


def dtype_limits(dtype: np.dtype[Any]) -> tuple[float, float]:
    """Return the intensities that are black and white by convention for `dtype`."""
    return (0.0, float(np.iinfo(dtype).max)) if dtype.kind in "ui" else (0.0, 1.0)


def check_scale(scale: Any) -> Scale:
    """Return `scale` if it is "dtype", "range" or two rising finite numbers; ValueError otherwise."""
    if isinstance(scale, str):
        if scale in ("dtype", "range"):
            return scale
    elif len(pair := tuple(float(limit) for limit in scale)) == 2 and np.isfinite(pair).all() and pair[0] < pair[1]:
        return pair[0], pair[1]
    raise ValueError(f"scale must be 'dtype', 'range' or two rising numbers (low, high), got {scale!r}")


def _find_limits(array: npt.NDArray[Any], scale: Scale) -> tuple[float, float] | None:
    scale = check_scale(scale)
    if isinstance(scale, tuple):
        return scale
    if scale == "dtype":
        return None
    low, high = finite_range(array)
    return (low, high) if low < high else (low, low + 1.0)


def finite_range(array: npt.NDArray[Any]) -> tuple[float, float]:
    """Return the smallest and largest finite value; ValueError if there is none."""
    finite = array[np.isfinite(array)] if array.dtype.kind == "f" else array
    if finite.size == 0:
        raise ValueError("an image must have at least one finite value, got only NaN or infinity")
    return float(finite.min()), float(finite.max())


def _match_shape(name: str, values: Any, shape: tuple[int, ...]) -> npt.NDArray[Any]:
    array = np.asarray(values)
    if array.shape != shape:
        try:
            array = np.broadcast_to(array, shape)  # one mask for all frames of a stack
        except ValueError:
            raise ValueError(f"{name} must have the shape of the image, {shape}, got {array.shape}") from None
    return array


def _to_uint8(
    values: npt.NDArray[Any], limits: tuple[float, float] | None, valid: Valid | None
) -> npt.NDArray[np.uint8]:
    low, high = limits or dtype_limits(values.dtype)
    if values.dtype.kind == "b":
        return values * np.uint8(255)
    scaled: npt.NDArray[np.floating[Any]] = values.astype(np.float32 if values.dtype.itemsize <= 2 else np.float64)
    if values.dtype.kind == "f":
        if valid is not None:
            scaled[~valid] = low
        if limits is None and (scaled.min() < 0 or scaled.max() > 1):
            raise ValueError(
                f"floats must lie in 0..1, got {scaled.min():.4g}..{scaled.max():.4g}; "
                "give scale='range' or scale=(low, high)"
            )
    scaled = (scaled - low) * (255.0 / (high - low))
    rounded: npt.NDArray[np.uint8] = np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)
    return rounded
