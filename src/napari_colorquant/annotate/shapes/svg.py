"""SVG: the outlines of classes as one path each, and the palette as a legend."""

import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ..._checks import check_flag, check_instance, check_path
from ..._runtime.atomic import check_writable, write_file
from ...indexed import IndexedImage
from ...palette import Palette
from .areas import Area, read_areas
from .geojson import as_numbers
from .polygons import Polygon, to_polygons

#: Of the legend, in units of the drawing: the side of a square, the space around it, and the size of the letters.
_SIDE, _SPACE, _LETTERS = 20, 6, 14
#: The width of a line of text that holds the longest name: letters are about 0.6 of their size wide.
_LETTER_WIDTH = 0.6 * _LETTERS


def write_svg(
    labels: Any,
    path: str | os.PathLike[str],
    *,
    by: str = "color",
    tolerance: float = 0.0,
    fill: bool = True,
    overwrite: bool = False,
) -> None:
    """Write the outlines of labels as SVG, a path for each label, in pixels of the image.

    Parameters
    ----------
    labels : IndexedImage, or array_like of shape (H, W), int
        One plane; where they are 0, and where an indexed image has no data, nothing is drawn.
    path : path-like
    by : {"color", "class"}
        Whether the colours of an indexed image are meant or their classes.
    tolerance : float
        How far outlines may be from the sides of pixels, in pixels; see
        `napari_colorquant.annotate.to_polygons`.
    fill : bool
        Whether areas are filled with their colours; else only the outlines are drawn, in these colours.
    overwrite : bool
        Whether a file that exists may be replaced.

    Raises
    ------
    TypeError, ValueError
        If the labels or a choice are not possible.
    FileExistsError
        If the file exists and may not be replaced.

    See Also
    --------
    to_polygons : The outlines as arrays.
    write_legend : What its colours mean.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from napari_colorquant import map_pixels
    >>> flag = map_pixels(np.uint8([[[255, 0, 0], [0, 0, 255]]] * 3), ["#ff0000", "#0000ff"])
    >>> from napari_colorquant.annotate import write_svg
    >>> path = Path(tempfile.mkdtemp()) / "flag.svg"
    >>> write_svg(flag, path)
    >>> path.read_text().count("<path")
    2
    """
    overwrite, fill = check_flag("overwrite", overwrite), check_flag("fill", fill)
    check_path("path", path)
    area_map = read_areas(labels, by)
    named = {area.value: area for area in area_map.areas}
    groups = groupby(to_polygons(labels, by=by, tolerance=tolerance), lambda polygon: polygon.value)
    check_writable(path, overwrite=overwrite)
    height, width = area_map.labels.shape
    _write(path, width, height, (_draw(named[value], its, fill) for value, its in groups), overwrite)


def write_legend(palette: Palette | IndexedImage, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write a palette as SVG: a square for each colour, with its name (or ``#rrggbb``), class and share.

    Parameters
    ----------
    palette : Palette or IndexedImage
    path : path-like
    overwrite : bool
        Whether a file that exists may be replaced.

    Raises
    ------
    TypeError
        If it is no palette.
    FileExistsError
        If the file exists and may not be replaced.

    See Also
    --------
    write_svg : The image itself.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from napari_colorquant import Palette
    >>> from napari_colorquant.annotate import write_legend
    >>> path = Path(tempfile.mkdtemp()) / "legend.svg"
    >>> write_legend(Palette([[255, 0, 0]], names=["poppies"]), path)
    >>> "poppies" in path.read_text()
    True
    """
    overwrite = check_flag("overwrite", overwrite)
    check_path("path", path)
    check_instance("palette", palette, Palette, IndexedImage)
    entries: Palette = palette.palette if isinstance(palette, IndexedImage) else palette
    check_writable(path, overwrite=overwrite)
    texts = list(_texts(entries))
    width = round(3 * _SPACE + _SIDE + _LETTER_WIDTH * max(map(len, texts)))
    codes = [shown or code for shown, code in zip(entries.display, entries.hex, strict=True)]
    rows = (_legend_row(i, code, text) for i, (code, text) in enumerate(zip(codes, texts, strict=True)))
    _write(path, width, _SPACE + len(entries) * (_SIDE + _SPACE), rows, overwrite)


def _write(path: str | os.PathLike[str], width: int, height: int, parts: Iterable[str], overwrite: bool) -> None:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    text = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *parts, "</svg>\n"])
    write_file(path, text.encode("utf-8", "replace"), overwrite=overwrite)


def _draw(area: Area, polygons: Iterable[Polygon], fill: bool) -> str:
    rings = (ring for polygon in polygons for ring in polygon.rings)
    lines = " ".join("M" + " ".join(f"{x},{y}" for x, y in as_numbers(ring)) + "Z" for ring in rings)
    look = f'fill="{area.hex}"' if fill else f'fill="none" stroke="{area.hex}"'
    title = escape(_printable(area.name))
    name = quoteattr(_printable(area.group or area.name))
    return f'<path {look} fill-rule="evenodd" data-class={name} d="{lines}"><title>{title}</title></path>'


def _texts(palette: Palette) -> Iterator[str]:
    shares_known = palette.shares.any()
    for name, group, code, share in zip(palette.names, palette.classes, palette.hex, palette.shares, strict=True):
        parts = [_printable(name) or code, f"({_printable(group)})" if group else ""]
        yield "  ".join(filter(None, [*parts, f"{100 * share:.1f} %" if shares_known else ""]))


def _legend_row(number: int, code: str, text: str) -> str:
    top = _SPACE + number * (_SIDE + _SPACE)
    return (
        f'<rect x="{_SPACE}" y="{top}" width="{_SIDE}" height="{_SIDE}" fill="{code}" stroke="#808080"/>'
        f'<text x="{2 * _SPACE + _SIDE}" y="{top + 15}" font-family="sans-serif" font-size="{_LETTERS}">'
        f"{escape(text)}</text>"
    )


def _printable(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return "".join(
        letter
        for letter in text
        if letter >= " " and letter not in "\x7f\ufffe\uffff" and not "\ud800" <= letter <= "\udfff"
    )
