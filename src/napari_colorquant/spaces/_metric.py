"""What "near" means for one job: a space with a weight for each axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_list, refusal, shown, to_float
from .._typing import Colors, Counts, Labels, Levels, Weights
from ..clustering.nearest import nearest, nearest_with_distance
from ..pixels.rgb_profile import RgbProfile
from ._matrix import scale_axes
from ._space import Space

#: Of the smallest weight to the largest: the squared distance of near colours then stays a normal float32.
LEAST_RATIO = 1e-12


@dataclass(frozen=True)
class Metric:
    """A space with a weight per axis: what "near" means for one job.

    Quantizers and `nearest` see its coordinates and use plain squared distance, so every method
    works with every space and every choice of weights.

    Parameters
    ----------
    space : Space
    axis_weights : sequence of float, optional
        A factor per axis of the space, >= 0 and not all 0; ones by default. Only their ratios matter. An axis
        of weight 0 is left out: neither the design nor the mapping looks at it.
    profile : RgbProfile, optional
        The RGB whose levels colours are; sRGB by default. What lies outside sRGB has its place in the space all
        the same.
    alpha_weight : float, optional
        What alpha counts for where colours have one, as a factor of what it changes over black and over white.
    by_cell : bool, optional
        Whether the label of a colour is that of the middle of its small cell, see `napari_colorquant.mapping.by_cell`.
        Distances are the same; this is how finely colours are told apart where they get their labels.

    Raises
    ------
    ValueError
        If there is not one weight per axis, a weight is negative or not finite, all are 0, or one is so small
        beside the largest that float32 loses its squares.
    """

    space: Space
    axis_weights: tuple[float, ...] = ()
    profile: RgbProfile | None = None
    alpha_weight: float = 1.0
    by_cell: bool = False

    def __post_init__(self) -> None:
        weights = tuple(to_float("axis_weights", weight) for weight in self.axis_weights) or (1.0,) * len(
            self.space.axes
        )
        if len(weights) != len(self.space.axes):
            names = ", ".join(self.space.axes)
            raise ValueError(
                f"axis_weights must have one number for each axis of {self.space.name} ({names}), got {len(weights)}"
            )
        if not all(map(isfinite, weights)) or min(weights) < 0 or max(weights) == 0:
            raise ValueError(f"axis_weights must be >= 0, finite and not all 0, got {weights}")
        if any(0 < weight / max(weights) < LEAST_RATIO for weight in weights):
            raise ValueError(f"axis_weights must be 0 or at least {LEAST_RATIO:g} of the largest, got {weights}")
        object.__setattr__(self, "axis_weights", weights)

    @cached_property
    def active(self) -> list[int]:
        """The indices of the axes whose weight is not 0."""
        return [axis for axis, weight in enumerate(self.axis_weights) if weight > 0]

    @property
    def is_whole(self) -> bool:
        """True if colours that differ lie apart, and near ones near each other: no axis is left out."""
        return len(self.active) == len(self.space.axes)

    @property
    def is_separable(self) -> bool:
        """True if each coordinate depends on one channel alone, so that a box of colours is one of coordinates."""
        return self.space.is_separable and self.profile is None

    @cached_property
    def factors(self) -> Colors:
        """What each active axis is multiplied by: the space's own scale times the weight's share of the largest."""
        shares = np.divide(self.axis_weights, max(self.axis_weights))
        factors = np.multiply(self.space.default_scale, shares)[self.active]
        return factors.astype(np.float32)

    @cached_property
    def _keeps_scale(self) -> bool:
        return bool(np.all(self.factors == 1))

    def project(self, coordinates: Colors) -> Colors:
        """Return the scaled active axes of full `coordinates`, (N, A) float32, contiguous."""
        if self._keeps_scale and len(self.active) == coordinates.shape[1]:
            return coordinates
        return scale_axes(coordinates, np.array(self.active), self.factors)

    def coordinates(self, colors: Levels | Colors) -> Colors:
        """Return where colours (levels, or float32 in 0..1) of the metric's RGB lie, (N, A) float32."""
        return self.project(self.locate(colors))

    def locate(self, colors: Levels | Colors) -> Colors:
        """Return the coordinates of colours of the metric's RGB on all axes of the space, as they are."""
        if self.profile is None:
            return self.space.from_srgb(colors)
        return self.space.from_linear(self.profile.to_linear(colors))

    def nearest(
        self,
        colors: Levels | Colors,
        palette: Levels,
        coordinates: Colors | None = None,
        palette_coordinates: Colors | None = None,
    ) -> tuple[Labels, npt.NDArray[np.float32]]:
        """Return the nearest palette colour of each colour, and how far it is.

        Parameters
        ----------
        colors : ndarray of shape (N, 3)
            Levels, or float32 in 0..1.
        palette : ndarray of shape (K, 3)
            Levels of 1 to 65,536 palette colours.
        coordinates, palette_coordinates : ndarray of shape (N, A) and (K, A), float32, optional
            Those of `colors` and of `palette`, if they are known.

        Returns
        -------
        labels : ndarray of shape (N,), uint8 or uint16
            The lowest index on a tie.
        costs : ndarray of shape (N,), float32
            What a pixel of each colour adds to the error that is to be small: here its squared distance.
        """
        known = self.coordinates(colors) if coordinates is None else coordinates
        centers = self.coordinates(palette) if palette_coordinates is None else palette_coordinates
        return nearest_with_distance(known, centers)

    def weigh(self, colors: Levels | Colors, counts: npt.NDArray[np.int64]) -> Weights:
        """Return what each of `colors`, (N, 3), counts for in a design, (N,) float32: its pixels."""
        return counts.astype(np.float32)

    def split(self, coordinates: Colors) -> npt.NDArray[np.bool_]:
        """Return which colours are a class of their own that no quantizer sees, (N,) bool; here none."""
        return np.zeros(len(coordinates), np.bool_)

    def mix(
        self,
        centers: Colors,
        coordinates: Colors,
        colors: Levels | Colors,
        counts: Counts,
        dtype: npt.DTypeLike = np.uint8,
    ) -> Any:
        """Return the palette colour of each of `centers`.

        Parameters
        ----------
        centers : ndarray of shape (K, A), float32
            Centres that a quantizer found among `coordinates`.
        coordinates : ndarray of shape (N, A), float32
        colors : ndarray of shape (N, 3)
            The colours of these: levels, or float32 in 0..1.
        counts : ndarray of shape (N,), int64
            Their pixels.
        dtype : dtype
            uint8, or uint16 for a palette of more than 8 bits a channel.

        Returns
        -------
        palette : ndarray of shape (K, 3), `dtype`
            On an axis of weight 0, which the quantizer did not see, each has the mean of its colours.
        """
        full = np.empty((len(centers), len(self.space.axes)), np.float32)
        full[:, self.active] = centers / self.factors
        if dropped := [axis for axis in range(full.shape[1]) if axis not in self.active]:
            labels = nearest(coordinates, centers)
            sums = np.maximum(np.bincount(labels, counts, minlength=len(centers)), 1)
            values = self.locate(colors)
            for axis in dropped:
                full[:, axis] = np.bincount(labels, counts * values[:, axis], minlength=len(centers)) / sums
        if self.profile is None:
            return self.space.to_levels(full, dtype)
        own = self.profile.from_linear(self.space.to_linear(full))
        return np.rint(own * np.iinfo(dtype).max).astype(dtype)


def parse_axis_weights(space: Space, weights: Sequence[float] | dict[str, float] | None) -> tuple[float, ...]:
    """Return one weight per axis from a sequence, from ``{axis: weight}`` (others stay 1), or from None."""
    if weights is None:
        return (1.0,) * len(space.axes)
    if isinstance(weights, Mapping):
        if unknown := [axis for axis in weights if axis not in space.axes]:
            message = f"axis_weights must name axes of {space.name} ({', '.join(space.axes)}), got {shown(unknown)}"
            raise ValueError(message)
        weights = [weights.get(axis, 1.0) for axis in space.axes]
    given = check_list("axis_weights", weights)
    if not given:
        raise refusal("axis_weights", f"have one number for each axis of {space.name}", weights)
    return Metric(space, tuple(given)).axis_weights
