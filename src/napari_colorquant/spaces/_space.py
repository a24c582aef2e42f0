"""What a colour space is: names for its axes and two functions, to and from RGB."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .._typing import RGB8, Colors, Levels
from ..pixels.transfer import decode, decode_unbounded, encode, encode_unbounded, level_table, look_up_levels


@dataclass(frozen=True)
class Space:
    """A colour space in which a straight line means difference.

    Attributes
    ----------
    name : str
        Its name everywhere.
    axes : tuple of str
        The names of its 1 to 3 axes.
    from_rgb, to_rgb : callable
        Functions from (N, 3) float32 RGB in 0..1 to (N, A) float32 coordinates, and back. They
        do not clip. The coordinates are in the units of `skimage.color` where it has the space.
    linear : bool
        True if that RGB is linear light, False if it is sRGB-encoded.
    summary : str
        One line: what it is good for.
    reference : str
        The standard or paper.
    scale : tuple of float
        What each axis is multiplied by before distances are taken; ones unless stated.
    lightness : str or None
        The axis that holds lightness, if there is one.
    chroma : tuple of str
        The axes that hold colour without lightness, empty if they cannot be told apart.
    is_separable : bool
        True if each axis is one channel of that RGB, in their order.
    title : str
        What people call it, for lists that are read; the name by default.
    """

    name: str
    axes: tuple[str, ...]
    from_rgb: Callable[[Colors], Colors]
    to_rgb: Callable[[Colors], Colors]
    linear: bool
    summary: str
    reference: str
    scale: tuple[float, ...] = ()
    lightness: str | None = None
    chroma: tuple[str, ...] = ()
    is_separable: bool = False
    title: str = ""

    def __post_init__(self) -> None:
        if not self.title:
            object.__setattr__(self, "title", self.name)

    def from_srgb(self, colors: Levels | Colors) -> Colors:
        """Return the coordinates of sRGB colours.

        Parameters
        ----------
        colors : ndarray of shape (N, 3)
            Encoded sRGB: uint8 in 0..255, uint16 in 0..65535, or float32 in 0..1.

        Returns
        -------
        coordinates : ndarray of shape (N, A), float32
        """
        if colors.dtype in (np.uint8, np.uint16):
            rgb = look_up_levels(colors, level_table(colors.dtype, self.linear))  # type: ignore[arg-type]
        else:
            encoded = np.ascontiguousarray(colors, np.float32)
            rgb = decode(encoded) if self.linear else encoded
        return self.from_rgb(rgb)

    def from_linear(self, linear: Colors) -> Colors:
        """Return the coordinates of linear sRGB, (N, 3) float32; below 0 and above 1 lie colours out of its gamut."""
        return self.from_rgb(linear if self.linear else encode_unbounded(linear))

    def to_linear(self, coordinates: Colors) -> Colors:
        """Return linear sRGB, not clipped; the inverse of `from_linear`."""
        rgb = self.to_rgb(np.ascontiguousarray(coordinates, np.float32))
        return rgb if self.linear else decode_unbounded(rgb)

    def to_srgb(self, coordinates: Colors) -> Colors:
        """Return encoded sRGB, float32 in 0..1, clipped to the gamut; the inverse of `from_srgb`."""
        rgb = np.minimum(np.maximum(self.to_rgb(np.ascontiguousarray(coordinates, np.float32)), 0), 1)
        return encode(rgb) if self.linear else rgb

    def to_srgb8(self, coordinates: Colors) -> RGB8:
        """Return encoded sRGB, uint8, clipped once and rounded to the nearest."""
        rounded: RGB8 = np.rint(self.to_srgb(coordinates) * 255).astype(np.uint8)
        return rounded

    def to_levels(self, coordinates: Colors, dtype: npt.DTypeLike) -> Any:
        """Return encoded sRGB in the levels of uint8 or uint16, clipped once and rounded to the nearest."""
        if np.dtype(dtype) == np.uint8:
            return self.to_srgb8(coordinates)
        return np.rint(self.to_srgb(coordinates) * 65535).astype(np.uint16)

    @property
    def default_scale(self) -> tuple[float, ...]:
        """The factor of each axis, ones where the space states none."""
        return self.scale or (1.0,) * len(self.axes)
