"""An image in memory as blocks of sRGB pixels.

Images come as integers, floats or booleans, gray, RGB or RGBA, with any number of leading axes, in
any memory layout. Nothing is converted as a whole: blocks are read one at a time, so that the
memory in use does not grow with the image.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from .._typing import RGB8, Levels, Valid
from .alpha import drop_alpha
from .intensities import Limits, ScaleNeededError, alpha_to_8bit, check_convention, to_8bit, to_levels

#: Pixels in one block: many where they are read in place, fewer where they are converted.
BLOCK_IN_PLACE = 1 << 22
BLOCK_CONVERTED = 1 << 20

Value = TypeVar("Value")
Place: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Pixels:
    """An image in memory, or a chunk of one, that is read block by block as sRGB; a `Source`.

    Attributes
    ----------
    image : ndarray
        The array as it was given: (..., H, W) gray, or (..., H, W, 3 or 4) RGB or RGBA.
    rgb : bool
        True if the last axis holds channels.
    limits : tuple of float, or None
        The intensities that become 0 and 1, beyond which values are clipped, and a gamma if it is
        not 1. None: those of the dtype.
    mask : ndarray or None
        (..., H, W) bool, False where pixels have no data.
    importance : ndarray or None
        (..., H, W) uint32, what a pixel counts for in a design, in units of 1/`IMPORTANCE_UNIT`.
    origin : tuple of int
        Row and column of the first pixel in the whole plane.
    first_plane : int
        Index of the first plane along the axis before the rows in the whole stack.
    is_part : bool
        True for a chunk of a larger image: what is worked out for it serves other chunks, too.
    least_alpha : int
        Pixels of less alpha, in 0..255, have no data. All others are opaque if it is more than 1, see
        `napari_colorquant.pixels.alpha`.
    """

    image: npt.NDArray[Any]
    rgb: bool
    limits: Limits | None
    mask: Valid | None = None
    importance: npt.NDArray[np.uint32] | None = None
    origin: tuple[int, int] = (0, 0)
    first_plane: int = 0
    is_part: bool = False
    least_alpha: int = 1

    @property
    def is_lazy(self) -> bool:
        """False: what is made of the pixels is made at once."""
        return False

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the labels, (..., H, W)."""
        return self.image.shape[:-1] if self.rgb else self.image.shape

    @property
    def size(self) -> int:
        """The number of pixels."""
        return math.prod(self.shape)

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
        """Return the pixels at `place` as (n, 3) uint8 sRGB and (n,) bool, or None where all have data."""
        levels, valid = self.read_levels(place)
        return to_8bit(levels), valid

    def read_levels(self, place: Place = ()) -> tuple[Levels, Valid | None]:
        """Return the pixels at `place` in full depth, see `to_levels`: (n, 3) uint8 or uint16 sRGB, and as `read`.

        Raises
        ------
        ScaleNeededError
            If no scale was given, and floats lie outside 0..1, large integers outside 0..255, or others below 0.
        """
        channels = self._channels(place)
        valid = self._find_valid(channels, place)
        try:
            levels = to_levels(channels[:, :3], self.limits, valid)
        except ScaleNeededError:  # which knows the range of these pixels, not of all
            colors = self.image[..., :3] if self.rgb else self.image
            check_convention(colors, self.mask, " in a part of it" if self.is_part else "")
            raise
        if levels.shape[1] == 1:
            levels = np.repeat(levels, 3, axis=1)
        return (drop_alpha(levels) if self.has_alpha else np.ascontiguousarray(levels)), valid

    def read_valid_at(self, place: Place = ()) -> Valid | None:
        """Return which pixels at `place` have data, as `read` does."""
        return self._find_valid(self._channels(place), place)

    def read_raw(self, place: Place = ()) -> npt.NDArray[Any]:
        """Return the numbers at `place` as they were given, without alpha: (n, 1 or 3)."""
        return self._channels(place)[:, :3]

    def read_importance(self, place: Place = ()) -> npt.NDArray[np.uint32] | None:
        """Return the importance of the pixels at `place`, (n,) uint32, or None where all count alike."""
        return None if self.importance is None else self.importance[place].reshape(-1)

    def read_rgb(self) -> RGB8:
        """Return the whole image as encoded sRGB, (..., H, W, 3) uint8."""
        rgb = [self.read(place)[0] for place in self.blocks()]
        return (rgb[0] if len(rgb) == 1 else np.concatenate(rgb)).reshape(*self.shape, 3)

    def read_valid(self) -> Valid | None:
        """Return which pixels have data, (..., H, W) bool, or None if all have."""
        if not self.may_have_gaps:
            return None
        valid = np.ones(self.shape, np.bool_)
        for place in self.blocks():
            shown = self._find_valid(self._channels(place), place)
            if shown is not None:
                valid[place] = shown.reshape(valid[place].shape)
        return None if valid.all() else valid

    def read_alpha(self) -> npt.NDArray[np.uint8] | None:
        """Return the alpha channel, (..., H, W) uint8, or None if there is none; 0 and 255 where it is cut."""
        if not self.has_alpha:
            return None
        return self._cut(alpha_to_8bit(self.image[..., 3], self.limits))

    def read_alpha_at(self, place: Place = ()) -> npt.NDArray[np.uint8] | None:
        """Return the alpha of the pixels at `place`, (n,) uint8, or None where all that have data are opaque."""
        if not self.has_alpha or self.least_alpha > 1:
            return None
        return np.ascontiguousarray(alpha_to_8bit(self._channels(place)[:, 3], self.limits))

    def take(self, place: Place) -> "Pixels":
        """Return the image at an index over the axes of `shape`: a frame, a crop, every second pixel; views."""
        cut = {name: array[place] for name, array in self._beside().items()}
        return replace(self, image=self.image[with_channels(place) if self.rgb else place], **cut)

    def load(self) -> "Pixels":
        """Return the image in memory, which it is."""
        return self

    def fold(
        self,
        function: Callable[..., Value],
        combine: Callable[[list[Value]], Value],
        beside: Sequence[Any] = (),
    ) -> Value:
        """Return what `function` makes of the image, which is one chunk; see `Source.fold`."""
        return function([(self, *beside)])

    def map(
        self,
        function: Callable[..., npt.NDArray[Any]],
        dtype: npt.DTypeLike,
        channels: int | None = None,
        beside: Sequence[Any] = (),
        whole_planes: bool = False,
        around: Sequence[int] = (),
    ) -> Any:
        """Return what `function` makes of the image, which is one chunk; see `Source.map`."""
        return function(self, *beside)

    def _channels(self, place: Place) -> npt.NDArray[Any]:
        """Return the pixels at `place` as they were given, (n, C)."""
        part = self.image[place]
        return part.reshape(-1, part.shape[-1] if self.rgb else 1)

    def _cut(self, alpha: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        return alpha.copy() if self.least_alpha <= 1 else np.where(alpha >= self.least_alpha, 255, 0).astype(np.uint8)

    def _beside(self) -> dict[str, Any]:
        arrays = {"mask": self.mask, "importance": self.importance}
        return {name: array for name, array in arrays.items() if array is not None}

    def _find_valid(self, channels: npt.NDArray[Any], place: Place) -> Valid | None:
        valid = None if self.mask is None else self.mask[place].reshape(-1)
        if self.has_alpha:
            seen = alpha_to_8bit(channels[:, 3], self.limits) >= self.least_alpha
            valid = seen if valid is None else valid & seen
        if channels.dtype.kind == "f":
            finite = np.isfinite(channels).all(axis=1)
            valid = finite if valid is None else valid & finite
        return None if valid is None or valid.all() else np.ascontiguousarray(valid)


def with_channels(place: Place) -> Place:
    """Return an index over (..., H, W) as one over (..., H, W, C), with all channels."""
    return (*place, slice(None)) if ... in place else (*place, ..., slice(None))
