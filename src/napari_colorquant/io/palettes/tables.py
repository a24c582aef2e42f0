"""Palettes that keep everything we know: .json (ours) and .csv (ours, and most spreadsheets')."""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...palette import MAX_COLORS, Palette
from ...palette.parts import check_code
from ...pixels.rgb_profile import RgbProfile
from ...pixels.written_colors import OPAQUE, parse_rgba
from ..cells import escape_cell, unescape_cell
from ._content import Swatches, decode_text, one_line
from .foreign_json import as_ours

#: What our .json says it is; a version above ours is refused.
KIND, VERSION = "napari-colorquant palette", 1

#: Further columns of codes, which stand there if an entry has one.
_CODES = ("display", "written")
_HEADER = ("index", "name", "hex", "red", "green", "blue", "share", "locked", "class")
#: Column names of other programs that mean ours.
_SYNONYMS = {
    "r": "red", "g": "green", "b": "blue", "color": "hex", "colour": "hex", "label": "name", "weight": "share",
    "measured": "seen", "device": "written",
}  # fmt: skip


def read_json(data: bytes) -> Palette:
    """Read our .json: colours, names, locks, classes, shares and title; or that of another program, see `as_ours`."""
    values = as_ours(load_json(data))
    colors = values.get("colors")
    if not isinstance(colors, list) or not 1 <= len(colors) <= MAX_COLORS:
        raise ValueError(f"'colors' must be a list of 1..{MAX_COLORS} colours, got {_shown(colors)}")
    if not all(isinstance(color, str) or _is_triple(color) for color in colors):
        raise ValueError(f"'colors' must hold '#rrggbb' or [red, green, blue], got {_shown(colors)}")
    title = values.get("title", "")
    if not isinstance(title, str):
        raise ValueError(f"'title' must be a text, got {_shown(title)}")
    return Palette(
        parse_rgba(colors),
        shares=_read_list(values, "shares", len(colors), 0.0),  # type: ignore[arg-type]
        names=tuple(map(one_line, _read_list(values, "names", len(colors), ""))),
        locked=tuple(_read_list(values, "locked", len(colors), False)),
        classes=tuple(map(one_line, _read_list(values, "classes", len(colors), ""))),
        display=tuple(_read_list(values, "display", len(colors), "")),
        written=tuple(_read_list(values, "written", len(colors), "")),
        title=one_line(title),
        levels=_read_levels(values, len(colors)),
        alphas=np.array(_read_list(values, "alphas", len(colors), OPAQUE) if "alphas" in values else [], np.uint8),
        profile=None if values.get("profile") is None else RgbProfile.from_text(values["profile"]),
    )


def _read_levels(values: Mapping[str, Any], count: int) -> npt.NDArray[np.uint16]:
    """Return the colours in 16 bits a channel, none if they are not there."""
    levels = values.get("levels")
    if levels is None:
        return np.empty((0, 3), np.uint16)
    is_table = isinstance(levels, list) and len(levels) == count and all(_is_triple(entry, 65535) for entry in levels)
    if not is_table:
        raise ValueError(f"'levels' must hold [red, green, blue] in 0..65535 for each colour, got {_shown(levels)}")
    return np.array(levels, np.uint16)


def write_json(palette: Palette, recipe: Mapping[str, Any] | None = None) -> bytes:
    """Write our .json with everything a palette knows, and the `recipe` it was designed by."""
    values = {"kind": KIND, "version": VERSION, **palette.to_dict()}
    if recipe is not None:
        values["recipe"] = dict(recipe)
    return (json.dumps(values, indent=1, ensure_ascii=True, allow_nan=False) + "\n").encode()


def load_json(data: bytes) -> Any:
    """Return the object or the list in a .json; ValueError if it is neither, or of a newer version."""
    try:
        values = json.loads(decode_text(data))
    except RecursionError:
        raise ValueError("the JSON must not be nested so deeply") from None
    if not isinstance(values, (dict, list)):
        raise ValueError(f"the JSON must be an object or a list, got {_shown(values)}")
    if isinstance(values, dict) and values.get("kind", KIND) == KIND:
        version = values.get("version", VERSION)
        if not isinstance(version, int) or version > VERSION:
            raise ValueError(f"the version must be at most {VERSION}, got {_shown(version)}")
    return values


