"""COCO JSON: the components of labels as polygons, or as run lengths where they have holes."""

import json
import os
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._checks import check_choice, check_flag, check_path, check_text
from ..._runtime.atomic import check_writable, write_file
from .areas import AreaMap, read_areas
from .components import Box, find_components
from .geojson import as_numbers
from .polygons import Polygon, to_polygons

#: How the pixels of a component are written down.
SEGMENTATIONS = ("auto", "polygons", "rle")


def write_coco(
    labels: Any,
    path: str | os.PathLike[str],
    *,
    by: str = "color",
    image_name: str = "image",
    segmentation: str = "auto",
    tolerance: float = 0.0,
    overwrite: bool = False,
) -> None:
    """Write labels as the JSON of COCO [1]_: an image, a category for each label, an annotation for each component.

    Parameters
    ----------
    labels : IndexedImage, or array_like of shape (H, W), int
        One plane; 0, and of an indexed image pixels without data, are not annotated.
    path : path-like
    by : {"color", "class"}
        Whether the colours of an indexed image are meant or their classes.
    image_name : str
        What the file calls the image: the name of its file.
    segmentation : {"auto", "polygons", "rle"}
        Polygons of COCO have no holes: "auto" writes polygons for components without holes and run lengths, which
        are exact whatever the tolerance, for the others; "polygons" fills the holes.
    tolerance : float
        Of polygons, in pixels; see `napari_colorquant.annotate.to_polygons`.
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
    write_geojson : For QuPath.
    write_components_csv : A table of the components.

    Notes
    -----
    ``area`` and ``bbox`` (x, y, width, height) are those of the pixels. Run lengths are not packed: ``counts`` is a
    list, column by column, that begins with pixels outside; such annotations have ``iscrowd`` 1, as the format says.

    References
    ----------
    .. [1] Lin T.-Y. et al. Microsoft COCO: common objects in context. ECCV 2014. doi:10.1007/978-3-319-10602-1_48

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import json
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import write_coco
    >>> path = Path(tempfile.mkdtemp()) / "flag.json"
    >>> write_coco(flag, path)
    >>> [annotation["bbox"] for annotation in json.loads(path.read_text())["annotations"]]
    [[0, 0, 1, 3], [1, 0, 1, 3]]
    """
    overwrite = check_flag("overwrite", overwrite)
    check_path("path", path)
    check_choice("segmentation", segmentation, SEGMENTATIONS)
    check_text("image_name", image_name)
    area_map = read_areas(labels, by)
    polygons: dict[int, list[Polygon]] = {}
    for polygon in to_polygons(area_map.labels, tolerance=tolerance):
        polygons.setdefault(polygon.component, []).append(polygon)
    check_writable(path, overwrite=overwrite)
    height, width = area_map.labels.shape
    content = {
        "images": [{"id": 1, "file_name": image_name, "width": width, "height": height}],
        "categories": [
            {"id": area.value, "name": area.name, "supercategory": area.group, "color": list(area.color)}
            for area in area_map.areas
        ],
        "annotations": list(_annotate(area_map, polygons, segmentation)),
    }
    text = json.dumps(content, separators=(",", ":"), ensure_ascii=False)
    write_file(path, text.encode("utf-8", "replace"), overwrite=overwrite)


def run_lengths(mask: npt.NDArray[np.bool_]) -> list[int]:
    """Return how many pixels of a plane, column by column, are outside, inside, outside ...; the first may be 0."""
    flat = mask.T.reshape(-1)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    lengths = np.diff(np.concatenate([[0], changes, [len(flat)]])).tolist()
    return [0, *lengths] if flat[0] else lengths


def _annotate(area_map: AreaMap, polygons: dict[int, list[Polygon]], segmentation: str) -> Any:
    found = find_components(area_map.labels)
    for number, (value, box, area) in enumerate(zip(found.values, found.boxes, found.areas, strict=True), start=1):
        its = polygons[number]
        packed = segmentation == "rle" or (segmentation == "auto" and any(one.holes for one in its))
        yield {
            "id": number,
            "image_id": 1,
            "category_id": int(value),
            "iscrowd": int(packed),
            "area": int(area),
            "bbox": [box.left, box.top, box.right - box.left, box.bottom - box.top],
            "segmentation": _run_lengths_of(found.numbers, number, box)
            if packed
            else [np.ravel(as_numbers(one.exterior)).tolist() for one in its],
        }


def _run_lengths_of(numbers: npt.NDArray[np.int64], number: int, box: Box) -> dict[str, Any]:
    """Return the run lengths of a component; of the columns without it, only the number of pixels is made."""
    height, width = numbers.shape
    inside = np.zeros((height, box.right - box.left), np.bool_)
    inside[box.top : box.bottom] = numbers[box.top : box.bottom, box.left : box.right] == number
    counts = run_lengths(inside)
    counts[0] += height * box.left
    after = height * (width - box.right)
    if len(counts) % 2:
        counts[-1] += after
    elif after:
        counts.append(after)
    return {"size": [height, width], "counts": counts}
