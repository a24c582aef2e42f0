"""How much of what colour: areas, shares, mean colours and connected regions of an indexed image."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._typing import ImageLike
from .distortions import delta_e_map
from .indexed import IndexedImage
from .pixels import read_image

#: One row of a table: column name to value.
Row = dict[str, Any]


def class_names(indexed: IndexedImage) -> tuple[str, ...]:
    """Return the names of the palette's classes in order of their first entry, unnamed entries left out."""
    return tuple(dict.fromkeys(name for name in indexed.palette.classes if name))


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
    classes: npt.NDArray[np.uint16] = table[np.asarray(indexed.labels)]
    if indexed.valid is not None:
        classes[~indexed.valid] = 0
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
    count_regions: bool = True,
    rgb: bool | None = None,
) -> list[Row]:
    """Measure each colour or class.

    Parameters
    ----------
    indexed : IndexedImage
        Labels of shape (..., H, W).
    image : array_like, optional
        The image that was quantized, for the mean of the original colours.
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
    count_regions : bool
        Count the connected regions (8-connected, within a frame), with `skimage.measure.label`.
    rgb : bool, optional
        How `image` is read, see `napari_colorquant.quantize`.

    Returns
    -------
    rows : list of dict
        frame and region (where asked for), index, name, class, hex, pixels, share (of the frame or
        region), area, unit, mean_red, mean_green, mean_blue (0..255, if `image` is given, NaN where
        there is no pixel), connected_regions. Colours without pixels are listed with 0.

    Raises
    ------
    ValueError
        If `by` is another word, the pixel size is not positive, or the shapes differ.
    """
    height, width = (float(side) for side in pixel_size)
    if not (height > 0 and width > 0):
        raise ValueError(f"pixel_size must be two numbers > 0, got {tuple(pixel_size)}")
    entries, groups = _describe_groups(indexed, by)
    original = None if image is None else _read_colors(image, indexed, rgb)
    area = height * width
    rows = []
    for place, where, inside in _places(indexed, regions, per_frame):
        labels = np.asarray(indexed.labels)[place]
        shown = groups[labels]
        if inside is not None:
            shown = np.where(inside, shown, 0)
        counts = np.bincount(shown.reshape(-1), minlength=len(entries) + 1)[1:]
        means = None if original is None else _mean_colors(shown, original[place], len(entries))
        connected = _count_connected(shown, len(entries)) if count_regions else None
        total = max(int(counts.sum()), 1)
        for index, entry in enumerate(entries):
            row = {**where, **entry, "pixels": int(counts[index]), "share": counts[index] / total}
            row |= {"area": counts[index] * area, "unit": f"{unit}²"}
            if means is not None:
                row |= dict(zip(("mean_red", "mean_green", "mean_blue"), means[index], strict=True))
            if connected is not None:
                row["connected_regions"] = int(connected[index])
            rows.append(row)
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
    differences = delta_e_map(image, indexed, rgb=rgb).reshape(-1)
    labels = np.asarray(indexed.labels).reshape(-1)
    found = np.isfinite(differences)
    if not found.all():
        differences, labels = differences[found], labels[found]
    pixels = np.bincount(labels, minlength=len(indexed.palette))
    sums = np.bincount(labels, differences, minlength=len(indexed.palette))
    errors: npt.NDArray[np.float64] = sums / np.where(pixels > 0, pixels, np.nan)
    return errors


def to_csv(rows: Sequence[Row]) -> str:
    """Return rows as CSV text (RFC 4180, comma, one header line); empty for no rows."""
    text = io.StringIO(newline="")
    if rows:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        writer = csv.DictWriter(text, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return text.getvalue()


def _describe_groups(indexed: IndexedImage, by: str) -> tuple[list[Row], npt.NDArray[np.int64]]:
    """Return what each row says of itself, and the row number (from 1, 0 for none) of each palette entry."""
    palette = indexed.palette
    if by == "color":
        columns = zip(palette.names, palette.classes, palette.hex, strict=True)
        entries = [
            {"index": i, "name": name, "class": group, "hex": code} for i, (name, group, code) in enumerate(columns)
        ]
        return entries, np.arange(1, len(palette) + 1)
    if by == "class":
        names = class_names(indexed)
        numbers = [names.index(name) + 1 if name else 0 for name in palette.classes]
        return [{"class": name} for name in names], np.array(numbers, np.int64)
    raise ValueError(f"by must be one of color, class, got {by!r}")


def _places(
    indexed: IndexedImage, regions: Any, per_frame: bool
) -> Iterator[tuple[tuple[int, ...], Row, npt.NDArray[np.bool_] | None]]:
    """Iterate over what is measured apart: an index of frames, its columns, and the pixels that count."""
    frames = list(np.ndindex(*indexed.shape[:-2])) if per_frame else [()]
    zones = None if regions is None else np.asarray(regions)
    if zones is not None and zones.shape != indexed.shape:
        raise ValueError(f"regions must have the shape of the labels, {indexed.shape}, got {zones.shape}")
    for frame in frames:
        where: Row = {"frame": ".".join(str(i) for i in frame)} if per_frame else {}
        valid = None if indexed.valid is None else np.asarray(indexed.valid)[frame]
        if zones is None:
            yield frame, where, valid
            continue
        for zone in np.unique(zones[frame]):
            if zone != 0:
                inside = zones[frame] == zone
                yield frame, {**where, "region": int(zone)}, inside if valid is None else inside & valid


def _read_colors(image: ImageLike, indexed: IndexedImage, rgb: bool | None) -> npt.NDArray[np.uint8]:
    pixels = read_image(image, rgb=rgb, scale=indexed.recipe.scale)
    if pixels.shape != indexed.shape:
        raise ValueError(f"the image must have the shape of its labels, {indexed.shape}, got {pixels.shape}")
    colors = np.concatenate([pixels.read(place)[0] for place in pixels.blocks()])
    return colors.reshape(*indexed.shape, 3)


def _mean_colors(shown: npt.NDArray[np.int64], colors: npt.NDArray[np.uint8], count: int) -> npt.NDArray[np.float64]:
    flat = shown.reshape(-1)
    pixels = np.bincount(flat, minlength=count + 1)[1:]
    sums = [np.bincount(flat, colors[..., channel].reshape(-1), minlength=count + 1)[1:] for channel in range(3)]
    with np.errstate(invalid="ignore"):
        means: npt.NDArray[np.float64] = np.stack(sums, axis=1) / np.where(pixels > 0, pixels, np.nan)[:, None]
    return means


def _count_connected(shown: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    from skimage.measure import label

    total = np.zeros(count + 1, np.int64)
    for plane in shown.reshape(-1, *shown.shape[-2:]):
        regions = label(plane, background=0, connectivity=2)
        kinds = np.zeros(int(regions.max()) + 1, np.int64)
        kinds[regions.reshape(-1)] = plane.reshape(-1)
        total += np.bincount(kinds[1:], minlength=count + 1)
    return total[1:]
