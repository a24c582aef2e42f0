"""What a colour space is: names for its axes and two functions, to and from RGB."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .._typing import RGB8, Colors
from .srgb import DECODED, ENCODED, decode, encode, look_up_levels


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

    def from_srgb(self, colors: RGB8 | Colors) -> Colors:
        """Return the coordinates of sRGB colours.

        Parameters
        ----------
        colors : ndarray of shape (N, 3)
            Encoded sRGB: uint8 in 0..255, or float32 in 0..1.

        Returns
        -------
        coordinates : ndarray of shape (N, A), float32
        """
        if colors.dtype == np.uint8:
            rgb = look_up_levels(colors.view(np.uint8), DECODED if self.linear else ENCODED)
        else:
            encoded = np.ascontiguousarray(colors, np.float32)
            rgb = decode(encoded) if self.linear else encoded
        return self.from_rgb(rgb)

    def to_srgb(self, coordinates: Colors) -> Colors:
        """Return encoded sRGB, float32 in 0..1, clipped to the gamut; the inverse of `from_srgb`."""
        rgb = np.clip(self.to_rgb(np.ascontiguousarray(coordinates, np.float32)), 0.0, 1.0)
        return encode(rgb) if self.linear else rgb

    def to_srgb8(self, coordinates: Colors) -> RGB8:
        """Return encoded sRGB, uint8, clipped once and rounded to the nearest."""
        rounded: RGB8 = np.rint(self.to_srgb(coordinates) * 255).astype(np.uint8)
        return rounded

    @property
    def default_scale(self) -> tuple[float, ...]:
        """The factor of each axis, ones where the space states none."""
        return self.scale or (1.0,) * len(self.axes)


@dataclass(frozen=True)
class Metric:
    """A space with a weight per axis: what "near" means for one job.

    Quantizers and `nearest` see its coordinates and use plain squared distance, so every method
    works with every space and every setting of the levers.

    Parameters
    ----------
    space : Space
    axis_weights : sequence of float, optional
        A factor per axis of the space, >= 0 and not all 0; ones by default. An axis of weight 0
        is left out: neither the design nor the mapping looks at it.

    Raises
    ------
    ValueError
        If there is not one weight per axis, or a weight is negative, not finite, or all are 0.
    """

    space: Space
    axis_weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        weights = tuple(float(weight) for weight in self.axis_weights) or (1.0,) * len(self.space.axes)
        if len(weights) != len(self.space.axes):
            names = ", ".join(self.space.axes)
            raise ValueError(
                f"axis_weights must have one number for each axis of {self.space.name} ({names}), got {len(weights)}"
            )
        if not all(np.isfinite(weights)) or min(weights) < 0 or max(weights) == 0:
            raise ValueError(f"axis_weights must be >= 0, finite and not all 0, got {weights}")
        object.__setattr__(self, "axis_weights", weights)

    @cached_property
    def active(self) -> list[int]:
        """The indices of the axes whose weight is not 0."""
        return [axis for axis, weight in enumerate(self.axis_weights) if weight > 0]

    @cached_property
    def factors(self) -> Colors:
        """What each active axis is multiplied by: the space's own scale times the weight."""
        factors = np.multiply(self.space.default_scale, self.axis_weights)[self.active]
        return factors.astype(np.float32)

    def project(self, coordinates: Colors) -> Colors:
        """Return the scaled active axes of full `coordinates`, (N, A) float32, contiguous."""
        if len(self.active) == coordinates.shape[1]:
            if np.all(self.factors == 1):
                return coordinates
            return coordinates * self.factors
        return np.ascontiguousarray(coordinates[:, self.active] * self.factors)

    def coordinates(self, colors: RGB8 | Colors) -> Colors:
        """Return where sRGB colours (uint8, or float32 in 0..1) lie, (N, A) float32."""
        return self.project(self.space.from_srgb(colors))


def parse_axis_weights(space: Space, weights: Sequence[float] | dict[str, float] | None) -> tuple[float, ...]:
    """Return one weight per axis from a sequence, from ``{axis: weight}`` (others stay 1), or from None."""
    if weights is None:
        return (1.0,) * len(space.axes)
    if isinstance(weights, dict):
        if unknown := sorted(weights.keys() - set(space.axes)):
            raise ValueError(f"axis_weights must name axes of {space.name} ({', '.join(space.axes)}), got {unknown}")
        weights = [weights.get(axis, 1.0) for axis in space.axes]
    return Metric(space, tuple(weights)).axis_weights
