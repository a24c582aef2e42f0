"""Palette files: one table of formats, and the two verbs that read and write them by suffix.

A new format is one function each way between bytes and a `Palette`, and one entry in the table.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from ..._checks import check_flag, check_instance, check_path, refusal
from ..._runtime import atomic
from ...palette import BYTE_COLORS, MAX_COLORS, Palette
from ...registry import Registry
from . import adobe, krita, pictures, procreate, raw, riff, swatch_xml, tables, text
from ._content import one_line
from ._format import Format

__all__ = [
    "FORMATS",
    "Format",
    "find_format",
    "is_palette_file",
    "read_palette",
    "read_palette_recipe",
    "write_palette",
]

#: As many as a count of 16 bits tells.
_COUNTED = MAX_COLORS - 1

FORMATS: Registry[Format] = Registry(
    "palette format",
    Format(
        "json", (".json",), tables.read_json, tables.write_json, "Ours: everything, the recipe too", (b"{", b"["),
        alpha=True,
    ),
    Format(
        "gimp", (".gpl",), text.read_gpl, text.write_gpl, "GIMP, Inkscape, Krita: names, title", (b"GIMP Palette",),
        is_titled=True, alpha=True,
    ),
    Format("hex", (".hex",), text.read_hex, text.write_hex, "One rrggbb a line (Lospec, Aseprite)", alpha=True),
    Format("jasc", (".pal",), text.read_jasc, text.write_jasc, "JASC Paint Shop Pro", (b"JASC-PAL",), alpha=True),
    Format("riff", (".pal",), riff.read_riff, riff.write_riff, "Microsoft Windows", (b"RIFF",), most_colors=_COUNTED),
    Format("raw", (".pal",), raw.read_raw, None, "Bytes of 256 or 64 colours (only read)", sizes=raw.SIZES),
    Format(
        "act", (".act",), adobe.read_act, adobe.write_act, "Adobe Photoshop colour table", alpha=True,
        most_colors=BYTE_COLORS,
    ),
    Format("aco", (".aco",), adobe.read_aco, adobe.write_aco, "Adobe Photoshop swatches: names", most_colors=_COUNTED),
    Format("ase", (".ase",), adobe.read_ase, adobe.write_ase, "Adobe swatch exchange: names, classes", (b"ASEF",)),
    Format("soc", (".soc",), swatch_xml.read_soc, swatch_xml.write_soc, "LibreOffice, OpenOffice: names"),
    Format(
        "scribus", (".xml",), swatch_xml.read_scribus, swatch_xml.write_scribus, "Scribus: names, title",
        is_titled=True,
    ),
    Format("krita", (".kpl",), krita.read_kpl, krita.write_kpl, "Krita: names, groups, title", is_titled=True),
    Format(
        "paint.net", (".txt",), text.read_paint_net, text.write_paint_net, "paint.net: title", is_titled=True,
        alpha=True,
    ),
    Format(
        "procreate", (".swatches",), procreate.read_swatches, None, "Procreate: title (only read)", is_titled=True,
        alpha=True,
    ),
    Format("csv", (".csv", ".tsv"), tables.read_csv, tables.write_csv, "Table: everything but the title", alpha=True),
    Format(
        "strip",
        (".png",),
        pictures.read_picture,
        pictures.write_strip,
        "PNG swatches; an indexed PNG's palette",
        alpha=True,
        max_bytes=pictures.MAX_BYTES,
        most_colors=BYTE_COLORS,
    ),
    Format(
        "gif",
        (".gif",),
        pictures.read_picture,
        None,
        "The palette of a GIF (only read)",
        alpha=True,
        max_bytes=pictures.MAX_BYTES,
        most_colors=BYTE_COLORS,
    ),
)  # fmt: skip


class HasDict(Protocol):
    """What a recipe is to this room, which knows none: something that becomes JSON values."""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values."""


def read_palette(path: str | os.PathLike[str]) -> Palette:
    """Read a palette file; its suffix, and where that is shared its content, tells the format.

    Parameters
    ----------
    path : path-like
        A file of one of the `FORMATS`: .json, .gpl, .hex, .pal, .act, .aco, .ase, .soc, .xml, .kpl, .txt,
        .swatches, .csv, .png, .gif.

    Returns
    -------
    palette : Palette
        With names, classes, locks, shares and title where the format has them; a file that could name its
        palette and does not gives it its own name, without the suffix. CMYK, HSB, Lab and
        gray swatches are converted to sRGB, see `napari_colorquant.io.palettes.color_models`.

    Raises
    ------
    ValueError
        If the suffix is of no known format, or the file is not such a palette: cut short, longer
        than 8 MB (a picture: 32 MB), of no or more than 65,536 colours, or otherwise wrong. The message names the file.
    OSError
        If the file cannot be read.

    See Also
    --------
    write_palette : Write one.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from napari_colorquant import Palette, read_palette, write_palette
    >>> path = Path(tempfile.mkdtemp()) / "a.gpl"
    >>> write_palette(Palette([[255, 0, 0]], names=["red"]), path)
    >>> read_palette(path).names
    ('red',)
    """
    data = _read_bytes(path)
    format_ = _find_reader(path, data)
    try:
        palette = format_.read(data)
        return palette if palette.title or not format_.is_titled else replace(palette, title=_name_of(path))
    except (ValueError, TypeError) as error:
        raise ValueError(f"{os.fspath(path)} must be a palette file ({format_.summary}): {error}") from None


