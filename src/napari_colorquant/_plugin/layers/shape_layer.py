"""Classes or colours as polygons of a Shapes layer, which napari edits, measures and saves."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from napari.layers import Labels

from ..._checks import refusal
from ...annotate.shapes.areas import read_areas
from ...annotate.shapes.polygons import Polygon, to_polygons
from ...indexed import IndexedImage
from .derived import SHAPES, derived_metadata
from .layer_values import LayerDataTuple
from .placement import copy_placement
from .sources import pixel_size, unit_of

#: napari takes seconds to add more polygons than this, and to move them.
MOST = 3000


class Outlines(NamedTuple):
    """A layer of polygons, and a sentence about those that it has no place for; "" if it has all."""

    layer: LayerDataTuple
    left_out: str


def to_shapes_layer(indexed: IndexedImage, result: Labels, by: str = "color", tolerance: float = 0.0) -> Outlines:
    """Return the areas of a result as polygons with holes, over the pixels that they stand for.

    Parameters
    ----------
    indexed : IndexedImage
        Of one plane, in memory.
    result : Labels
        The layer that shows it: its place in the world is copied, and its unit is that of `tolerance`.
    by : {"color", "class"}
        Whether a polygon is of a colour or of a class.
    tolerance : float
        How far outlines may be from the sides of the pixels, see
        `napari_colorquant.annotate.to_polygons`.

    Returns
    -------
    outlines : Outlines
        Features: index (of the colour or class, from 1), name, class and hex, the component that a polygon belongs
        to, and its area in the square of the unit. A hole is a part of the path of its polygon, which goes there
        and back; napari fills what lies between. Of more than 3,000 polygons, the largest.

    Raises
    ------
    ValueError
        If there are no polygons.
    """
    size = np.array(pixel_size(result))
    polygons = to_polygons(indexed, by=by, tolerance=tolerance, pixel_size=size)
    if not polygons:
        raise refusal(f"the {'classes' if by == 'class' else 'colours'}", "have a pixel at least", 0)
    polygons, left_out = _take_largest(polygons, unit_of(result))
    areas = {area.value: area for area in read_areas(indexed, by).areas}
    its = [areas[polygon.value] for polygon in polygons]
    colors = np.array([area.color for area in its]) / 255
    values = {
        "name": f"{result.name} outlines",
        "shape_type": "polygon",
        "face_color": np.column_stack([colors, np.ones(len(its))]),
        "edge_width": 0,  # an edge would be drawn along the way to a hole, too
        "opacity": 0.6,
        "features": {
            "index": [area.value for area in its],
            "name": [area.name for area in its],
            "class": [area.group for area in its],
            "hex": [area.measured or area.hex for area in its],
            "component": [polygon.component for polygon in polygons],
            "area": [polygon.area for polygon in polygons],
        },
        "metadata": derived_metadata(result, SHAPES),
        **copy_placement(result),
    }
    return Outlines(([_path_of(polygon, size) for polygon in polygons], values, "shapes"), left_out)


def _take_largest(polygons: list[Polygon], unit: str) -> tuple[list[Polygon], str]:
    """Return as many polygons as napari can take, in their order, and what is to be said of the others."""
    if len(polygons) <= MOST:
        return polygons, ""
    areas = np.array([polygon.area for polygon in polygons])
    kept = np.sort(np.argsort(-areas, kind="stable")[:MOST])
    largest = areas[np.setdiff1d(np.arange(len(areas)), kept)].max()
    text = (
        f"The {MOST:,} largest of {len(polygons):,} outlines are shown; those left out have at most {largest:.4g} "
        f"{unit}². Clean small parts away to have all."
    )
    return [polygons[place] for place in kept], text


def _path_of(polygon: Polygon, size: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return one path around a polygon and its holes, in pixels whose middles are whole numbers."""
    exterior = polygon.exterior
    parts = [exterior]
    for hole in polygon.holes:
        parts += [exterior[:1], hole, hole[:1]]
    if polygon.holes:
        parts.append(exterior[:1])
    path: npt.NDArray[np.float64] = np.concatenate(parts) / size - 0.5
    return path
