"""Zarr arrays and OME-Zarr 0.1 to 0.5, in folders and zipped; collections of images that hold but one."""

import os
import secrets
import zipfile
from typing import Any

import numpy as np
import zarr
from zarr.storage import ZipStore

from ...pixels.axes import is_rgb
from ...pixels.lazy_arrays import from_stored
from .. import own_metadata
from ..damage import tell_of_damage
from ..image import Channel, ImageFile, guess_axes, name_unit
from .places import find_root, split_zip

#: Names of the axes of the first versions of OME-Zarr, which did not write them down.
_OLD_AXES = ("t", "c", "z", "y", "x")
_RGB = ((255, 0, 0), (0, 255, 0), (0, 0, 255))
#: Paths that an error lists.
_LISTED = 12


def read_zarr(path: str | os.PathLike[str]) -> ImageFile:
    """Open a Zarr array, an OME-Zarr image, or the only image of a collection; see `read_lazy`."""
    where = os.fspath(path)
    try:
        node = _open(path)
    except (ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise ValueError(f"{where} must be a Zarr array or group that can be read: {error}") from None
    except OSError:
        raise
    except Exception as error:  # stores raise errors of their own
        raise ValueError(f"{where} must be a Zarr array or group that can be read: {error}") from None
    with tell_of_damage(where, "Zarr array or group", keep=(ValueError, OSError)):
        return _read_node(node, where)


def find_attributes(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the attributes of a Zarr group: what OME-Zarr says under "ome" or, before 0.5, beside all others."""
    return dict(_open(path).attrs)


def find_image_group(path: str | os.PathLike[str]) -> tuple[Any, str]:
    """Return the group of an OME-Zarr image, or of the only one of a collection, and its path in it, "" if none.

    Raises
    ------
    ValueError
        If it is no OME-Zarr image.
    """
    inner, where = "", os.fspath(path)
    try:
        group = _open(path)
    except Exception as error:  # stores raise errors of their own
        raise ValueError(f"{where} must be one OME-Zarr image, got one that cannot be read: {error}") from None
    while isinstance(group, zarr.Group) and not (ome := _ome_of(group)).get("multiscales"):
        paths = _find_images(group, ome)
        if len(paths) != 1:
            break
        inner = f"{inner}/{paths[0]}".lstrip("/")
        group = group[paths[0]]
    if not isinstance(group, zarr.Group) or not _ome_of(group).get("multiscales"):
        raise ValueError(f"{where} must be one OME-Zarr image, got a Zarr without the metadata of one")
    return group, inner


def _open(path: str | os.PathLike[str]) -> Any:
    file, inner = split_zip(path)
    if file is None:
        return zarr.open(os.fspath(path), mode="r")
    root = find_root(file) or ""
    return zarr.open(ZipStore(file, mode="r"), path="/".join(filter(None, (root, inner))), mode="r")


def _read_node(node: Any, where: str) -> ImageFile:
    if isinstance(node, zarr.Array):
        axes = guess_axes(node.shape, is_rgb(node.shape))
        return ImageFile.from_axes([_lazy(node, where)], axes, format="zarr")
    attributes: dict[str, Any] = dict(node.attrs)
    ome = attributes.get("ome", attributes)
    if images := ome.get("multiscales"):
        return _read_multiscales(node, images[0], ome.get("omero", attributes.get("omero", {})), where)
    paths = _find_images(node, ome)
    if len(paths) == 1:
        return _read_node(node[paths[0]], f"{where}/{paths[0]}")
    if paths:
        listed = ", ".join(f"{where}/{path}" for path in paths[:_LISTED]) + (", ..." if len(paths) > _LISTED else "")
        raise ValueError(f"{where} must be one image, got a collection of {len(paths)}; give one of {listed}")
    raise ValueError(f"{where} must be an OME-Zarr image or hold one array, got a group of 0 arrays")


def _find_images(group: Any, ome: dict[str, Any]) -> list[str]:
    """Return the paths of the images that a collection holds: bioformats2raw, plate, well, or what lies in a group."""
    if "plate" in ome:
        wells = [str(well["path"]) for well in ome["plate"].get("wells", [])]
        return [f"{well}/{path}" for well in wells for path in _find_images(group[well], _ome_of(group[well]))]
    if "well" in ome:
        return [str(image["path"]) for image in ome["well"].get("images", [])]
    if "bioformats2raw.layout" in ome:
        series = _ome_of(group["OME"]).get("series") if "OME" in group else None
        return list(map(str, series)) if series else sorted((n for n, _ in group.groups() if n.isdigit()), key=int)
    return [name for name, _ in group.arrays()] or [
        name for name, child in group.groups() if "multiscales" in _ome_of(child)
    ]


def _ome_of(group: Any) -> dict[str, Any]:
    attributes = dict(group.attrs)
    found = attributes.get("ome", attributes)
    return found if isinstance(found, dict) else {}


def _read_multiscales(group: Any, image: dict[str, Any], omero: dict[str, Any], where: str) -> ImageFile:
    try:
        levels = [group[dataset["path"]] for dataset in image["datasets"]]
        count = levels[0].ndim
        axes = [axis if isinstance(axis, dict) else {"name": axis} for axis in image.get("axes", _OLD_AXES[-count:])]
        names = ["c" if axis.get("type") == "channel" else str(axis["name"]) for axis in axes]
        whole = _find_transformation(image, "scale", [1.0] * count)
        scales = [
            np.multiply(whole, _find_transformation(dataset, "scale", [1.0] * count)).tolist()
            for dataset in image["datasets"]
        ]
        start = _find_transformation(image["datasets"][0], "translation", [0.0] * count)
        origin = np.add(np.multiply(whole, start), _find_transformation(image, "translation", [0.0] * count)).tolist()
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{where} must have OME-Zarr metadata that fit its arrays: {error!r}") from None
    if len(names) != count or len(set(names)) != count:
        raise ValueError(f"{where} must name its {count} axes, got {names}")
    units = [name_unit(str(axis.get("unit") or "")) for axis in axes]
    channels = _find_channels(omero)
    notes = []
    if "c" in names and _means_color(levels[0], names, channels):
        names[names.index("c")] = "s"
        channels = ()
        notes.append("its three channels were taken as red, green and blue")
    durations, loops = own_metadata.find_timing(dict(group.attrs).get(own_metadata.KEY))
    return ImageFile.from_axes(
        [_lazy(level, where) for level in levels], names, scales, units, origin=origin, channels=channels,
        durations=durations, loops=loops, format="zarr", notes=tuple(notes),
    )  # fmt: skip


def _means_color(level: Any, names: list[str], channels: tuple[Channel, ...]) -> bool:
    """Return True if three channels are red, green and blue: so coloured by the file, or it says nothing against it.

    Without a word of colours three channels of 8 bits are a picture, and so are three that stand last.
    """
    place = names.index("c")
    if level.shape[place] != 3:
        return False
    if any(channel.color is not None for channel in channels):
        full = {None, (0.0, 255.0)} if level.dtype == np.uint8 else {None, (0.0, 65535.0)}
        return tuple(channel.color for channel in channels) == _RGB and {c.window for c in channels} <= full
    return bool(level.dtype == np.uint8) or place == len(names) - 1


def _find_channels(omero: Any) -> tuple[Channel, ...]:
    if not isinstance(omero, dict) or not isinstance(listed := omero.get("channels"), list):
        return ()
    settings = omero.get("rdefs")
    is_gray = isinstance(settings, dict) and settings.get("model") == "greyscale"
    return tuple(_read_channel(entry, is_gray) for entry in listed)


def _read_channel(entry: Any, is_gray: bool) -> Channel:
    """Return what is said of a channel, which in a gray rendering has no colour, whatever it is in another."""
    if not isinstance(entry, dict):
        return Channel()
    text, color = "ffffff" if is_gray else str(entry.get("color", "")).lstrip("#"), None
    if len(text) == 6 and all(letter in "0123456789abcdefABCDEF" for letter in text):
        color = (int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16))
    limits = entry.get("window")
    window = None
    if isinstance(limits, dict):
        low, high = (limits.get(key) for key in ("start", "end"))
        if isinstance(low, int | float) and isinstance(high, int | float) and low < high:
            window = (float(low), float(high))
    colors = (color, (0, 0, 0)) if color is not None and entry.get("inverted") is True else ()
    return Channel(str(entry.get("label", "")), color, window, entry.get("active") is not False, colors)


def _find_transformation(entry: dict[str, Any], kind: str, default: list[float]) -> list[float]:
    for transformation in entry.get("coordinateTransformations", []):
        if transformation.get("type") == kind:
            return [float(factor) for factor in transformation[kind]]
    return default


def _lazy(array: Any, where: str) -> Any:
    # A shard is read as a whole or by parts at about the same price: so one of them is one chunk.
    chunks = array.shards or array.chunks
    return from_stored(_Stored(array, where), chunks, f"zarr-{secrets.token_hex(8)}", where)


class _Stored:
    """A Zarr array whose damage is told with the name of its folder."""

    def __init__(self, array: Any, where: str) -> None:
        self._array, self._where = array, where
        self.shape, self.ndim, self.dtype = array.shape, array.ndim, array.dtype

    def __getitem__(self, place: Any) -> Any:
        with tell_of_damage(self._where, "Zarr array"):
            return self._array[place]
