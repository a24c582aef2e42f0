"""Krita's palette, .kpl: a zip file of swatches in XML, and of the ICC profiles that they are meant in.

References
----------
Krita documentation, "The Krita Palette format KPL".
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any
from xml.sax.saxutils import quoteattr

import numpy as np

from ...palette import Palette
from ...pixels.rgb_profile import RgbProfile, find_rgb_profile
from ...pixels.transfer import encode
from . import color_models
from ._content import Swatches, one_line, to_number
from ._xml import read_elements
from ._zip import Archive, pack

_KIND = b"application/x-krita-palette"
#: Swatches side by side in Krita's docker.
_COLUMNS = 16
#: Models of colour by their element, with the attributes that hold their parts.
_MODELS: dict[str, tuple[str, Callable[..., color_models.Color]]] = {
    "sRGB": ("rgb", color_models.from_rgb),
    "RGB": ("rgb", color_models.from_rgb),
    "Gray": ("g", color_models.from_gray),
    "CMYK": ("cmyk", color_models.from_cmyk),
    "Lab": ("lab", color_models.from_lab),
    "XYZ": ("xyz", color_models.from_xyz),
}


def read_kpl(data: bytes) -> Palette:
    """Read Krita's swatches with their names; groups become classes, RGB of other profiles becomes sRGB."""
    archive = Archive(data)
    if archive.read("mimetype").strip() != _KIND:
        raise ValueError(f"the zip file must be a {_KIND.decode()}, got {archive.read('mimetype')[:40]!r}")
    reader = _Reader(_Profiles(archive))
    read_elements(archive.read("colorset.xml"), reader.read)
    return reader.swatches.palette(reader.title)


def write_kpl(palette: Palette) -> bytes:
    """Write Krita's palette with names and title, in full depth; classes become groups where each stands together."""
    runs = [(key, list(run)) for key, run in groupby(range(len(palette)), lambda i: one_line(palette.classes[i]))]
    names = [name for name, _ in runs]
    if len(set(names)) < len(names) or "" in names[1:]:  # Krita shows each group once, and those without one first
        runs = [("", list(range(len(palette))))]
    loose = runs[0][1] if runs[0][0] == "" else []
    lines = [
        f'<Colorset version="1.0" name={quoteattr(one_line(palette.title))} comment="" columns="{_COLUMNS}" '
        f'rows="{_count_rows(loose)}" readonly="false">'
    ]
    for name, run in runs:
        entries = list(_write_entries(palette, run))
        rows = f'<Group name={quoteattr(name)} rows="{_count_rows(run)}">'
        lines += [rows, *entries, "</Group>"] if name else entries
    content = "\n".join([*lines, "</Colorset>", ""]).encode()
    return pack({"mimetype": _KIND, "colorset.xml": content, "profiles.xml": b"<Profiles/>\n"})


def _count_rows(run: list[int]) -> int:
    return -(-len(run) // _COLUMNS)


def _write_entries(palette: Palette, run: list[int]) -> Iterator[str]:
    depth = "U16" if palette.is_deep else "U8"
    for place, i in enumerate(run):
        red, green, blue = (repr(int(level) / 65535) for level in palette.levels[i])
        row, column = divmod(place, _COLUMNS)
        yield f'<ColorSetEntry name={quoteattr(one_line(palette.names[i]))} id="{i}" bitdepth="{depth}" spot="false">'
        yield f'<sRGB r="{red}" g="{green}" b="{blue}"/><Position row="{row}" column="{column}"/></ColorSetEntry>'


class _Reader:
    """What the elements of a palette mean, one after the other."""

    def __init__(self, profiles: "_Profiles") -> None:
        self.swatches, self.title = Swatches(), ""
        self._profiles = profiles
        self._group, self._group_depth = "", -1
        self._entry: dict[str, str] | None = None

    def read(self, depth: int, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of one element."""
        if depth == 0:
            if name.lower() != "colorset":
                raise ValueError(f"the XML must be a 'Colorset', got {name[:40]!r}")
            self.title = attributes.get("name", "")
            return
        if depth <= self._group_depth:
            self._group, self._group_depth = "", -1
        if name == "Group":
            self._group, self._group_depth = attributes.get("name", ""), depth
        elif name == "ColorSetEntry":
            self._entry = attributes
        elif self._entry is not None and name != "Position":
            self._add(name, attributes, self._entry)
            self._entry = None

    def _add(self, model: str, attributes: dict[str, str], entry: dict[str, str]) -> None:
        if model not in _MODELS:
            raise ValueError(f"a colour must be of the model {', '.join(_MODELS)}, got {model[:40]!r}")
        names, convert = _MODELS[model]
        parts = [to_number(attributes.get(name, "").replace(",", "."), name) for name in names]
        levels = None
        if model in ("RGB", "sRGB"):
            if (profile := self._profiles.find(attributes.get("space", ""))) is not None:
                parts = _to_srgb(parts, profile)
            levels = [round(65535 * min(max(part, 0.0), 1.0)) for part in parts]
        elif model == "Lab" and entry.get("bitdepth") in ("U8", "U16") and all(0 <= part <= 1 for part in parts):
            parts = [100 * parts[0], 255 * parts[1] - 128, 255 * parts[2] - 128]  # shares of the range, before Krita 5
        elif model == "CMYK":
            parts = [min(max(part, 0.0), 1.0) for part in parts]
        self.swatches.add(convert(*parts), entry.get("name", ""), self._group, levels)


class _Profiles:
    """The RGB profiles of a palette by the names that its colours call them; those that are not there are sRGB."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._files: dict[str, str] = {}
        self._found: dict[str, RgbProfile | None] = {}
        if "profiles.xml" in archive:
            read_elements(archive.read("profiles.xml"), self._read)

    def _read(self, depth: int, name: str, attributes: dict[str, Any]) -> None:
        if depth and name == "Profile":
            self._files[attributes.get("name", "")] = attributes.get("filename", "")

    def find(self, space: str) -> RgbProfile | None:
        """Return the profile of a space, None for sRGB, and for what is missing or no RGB of curves and a matrix."""
        file = self._files.get(space, "")
        if file not in self._archive:
            return None
        if file not in self._found:
            self._found[file] = find_rgb_profile(self._archive.read(file))
        return self._found[file]


def _to_srgb(parts: list[float], profile: RgbProfile) -> list[float]:
    light = profile.to_linear(np.array([parts], np.float32))
    return [float(part) for part in encode(np.clip(light, 0, 1))[0]]
