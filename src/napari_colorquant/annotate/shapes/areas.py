"""What is annotated: a plane of whole numbers, and what each of them is called and looks like."""

import colorsys
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..._checks import check_choice, refusal
from ...indexed import IndexedImage
from ...pixels.arrays import as_array, load
from ..tables.features import class_colors
from ..tables.table import class_map

#: Steps of this share of the circle give hues that stay apart, however many there are: the golden section.
_TURN = 0.6180339887498949


@dataclass(frozen=True)
class Area:
    """One value of the labels.

    Attributes
    ----------
    value : int
        In the labels, > 0.
    name : str
        Never empty: of a colour without a name it is written ``#rrggbb``.
    group : str
        The class of a colour; of a class its name; empty where there is none.
    color : tuple of int
        Red, green, blue in 0..255; of a colour that has one, that in which it is shown.
    measured : str
        The colour as it is, ``#rrggbb``; empty for one that is shown as it is.
    """

    value: int
    name: str
    group: str
    color: tuple[int, int, int]
    measured: str = ""

    @property
    def hex(self) -> str:
        """The colour as ``#rrggbb``."""
        return "#" + bytes(self.color).hex()


@dataclass(frozen=True, eq=False)
class AreaMap:
    """Labels with what they mean.

    Attributes
    ----------
    labels : ndarray of shape (H, W), int64
        0 where there is nothing to annotate: no data, no class, background.
    areas : tuple of Area
        One for each value that may occur, rising.
    """

    labels: npt.NDArray[np.int64]
    areas: tuple[Area, ...]


def read_areas(labels: Any, by: str = "color") -> AreaMap:
    """Return what is to be annotated.

    Parameters
    ----------
    labels : IndexedImage, or array_like of shape (H, W), int
        One plane. Of an indexed image colour k has the value k + 1 and pixels without data 0; of other labels 0 is
        the background, and their names are their numbers.
    by : {"color", "class"}
        Whether the colours of an indexed image are meant or their classes; pixels of no class are 0.

    Raises
    ------
    TypeError, ValueError
        If the labels are no whole numbers >= 0 or not one plane, or `by` is another word.
    """
    check_choice("by", by, ("color", "class"))
    if isinstance(labels, IndexedImage):
        _check_plane(labels.labels, labels.shape)
        return _read_classes(labels) if by == "class" else _read_colors(labels)
    array = as_array(labels, "labels")
    if array.dtype.kind not in "biu":
        raise refusal("labels", "be an indexed image or an array of whole numbers", labels, TypeError)
    _check_plane(labels, array.shape)
    (numbers,) = load(array)
    for extreme in (int(numbers.min()), int(numbers.max())):
        if not 0 <= extreme < 1 << 62:
            raise refusal("labels", "be >= 0 and of at most 62 bits", extreme)
    values = np.unique(numbers)
    return AreaMap(numbers.astype(np.int64), tuple(_number_area(int(value)) for value in values if value))


def _check_plane(labels: Any, shape: tuple[int, ...]) -> None:
    if len(shape) != 2 or not all(shape):
        raise refusal("labels", f"be one plane of shape (H, W), of which this has {shape}", labels)


def _read_colors(indexed: IndexedImage) -> AreaMap:
    palette = indexed.palette
    labels, valid = load(indexed.labels, indexed.valid)
    values = labels.astype(np.int64) + 1
    if valid is not None:
        values[~valid] = 0
    parts = zip(palette.names, palette.classes, palette.hex, palette.shown, palette.display, strict=True)
    areas = (
        Area(i + 1, name or code, group, _as_triple(rgb), code if display else "")
        for i, (name, group, code, rgb, display) in enumerate(parts)
    )
    return AreaMap(values, tuple(areas))


def _read_classes(indexed: IndexedImage) -> AreaMap:
    values, names = class_map(indexed)
    colors = class_colors(indexed.palette, names)
    areas = (Area(i + 1, name, name, _as_triple(colors[i])) for i, name in enumerate(names))
    return AreaMap(values.astype(np.int64), tuple(areas))


def _as_triple(color: Any) -> tuple[int, int, int]:
    red, green, blue = map(int, color)
    return red, green, blue


def _number_area(value: int) -> Area:
    red, green, blue = colorsys.hsv_to_rgb(value * _TURN % 1, 0.65, 0.95)
    return Area(value, str(value), "", (round(255 * red), round(255 * green), round(255 * blue)))