def write_palette(
    palette: Palette,
    path: str | os.PathLike[str],
    *,
    overwrite: bool = False,
    format: str | None = None,
    recipe: HasDict | None = None,
) -> None:
    """Write a palette file, whole or not at all.

    A format without alpha (aco, ase, riff, soc, scribus, krita) holds each colour as opaque.

    Parameters
    ----------
    palette : Palette
    path : path-like
        Its suffix tells the format.
    overwrite : bool
        Whether a file that exists may be replaced.
    format : str, optional
        A name in `FORMATS`, for any suffix; without it .pal is JASC's, not Microsoft's.
    recipe : Recipe, optional
        How the palette was designed; kept in .json, see `read_palette_recipe`. Other formats have no place for it.

    Raises
    ------
    ValueError
        If the suffix is of no known format, or the format is only read or does not hold so many colours.
    FileExistsError, OSError
        If the file exists, or cannot be written.

    See Also
    --------
    read_palette : Read one.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from napari_colorquant import Palette, write_palette
    >>> path = Path(tempfile.mkdtemp()) / "a.hex"
    >>> write_palette(Palette([[255, 0, 0], [0, 0, 255]]), path)
    >>> path.read_text().split()
    ['ff0000', '0000ff']
    """
    check_instance("palette", palette, Palette)
    overwrite = check_flag("overwrite", overwrite)
    chosen = find_format(check_path("path", path)) if format is None else FORMATS[format]
    if recipe is not None and not callable(getattr(recipe, "to_dict", None)):
        raise refusal("recipe", "be a Recipe or None", recipe, TypeError)
    if chosen.write is None:
        raise ValueError(f"a palette must be written in another format than {chosen.name}, which is only read")
    if len(palette) > chosen.most_colors:
        raise ValueError(f"{os.fspath(path)!r} must have at most {chosen.most_colors} colours, got {len(palette)}")
    if chosen.name == "json":
        data = tables.write_json(palette, None if recipe is None else recipe.to_dict())
    else:
        title = palette.title or (_name_of(path) if chosen.is_titled else "")
        plain = palette if chosen.name == "csv" else palette.as_written()
        alphas = plain.alphas if chosen.alpha else plain.alphas[:0]
        data = chosen.write(replace(plain.in_profile(None), title=title, alphas=alphas))
    if len(data) > chosen.max_bytes:
        message = f"a palette file must have at most {chosen.max_bytes} bytes, got {len(data)}; its names are too long"
        raise ValueError(message)
    atomic.write_file(path, data, overwrite=overwrite)


def read_palette_recipe(path: str | os.PathLike[str]) -> dict[str, Any] | None:
    """Return the recipe that `write_palette` kept in a .json, for `Recipe.from_dict`, or None if there is none.

    Raises
    ------
    ValueError
        If the file is no JSON, or what it holds as a recipe cannot be one.
    """
    data = _read_bytes(path)
    try:
        values = tables.load_json(data)
    except ValueError as error:
        raise ValueError(f"{os.fspath(path)} must hold a recipe: {error}") from None
    kept = values.get("recipe") if isinstance(values, dict) else None
    if kept is not None and not isinstance(kept, dict):
        raise ValueError(f"{os.fspath(path)} must hold a recipe, got {type(kept).__name__}")
    return kept


def find_format(path: str | os.PathLike[str]) -> Format:
    """Return the format that is written under the suffix of `path`; ValueError for an unknown suffix."""
    return next(_formats_of(path))


def is_palette_file(path: str | os.PathLike[str]) -> bool:
    """Return True if the suffix of `path` is that of a palette format."""
    check_path("path", path)
    return any(Path(path).suffix.lower() in entry.suffixes for entry in FORMATS.values())


def _formats_of(path: str | os.PathLike[str]) -> Iterator[Format]:
    if not is_palette_file(path):
        known = ", ".join(dict.fromkeys(suffix for entry in FORMATS.values() for suffix in entry.suffixes))
        raise refusal("a palette file", f"end in one of {known}", os.fspath(path))
    suffix = Path(path).suffix.lower()
    return (entry for entry in FORMATS.values() if suffix in entry.suffixes)


def _find_reader(path: str | os.PathLike[str], data: bytes) -> Format:
    """Return the format of the suffix that the content begins like; the first if it begins like none."""
    formats = list(_formats_of(path))
    known = (entry for entry in formats if data.startswith(entry.marks) or len(data) in entry.sizes)
    return next(known, formats[0])


def _name_of(path: str | os.PathLike[str]) -> str:
    return one_line(Path(path).stem.removesuffix(".palette"))


def _read_bytes(path: str | os.PathLike[str]) -> bytes:
    most = max(entry.max_bytes for entry in _formats_of(path))  # an unknown suffix is told before the file is opened
    with open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size or most  # a pipe has no size
        data = file.read(min(size, most) + 1)
    if len(data) > most:
        raise ValueError(f"a palette file must have at most {most >> 20} MB, got more in {os.fspath(path)}")
    return data
