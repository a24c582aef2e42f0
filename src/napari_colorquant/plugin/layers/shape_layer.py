"""Classes or colours as polygons of a Shapes layer, which napari edits, measures and saves."""

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
from .sources import pixel_size

#: napari takes seconds to add more polygons than this, and to move them.
MOST = 3000


def to_shapes_layer(indexed: IndexedImage, result: Labels, by: str = "color", tolerance: float = 0.0) -> LayerDataTuple:
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
    layer : LayerDataTuple
        Features: index (of the colour or class, from 1), name, class and hex, the component that a polygon belongs
        to, and its area in the square of the unit. A hole is a part of the path of its polygon, which goes there
        and back; napari fills what lies between.

    Raises
    ------
    ValueError
        If there are no polygons, or more than 3,000.
    """
    size = np.array(pixel_size(result))
    polygons = to_polygons(indexed, by=by, tolerance=tolerance, pixel_size=size)
    if not 1 <= len(polygons) <= MOST:
        what = "the result" if len(polygons) else f"the {'classes' if by == 'class' else 'colours'}"
        raise refusal(what, f"have 1..{MOST} polygons; clean small parts away first", len(polygons))
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
    return [_path_of(polygon, size) for polygon in polygons], values, "shapes"


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