def read_csv(data: bytes) -> Palette:
    """Read a table with a header: ``hex``, or ``red``, ``green`` and ``blue``; the rest if there.

    Commas, semicolons and tabs are understood, and rows of nothing but a colour without a header. Of two colours,
    the one that stands under "seen" or "measured" is what an entry looks like, the other one what a device is told.
    """
    text = decode_text(data)
    first = next((line for line in text.splitlines()[:100] if line.strip()), "")
    separator = max(",;\t", key=first.count)
    swatches, shares, locked = Swatches(), [], []
    codes: dict[str, list[str]] = {key: [] for key in _CODES}
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        for row in _read_rows(rows):
            name, in_class = (unescape_cell(row.get(column, "")) for column in ("name", "class"))
            color, alpha = _read_row_color(row)
            swatches.add(color, name, in_class, alpha=alpha)
            shares.append(_read_share(row.get("share") or "0"))
            locked.append((row.get("locked") or "").strip().lower() in ("true", "yes", "1"))
            for key, found in codes.items():
                found.append(_read_code(key, row.get(key) or ""))
    except csv.Error as error:
        raise ValueError(f"the table must be readable as CSV: {error}") from None
    palette = swatches.palette()
    parts: Any = {"shares": shares[: len(palette)], "locked": tuple(locked[: len(palette)])}
    parts |= {key: tuple(found[: len(palette)]) for key, found in codes.items()}
    return replace(palette, **parts)


def write_csv(palette: Palette) -> bytes:
    """Write a table with a header and one row per colour; everything but the title is kept.

    What would be a formula in a spreadsheet stands behind an apostrophe, which `read_csv` takes off again.
    """
    file = io.StringIO(newline="")
    table = csv.writer(file)
    further = {key: codes for key in _CODES if any(codes := getattr(palette, key))}
    table.writerow([*_HEADER, *further])
    parts = zip(palette.names, palette.hex, palette, palette.shares, palette.locked, palette.classes, strict=True)
    for index, (name, code, color, share, locked, in_class) in enumerate(parts):
        words = [escape_cell(one_line(word)) for word in (name, in_class)]
        row = [index, words[0], code, *color, repr(float(share)), str(locked).lower(), words[1]]
        table.writerow([*row, *(codes[index] for codes in further.values())])
    return file.getvalue().encode()


def _read_rows(rows: Any) -> Any:
    """Iterate over the rows as mappings from our column names to texts."""
    header: Sequence[str] = ()
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if not header:
            names = _name_columns([cell.lower() for cell in cells])
            if "hex" in names or {"red", "green", "blue"} <= set(names):
                header = names
                continue
            header = ("hex", "name") if cells[0].startswith("#") else ("red", "green", "blue", "name")
        yield dict(zip(header, cells, strict=False))


def _name_columns(cells: Sequence[str]) -> list[str]:
    """Return our names of columns; beside one of what is "seen" or "measured", the other colour is what is written."""
    names = [_SYNONYMS.get(cell, cell) for cell in cells]
    if "seen" in names:
        names = ["written" if name == "hex" else name for name in names]
    return ["hex" if name == "seen" else name for name in names]


def _read_code(what: str, text: str) -> str:
    """Return a code with its ``#``, or the empty text; ValueError for what is no opaque colour."""
    return check_code(what, f"#{text.removeprefix('#')}") if text else ""


def _read_row_color(row: Mapping[str, str]) -> tuple[tuple[int, int, int], int]:
    if row.get("hex"):
        red, green, blue, alpha = parse_rgba(row["hex"])[0].tolist()
        return (red, green, blue), alpha
    levels = [row.get(name, "") for name in ("red", "green", "blue")]
    if not all(level.isascii() and level.isdigit() and len(level) < 9 for level in levels):
        raise ValueError(f"red, green and blue must be whole numbers in 0..255, got {', '.join(levels)[:60]}")
    return (int(levels[0]), int(levels[1]), int(levels[2])), OPAQUE


def _read_share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = math.nan
    if not (math.isfinite(share) and share >= 0):
        raise ValueError(f"share must be a number >= 0, got {text[:40]!r}")
    return share


def _read_list(values: Mapping[str, Any], key: str, count: int, default: Any) -> list[Any]:
    """Return the list at `key`, of `count` values of the type of `default`."""
    found = values.get(key) or [default] * count
    if isinstance(default, float):
        fits = isinstance(found, list) and all(_is_share(value) for value in found)
    else:
        fits = isinstance(found, list) and all(isinstance(value, type(default)) for value in found)
    if not fits or len(found) != count:
        noun = {float: "numbers >= 0", str: "texts", bool: "true or false"}[type(default)]
        raise ValueError(f"{key!r} must be a list of {count} {noun}, got {_shown(found)}")
    return list(found)


def _is_share(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return 0 <= value <= 1e300  # a float can hold it: Python's integers know no bound


def _is_triple(value: Any, top: int = 255) -> bool:
    return isinstance(value, list) and len(value) == 3 and all(type(v) is int and 0 <= v <= top for v in value)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
