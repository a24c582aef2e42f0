"""GeoJSON as QuPath reads and writes it: annotations with names, classes and colours, in pixels of the image."""

import json
import os
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._checks import check_choice, check_flag, check_path
from ..._runtime.atomic import check_writable, write_file
from .areas import Area, read_areas
from .polygons import Polygon, to_polygons

#: What a feature stands for.
PARTS = ("class", "component")


def write_geojson(
    labels: Any,
    path: str | os.PathLike[str],
    *,
    by: str = "color",
    each: str = "class",
    tolerance: float = 0.0,
    overwrite: bool = False,
) -> None:
    """Write labels as GeoJSON [1]_ with the properties of QuPath's annotations [2]_.

    Parameters
    ----------
    labels : IndexedImage, or array_like of shape (H, W), int
        One plane; 0, and of an indexed image pixels without data, are not annotated.
    path : path-like
    by : {"color", "class"}
        Whether the colours of an indexed image are meant or their classes. The name is the classification.
    each : {"class", "component"}
        Whether a feature is all that has one label, or each of its components.
    tolerance : float
        How far outlines may be from the sides of pixels, in pixels; see
        `napari_colorquant.annotate.to_polygons`.
    overwrite : bool
        Whether a file that exists may be replaced.

    Raises
    ------
    TypeError, ValueError
        If the labels or a choice are not possible.
    FileExistsError
        If the file exists and may not be replaced.

    See Also
    --------
    make_features : The same as values.
    write_coco : For what learns from images.
    to_polygons : The outlines as arrays.

    Notes
    -----
    Coordinates are x to the right and y down, in pixels of the labels: pixel (0, 0) reaches from 0 to 1. A label
    without pixels is left out. A component whose pixels touch at corners only, and a class of several, is a
    MultiPolygon.

    References
    ----------
    .. [1] Butler H. et al. The GeoJSON Format. RFC 7946, 2016. doi:10.17487/RFC7946
    .. [2] QuPath's documentation, "Exporting annotations".

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import write_geojson
    >>> path = Path(tempfile.mkdtemp()) / "flag.geojson"
    >>> write_geojson(flag, path)
    >>> path.read_text()[:28]
    '{"type":"FeatureCollection",'
    """
    overwrite = check_flag("overwrite", overwrite)
    check_path("path", path)
    features = list(make_features(labels, by=by, each=each, tolerance=tolerance))
    check_writable(path, overwrite=overwrite)
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"), ensure_ascii=False)
    write_file(path, text.encode("utf-8", "replace"), overwrite=overwrite)


def make_features(
    labels: Any, *, by: str = "color", each: str = "class", tolerance: float = 0.0
) -> Iterator[dict[str, Any]]:
    """Iterate over the features that `write_geojson` writes, as JSON values.

    Parameters
    ----------
    labels, by, each, tolerance
        As in `write_geojson`.

    Returns
    -------
    features : iterator of dict
        Each with its geometry, and name and colour among its properties.

    See Also
    --------
    write_geojson : Writes them.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import make_features
    >>> [feature["properties"]["classification"]["name"] for feature in make_features(flag)]
    ['#ff0000', '#0000ff']
    """
    check_choice("each", each, PARTS)
    named = {area.value: area for area in read_areas(labels, by).areas}
    polygons = to_polygons(labels, by=by, tolerance=tolerance)
    if each == "component":
        polygons = sorted(polygons, key=lambda polygon: (polygon.value, polygon.component))
    groups = groupby(polygons, lambda one: (one.value, one.component if each == "component" else 0))
    return (_make_feature(named[value], list(its)) for (value, _), its in groups)


def as_numbers(ring: npt.NDArray[np.float64]) -> list[list[float]]:
    """Return the corners of a ring as pairs [x, y], whole numbers without a point, others with 3 decimals."""
    rounded = np.round(ring[:, ::-1], 3)
    is_whole = bool((rounded == np.rint(rounded)).all())
    pairs: list[list[float]] = (rounded.astype(np.int64) if is_whole else rounded).tolist()
    return pairs


def _make_feature(area: Area, polygons: list[Polygon]) -> dict[str, Any]:
    shapes = [[_close(as_numbers(ring)) for ring in polygon.rings] for polygon in polygons]
    geometry = (
        {"type": "Polygon", "coordinates": shapes[0]}
        if len(shapes) == 1
        else {"type": "MultiPolygon", "coordinates": shapes}
    )
    return {
        "type": "Feature",
        "geometry": geometry,
        "properties": {
            "objectType": "annotation",
            "name": area.name,
            "classification": {"name": area.group or area.name, "color": list(area.color)},
        },
    }


def _close(points: list[list[float]]) -> list[list[float]]:
    return [*points, points[0]]
