"""How much of what colour: areas, shares, mean colours and connected regions of an indexed image."""

import csv
import io
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._checks import (
    check_choice,
    check_flag,
    check_instance,
    check_list,
    check_mapping,
    check_positive,
    check_text,
    refusal,
)
from ..._typing import ImageLike
from ...indexed import IndexedImage
from ...io.cells import escape_cell
from ...palette import Palette
from ...pixels.arrays import as_array, load
from ...pixels.source import open_original
from ...quality.distortion import delta_e_map
from .columns import Sums, make_row
from .sums import sum_components, sum_regions, sum_values

#: Pixels of a plane of a dask array whose connected regions can be counted, with some gigabytes of memory.
LARGEST_PLANE = 1 << 28
#: One row of a table: column name to value.
Row = dict[str, Any]


def class_names(indexed: IndexedImage) -> tuple[str, ...]:
    """Return the names of the palette's classes in order of their first entry, unnamed entries left out."""
    palette: Palette = check_instance("indexed", indexed, IndexedImage).palette
    return tuple(dict.fromkeys(name for name in palette.classes if name))


def choose_by(palette: Palette) -> str:
    """Return what a palette is measured by where nothing else is asked for: "class" if it has classes, else "color"."""
    return "class" if any(palette.classes) else "color"


def class_map(indexed: IndexedImage) -> tuple[npt.NDArray[np.uint16], tuple[str, ...]]:
    """Return which class each pixel belongs to.

    Returns
    -------
    classes : ndarray of shape (..., H, W), uint16
        1 for the first of `names`, and so on; 0 for pixels of no class or without data.
    names : tuple of str
    """
    names = class_names(indexed)
    table = np.array([names.index(name) + 1 if name else 0 for name in indexed.palette.classes], np.uint16)
    labels, valid = load(indexed.labels, indexed.valid)
    classes: npt.NDArray[np.uint16] = table[labels]
    if valid is not None:
        classes[~valid] = 0
    return classes, names


def measure(
    indexed: IndexedImage,
    image: ImageLike | None = None,
    *,
    by: str = "color",
    pixel_size: Sequence[float] = (1.0, 1.0),
    unit: str = "pixel",
    regions: Any = None,
    per_frame: bool = False,
    count_components: bool = True,
    rgb: bool | None = None,
) -> list[Row]:
    """Measure each colour or class.

    Parameters
    ----------
    indexed : IndexedImage
        Labels of shape (..., H, W).
    image : array_like, optional
        The image that was quantized, for the mean of the original colours. Dask arrays, labels or
        image, are measured chunk by chunk and not held.
    by : {"color", "class"}
        What a row stands for.
    pixel_size : two floats
        Height and width of a pixel, in `unit`.
    unit : str
        Name of that unit; areas are in its square.
    regions : array_like of int, shape (..., H, W), optional
        Measure within each non-zero region of these labels separately.
    per_frame : bool
        A row for each frame of a stack.
    count_components : bool
        Count the connected regions (8-connected, within a frame), with `skimage.measure.label`; this
        holds a frame of labels, and a dask one must have at most 2**28 pixels.
    rgb : bool, optional
        How `image` is read, see `napari_colorquant.quantize`.

    Returns
    -------
    rows : list of dict
        frame and region (where asked for), index, name, class, hex, pixels, share (of all pixels with data of
        the image, the frame or the region, those of no class among them), area, unit, mean_red, mean_green,
        mean_blue (0..255, if `image` is given, NaN where there is no pixel), components. Colours without
        pixels are listed with 0.

    Raises
    ------
    ValueError
        If `by` is another word, the pixel size is not positive, the shapes differ, or a frame of a
        dask array is too large for its connected regions.

    See Also
    --------
    measure_files : Many files.
    to_csv : The rows as a file.
    object_colors : The colours of each object.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import measure
    >>> [(row["hex"], row["share"], row["area"]) for row in measure(flag, pixel_size=(0.5, 0.5), unit="µm")]
    [('#ff0000', 0.5, 0.75), ('#0000ff', 0.5, 0.75)]
    """
    check_instance("indexed", indexed, IndexedImage)
    height, width = check_measurement(by, pixel_size, unit, per_frame, count_components)
    if count_components and indexed.is_lazy and math.prod(indexed.shape[-2:]) > LARGEST_PLANE:
        raise ValueError(
            f"for connected regions a frame must have at most {LARGEST_PLANE} pixels of a dask array, "
            f"got {indexed.shape[-2]} x {indexed.shape[-1]}; do without them"
        )
    entries, groups = describe_groups(indexed, by)
    of_interest = None if regions is None else as_regions(regions, indexed)
    original = None if image is None else _read_colors(image, indexed, rgb)
    rows = []
    for frame in np.ndindex(*indexed.shape[:-2]) if per_frame else [()]:
        where: Row = {"frame": ".".join(str(i) for i in frame)} if per_frame else {}
        arrays = (indexed.labels, indexed.valid, of_interest, original)
        labels, valid, its_regions, colors = (None if array is None else array[frame] for array in arrays)
        components = sum_components(groups, len(entries), labels, valid, its_regions) if count_components else {}
        sums_of = sum_regions(labels, count=len(indexed.palette), valid=valid, regions=its_regions, colors=colors)
        for region, sums in sorted(sums_of.items()):
            if of_interest is not None:
                where = {**where, "region": region}
            per_entry = np.zeros((len(entries) + 1, sums.shape[1]), np.int64)
            np.add.at(per_entry, groups, sums)
            rows += _make_rows(where, entries, per_entry, components.get(region), height * width, unit)
    return rows


