"""Labels in the ``labels/`` group of the OME-Zarr image that they belong to, where other programs look for them."""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import zarr

from ..._checks import check_flag, check_instance, check_path, check_text, refusal
from ..._runtime.atomic import write_file
from ..._runtime.progress import stage
from ...indexed import IndexedImage
from ...palette import Palette
from ...pixels.arrays import find_files
from ...pixels.lazy_arrays import from_memory, from_stored
from .. import own_metadata
from ..bands import WRITING, find_spans
from ..image import ImageFile
from .consolidated import add_to_consolidated
from .places import split_zip
from .reading import find_image_group
from .writing import replace_folder, store_array

#: The versions of OME-Zarr that are written into images of the two versions of Zarr.
_VERSIONS = {2: "0.4", 3: "0.5"}
_TYPES = {"t": "time", "c": "channel"}
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]*")


@dataclass(frozen=True)
class _Place:
    """An image and its axes; the labels have all of them but that of the channels."""

    folder: Path
    zarr_format: Literal[2, 3]
    axes: list[dict[str, Any]]
    shapes: list[tuple[int, ...]]
    multiscale: dict[str, Any]

    @property
    def kept(self) -> list[int]:
        return [i for i, axis in enumerate(self.axes) if axis.get("type") != "channel" and axis["name"] != "c"]

    def without_channels(self, entries: Sequence[Any]) -> list[Any]:
        return [entries[i] for i in self.kept]


def write_image_labels(
    indexed: IndexedImage, image: str | os.PathLike[str], name: str = "colorquant", *, overwrite: bool = False
) -> None:
    """Write an indexed image as a label image of the OME-Zarr image that it was made of.

    Colour k has the value k + 1, and 0 is what has no data. There are as many levels as the image has, each the
    nearest pixels of the finest. ``image-label`` names a colour for every value, and as ``properties`` what it is
    called, its class, its ``#rrggbb`` and its share [1]_. Nothing of the image is touched; labels of other names stay.

    Parameters
    ----------
    indexed : IndexedImage
        In memory or lazy, of the shape of the image without its channels; axes of one entry may be missing.
    image : path-like
        The folder of an OME-Zarr image, or of a collection of one. In Zarr version 2 labels of OME-Zarr 0.4 are
        written, in version 3 those of 0.5.
    name : str
        The name of the labels: letters, digits, spaces, ``.``, ``_`` and ``-``.
    overwrite : bool
        Whether labels of this name may be replaced.

    Raises
    ------
    TypeError, ValueError
        If it is no such image, lies in a zip file, or has another shape than the labels; if the labels are still to
        be computed from those that are to be replaced.
    FileExistsError
        If there are labels of this name that may not be replaced.

    References
    ----------
    .. [1] Moore J. et al. OME-NGFF. Nature Methods 18, 2021. doi:10.1038/s41592-021-01326-w
    """
    check_instance("indexed", indexed, IndexedImage)
    check_path("image", image)
    overwrite = check_flag("overwrite", overwrite)
    if not _NAME.fullmatch(check_text("name", name)):
        raise refusal("name", "be letters, digits, spaces, '.', '_' and '-', a letter or digit first", name)
    place = _find_place(image)
    labels = _fit(own_metadata.number_labels(indexed, True), place)
    group = place.folder / "labels"
    _check_sources(indexed, group / name)
    listed = _read_listing(group, place.zarr_format)
    if listed is None:
        with replace_folder(group) as part:
            zarr.create_group(part, zarr_format=place.zarr_format).attrs.update(_wrap({"labels": [name]}, place))
            _write_levels(part / name, labels, indexed, place)
    else:
        with replace_folder(group / name, overwrite=overwrite) as part:
            _write_levels(part, labels, indexed, place)
        if name not in listed:
            _write_listing(group, [*listed, name], place)
    for folder in dict.fromkeys((place.folder, Path(os.path.realpath(image)))):
        add_to_consolidated(folder, group)


def _find_place(image: str | os.PathLike[str]) -> _Place:
    where = os.fspath(image)
    if split_zip(image)[0] is not None:
        raise refusal("an image that gets labels", "be a folder, no zip file", where)
    if not os.path.exists(image):
        raise FileNotFoundError(f"an image that gets labels must exist, got {where}")
    group, path = find_image_group(image)
    attributes: dict[str, Any] = dict(group.attrs)
    try:
        multiscale = attributes.get("ome", attributes)["multiscales"][0]
        shapes = [tuple(group[dataset["path"]].shape) for dataset in multiscale["datasets"]]
        named = multiscale.get("axes", ("t", "c", "z", "y", "x")[-len(shapes[0]) :])
        axes = [
            dict(axis) if isinstance(axis, dict) else {"name": axis, "type": _TYPES.get(axis, "space")}
            for axis in named
        ]
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise ValueError(f"{where} must be an OME-Zarr image with its levels, got an error: {error!r}") from None
    return _Place(Path(os.path.realpath(image)) / path, group.metadata.zarr_format, axes, shapes, multiscale)


def _fit(labels: Any, place: _Place) -> Any:
    """Return labels in the shape of the image without its channels."""
    shape = tuple(place.without_channels(place.shapes[0]))
    if tuple(size for size in shape if size > 1) != tuple(size for size in labels.shape if size > 1):
        raise ValueError(f"the labels must have the shape of the image without channels, {shape}, got {labels.shape}")
    return labels.reshape(shape)


