"""What a TIFF says of its images beside the pixels: axes, sizes, units, channels, and what we wrote ourselves."""

import json
import math
import re
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import tifffile

from ...palette import Palette
from ...pixels.intensities import to_8bit
from ..color_profiles import note_conversion
from ..image import Channel, name_unit
from ..own_metadata import KEY
from .channels import channels_of_imagej, channels_of_ome
from .samples import Meaning, find_meaning


@dataclass(frozen=True, eq=False)
class TiffFacts:
    """What a TIFF says of the first series of its images.

    Attributes
    ----------
    meaning : Meaning
        Of the samples of a pixel.
    axes : tuple of str
        A name for each axis of the series, as stored; "s" is that of the samples.
    orientation : int
        The tag's value: how the image is to be turned.
    sizes, units : dict
        Size of a pixel and its unit, by axis.
    channels : tuple of Channel
        What is known of channels.
    own : dict
        What we wrote into it ourselves: see `napari_colorquant.io.own_metadata`.
    notes : tuple of str
        What was decided.
    """

    meaning: Meaning
    axes: tuple[str, ...]
    orientation: int
    sizes: dict[str, float]
    units: dict[str, str]
    channels: tuple[Channel, ...]
    own: dict[str, Any]
    notes: tuple[str, ...]

    @property
    def decoded_axes(self) -> tuple[str, ...]:
        """The axes of decoded levels: samples last, if any are left; rows and columns may change places."""
        rest = [axis for axis in self.axes if axis != "s"]
        count = self.meaning.count_samples()
        return (*rest, *(("c",) if count == 0 else ("s",) if count > 1 else ()))


def find_facts(file: tifffile.TiffFile) -> TiffFacts:
    """Return what an open TIFF says of its first series."""
    series = file.series[0]
    page = series.keyframe
    own = find_own(file)
    meaning = find_meaning(page, _find_own_table(own))
    axes = tuple("s" if axis == "S" else axis.lower() for axis in series.axes)
    if "s" not in axes and page.samplesperpixel > 1:
        raise ValueError(f"its axes must hold the samples of a pixel, got {series.axes}")
    if own.get("axes") and len(own["axes"]) == len([axis for axis in axes if axis != "s"]):
        axes = (*map(str, own["axes"]), *(("s",) if axes[-1] == "s" else ()))
    sizes, units = _find_sizes(file, page, own)
    tag = page.tags.get(274)
    notes = [f"the first of its {len(file.series)} images was read"] if len(file.series) > 1 else []
    if page.samplesperpixel > max(1, meaning.count_samples()) and meaning.kind not in ("channels", "cmyk", "palette"):
        notes.append("its further samples are not declared as alpha, and were left out")
    if meaning.kind == "rgb":
        notes += note_conversion(meaning.profile, deep=page.bitspersample > 8)
    elif meaning.kind == "cmyk" and meaning.profile is not None and page.bitspersample > 8:
        notes.append("its colours were converted by their ICC profile at 8 bits")
    return TiffFacts(
        meaning=meaning, axes=axes, orientation=tag.value if tag is not None and isinstance(tag.value, int) else 1,
        sizes=sizes, units=units, channels=_find_channels(file), own=own, notes=tuple(notes),
    )  # fmt: skip


def find_own(file: tifffile.TiffFile) -> dict[str, Any]:
    """Return what we wrote into a TIFF ourselves, or an empty dict."""
    page = file.series[0].keyframe
    text = ""
    if file.is_ome:
        found = re.search(rf'<M K="{KEY}">(.*?)</M>', file.ome_metadata or "", re.DOTALL)
        text = "" if found is None else ElementTree.fromstring(f"<M>{found[1]}</M>").text or ""
        values = _load_json(text)
    else:
        values = _load_json(page.description or "").get(KEY, {})
    return values if isinstance(values, dict) else {}


def _load_json(text: str) -> dict[str, Any]:
    if not text.startswith("{"):
        return {}
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


