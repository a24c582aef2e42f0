"""Labels as polygons with holes, exact or simplified; what two of them have in common stays in common."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._checks import check_list, check_number, check_positive, refusal
from .areas import read_areas
from .outlines import Rings, crosses_itself, signed_area, trace_rings

#: How often the tolerance of a piece is halved until its outline no longer crosses itself; then it stays exact.
_HALVINGS = 4


@dataclass(frozen=True, eq=False)
class Polygon:
    """A piece of pixels of one label, connected across their sides.

    Attributes
    ----------
    value : int
        The label.
    component : int
        The component that it belongs to, from 1: pieces that touch at a corner are one, as `measure` counts them.
    exterior : ndarray of shape (N, 2), float64
        Row and column of its corners in order, without the first again at the end. Pixel (r, c) reaches from r to
        r + 1 and c to c + 1, times the pixel size; where whole numbers are the middles of pixels, as in
        napari, subtract half a pixel.
    holes : tuple of ndarray of shape (N, 2), float64
        The same of each hole, the other way round.
    """

    value: int
    component: int
    exterior: npt.NDArray[np.float64]
    holes: tuple[npt.NDArray[np.float64], ...] = ()

    @property
    def rings(self) -> tuple[npt.NDArray[np.float64], ...]:
        """The exterior and the holes."""
        return (self.exterior, *self.holes)

    @property
    def area(self) -> float:
        """The area without the holes."""
        return sum(map(signed_area, self.rings))


def to_polygons(
    labels: Any, *, by: str = "color", tolerance: float = 0.0, pixel_size: Any = (1.0, 1.0)
) -> list[Polygon]:
    """Return labels as polygons.

    Parameters
    ----------
    labels : IndexedImage, or array_like of shape (H, W), int
        One plane; see `napari_colorquant.annotate.shapes.areas.read_areas`. 0 is the background.
    by : {"color", "class"}
        Whether the colours of an indexed image are meant or their classes.
    tolerance : float
        How far outlines may be from the sides of the pixels, >= 0, in the unit of `pixel_size`: the simplification
        of Douglas and Peucker [1]_ in `skimage.measure.approximate_polygon`. At 0 they are exact. Outlines that
        two pieces have in common are simplified once, so that no gap opens; only where one would cross itself
        is a piece kept closer to its pixels.
    pixel_size : two floats
        Height and width of a pixel.

    Returns
    -------
    polygons : list of Polygon
        By label, then from top to bottom; none for a label without pixels.

    Raises
    ------
    TypeError, ValueError
        If the labels are not one plane of whole numbers >= 0, or a choice is not possible.

    See Also
    --------
    clean : Before outlines are taken.
    write_geojson : Writes them.
    write_svg : Draws them.

    References
    ----------
    .. [1] Douglas D., Peucker T. Algorithms for the reduction of the number of points required to represent a digitized
       line or its caricature. Cartographica 10, 1973. doi:10.3138/FM57-6770-U75U-7727

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import to_polygons
    >>> [(polygon.value, polygon.area) for polygon in to_polygons(flag, pixel_size=(2, 2))]
    [(1, 12.0), (2, 12.0)]
    """
    from skimage.measure import label

    tolerance = check_number("tolerance", tolerance, 0.0, 1e12)
    size = check_pixel_size(pixel_size)
    numbers = read_areas(labels, by).labels
    pieces = label(numbers, background=0, connectivity=1).astype(np.int64)
    components = label(numbers, background=0, connectivity=2)
    rings = trace_rings(pieces, with_nodes=tolerance > 0)
    _, first = np.unique(pieces.reshape(-1), return_index=True)
    places = first[-int(pieces.max()) :] if pieces.max() else first[:0]
    values, parts = numbers.reshape(-1)[places], components.reshape(-1)[places]
    polygons = []
    for piece, its in enumerate(_group(rings), start=1):
        exterior, *holes = _simplify_piece(rings, its, size, tolerance)
        polygons.append(Polygon(int(values[piece - 1]), int(parts[piece - 1]), exterior, tuple(holes)))
    return sorted(polygons, key=lambda polygon: polygon.value)


def check_pixel_size(pixel_size: Any) -> npt.NDArray[np.float64]:
    """Return height and width of a pixel, (2,) float64, if they are two numbers > 0."""
    sides = [check_positive("pixel_size", side) for side in check_list("pixel_size", pixel_size)]
    if len(sides) != 2:
        raise refusal("pixel_size", "be two numbers > 0", pixel_size)
    return np.array(sides)


def _group(rings: Rings) -> list[list[int]]:
    """Return the rings of each piece, its exterior first: that is met first, as its top is above all holes."""
    order = np.argsort(rings.owners, kind="stable")
    cuts = np.flatnonzero(np.diff(rings.owners[order])) + 1
    return [group.tolist() for group in np.split(order, cuts)] if len(order) else []


def _simplify_piece(
    rings: Rings, its: list[int], size: npt.NDArray[np.float64], tolerance: float
) -> list[npt.NDArray[np.float64]]:
    bounds = [slice(rings.starts[i], rings.starts[i + 1]) for i in its]
    exact = [rings.points[bound] * size for bound in bounds]
    for _ in range(_HALVINGS if tolerance else 0):
        simple = [
            _simplify_ring(ring, rings.is_node[bound], tolerance) for ring, bound in zip(exact, bounds, strict=True)
        ]
        # What lies in a hole that came to nothing has come to nothing, too, and stays exact as it does.
        simple = [
            new if len(new) > 2 and signed_area(new) * signed_area(old) > 0 else old
            for new, old in zip(simple, exact, strict=True)
        ]
        if not crosses_itself(simple):
            return simple
        tolerance /= 2
    return [_without_straight(ring) for ring in exact]


def _simplify_ring(
    ring: npt.NDArray[np.float64], is_node: npt.NDArray[np.bool_], tolerance: float
) -> npt.NDArray[np.float64]:
    """Return a ring whose arcs from node to node are simplified, each alike from whichever side it is seen."""
    from skimage.measure import approximate_polygon

    nodes = np.flatnonzero(is_node)
    if not len(nodes):
        nodes = np.lexsort(ring.T[::-1])[:1]
    if len(nodes) == 1:
        nodes = np.array([nodes[0], _farthest(ring, nodes[0])])
        nodes.sort()
    ring = np.roll(ring, -nodes[0], axis=0)
    cuts = [*(nodes - nodes[0]), len(ring)]
    closed = np.concatenate([ring, ring[:1]])
    parts = []
    for start, stop in pairwise(cuts):
        arc = closed[start : stop + 1]
        turned = tuple(arc[0]) > tuple(arc[-1])
        short = approximate_polygon(arc[::-1] if turned else arc, tolerance)
        parts.append((short[::-1] if turned else short)[:-1])
    return np.concatenate(parts)


def _farthest(ring: npt.NDArray[np.float64], place: int) -> int:
    """Return the point of a ring that is farthest from one; of several, that which comes first by its coordinates."""
    away = ((ring - ring[place]) ** 2).sum(axis=1)
    candidates = np.flatnonzero(away == away.max())
    return int(candidates[np.lexsort(ring[candidates].T[::-1])[0]])


def _without_straight(ring: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return a ring along the sides of pixels without the points at which it goes straight on."""
    before, after = ring - np.roll(ring, 1, axis=0), np.roll(ring, -1, axis=0) - ring
    corners: npt.NDArray[np.float64] = ring[(before[:, 0] == 0) != (after[:, 0] == 0)]
    return corners
