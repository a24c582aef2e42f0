"""Components of labels, one by one: area, centroid, box, mean colour."""

import os
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..._checks import check_flag, check_path, check_text
from ..._runtime.atomic import check_writable, write_file
from ..._typing import ImageLike
from ...indexed import IndexedImage
from ...pixels.source import open_original
from ..tables.table import Row, to_csv
from .areas import Area, read_areas
from .polygons import check_pixel_size


class Box(NamedTuple):
    """The rows and columns that a component lies in; the last ones are the first outside."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, eq=False)
class Components:
    """The components, pixels of one label that touch at sides or corners, from top to bottom.

    Attributes
    ----------
    numbers : ndarray of shape (H, W), int64
        The number of each pixel's component, from 1; 0 for the background.
    values : ndarray of shape (N,), int64
        Their labels.
    areas : ndarray of shape (N,), int64
        Their pixels.
    boxes : list of Box
    """

    numbers: npt.NDArray[np.int64]
    values: npt.NDArray[np.int64]
    areas: npt.NDArray[np.int64]
    boxes: list[Box]

    def mean(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """Return the mean of `values`, (H, W), in each component, (N,)."""
        sums = np.bincount(self.numbers.reshape(-1), values.reshape(-1), minlength=len(self.areas) + 1)
        means: npt.NDArray[np.float64] = sums[1:] / self.areas
        return means


def find_components(labels: npt.NDArray[np.int64]) -> Components:
    """Return the components of labels, (H, W) int64, 8-connected as in `measure`."""
    from scipy.ndimage import find_objects
    from skimage.measure import label

    numbers = label(labels, background=0, connectivity=2).astype(np.int64)
    values = np.zeros(int(numbers.max()) + 1, np.int64)
    values[numbers.reshape(-1)] = labels.reshape(-1)
    boxes = [Box(rows.start, columns.start, rows.stop, columns.stop) for rows, columns in find_objects(numbers)]
    return Components(numbers, values[1:], np.bincount(numbers.reshape(-1))[1:], boxes)


def measure_components(
    labels: Any,
    image: ImageLike | None = None,
    *,
    by: str = "color",
    pixel_size: Any = (1.0, 1.0),
    unit: str = "pixel",
    rgb: bool | None = None,
) -> list[Row]:
    """Measure each component of labels.

    Parameters
    ----------
    labels : IndexedImage, or array_like of shape (H, W), int
        One plane; 0, and of an indexed image pixels without data, are in no component.
    image : array_like, optional
        The image that was quantized, of the same shape, for the mean of its colours.
    by : {"color", "class"}
        Whether the colours of an indexed image are meant or their classes.
    pixel_size : two floats
        Height and width of a pixel, in `unit`.
    unit : str
    rgb : bool, optional
        How `image` is read, see `napari_colorquant.quantize`.

    Returns
    -------
    rows : list of dict
        component (from 1), label, name, class, hex, pixels, area, centroid_y, centroid_x, top, left, bottom,
        right, unit, and with an image mean_red, mean_green, mean_blue (0..255). Lengths are in `unit`: the pixel in
        the upper left corner has its middle at half a pixel.

    Raises
    ------
    TypeError, ValueError
        If the labels or a choice are not possible, or the image has another shape.
    """
    size = check_pixel_size(pixel_size)
    check_text("unit", unit)
    area_map = read_areas(labels, by)
    named = {area.value: area for area in area_map.areas}
    found = find_components(area_map.labels)
    places: tuple[npt.NDArray[np.int64], ...] = tuple(np.indices(found.numbers.shape))
    middles = [found.mean(place + 0.5) for place in places]
    columns: dict[str, Any] = {
        "pixels": found.areas,
        "area": found.areas * float(size.prod()),
        "centroid_y": middles[0] * size[0],
        "centroid_x": middles[1] * size[1],
    }
    corners = np.array(found.boxes, np.float64).reshape(-1, 4) * np.tile(size, 2)
    columns |= dict(zip(Box._fields, corners.T, strict=True))
    if image is not None:
        scale = labels.recipe.scale if isinstance(labels, IndexedImage) else "dtype"
        colors = np.asarray(open_original(image, found.numbers.shape, rgb=rgb, scale=scale).read_rgb())
        columns |= {f"mean_{name}": found.mean(colors[..., i]) for i, name in enumerate(("red", "green", "blue"))}
    return [
        {
            "component": i + 1,
            **_describe(named[int(value)]),
            **{name: column[i].item() for name, column in columns.items()},
            "unit": unit,
        }
        for i, value in enumerate(found.values)
    ]


def write_components_csv(
    labels: Any,
    path: str | os.PathLike[str],
    image: ImageLike | None = None,
    *,
    by: str = "color",
    pixel_size: Any = (1.0, 1.0),
    unit: str = "pixel",
    rgb: bool | None = None,
    overwrite: bool = False,
) -> None:
    """Write what `measure_components` finds as CSV, a row for each component.

    Parameters
    ----------
    labels
        As in `measure_components`.
    path : path-like
        Where the table goes.
    image, by, pixel_size, unit, rgb
        As in `measure_components`.
    overwrite : bool
        Whether a file that exists may be replaced.

    Raises
    ------
    FileExistsError
        If the file exists and may not be replaced.

    See Also
    --------
    write_coco : Their outlines.
    measure : A row for each colour.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import write_components_csv
    >>> path = Path(tempfile.mkdtemp()) / "flag.csv"
    >>> write_components_csv(flag, path)
    >>> len(path.read_text().splitlines())
    3
    """
    overwrite = check_flag("overwrite", overwrite)
    check_path("path", path)
    rows = measure_components(labels, image, by=by, pixel_size=pixel_size, unit=unit, rgb=rgb)
    check_writable(path, overwrite=overwrite)
    write_file(path, to_csv(rows).encode("utf-8", "replace"), overwrite=overwrite)


def _describe(area: Area) -> Row:
    return {"label": area.value, "name": area.name, "class": area.group, "hex": area.measured or area.hex}