def _find_own_table(own: dict[str, Any]) -> npt.NDArray[np.uint8] | None:
    """Return colours with alpha for each index of our own files, if some of them stand for no data."""
    if own.get("no_data") is None:
        return None
    try:
        table = np.zeros((256, 4), np.uint8)
        for color in own["colors"]:
            table[int(color["index"])] = [*bytes.fromhex(color["hex"].lstrip("#")), 255]
        if "profile" in own.get("palette", {}):  # the table is in the RGB that the file names
            palette = Palette.from_dict(own["palette"])
            table[1 : 1 + len(palette), :3] = to_8bit(palette.levels)
    except (KeyError, TypeError, ValueError, IndexError):
        return None
    return table


def _find_sizes(file: tifffile.TiffFile, page: Any, own: dict[str, Any]) -> tuple[dict[str, float], dict[str, str]]:
    if own.get("scales") and own.get("axes"):
        axes = list(map(str, own["axes"]))
        sizes = dict(zip(axes, map(float, own["scales"]), strict=False))
        return sizes, dict(zip(axes, map(str, own.get("units", ())), strict=False))
    if file.is_ome:
        return _sizes_of_ome(file.ome_metadata or "")
    per_unit = _find_resolution(page)
    if file.is_imagej:
        return _sizes_of_imagej(file.imagej_metadata or {}, per_unit)
    unit = {tifffile.RESUNIT.CENTIMETER: 1e4, tifffile.RESUNIT.MILLIMETER: 1e3, tifffile.RESUNIT.MICROMETER: 1.0}
    if page.resolutionunit not in unit:
        return {}, {}
    sizes = {axis: unit[page.resolutionunit] / value for axis, value in per_unit.items()}
    return sizes, dict.fromkeys(sizes, "micrometer")


def _find_resolution(page: Any) -> dict[str, float]:
    """Return pixels per unit by axis, where the tags tell it."""
    found = {}
    for axis, name in (("x", "XResolution"), ("y", "YResolution")):
        tag = page.tags.get(name)
        if tag is not None and isinstance(tag.value, tuple) and len(tag.value) == 2 and all(tag.value):
            found[axis] = tag.value[0] / tag.value[1]
    return found if len(found) == 2 else {}


def _sizes_of_imagej(meta: dict[str, Any], per_unit: dict[str, float]) -> tuple[dict[str, float], dict[str, str]]:
    unit = str(meta.get("unit", "") or "")
    word = name_unit(unit)
    sizes: dict[str, float] = {}
    if word:
        sizes = {axis: 1 / value for axis, value in per_unit.items() if value > 0}
    spacing = meta.get("spacing")
    if isinstance(spacing, int | float) and spacing > 0:
        sizes["z"] = float(spacing)
    units = dict.fromkeys(sizes, word)
    interval = meta.get("finterval")
    if isinstance(interval, int | float) and interval > 0:
        sizes["t"] = float(interval)
        units["t"] = name_unit(str(meta.get("tunit") or "sec"))
    return sizes, units


def _sizes_of_ome(xml: str) -> tuple[dict[str, float], dict[str, str]]:
    sizes, units = {}, {}
    pixels = _find_pixels(xml)
    keys = [(axis, f"PhysicalSize{axis.upper()}", "µm") for axis in "xyz"] + [("t", "TimeIncrement", "s")]
    for axis, key, usual in keys:
        value = None if pixels is None else _to_number(pixels.get(key))
        if pixels is not None and value is not None and value > 0:
            sizes[axis] = value
            unit = pixels.get(f"{key}Unit", usual)
            units[axis] = name_unit(unit)
    return sizes, units


def _find_pixels(xml: str) -> ElementTree.Element | None:
    try:
        root = ElementTree.fromstring(xml.encode())
    except (ElementTree.ParseError, ValueError):
        return None
    return next((element for element in root.iter() if element.tag.rpartition("}")[2] == "Pixels"), None)


def _to_number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _find_channels(file: tifffile.TiffFile) -> tuple[Channel, ...]:
    if file.is_ome:
        return channels_of_ome(_find_pixels(file.ome_metadata or ""))
    return channels_of_imagej(file.imagej_metadata or {}) if file.is_imagej else ()
