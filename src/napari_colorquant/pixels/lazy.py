"""Images larger than memory, as dask arrays: the same results as from numpy, bit for bit.

Colours are counted chunk by chunk and added up in a tree; labels come back as a dask array whose
chunks are mapped when they are looked at. Where and when they are computed is dask's own
business: on threads, or on a cluster if there is a `distributed.Client`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from .intensities import Limits
from .lazy_arrays import compute_arrays, cut_as, map_chunks, widen_chunks
from .memory import Pixels, Place, with_channels
from .scheduling import fold, inside_task

Value = TypeVar("Value")

#: Pixels that one task looks at; small chunks are taken several at once, which is quicker than adding up values.
_TOGETHER = 1 << 20


@dataclass(frozen=True, eq=False)
class LazyPixels:
    """A dask image that is read chunk by chunk as 8-bit sRGB; a `Source`.

    Attributes
    ----------
    image : dask array of shape (..., H, W) or (..., H, W, 3 or 4)
        Its channels lie in one chunk.
    rgb, limits, least_alpha
        As in `Pixels`.
    mask, importance : dask array of shape (..., H, W), or None
        As in `Pixels`, cut as the image is.
    """

    image: Any
    rgb: bool
    limits: Limits | None
    mask: Any = None
    importance: Any = None
    least_alpha: int = 1

    @classmethod
    def around(cls, image: Any, rgb: bool, limits: Limits | None) -> "LazyPixels":
        """Return a dask image as a source, with its channels in one chunk."""
        return cls(image.rechunk({image.ndim - 1: -1}) if rgb else image, rgb, limits)

    @property
    def is_lazy(self) -> bool:
        """True: what is made of the pixels is made when it is looked at."""
        return True

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the labels, (..., H, W)."""
        return tuple(self.image.shape[:-1] if self.rgb else self.image.shape)

    @property
    def size(self) -> int:
        """The number of pixels."""
        return math.prod(self.shape)

    @property
    def chunks(self) -> tuple[tuple[int, ...], ...]:
        """The chunks along the axes of `shape`."""
        chunks: tuple[tuple[int, ...], ...] = self.image.chunks[: len(self.shape)]
        return chunks

    @property
    def has_alpha(self) -> bool:
        """True if the image has an alpha channel."""
        return bool(self.rgb and self.image.shape[-1] == 4)

    @property
    def may_have_gaps(self) -> bool:
        """True if some pixels may have no data: transparent, masked out, NaN or infinite."""
        return self.mask is not None or self.has_alpha or self.image.dtype.kind == "f"

    def read_rgb(self) -> Any:
        """Return the image as encoded sRGB, a dask array (..., H, W, 3) uint8."""
        return self.map(Pixels.read_rgb, np.uint8, channels=3)

    def read_valid(self) -> Any:
        """Return which pixels have data, a dask array (..., H, W) bool, or None if all must have."""
        return self.map(_valid_of, np.bool_) if self.may_have_gaps else None

    def read_alpha(self) -> Any:
        """Return the alpha channel, a dask array (..., H, W) uint8, or None if there is none."""
        return self.map(_alpha_of, np.uint8) if self.has_alpha else None

    def take(self, place: Place) -> "LazyPixels":
        """Return the image at an index over the axes of `shape`."""
        cut = {name: array[place] for name, array in self._arrays().items() if name != "image"}
        return replace(self, image=self.image[with_channels(place) if self.rgb else place], **cut)

    def load(self) -> Pixels:
        """Return the image in memory, with progress."""
        arrays = self._arrays()
        loaded = compute_arrays(*arrays.values())
        return Pixels(**self._reading(), **dict(zip(arrays, loaded, strict=True)))

    def fold(
        self, function: Callable[..., Value], combine: Callable[[list[Value]], Value], beside: Sequence[Any] = ()
    ) -> Value:
        """Turn the chunks into values, and combine these as a tree; see `Source.fold`."""
        arrays, names = self._with_beside(beside)
        chunk = math.prod(max(sizes) for sizes in self.chunks)
        task = partial(_fold_chunks, function=function, names=names, reading=self._reading())
        return fold(task, arrays, combine, group=max(1, _TOGETHER // chunk))

    def map(
        self,
        function: Callable[..., npt.NDArray[Any]],
        dtype: npt.DTypeLike,
        channels: int | None = None,
        beside: Sequence[Any] = (),
        whole_planes: bool = False,
        around: Sequence[int] = (),
    ) -> Any:
        """Return a dask array of what `function` makes of each chunk; see `Source.map`."""
        source = self._with_whole_planes() if whole_planes else self
        if any(around):
            source = source._with_chunks(widen_chunks(source.chunks, around))
        arrays, names = source._with_beside(beside)
        task = partial(_map_chunk, function=function, names=names, reading=self._reading())
        return map_chunks(task, arrays, source.chunks, dtype, channels, around)

    def _reading(self) -> dict[str, Any]:
        return {"rgb": self.rgb, "limits": self.limits, "least_alpha": self.least_alpha}

    def _arrays(self) -> dict[str, Any]:
        arrays = {"image": self.image, "mask": self.mask, "importance": self.importance}
        return {name: array for name, array in arrays.items() if array is not None}

    def _with_beside(self, beside: Sequence[Any]) -> tuple[list[Any], tuple[str | None, ...]]:
        """Return our arrays and those beside, all in our chunks, and their names; those beside have numbers."""
        arrays: dict[Any, Any] = {**self._arrays(), **dict(enumerate(beside))}
        given = {name: array for name, array in arrays.items() if array is not None}
        names = tuple(name if name in given else None for name in arrays)
        return [cut_as(array, self.chunks) for array in given.values()], names

    def _with_whole_planes(self) -> "LazyPixels":
        ndim = len(self.shape)
        return self._with_chunks({**dict.fromkeys(range(ndim - 2), 1), ndim - 2: -1, ndim - 1: -1})

    def _with_chunks(self, chunks: dict[int, Any]) -> "LazyPixels":
        return replace(self, **{name: array.rechunk(chunks) for name, array in self._arrays().items()})


def cut_like(pixels: Any, chunks: tuple[tuple[int, ...], ...]) -> LazyPixels:
    """Return an image in memory as a lazy source in `chunks` along (..., H, W)."""
    arrays = {"image": pixels.image, "mask": pixels.mask, "importance": pixels.importance}
    cut = {name: None if array is None else cut_as(array, chunks) for name, array in arrays.items()}
    return LazyPixels(rgb=pixels.rgb, limits=pixels.limits, least_alpha=pixels.least_alpha, **cut)


# What follows runs inside tasks, on any thread of any machine.


def _map_chunk(
    *chunks: npt.NDArray[Any],
    function: Callable[..., Any],
    names: tuple[Any, ...],
    reading: dict[str, Any],
    place: Any,
) -> Any:
    *leading, rows, columns = (start for start, _ in place[:-1])
    pixels, *beside = _read_row(chunks, names, reading, (rows, columns), leading[-1] if leading else 0)
    return function(pixels, *beside)


def _fold_chunks(
    *columns: list[npt.NDArray[Any]],
    function: Callable[..., Value],
    names: tuple[Any, ...],
    reading: dict[str, Any],
) -> Value:
    with inside_task():
        return function([_read_row(row, names, reading) for row in zip(*columns, strict=True)])


def _read_row(
    chunks: Sequence[npt.NDArray[Any]],
    names: tuple[Any, ...],
    reading: dict[str, Any],
    origin: tuple[int, int] = (0, 0),
    first_plane: int = 0,
) -> tuple[Any, ...]:
    """Return one chunk of the image as `Pixels`, and the chunks beside it, None where one was not given."""
    left = iter(chunks)
    named = [(name, None if name is None else next(left)) for name in names]
    own = {name: chunk for name, chunk in named if isinstance(name, str)}
    where: dict[str, Any] = {"origin": origin, "first_plane": first_plane, "is_part": True}
    pixels = Pixels(**reading, **own, **where)  # type: ignore[arg-type]
    return pixels, *(chunk for name, chunk in named if not isinstance(name, str))


def _valid_of(pixels: Pixels) -> npt.NDArray[np.bool_]:
    valid = pixels.read_valid()
    return np.ones(pixels.shape, np.bool_) if valid is None else valid


def _alpha_of(pixels: Pixels) -> npt.NDArray[np.uint8]:
    alpha = pixels.read_alpha()
    assert alpha is not None  # every chunk has the channels of the whole
    return alpha