def check_measurement(by: Any, pixel_size: Any, unit: Any, per_frame: Any, count_components: Any) -> list[float]:
    """Return height and width of a pixel; TypeError or ValueError if `measure` cannot take one of these choices."""
    check_choice("by", by, ("color", "class"))
    sides = [check_positive("pixel_size", side) for side in check_list("pixel_size", pixel_size)]
    if len(sides) != 2:
        raise refusal("pixel_size", "be two numbers > 0", pixel_size)
    check_text("unit", unit)
    check_flag("per_frame", per_frame)
    check_flag("count_components", count_components)
    return sides


def _make_rows(
    where: Row,
    entries: list[Row],
    sums: npt.NDArray[np.int64],
    components: npt.NDArray[np.int64] | None,
    area: float,
    unit: str,
) -> list[Row]:
    total = max(int(sums[:, 0].sum()), 1)  # the first row, of no class, has no row of the table, but is there
    rows = []
    for index, entry in enumerate(entries, start=1):
        channels = sums[index, 1:] if sums.shape[1] > 1 else None
        parts = None if components is None else int(components[index - 1])
        rows.append({**where, **entry, **make_row(Sums(int(sums[index, 0]), total, area, unit, channels, parts))})
    return rows


def color_errors(indexed: IndexedImage, image: ImageLike, *, rgb: bool | None = None) -> npt.NDArray[np.float64]:
    """Return how far each palette colour is from the pixels it stands for.

    Parameters
    ----------
    indexed : IndexedImage
        Labels of shape (..., H, W).
    image : array_like
        The image that was quantized.
    rgb : bool, optional
        How `image` is read, see `napari_colorquant.quantize`.

    Returns
    -------
    errors : ndarray of shape (K,), float64
        Mean CIEDE2000 difference over the pixels of each colour; NaN for a colour without pixels.
    """
    check_instance("indexed", indexed, IndexedImage)
    differences = delta_e_map(image, indexed, rgb=rgb)
    pixels, sums = sum_values(indexed.labels, differences, len(indexed.palette))
    errors: npt.NDArray[np.float64] = sums / np.where(pixels > 0, pixels, np.nan)
    return errors


def to_csv(rows: Sequence[Row]) -> str:
    """Return rows as CSV text (RFC 4180, comma, one header line).

    Parameters
    ----------
    rows : sequence of dict
        With texts, numbers and truth values.

    Returns
    -------
    text : str
        Empty for no rows. A text that would be a formula in a spreadsheet stands behind an apostrophe.

    See Also
    --------
    measure : Where rows come from.

    Examples
    --------
    >>> from napari_colorquant.annotate import to_csv
    >>> to_csv([{"name": "sky", "area": 3.0}, {"name": "=sea", "area": 1.0}]).splitlines()
    ['name,area', 'sky,3.0', "'=sea,1.0"]
    """
    text = io.StringIO(newline="")
    given = [check_mapping("a row", row) for row in check_list("rows", rows)]
    if given:
        columns = list(dict.fromkeys(name for row in given for name in row))
        writer = csv.writer(text)
        writer.writerow(map(escape_cell, columns))
        writer.writerows([escape_cell(row.get(name, "")) for name in columns] for row in given)
    return text.getvalue()


def describe_groups(indexed: IndexedImage, by: str) -> tuple[list[Row], npt.NDArray[np.int64]]:
    """Return what each row says of itself, and the row number (from 1, 0 for none) of each palette entry."""
    palette = indexed.palette
    if by == "color":
        columns = zip(palette.names, palette.classes, palette.hex, strict=True)
        entries: list[Row] = [
            {"index": i, "name": name, "class": group, "hex": code} for i, (name, group, code) in enumerate(columns)
        ]
        if any(palette.display):
            entries = [
                {**row, "display": code or row["hex"]} for row, code in zip(entries, palette.display, strict=True)
            ]
        return entries, np.arange(1, len(palette) + 1)
    names = class_names(indexed)
    numbers = [names.index(name) + 1 if name else 0 for name in palette.classes]
    return [{"class": name} for name in names], np.array(numbers, np.int64)


def as_regions(regions: Any, indexed: IndexedImage) -> Any:
    """Return regions of interest as an array of whole numbers in the shape of the labels, numpy or dask."""
    array = as_array(regions, "regions")
    if array.dtype.kind not in "bui":
        raise refusal("regions", "be an array of whole numbers", array if array.ndim else regions, TypeError)
    _check_shape("regions", array.shape, indexed)
    return array


def _check_shape(name: str, shape: tuple[int, ...], indexed: IndexedImage) -> None:
    if shape != indexed.shape:
        raise ValueError(f"{name} must have the shape of the labels, {indexed.shape}, got {shape}")


def _read_colors(image: ImageLike, indexed: IndexedImage, rgb: bool | None) -> Any:
    """Return the original as 8-bit sRGB, (..., H, W, 3); lazy if it is."""
    return open_original(image, indexed.shape, rgb=rgb, scale=indexed.recipe.scale).read_rgb()
