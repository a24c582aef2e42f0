"""The files that annotations are written to: one table, from which the terminal and the window offer them."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..._checks import check_path, refusal
from ...indexed import IndexedImage
from ...registry import Registry
from .coco import write_coco
from .components import write_components_csv
from .geojson import write_geojson
from .svg import write_svg


@dataclass(frozen=True)
class About:
    """What is known beside the labels; each format takes what it can say.

    Attributes
    ----------
    by, each, tolerance
        As in `napari_colorquant.annotate.write_geojson`.
    image, rgb
        The image that was quantized, if there is one, for mean colours.
    image_name : str
        The name of its file.
    pixel_size, unit
        Height and width of a pixel, and their unit.
    overwrite : bool
        Whether a file that exists may be replaced.
    """

    by: str = "color"
    each: str = "class"
    tolerance: float = 0.0
    image: Any = None
    rgb: bool | None = None
    image_name: str = ""
    pixel_size: tuple[float, float] = (1.0, 1.0)
    unit: str = "pixel"
    overwrite: bool = False


@dataclass(frozen=True)
class AnnotationFormat:
    """A row of the table: its name, which is the suffix of its files without the dot, what it is for, its writer."""

    name: str
    summary: str
    write: Callable[[IndexedImage, str | os.PathLike[str], About], None]

    @property
    def suffix(self) -> str:
        """The end of its files' names, with the dot."""
        return f".{self.name}"


def _geojson(indexed: IndexedImage, path: str | os.PathLike[str], about: About) -> None:
    write_geojson(
        indexed, path, by=about.by, each=about.each, tolerance=about.tolerance, overwrite=about.overwrite
    )  # fmt: skip


def _coco(indexed: IndexedImage, path: str | os.PathLike[str], about: About) -> None:
    write_coco(
        indexed, path, by=about.by, image_name=about.image_name, tolerance=about.tolerance, overwrite=about.overwrite
    )


def _svg(indexed: IndexedImage, path: str | os.PathLike[str], about: About) -> None:
    write_svg(indexed, path, by=about.by, tolerance=about.tolerance, overwrite=about.overwrite)


def _csv(indexed: IndexedImage, path: str | os.PathLike[str], about: About) -> None:
    write_components_csv(
        indexed, path, by=about.by, image=about.image, rgb=about.rgb, pixel_size=about.pixel_size, unit=about.unit,
        overwrite=about.overwrite,
    )  # fmt: skip


ANNOTATIONS: Registry[AnnotationFormat] = Registry(
    "annotation format",
    AnnotationFormat("geojson", "Annotations for QuPath", _geojson),
    AnnotationFormat("json", "COCO: masks and polygons", _coco),
    AnnotationFormat("svg", "Outlines as a drawing", _svg),
    AnnotationFormat("csv", "A row for each connected part", _csv),
)


def find_annotation_format(path: str | os.PathLike[str]) -> AnnotationFormat:
    """Return the format of a file by its suffix; ValueError if there is none."""
    name = Path(check_path("path", path)).suffix.lower().removeprefix(".")
    if name not in ANNOTATIONS:
        suffixes = ", ".join(entry.suffix for entry in ANNOTATIONS.values())
        raise refusal("path", f"end with one of {suffixes}", os.fspath(path))
    return ANNOTATIONS[name]