def _check_sources(indexed: IndexedImage, target: Path) -> None:
    for file in find_files(indexed.labels, indexed.valid):
        source = Path(os.path.realpath(file))
        if target in (source, *source.parents):
            raise refusal("name", "be none of the labels that the lazy ones are read from", target.name)


def _write_levels(folder: Path, labels: Any, indexed: IndexedImage, place: _Place) -> None:
    group = zarr.create_group(folder, zarr_format=place.zarr_format)
    like = _describe_axes(place)
    group.attrs.update(_wrap(_describe(indexed.palette, place), place))
    group.attrs[own_metadata.KEY] = own_metadata.describe([indexed], like, True)
    shapes = [tuple(place.without_channels(shape)) for shape in place.shapes]
    spans = find_spans([labels] * len(shapes)) if len(shapes) > 1 else [(0.0, 1.0)]
    source = from_memory(labels)
    for level, (shape, span) in enumerate(zip(shapes, spans, strict=True)):
        with stage(WRITING, *span):
            store_array(folder, str(level), _take_nearest(source, shape), like.axes, place.zarr_format)
        stored: Any = zarr.open_array(folder / "0", mode="r")
        source = from_stored(stored, stored.chunks)  # what was mapped once is read for the other levels


def _take_nearest(array: Any, shape: tuple[int, ...]) -> Any:
    """Return every so many of the pixels along each axis: those nearest to the middles of the pixels of `shape`."""
    for axis, (size, wanted) in enumerate(zip(array.shape, shape, strict=True)):
        if size != wanted:
            array = array[(*(slice(None),) * axis, (2 * np.arange(wanted) + 1) * size // (2 * wanted))]
    return array


def _describe_axes(place: _Place) -> ImageFile:
    scales = [_vector(dataset, "scale", place, 1.0) for dataset in place.multiscale["datasets"]]
    axes = place.without_channels(place.axes)
    return ImageFile(
        (), False, tuple(str(axis["name"]) for axis in axes), tuple(map(tuple, scales)),
        tuple(str(axis.get("unit") or "") for axis in axes),
        tuple(_vector(place.multiscale["datasets"][0], "translation", place, 0.0)),
    )  # fmt: skip


def _vector(entry: dict[str, Any], kind: str, place: _Place, default: float) -> list[float]:
    for step in entry.get("coordinateTransformations", []):
        if step.get("type") == kind and isinstance(step.get(kind), list):
            return [float(number) for number in place.without_channels(step[kind])]
    return [default] * len(place.kept)


def _describe(palette: Palette, place: _Place) -> dict[str, Any]:
    version = _VERSIONS[place.zarr_format]
    multiscale: dict[str, Any] = {"name": "labels", "axes": place.without_channels(place.axes)}
    if place.zarr_format == 2:
        multiscale["version"] = version
    multiscale["datasets"] = [
        {"path": str(level), "coordinateTransformations": _without_channels(dataset, place)}
        for level, dataset in enumerate(place.multiscale["datasets"])
    ]
    if "coordinateTransformations" in place.multiscale:
        multiscale["coordinateTransformations"] = _without_channels(place.multiscale, place)
    rows = own_metadata.describe_colors(palette, True)
    nothing = {"index": 0, "hex": "", "name": "no data", "class": "", "share": 0.0}
    return {
        "multiscales": [multiscale],
        "image-label": {
            "version": version,
            "colors": [
                {"label-value": 0, "rgba": [0, 0, 0, 0]},
                *({"label-value": i, "rgba": [*color, 255]} for i, color in enumerate(palette, 1)),
            ],
            "properties": [{"label-value": row["index"], **row} for row in (nothing, *rows)],
            "source": {"image": "../../"},
        },
    }


def _without_channels(entry: dict[str, Any], place: _Place) -> list[dict[str, Any]]:
    """Return the scale, and the translation if there is one, of a level or of all."""
    steps: list[dict[str, Any]] = [{"type": "scale", "scale": _vector(entry, "scale", place, 1.0)}]
    if any(shift := _vector(entry, "translation", place, 0.0)):
        steps.append({"type": "translation", "translation": shift})
    return steps


def _wrap(values: dict[str, Any], place: _Place) -> dict[str, Any]:
    """Return metadata as a version of OME-Zarr keeps them in a group's attributes."""
    return values if place.zarr_format == 2 else {"ome": {"version": _VERSIONS[3], **values}}


def _read_listing(group: Path, zarr_format: Literal[2, 3]) -> list[str] | None:
    """Return the names that a group of labels lists, or None if there is no group yet."""
    if not group.exists():
        return None
    attributes = dict(zarr.open_group(group, mode="r", zarr_format=zarr_format).attrs)
    values = attributes.get("ome", attributes) if zarr_format == 3 else attributes
    listed: Any = values.get("labels", []) if isinstance(values, dict) else []
    return [str(name) for name in listed]


def _write_listing(group: Path, names: list[str], place: _Place) -> None:
    """Write the names into the attributes of the group of labels, of which all else stays."""
    file = group / (".zattrs" if place.zarr_format == 2 else "zarr.json")
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    attributes = content if place.zarr_format == 2 else content.setdefault("attributes", {})
    values = attributes if place.zarr_format == 2 else attributes.setdefault("ome", {"version": _VERSIONS[3]})
    values["labels"] = names
    write_file(file, json.dumps(content, indent=2).encode(), overwrite=True)
