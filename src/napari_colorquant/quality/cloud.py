"""The colours of an indexed image as points of a colour space, and the cells that the palette's entries own there."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_instance, check_integer
from .._runtime.progress import checkpoint
from .._typing import RGB8, Colors, Labels
from ..clustering.nearest import three_axes
from ..indexed import IndexedImage
from ..pixels.arrays import load
from ..pixels.keys import keys_to_rgb, rgb_to_keys
from ..pixels.source import open_original
from ..spaces import SPACES, Metric, Space

#: More points than this only cover each other.
MAX_POINTS = 20_000
#: Pixels that are looked at; of larger images every second, third, ... row and column.
MAX_PIXELS = 1 << 21
#: Bits a channel of the cells that colours are gathered in, until there are few enough.
_BITS = (8, 6, 5, 4)
#: The edges of a box, as pairs of its corners counted in binary.
_BOX_EDGES = [(a, a | bit) for a in range(8) for bit in (1, 2, 4) if not a & bit]


@dataclass(frozen=True, eq=False)
class ColorCloud:
    """Colours with their weights at their coordinates, and the palette among them.

    Attributes
    ----------
    space : Space
        Whose axes the coordinates are on, each times the space's own scale; spaces of one or two
        axes are filled up with zeros.
    points : ndarray of shape (N, 3), float32
        Coordinates of the representative colours, N <= 20,000; none if there is no image.
    colors : ndarray of shape (N, 3), uint8
        Those colours in sRGB.
    weights : ndarray of shape (N,), float64
        The share of the pixels that each stands for; their sum is 1.
    owners : ndarray of shape (N,), uint16
        The palette entry that most of those pixels have.
    entries : ndarray of shape (K, 3), float32
        Coordinates of the palette.
    """

    space: Space
    points: Colors
    colors: RGB8
    weights: npt.NDArray[np.float64]
    owners: Labels
    entries: Colors

    def plot(self, ax: Any = None) -> Any:
        """Draw the colours as points in 3-D, and the palette among them. Needs matplotlib.

        Parameters
        ----------
        ax : mpl_toolkits.mplot3d.axes3d.Axes3D, optional
            Where to draw; a new figure by default.

        Returns
        -------
        ax : mpl_toolkits.mplot3d.axes3d.Axes3D
        """
        from ..palette.plots import plot_cloud

        return plot_cloud(self.points, self.colors, self.entries, self.space.axes, ax)

    def cell(self, index: int) -> Colors:
        """Return the edges of the cell that an entry owns, the convex hull of its points.

        Returns
        -------
        edges : ndarray of shape (E, 2, 3), float32
            Both ends of each edge; a box if the points lie in one plane, none for a single point.
        """
        return hull_edges(self.points[self.owners == index])


def color_cloud(
    indexed: IndexedImage,
    image: Any = None,
    *,
    space: str | None = None,
    rgb: bool | None = None,
    max_points: int = MAX_POINTS,
) -> ColorCloud:
    """Gather the colours of an image by which palette entry they became.

    Parameters
    ----------
    indexed : IndexedImage
        Labels of shape (..., H, W), numpy or dask.
    image : array_like, optional
        What was quantized, as in `napari_colorquant.quantize`; without it there are no points.
    space : str, optional
        A name in `SPACES`; that of the recipe by default.
    rgb : bool, optional
        How `image` is read, see `napari_colorquant.quantize`.
    max_points : int
        Above it, near colours are gathered into one point at their mean, 4096 or more.

    Raises
    ------
    ValueError
        If image and labels differ in shape, or `max_points` is too small.
    """
    check_instance("indexed", indexed, IndexedImage)
    max_points = check_integer("max_points", max_points, 4096, 1 << 30)
    recipe = indexed.recipe
    name = recipe.space if space is None else SPACES[space].name
    chosen = recipe.color_space if name == recipe.space else SPACES[name]
    metric = Metric(chosen, profile=recipe.profile)
    entries = three_axes(metric.coordinates(indexed.palette.levels_in(recipe.profile)))
    if image is None:
        none = np.empty((0, 3), np.float32)
        return ColorCloud(chosen, none, none.astype(np.uint8), np.empty(0), np.empty(0, np.uint16), entries)
    means, weights, owners = _gather(*_count_pairs(*_sample(image, indexed, rgb)), max_points)
    points = three_axes(metric.coordinates((means / 255).astype(np.float32)))
    shown = np.rint(means).astype(np.uint8)
    return ColorCloud(
        chosen, points, shown if recipe.profile is None else recipe.profile.to_srgb(shown), weights, owners, entries
    )


def hull_edges(points: Colors) -> Colors:
    """Return the edges of the convex hull of points, (E, 2, 3) float32; of their box where they lie in one plane.

    Of the hull's corners, those that are outermost in some 100 directions are enough: the hull of a
    thousand colours is a tangle of tiny edges.
    """
    from scipy.spatial import ConvexHull, QhullError

    if len(points) < 2:
        return np.empty((0, 2, 3), np.float32)
    sizes = np.maximum(np.ptp(points, axis=0), 1e-9)
    outermost = np.unique((points / sizes @ _directions().T).argmax(axis=0))
    points = points[outermost]
    try:
        hull = ConvexHull(points.astype(np.float64))
    except QhullError:
        return _box_edges(points)
    # A face with many corners comes in triangles: their common sides are no edges of the hull.
    pairs = hull.simplices[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2)
    normals = np.repeat(hull.equations[:, :3], 3, axis=0)
    pairs.sort(axis=1)
    order = np.lexsort(pairs.T)
    pairs, normals = pairs[order].reshape(-1, 2, 2)[:, 0], normals[order].reshape(-1, 2, 3)
    folded = (normals[:, 0] * normals[:, 1]).sum(axis=1) < 1 - 1e-6
    edges: Colors = points[pairs[folded]]
    return edges


def _directions() -> npt.NDArray[np.float64]:
    """Return directions spread evenly over the sphere (a Fibonacci lattice) and the corners of the cube, (104, 3)."""
    turn = np.pi * (3 - math.sqrt(5)) * np.arange(96)
    height = 1 - (2 * np.arange(96) + 1) / 96
    radius = np.sqrt(1 - height**2)
    even = np.stack([radius * np.cos(turn), radius * np.sin(turn), height], axis=1)
    corners = [[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]
    return np.concatenate([even, np.array(corners) / math.sqrt(3)])


def _box_edges(points: Colors) -> Colors:
    low, high = points.min(axis=0), points.max(axis=0)
    corners = np.array([[(low, high)[corner >> axis & 1][axis] for axis in range(3)] for corner in range(8)])
    edges = corners[_BOX_EDGES].astype(np.float32)
    long: Colors = edges[(edges[:, 0] != edges[:, 1]).any(axis=1)]
    return np.unique(long, axis=0)  # of a flat box, sides fall together


def _sample(image: Any, indexed: IndexedImage, rgb: bool | None) -> tuple[RGB8, Labels]:
    """Read pixels with data evenly from the whole image, (n, 3) uint8, and their labels, (n,)."""
    source = open_original(image, indexed.shape, rgb=rgb, scale=indexed.recipe.scale)
    *leading, height, width = source.shape
    frames = math.prod(leading)
    step = max(1, math.ceil(math.sqrt(height * width * min(frames, 32) / MAX_PIXELS)))
    frame_step = max(1, math.ceil(frames * -(-height // step) * -(-width // step) / MAX_PIXELS))
    places = (slice(None, None, step), slice(None, None, step))
    # Along the first axis of a stack, or all of a single plane.
    part = (slice(None, None, frame_step), *(slice(None),) * (len(leading) - 1), *places) if leading else places
    checkpoint(0.1)
    colors, has_data = source.take(part).load().read()
    checkpoint(0.4)
    labels, valid = load(*(None if array is None else array[part] for array in (indexed.labels, indexed.valid)))
    labels = labels.reshape(-1)
    if valid is not None:
        has_data = valid.reshape(-1) if has_data is None else has_data & valid.reshape(-1)
    return (colors, labels) if has_data is None else (colors[has_data], labels[has_data])


def _count_pairs(colors: RGB8, labels: Labels) -> tuple[RGB8, Labels, npt.NDArray[np.int64]]:
    """Return the distinct pairs of colour and label with the pixels of each."""
    if labels.dtype == np.uint8:  # as one number of 32 bits, whose order does not matter
        codes = np.column_stack([colors, labels]).view(np.uint32)[:, 0]
        distinct, counts = np.unique(codes, return_counts=True)
        pairs = distinct[:, None].view(np.uint8)
        checkpoint(0.7)
        return pairs[:, :3], pairs[:, 3], counts
    wide = rgb_to_keys(colors).astype(np.uint64) << np.uint64(16) | labels
    distinct, counts = np.unique(wide, return_counts=True)
    checkpoint(0.7)
    return keys_to_rgb((distinct >> np.uint64(16)).astype(np.uint32)), distinct.astype(np.uint16), counts


def _gather(
    colors: RGB8, labels: Labels, counts: npt.NDArray[np.int64], max_points: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], Labels]:
    """Return mean colours (in 0..255), shares and owners of cells, the finest that are at most `max_points`."""
    if not len(counts):
        return np.empty((0, 3)), np.empty(0), np.empty(0, np.uint16)
    for bits in _BITS:
        steps = (colors >> (8 - bits)).astype(np.int64)
        cells, place = np.unique(steps @ np.array([1 << 2 * bits, 1 << bits, 1]), return_inverse=True)
        if len(cells) <= max_points:
            break
    checkpoint(0.8)
    totals = np.bincount(place, counts)
    means = np.stack([np.bincount(place, counts * colors[:, axis].astype(np.float64)) for axis in range(3)], axis=1)
    shared, pair = np.unique(place << 16 | labels, return_inverse=True)
    votes = np.bincount(pair, counts)
    order = np.lexsort([votes, shared >> 16])  # of each cell, the label of most pixels comes last
    last = np.flatnonzero(np.diff(shared[order] >> 16, append=-1))
    owners = (shared[order][last] & 0xFFFF).astype(np.uint16)
    return means / totals[:, None], totals / totals.sum(), owners
