"""The columns of a measurement: one table from which tables, CSV files, features and their titles follow.

A new column is one row here, and what it adds up, if that is new, in `Sums`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...registry import Registry


@dataclass(frozen=True, eq=False)
class Sums:
    """What was added up over the pixels of one colour or class.

    Attributes
    ----------
    pixels : int
        Their number.
    total : int
        The number of pixels with data in the image, the frame or the region, 1 at least.
    pixel_area : float
        The area of one, in the square of `unit`.
    unit : str
        The unit of length.
    channels : ndarray of shape (3,), int64, or None
        The sums of red, green and blue of the original.
    components : int or None
        The number of connected regions.
    """

    pixels: int
    total: int
    pixel_area: float
    unit: str
    channels: npt.NDArray[np.int64] | None = None
    components: int | None = None

    def mean(self, channel: int) -> float:
        """Return the mean of a channel of the original, 0..255; NaN where there is no pixel."""
        assert self.channels is not None
        return float(self.channels[channel] / self.pixels) if self.pixels else float("nan")


@dataclass(frozen=True)
class Column:
    """One column of a measurement.

    Attributes
    ----------
    name : str
        Its name in rows and in files.
    title : str
        Its heading in the window; an area's unit is added.
    summary : str
        One line: what stands in it.
    value : callable or None
        From `Sums` to what stands in the cell; None for what a row says of itself: which frame, which colour.
    needs : str
        The field of `Sums` that must be there, or the column is left out.
    shown_as : {"text", "share", "area", "length", "level", "count", "number"}
        How a person reads it.
    by_region : bool
        Whether it is a feature of the regions that are measured, one for each colour or class.
    place : int
        Where it stands in the window, from the left; a file keeps the order of the table.
    """

    name: str
    title: str
    summary: str
    value: Callable[[Sums], Any] | None = None
    needs: str = "pixels"
    shown_as: str = "text"
    by_region: bool = False
    place: int = 99


COLUMNS: Registry[Column] = Registry(
    "column",
    Column("image", "Image", "The file, or the layer.", place=0),
    Column("error", "Error", "Why an image was not measured.", place=1),
    Column("frame", "Frame", "The frame of a stack: its place along each axis, joined by dots.", place=2),
    Column("region", "Region", "The label of the region of interest.", place=3),
    Column("index", "No.", "The index of the palette entry, from 0.", place=12),
    Column("name", "Name", "The name of the palette entry.", place=5),
    Column("class", "Class", "The class of the palette entry.", place=6),
    Column("hex", "Colour", "The colour of the palette entry.", place=4),
    Column("display", "Shown as", "The colour in which the palette entry is shown.", place=13),
    Column("pixels", "Pixels", "Number of pixels.", lambda sums: sums.pixels, shown_as="count", place=9),
    Column(
        "share", "Share", "Of the pixels of the image, the frame or the region.", lambda sums: sums.pixels / sums.total,
        shown_as="share", by_region=True, place=8,
    ),
    Column(
        "area", "Area", "Pixels times the area of one.", lambda sums: sums.pixels * sums.pixel_area,
        shown_as="area", by_region=True, place=7,
    ),
    Column("unit", "Unit", "The unit of the area.", lambda sums: f"{sums.unit}²", place=11),
    Column(
        "mean_red", "Red", "Mean of the original pixels, 0 to 255.", lambda sums: sums.mean(0), "channels", "level"
    ),
    Column(
        "mean_green", "Green", "Mean of the original pixels, 0 to 255.", lambda sums: sums.mean(1), "channels", "level"
    ),
    Column(
        "mean_blue", "Blue", "Mean of the original pixels, 0 to 255.", lambda sums: sums.mean(2), "channels", "level"
    ),
    Column(
        "components", "Parts", "Number of connected regions; corners count as connected.", lambda sums: sums.components,
        "components", "count", by_region=True, place=10,
    ),
)  # fmt: skip


def make_row(sums: Sums) -> dict[str, Any]:
    """Return the measured columns of a row, those whose sums are there, in the order of the table."""
    return {
        column.name: column.value(sums)
        for column in COLUMNS.values()
        if column.value is not None and getattr(sums, column.needs) is not None
    }


def measured_columns() -> tuple[str, ...]:
    """Return the names of the columns that hold numbers that were measured; not units, nor what a row is about."""
    return tuple(column.name for column in COLUMNS.values() if column.shown_as != "text")
