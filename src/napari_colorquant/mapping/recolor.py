"""Levers: recolour by colour alone, while each pixel keeps its own lightness, or its chroma and lightness too.

The choice changes only what "near" means, so every quantizer works with it: the lightness axis is
left out, or colours are points of the hue circle with a place of their own for grays.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import numpy.typing as npt

from .._runtime.progress import checkpoint
from .._runtime.threads import map_blocks
from .._typing import RGB8, Colors, Labels
from ..clustering.nearest import nearest
from ..pixels.counts import count_colors
from ..pixels.keys import keys_to_rgb
from ..pixels.memory import Pixels
from ..spaces import Metric, Space
from .labels import LabelTable, label_keys

KEEPS = ("none", "lightness", "chroma")
#: Colours of less than this share of the gamut's largest chroma have no hue worth the name: they are gray.
GRAY_SHARE = 0.06
#: How far the grays lie off the hue circle, whose radius is 1: farther than any two hues from each other.
_GRAYS_APART = 4.0
#: Halvings of the way to gray that find the gamut's border, to 1/1000 of the chroma.
_HALVINGS = 10
#: Light beyond 0..1 that is rounding, not out of gamut.
_TOLERANCE = 1e-4
_BLOCK = 1 << 15


@dataclass(frozen=True)
class HueMetric(Metric):
    """Hue alone as what "near" means: points of the unit circle, and one point off it for all grays.

    Parameters
    ----------
    space : Space
        One with two chroma axes; hue is the direction in their plane.
    axis_weights : sequence of float, optional
        As for any `Metric`; hue does not depend on them.
    """

    @cached_property
    def gray_chroma(self) -> float:
        """The chroma, in the units of the space, below which a colour counts as gray."""
        corners = np.array(list(product((0, 255), repeat=3)), np.uint8)
        return GRAY_SHARE * float(measure_chroma(self.space, self.space.from_srgb(corners)).max())

    def project(self, coordinates: Colors) -> Colors:
        """Return (cos h, sin h, 0) of full `coordinates`, and (0, 0, 4) for grays, (N, 3) float32."""
        chroma = measure_chroma(self.space, coordinates)
        is_gray = chroma < self.gray_chroma
        points = np.zeros((len(coordinates), 3), np.float32)
        points[:, :2] = _chroma_part(self.space, coordinates) / np.where(is_gray, np.inf, chroma)[:, None]
        points[is_gray, 2] = _GRAYS_APART
        return points

    def is_gray(self, coordinates: Colors) -> npt.NDArray[np.bool_]:
        """Return which points, as `project` returns them, stand for grays."""
        grays: npt.NDArray[np.bool_] = coordinates[:, 2] > _GRAYS_APART / 2
        return grays

    def weigh(self, colors: RGB8 | Colors, weights: npt.NDArray[np.int64]) -> npt.NDArray[np.float32]:
        """Return `weights` times chroma, (N,) float32: the hue of a vivid colour is seen better."""
        chroma = measure_chroma(self.space, self.space.from_srgb(colors))
        weighed: npt.NDArray[np.float32] = (weights * np.maximum(chroma, self.gray_chroma)).astype(np.float32)
        return weighed

    def mix(self, centers: Colors, coordinates: Colors, colors: RGB8 | Colors, weights: npt.NDArray[np.int64]) -> RGB8:
        """Return a colour for each of `centers`: the mean lightness and chroma of its colours, at its hue.

        Parameters
        ----------
        centers : ndarray of shape (K, 3), float32
            Centres that a quantizer found among `coordinates`.
        coordinates : ndarray of shape (N, 3), float32
        colors : ndarray of shape (N, 3)
        weights : ndarray of shape (N,), int64

        Returns
        -------
        palette : ndarray of shape (K, 3), uint8
        """
        labels, count = nearest(coordinates, centers), len(centers)
        values = self.space.from_srgb(colors)
        chroma = measure_chroma(self.space, values)
        sums = np.maximum(np.bincount(labels, weights, minlength=count), 1)
        mean_chroma = np.maximum(np.bincount(labels, weights * chroma, minlength=count) / sums, 1.5 * self.gray_chroma)
        length = np.maximum(np.hypot(centers[:, 0], centers[:, 1]), 1e-6)
        mixed = np.empty((count, len(self.space.axes)), np.float32)
        for axis, name in enumerate(self.space.axes):
            if name in self.space.chroma:
                direction = centers[:, self.space.chroma.index(name)] / length
                mixed[:, axis] = np.where(self.is_gray(centers), 0.0, mean_chroma * direction)
            else:
                mixed[:, axis] = np.bincount(labels, weights * values[:, axis], minlength=count) / sums
        return self.space.to_srgb8(draw_into_gamut(self.space, mixed))


def make_metric(space: Space, axis_weights: tuple[float, ...], keep: str) -> Metric:
    """Return what "near" means where pixels keep a part of their own.

    Parameters
    ----------
    space : Space
    axis_weights : tuple of float
        One per axis; that of lightness does not count if it is kept.
    keep : {"none", "lightness", "chroma"}

    Raises
    ------
    ValueError
        If the space has no axes of lightness and chroma, or the weights leave nothing to go by.
    """
    if keep == "none":
        return Metric(space, axis_weights)
    if space.lightness is None or len(space.chroma) != 2:
        raise ValueError(
            f"keep={keep!r} needs a space that tells lightness and colour apart (oklab, lab, luv, ycbcr, hsv, ...), "
            f"got {space.name}"
        )
    if keep == "chroma":
        return HueMetric(space, axis_weights)
    pairs = zip(space.axes, axis_weights, strict=True)
    kept = tuple(0.0 if name == space.lightness else weight for name, weight in pairs)
    if not any(kept):
        raise ValueError(f"keep='lightness' needs a weight > 0 for {' or '.join(space.chroma)}, got {axis_weights}")
    return Metric(space, kept)


def recolor_image(pixels: Pixels, colors: RGB8, metric: Metric, keep: str) -> RGB8:
    """Return the image in the palette's colour, with each pixel's own lightness, or chroma and lightness.

    Parameters
    ----------
    pixels : Pixels
    colors : ndarray of shape (K, 3), uint8
        The palette.
    metric : Metric
        See `make_metric`.
    keep : {"lightness", "chroma"}

    Returns
    -------
    recolored : ndarray of shape (..., H, W, 3), uint8
        Of many more colours than K; the labels that belong to it are those of the palette.
    """
    recolored = np.empty((*pixels.shape, 3), np.uint8)
    done = 0
    for place in pixels.blocks():
        rgb, _ = pixels.read(place)
        keys = count_colors(rgb, limit=1 << 24).keys
        new = recolor(keys_to_rgb(keys), label_keys(keys, colors, metric), colors, metric.space, keep)
        for channel in range(3):
            table = LabelTable.build(keys, np.ascontiguousarray(new[:, channel]))
            recolored[(*place, ..., channel)] = table.look_up(rgb).reshape(recolored[place].shape[:-1])
        done += len(rgb)
        checkpoint(3 * done / recolored.size)
    return recolored


def recolor(rgb: RGB8, labels: Labels, colors: RGB8, space: Space, keep: str) -> RGB8:
    """Return colours moved to their palette colour as far as `keep` allows.

    Parameters
    ----------
    rgb : ndarray of shape (N, 3), uint8
    labels : ndarray of shape (N,), uint8
        The palette colour of each.
    colors : ndarray of shape (K, 3), uint8
    space : Space
        One with axes of lightness and chroma.
    keep : {"lightness", "chroma"}
        "lightness": the chroma axes become the palette colour's. "chroma": only the direction in
        their plane does; colours of a gray label, which has no direction, stay as they are.

    Returns
    -------
    recolored : ndarray of shape (N, 3), uint8
        Drawn toward the gray of the same lightness where they would leave the gamut.
    """
    palette = _chroma_part(space, space.from_srgb(colors))
    if keep == "chroma":
        length = measure_chroma(space, space.from_srgb(colors))
        is_gray = length < HueMetric(space).gray_chroma
        palette /= np.where(is_gray, 1, length)[:, None]
    axes = [space.axes.index(name) for name in space.chroma]
    recolored = np.empty_like(rgb)

    def task(start: int, stop: int) -> None:
        own, label = rgb[start:stop], labels[start:stop]
        coordinates = space.from_srgb(own).copy()
        part = palette[label]
        if keep == "chroma":
            part = part * measure_chroma(space, coordinates)[:, None]
        coordinates[:, axes] = part
        new = space.to_srgb8(draw_into_gamut(space, coordinates))
        stays = (own == colors[label]).all(axis=1)  # rounding must not move a colour of the palette
        if keep == "chroma":
            stays |= is_gray[label]
        new[stays] = own[stays]
        recolored[start:stop] = new

    map_blocks(task, len(rgb), _BLOCK)
    return recolored


def draw_into_gamut(space: Space, coordinates: Colors) -> Colors:
    """Return `coordinates`, (N, A) float32, with as much of their chroma as the sRGB gamut has room for."""
    outside = np.flatnonzero(~_is_inside(space, coordinates))
    if not len(outside):
        return coordinates
    axes = [space.axes.index(name) for name in space.chroma]
    drawn = coordinates.copy()
    full = coordinates[outside]
    low, high = np.zeros(len(outside), np.float32), np.ones(len(outside), np.float32)
    trial = full.copy()
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        trial[:, axes] = full[:, axes] * middle[:, None]
        inside = _is_inside(space, trial)
        low, high = np.where(inside, middle, low), np.where(inside, high, middle)
    trial[:, axes] = full[:, axes] * low[:, None]
    drawn[outside] = trial
    return drawn


def measure_chroma(space: Space, coordinates: Colors) -> npt.NDArray[np.float32]:
    """Return the distance from gray in the plane of the chroma axes, (N,) float32."""
    chroma: npt.NDArray[np.float32] = np.hypot(*_chroma_part(space, coordinates).T)
    return chroma


def _chroma_part(space: Space, coordinates: Colors) -> Colors:
    return coordinates[:, [space.axes.index(name) for name in space.chroma]]


def _is_inside(space: Space, coordinates: Colors) -> npt.NDArray[np.bool_]:
    rgb = space.to_rgb(coordinates)
    inside: npt.NDArray[np.bool_] = np.all((rgb >= -_TOLERANCE) & (rgb <= 1 + _TOLERANCE), axis=1)
    return inside
