"""An image as a viewer displays it: its intensities between two limits, bent by a gamma, through a colormap.

The order of the steps is that of napari's shaders, so that what is computed here is what is seen there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from .intensities import dtype_limits

#: How a layer joins what lies below it, by napari's names.
Blending: TypeAlias = Literal["translucent", "translucent_no_depth", "additive", "minimum", "opaque", "multiplicative"]
BLENDINGS: tuple[Blending, ...] = get_args(Blending)
RGBA: TypeAlias = npt.NDArray[np.float32]

#: Colours that a colormap is tabulated in: half a step is then far below an 8-bit level.
FINE = 4096
#: Viewers keep a colormap as a texture of so many colours of 8 bits, and mix neighbours.
_TEXELS = 1024
#: Shaders call so much next to 0 and 1 "the end".
_END = 1e-12


@dataclass(frozen=True, eq=False)
class DisplayedImage:
    """One layer of a composite.

    Attributes
    ----------
    array : array of shape (..., H, W), or with `rgb` (..., H, W, 3 or 4)
        Booleans, integers or floats, numpy or dask.
    colormap : array_like of shape (N, 3) or (N, 4), N >= 2
        sRGB in 0..1, encoded, from black (the lower limit) to white (the upper): evenly spaced stops with
        linear mixtures between them; a table of `FINE` rows or more is taken as it is, steps and all.
        Without meaning for RGB images.
    limits : tuple of float, or None
        The intensities at the ends of the colormap; equal ones put all at its start. RGB images are
        stretched between them, too. None: those of the dtype.
    gamma : float
        > 0; the exponent of what the limits leave of an intensity.
    opacity : float
        In 0..1.
    blending : Blending
        As in napari, "additive" adds, and "minimum", "opaque" and "multiplicative" do not ask for the opacity.
    rgb : bool
        Whether the last axis holds channels.
    under, over : sequence of 3 or 4 floats, optional
        Colours of intensities at or beyond the limits, where they differ from the ends of the colormap.
    bad : sequence of 3 or 4 floats
        The colour of NaN; transparent by default. A NaN of an RGB image is black, or transparent in alpha.

    Raises
    ------
    TypeError
        If the array is not numeric.
    ValueError
        If a value lies outside of what is said above.
    """

    array: Any
    colormap: Any = ((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    limits: tuple[float, float] | None = None
    gamma: float = 1.0
    opacity: float = 1.0
    blending: Blending = "translucent"
    rgb: bool = False
    under: Sequence[float] | None = None
    over: Sequence[float] | None = None
    bad: Sequence[float] = (0.0, 0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        if self.array.dtype.kind not in "buif":
            raise TypeError(f"a displayed image must hold booleans, integers or floats, got {self.array.dtype}")
        if len(self.shape) < 2 or (self.rgb and self.array.shape[-1] not in (3, 4)):
            wanted = "(..., H, W, 3 or 4)" if self.rgb else "(..., H, W)"
            raise ValueError(f"a displayed image must have shape {wanted}, got {self.array.shape}")
        table = np.shape(self.colormap)
        if len(table) != 2 or table[0] < 2 or table[1] not in (3, 4):
            raise ValueError(f"colormap must have shape (N, 3) or (N, 4) with N >= 2, got {table}")
        low, high = self.bounds
        if not (np.isfinite([low, high]).all() and low <= high):
            raise ValueError(f"limits must be two finite numbers, the lower first, got {self.limits}")
        if not (np.isfinite(self.gamma) and self.gamma > 0):
            raise ValueError(f"gamma must be > 0, got {self.gamma}")
        if not 0 <= self.opacity <= 1:
            raise ValueError(f"opacity must lie in 0..1, got {self.opacity}")
        if self.blending not in BLENDINGS:
            raise ValueError(f"blending must be one of {BLENDINGS}, got {self.blending!r}")

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape without channels, (..., H, W)."""
        return tuple(self.array.shape[:-1] if self.rgb else self.array.shape)

    @property
    def bounds(self) -> tuple[float, float]:
        """The limits as they are used."""
        return self.limits or dtype_limits(self.array.dtype)

    def shade(self, values: npt.NDArray[Any]) -> tuple[npt.NDArray[np.int32], RGBA]:
        """Return pixels as rows of a table of colours.

        Parameters
        ----------
        values : ndarray of shape (N,), or with `rgb` (N, 3 or 4)
            Pixels of `array`.

        Returns
        -------
        rows : ndarray of shape (N,), int32
        table : ndarray of shape (K, 4), float32
            sRGB in 0..1, encoded, and alpha with the opacity in it.
        """
        if self.rgb:
            return np.arange(len(values), dtype=np.int32), self._stretch(values)
        if _is_small(values.dtype):
            return values.view(_unsigned(values.dtype)).astype(np.int32), self._all_levels
        return self._find_rows(values), self._table

    @cached_property
    def _all_levels(self) -> RGBA:
        """The colours of all values that a small dtype has: then no pixel needs a power."""
        count = 1 << (8 * self.array.dtype.itemsize)
        every = np.arange(count).astype(_unsigned(self.array.dtype)).view(self._level_dtype)
        return np.ascontiguousarray(self._table[self._find_rows(every)])

    @property
    def _level_dtype(self) -> np.dtype[Any]:
        dtype: np.dtype[Any] = self.array.dtype
        return np.dtype(np.uint8) if dtype.kind == "b" else dtype

    @cached_property
    def _table(self) -> RGBA:
        """The colormap, and below it the colours of too small, too large and missing values."""
        stops = np.array([_to_rgba(color) for color in np.asarray(self.colormap, np.float64)])
        ends = [stops[0] if self.under is None else self.under, stops[-1] if self.over is None else self.over, self.bad]
        fine = stops if len(stops) >= FINE else _mix_texels(stops)
        table = _in_8_bits(np.concatenate([fine, [_to_rgba(color) for color in ends]]))
        table[:, 3] *= self.opacity
        return table.astype(np.float32)

    def _find_rows(self, values: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
        count = len(self._table) - 3
        placed = self._place(values)
        missing = np.isnan(placed)
        rows: npt.NDArray[np.int32] = np.minimum(np.where(missing, 0, placed) * count, count - 1).astype(np.int32)
        rows[placed <= _END] = count
        rows[placed >= 1 - _END] = count + 1
        rows[missing] = count + 2
        return rows

    def _place(self, values: npt.NDArray[Any]) -> npt.NDArray[np.floating[Any]]:
        """Return where intensities lie between the limits, in 0..1; NaN stays NaN."""
        low, high = self.bounds
        wide: npt.NDArray[np.floating[Any]] = values.astype(np.float32 if values.dtype.itemsize <= 2 else np.float64)
        if low == high:
            return np.where(np.isnan(wide), wide, 0)
        placed: npt.NDArray[np.floating[Any]] = np.clip((wide - low) / (high - low), 0, 1)
        return placed if self.gamma == 1 else placed**self.gamma

    def _stretch(self, values: npt.NDArray[Any]) -> RGBA:
        """Return RGB or RGBA pixels between the limits, (N, 4)."""
        colors = np.ones((len(values), 4), np.float32)
        colors[:, :3] = _in_8_bits(np.nan_to_num(self._place(values[:, :3]), nan=0.0))
        if values.shape[1] == 4:
            dtype = values.dtype
            white = float(np.iinfo(dtype).max) if dtype.kind == "u" and dtype.itemsize <= 2 else 1.0
            colors[:, 3] = np.clip(np.nan_to_num(values[:, 3].astype(np.float64), nan=0.0) / white, 0, 1)
        colors[:, 3] *= self.opacity
        return colors


def _mix_texels(stops: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return evenly spaced stops as `FINE` colours, mixed as a graphics card mixes the pixels of a texture."""
    places, texels = np.linspace(0, 1, len(stops)), np.arange(_TEXELS)
    texture = _in_8_bits(np.stack([np.interp(texels / (_TEXELS - 1), places, axis) for axis in stops.T], axis=1))
    at = (np.arange(FINE) + 0.5) * (_TEXELS / FINE) - 0.5
    return np.stack([np.interp(at, texels, axis) for axis in texture.T], axis=1)


def _in_8_bits(colors: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    rounded: npt.NDArray[np.float64] = np.rint(np.clip(colors, 0, 1).astype(np.float64) * 255) / 255
    return rounded


def _is_small(dtype: np.dtype[Any]) -> bool:
    return dtype.kind in "bui" and dtype.itemsize <= 2


def _unsigned(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return np.dtype(f"u{dtype.itemsize}")


def _to_rgba(color: Any) -> npt.NDArray[np.float64]:
    return np.array([*color, 1.0][:4], np.float64)
