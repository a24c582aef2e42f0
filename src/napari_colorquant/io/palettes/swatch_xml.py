"""Palettes of office and layout programs as XML: LibreOffice's .soc and Scribus' .xml."""

from collections import Counter
from xml.sax.saxutils import quoteattr

from ...palette import Palette, parse_colors
from ._content import Swatches, one_line, to_number
from ._xml import read_elements
from .color_models import Color, from_cmyk, from_lab, from_rgb

_SOC = """<?xml version="1.0" encoding="UTF-8"?>
<ooo:color-table xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" \
xmlns:ooo="http://openoffice.org/2004/office">
"""


def read_soc(data: bytes) -> Palette:
    """Read the colours of LibreOffice or OpenOffice with their names; one named by its own code has none."""
    swatches = Swatches()

    def read(depth: int, name: str, attributes: dict[str, str]) -> None:
        if depth == 0 and name != "color-table":
            raise ValueError(f"the XML must be a 'color-table', got {name[:40]!r}")
        if depth and name == "color":
            code = attributes.get("color", "")
            swatches.add(_read_hex(code), _without_code(attributes.get("name", ""), code))

    read_elements(data, read)
    return swatches.palette()


def write_soc(palette: Palette) -> bytes:
    """Write LibreOffice's colours with their names; one without a name is called by its code, as lists show names."""
    rows = zip(palette.hex, palette.names, strict=True)
    lines = (
        f"  <draw:color draw:name={quoteattr(one_line(name) or code)} draw:color={quoteattr(code)}/>\n"
        for code, name in rows
    )
    return f"{_SOC}{''.join(lines)}</ooo:color-table>\n".encode()


def read_scribus(data: bytes) -> Palette:
    """Read Scribus' swatches of RGB, CMYK (ideal inks) and Lab, of its versions before and since 1.5."""
    swatches, title = Swatches(), ""

    def read(depth: int, name: str, attributes: dict[str, str]) -> None:
        nonlocal title
        if depth == 0:
            if name != "SCRIBUSCOLORS":
                raise ValueError(f"the XML must be 'SCRIBUSCOLORS', got {name[:40]!r}")
            title = attributes.get("name", "")
        elif name == "COLOR":
            color = _read_scribus_color(attributes)
            swatches.add(color, _without_code(attributes.get("name", ""), "#" + bytes(color).hex()))

    read_elements(data, read)
    return swatches.palette(title)


def write_scribus(palette: Palette) -> bytes:
    """Write Scribus' swatches with the title, and names of which none is empty or stands twice, as Scribus needs it."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<SCRIBUSCOLORS Name={quoteattr(one_line(palette.title))}>"]
    taken: Counter[str] = Counter()
    for (red, green, blue), code, name in zip(palette, palette.hex, palette.names, strict=True):
        label = _make_unique(one_line(name) or code, taken)
        lines.append(f'  <COLOR NAME={quoteattr(label)} SPACE="RGB" R="{red}" G="{green}" B="{blue}"/>')
    return "\n".join([*lines, "</SCRIBUSCOLORS>", ""]).encode()


def _make_unique(name: str, taken: Counter[str]) -> str:
    unique = name
    while unique in taken:
        taken[name] += 1
        unique = f"{name} {taken[name]}"
    taken[unique] += 1
    return unique


def _without_code(name: str, code: str) -> str:
    return "" if name.strip().lower() == code.strip().lower() else name


def _read_hex(code: str) -> Color:
    red, green, blue = parse_colors(code)[0].tolist()
    return red, green, blue


def _read_scribus_color(attributes: dict[str, str]) -> Color:
    space = attributes.get("space", "").upper()
    if space == "RGB":
        return from_rgb(*(value / 255 for value in _read_numbers(attributes, "rgb")))
    if space == "CMYK":
        return from_cmyk(*(min(max(value / 100, 0.0), 1.0) for value in _read_numbers(attributes, "cmyk")))
    if space == "LAB":
        return from_lab(*_read_numbers(attributes, "lab"))
    if "rgb" in attributes:
        return _read_hex(attributes["rgb"])
    try:
        inks = bytes.fromhex(attributes.get("cmyk", "").strip().removeprefix("#"))
        return from_cmyk(*(ink / 255 for ink in inks))
    except (ValueError, TypeError):
        given = attributes.get("cmyk", space)
        raise ValueError(f"a colour must be of RGB, CMYK or Lab, got {given[:40]!r}") from None


def _read_numbers(attributes: dict[str, str], names: str) -> list[float]:
    return [to_number(attributes.get(name, ""), name.upper()) for name in names]
