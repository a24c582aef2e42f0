"""An image of chunks, read as 8-bit sRGB: what `Pixels` is for an array in memory."""

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import dask.array as da
import numpy as np
import numpy.typing as npt

from .._typing import RGB8, Labels, Valid
from ..mapping.dither import dither_labels
from ..mapping.labels import map_image
from ..mapping.recolor import recolor_image
from ..mapping.tables import table_of, target_of
from ..pixels.counting import check_counts, count_parts, read_parts
from ..pixels.counts import ColorCounts
from ..pixels.memory import IMPORTANCE_UNIT, Pixels, Scale, check_image, check_scale, finite_range
from ..registry import Method
from ..spaces import Metric
from ._scheduling import fold, inside_task

#: Pixels that one task counts; small chunks are counted several at once, which is quicker than adding them up.
_TOGETHER = 1 << 20


@dataclass(frozen=True, eq=False)
class LazyPixels:
    """A dask image that is read chunk by chunk as 8-bit sRGB.

    Attributes
    ----------
    image : dask array of shape (..., H, W) or (..., H, W, 3 or 4)
        Its channels lie in one chunk.
    rgb : bool
        True if the last axis holds channels.
    limits : tuple of float, or None
        The intensities that become 0 and 1.
    mask : dask array of shape (..., H, W), bool, or None
        False where pixels have no data.
    importance : dask array of shape (..., H, W), uint16, or None
        What a pixel counts for in a design, see `Pixels`.
    """

    image: Any
    rgb: bool
    limits: tuple[float, float] | None
    mask: Any = None
    importance: Any = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the labels, (..., H, W)."""
        return tuple(self.image.shape[:-1] if self.rgb else self.image.shape)

    @property
    def may_have_gaps(self) -> bool:
        """True if some pixels may have no data: transparent, masked out, NaN or infinite."""
        return self.mask is not None or (self.rgb and self.image.shape[-1] == 4) or self.image.dtype.kind == "f"

    def read_alpha(self) -> Any:
        """Return the alpha channel, a dask array (..., H, W) uint8, or None if there is none."""
        return self._map_chunks(_alpha_of_chunk, np.uint8) if self.rgb and self.image.shape[-1] == 4 else None

    def read_rgb(self) -> Any:
        """Return the image as encoded sRGB, a dask array (..., H, W, 3) uint8."""
        return self._map_chunks(_rgb_of_chunk, np.uint8, channels=3)

    def read_valid(self) -> Any:
        """Return which pixels have data, a dask array (..., H, W) bool, or None if all must have."""
        return self._map_chunks(_valid_of_chunk, np.bool_) if self.may_have_gaps else None

    def with_importance(self, importance: Any) -> "LazyPixels":
        """Return the same image with an importance per pixel; see `Pixels.with_importance`."""
        array = self._fit("importance", importance)
        low, top = fold(_range_of_importance, [array], _widest)
        if not (np.isfinite([low, top]).all() and low >= 0):
            raise ValueError("importance must be finite and >= 0 everywhere")
        if top == 0:
            raise ValueError("importance must be > 0 for at least one pixel, got 0 everywhere")
        return replace(self, importance=array.map_blocks(_to_units, top=top, dtype=np.uint16))

    def count(self) -> ColorCounts:
        """Return the distinct colours, added up over the chunks; ValueError if no pixel has data."""
        given = {"image": self.image, "mask": self.mask, "importance": self.importance}
        arrays = {name: array for name, array in given.items() if array is not None}
        chunk = math.prod(max(sizes) for sizes in self.image.chunks[: len(self.shape)])
        count = partial(_count_chunks, names=tuple(arrays), rgb=self.rgb, limits=self.limits)
        return check_counts(fold(count, list(arrays.values()), _add_counts, group=max(1, _TOGETHER // chunk)))

    def map(self, colors: RGB8, metric: Metric, dither: tuple[Method, dict[str, Any]] | None = None) -> tuple[Any, Any]:
        """Return labels and valid, (..., H, W), as dask arrays that are computed when looked at.

        Parameters
        ----------
        colors : ndarray of shape (K, 3), uint8
            The palette.
        metric : Metric
            What "nearest" means.
        dither : method and options, optional
            A sequential one takes whole planes, hence chunks of whole planes.
        """
        pixels = self._with_whole_planes() if dither is not None and dither[0].sequential else self
        labels = pixels._map_chunks(_label_chunk, np.uint8, colors=colors, metric=metric, dither=dither)
        return labels, pixels.read_valid()

    def recolor(self, colors: RGB8, metric: Metric, keep: str) -> Any:
        """Return the recoloured image, a dask array (..., H, W, 3) uint8; see `levers.recolor_image`."""
        return self._map_chunks(_recolor_chunk, np.uint8, channels=3, colors=colors, metric=metric, keep=keep)

    def _with_whole_planes(self) -> "LazyPixels":
        plane = {len(self.shape) - 2: -1, len(self.shape) - 1: -1}
        frames = dict.fromkeys(range(len(self.shape) - 2), 1)
        mask = None if self.mask is None else self.mask.rechunk({**frames, **plane})
        return replace(self, image=self.image.rechunk({**frames, **plane}), mask=mask)

    def _map_chunks(self, function: Any, dtype: Any, channels: int | None = None, **options: Any) -> Any:
        # The mask gets a last axis too, so that chunks of both are matched; the result loses it again.
        arrays = [self.image] if self.mask is None else [self.image, self.mask[..., None] if self.rgb else self.mask]
        last = len(self.shape)
        axes: dict[str, Any] = {"drop_axis": [last]} if self.rgb and channels is None else {}
        if channels is not None:
            axes = {"chunks": (*self.image.chunks[:last], (channels,)), "new_axis": None if self.rgb else [last]}
        meta = np.empty((0,) * (last + (channels is not None)), dtype)
        return da.map_blocks(
            function, *arrays, rgb=self.rgb, limits=self.limits, **options, dtype=dtype, meta=meta, **axes
        )

    def _fit(self, name: str, values: Any) -> Any:
        array = da.asanyarray(values)
        if array.shape != self.shape:
            try:
                array = da.broadcast_to(array, self.shape)
            except ValueError:
                raise ValueError(f"{name} must have the shape of the image, {self.shape}, got {array.shape}") from None
        return array.rechunk(self.image.chunks[: len(self.shape)])


def read_lazy_image(image: Any, *, rgb: bool | None = None, scale: Scale = "dtype", mask: Any = None) -> LazyPixels:
    """Return `image`, dask or numpy, as `LazyPixels`, checked; the parameters and errors are those of `read_image`.

    ``scale="range"`` reads the image once; everything else is looked at when it is computed.
    """
    image = da.asanyarray(image)
    if np.isnan(image.shape).any():
        raise ValueError(f"a dask image must have chunks of known sizes, got shape {image.shape}")
    rgb = check_image(image.dtype, image.shape, rgb)
    if rgb:
        image = image.rechunk({image.ndim - 1: -1})
    pixels = LazyPixels(image, rgb, _find_limits(image[..., :3] if rgb else image, scale))
    return pixels if mask is None else replace(pixels, mask=pixels._fit("mask", mask) != 0)


def _find_limits(image: Any, scale: Scale) -> tuple[float, float] | None:
    scale = check_scale(scale)
    if isinstance(scale, tuple):
        return scale
    if scale == "dtype":
        return None
    low, high = fold(_range_of_chunk, [image], _widest)
    if low > high:
        finite_range(np.empty(0))  # which knows what to say
    return (low, high) if low < high else (low, low + 1.0)


# What follows runs inside tasks, on any thread of any machine.


def _count_chunks(
    *columns: list[Any], names: tuple[str, ...], rgb: bool, limits: tuple[float, float] | None
) -> ColorCounts:
    with inside_task():
        chunks = (
            Pixels(rgb=rgb, limits=limits, **dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)
        )
        return count_parts(part for pixels in chunks for part in read_parts(pixels))


def _add_counts(several: list[ColorCounts]) -> ColorCounts:
    total = several[0]
    for each in several[1:]:
        total = total + each
    return total


def _range_of_chunk(chunks: list[npt.NDArray[Any]]) -> tuple[float, float]:
    (chunk,) = chunks
    if chunk.dtype.kind == "f" and not np.isfinite(chunk).any():
        return np.inf, -np.inf
    return finite_range(chunk)


def _range_of_importance(chunks: list[npt.NDArray[Any]]) -> tuple[float, float]:
    (chunk,) = chunks
    if chunk.dtype.kind != "f":
        return 0.0, float(chunk.any())
    return (float(chunk.min()), float(chunk.max())) if np.isfinite(chunk).all() else (-np.inf, np.inf)


def _widest(ranges: list[tuple[float, float]]) -> tuple[float, float]:
    lows, highs = zip(*ranges, strict=True)
    return min(lows), max(highs)


def _to_units(chunk: npt.NDArray[Any], top: float) -> npt.NDArray[np.uint16]:
    units = np.rint(chunk * (IMPORTANCE_UNIT / top)) if chunk.dtype.kind == "f" else (chunk != 0) * IMPORTANCE_UNIT
    return units.astype(np.uint16)


def _read_chunk(
    chunk: npt.NDArray[Any], masks: tuple[Any, ...], rgb: bool, limits: tuple[float, float] | None
) -> Pixels:
    mask = masks[0].reshape(chunk.shape[:-1] if rgb else chunk.shape) if masks else None
    return Pixels(chunk, rgb, limits, mask)


def _label_chunk(
    chunk: npt.NDArray[Any],
    *masks: Any,
    rgb: bool,
    limits: tuple[float, float] | None,
    colors: RGB8,
    metric: Metric,
    dither: tuple[Method, dict[str, Any]] | None,
    block_info: Any = None,
) -> Labels:
    with inside_task():
        pixels = _read_chunk(chunk, masks, rgb, limits)
        labels, valid = map_image(pixels, colors, metric, table_of(colors, metric))
        if dither is None:
            return labels
        rows, columns = block_info[None]["array-location"][-2:]
        target = target_of(colors, metric)
        return dither_labels(pixels, labels, valid, target, *dither, origin=(rows[0], columns[0]))


def _recolor_chunk(
    chunk: npt.NDArray[Any],
    *masks: Any,
    rgb: bool,
    limits: tuple[float, float] | None,
    colors: RGB8,
    metric: Metric,
    keep: str,
) -> RGB8:
    with inside_task():
        return recolor_image(_read_chunk(chunk, masks, rgb, limits), colors, metric, keep)


def _valid_of_chunk(chunk: npt.NDArray[Any], *masks: Any, rgb: bool, limits: tuple[float, float] | None) -> Valid:
    pixels = _read_chunk(chunk, masks, rgb, limits)
    valid = pixels.read_valid()
    return np.ones(pixels.shape, np.bool_) if valid is None else valid.reshape(pixels.shape)


def _rgb_of_chunk(chunk: npt.NDArray[Any], *masks: Any, rgb: bool, limits: tuple[float, float] | None) -> RGB8:
    pixels = _read_chunk(chunk, masks, rgb, limits)
    return pixels.read()[0].reshape(*pixels.shape, 3)


def _alpha_of_chunk(chunk: npt.NDArray[Any], *masks: Any, rgb: bool, limits: tuple[float, float] | None) -> Any:
    return _read_chunk(chunk, masks, rgb, limits).read_alpha()
