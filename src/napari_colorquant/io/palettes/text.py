"""Palettes as lines of text: GIMP's .gpl, .hex lists, JASC's .pal (Paint Shop Pro), and paint.net's .txt."""

from itertools import islice

from ...palette import MAX_COLORS, Palette
from ...pixels.written_colors import OPAQUE, parse_rgba
from ._content import Swatches, decode_text, lines_of, one_line

#: What GIMP calls a colour without a name.
UNTITLED = "Untitled"


def read_gpl(data: bytes) -> Palette:
    """Read GIMP's palette: a header, then ``red green blue name`` a line.

    Names and the title are kept, and the alpha of Aseprite's variant, which has a column of it ("Channels: RGBA").
    """
    lines = lines_of(decode_text(data))
    header = next(lines, (1, ""))[1]
    if not header.startswith("GIMP Palette"):
        raise ValueError(f"the first line must be 'GIMP Palette', got {header[:40]!r}")
    title, columns, swatches = "", 3, Swatches()
    for number, line in lines:
        key, colon, value = line.partition(":")
        if line.startswith("#"):
            continue
        if colon and key in ("Name", "Columns", "Channels"):
            title = value if key == "Name" else title
            columns = 4 if key == "Channels" and value.strip() == "RGBA" else columns
            continue
        words = line.split(None, columns)
        red, green, blue, *alpha = _read_levels(words[:columns], columns, number, line)
        name = "".join(words[columns:])
        swatches.add((red, green, blue), "" if name == UNTITLED else name, alpha=alpha[0] if alpha else OPAQUE)
    return swatches.palette("" if title.strip() == UNTITLED else title)


def write_gpl(palette: Palette) -> bytes:
    """Write GIMP's palette with its names and title; with alpha in Aseprite's variant. GIMP reads UTF-8."""
    title = one_line(palette.title) or UNTITLED
    channels = ["Channels: RGBA"] if palette.has_alpha else []
    lines = ["GIMP Palette", *channels, f"Name: {title}", "Columns: 0", "#"]
    for color, name in zip(palette.rgba if palette.has_alpha else palette, palette.names, strict=True):
        lines.append(f"{' '.join(f'{level:3d}' for level in color)}\t{one_line(name) or UNTITLED}")
    return ("\n".join(lines) + "\n").encode()


def read_hex(data: bytes) -> Palette:
    """Read one colour a line, ``rrggbb``, ``rrggbbaa`` or with ``#``; what follows ``;`` or ``//`` is a comment."""
    swatches = Swatches()
    for number, line in lines_of(decode_text(data)):
        word = line.partition(";")[0].partition("//")[0].strip()
        if not word:
            continue
        try:
            red, green, blue, alpha = parse_rgba(word)[0].tolist()
        except ValueError:
            raise ValueError(f"line {number} must be a colour such as ff8000, got {line[:40]!r}") from None
        swatches.add((red, green, blue), alpha=alpha)
    return swatches.palette()


def write_hex(palette: Palette) -> bytes:
    """Write one colour a line as ``rrggbb``, or ``rrggbbaa`` if not opaque; nothing but the colours is kept."""
    return "".join(f"{color.removeprefix('#')}\n" for color in palette.hex).encode()


def read_jasc(data: bytes) -> Palette:
    """Read Paint Shop Pro's palette: "JASC-PAL", "0100", the count, then ``red green blue`` a line, or alpha, too."""
    lines = list(islice(lines_of(decode_text(data)), MAX_COLORS + 4))  # no palette is longer
    if not lines or lines[0][1] != "JASC-PAL":
        raise ValueError(f"the first line must be 'JASC-PAL', got {lines[0][1][:40] if lines else ''!r}")
    if len(lines) < 3 or not lines[2][1].isascii() or not lines[2][1].isdigit():
        raise ValueError(f"the third line must be the number of colours, got {lines[2][1][:40] if lines[2:] else ''!r}")
    count, entries = int(lines[2][1][:9]), lines[3:]
    if count > len(entries):
        raise ValueError(f"the file must hold the {count} colours that it announces, got {len(entries)}")
    swatches = Swatches()
    for number, line in entries[:count]:
        levels = line.split()
        red, green, blue, *alpha = _read_levels(levels, 4 if len(levels) == 4 else 3, number, line)
        swatches.add((red, green, blue), alpha=alpha[0] if alpha else OPAQUE)
    return swatches.palette()


def write_jasc(palette: Palette) -> bytes:
    """Write Paint Shop Pro's palette, with the line ends it expects; alpha, if there is any, as Aseprite does."""
    rows = palette.rgba if palette.has_alpha else palette
    lines = ["JASC-PAL", "0100", str(len(palette)), *(" ".join(map(str, row)) for row in rows)]
    return "".join(f"{line}\r\n" for line in lines).encode()


def read_paint_net(data: bytes) -> Palette:
    """Read paint.net's palette: ``aarrggbb`` a line, ``;`` before comments, the title in one of them."""
    title, swatches = "", Swatches()
    for number, line in lines_of(decode_text(data)):
        word, _, comment = line.partition(";")
        key, colon, value = comment.partition(":")
        if colon and key.strip().lower() == "palette name":
            title = title or value
        if not (word := word.strip()):
            continue
        try:
            *alpha, red, green, blue = bytes.fromhex(word)
        except ValueError:
            alpha = [0, 0]
        if len(alpha) > 1:
            raise ValueError(f"line {number} must be a colour such as ffff8000, got {line[:40]!r}")
        swatches.add((red, green, blue), alpha=alpha[0] if alpha else OPAQUE)
    return swatches.palette(title)


def write_paint_net(palette: Palette) -> bytes:
    """Write paint.net's palette, of which that program shows the first 96 colours, with the title in a comment."""
    title = one_line(palette.title)
    lines = ["; paint.net Palette File", *([f"; Palette Name: {title}"] if title else [])]
    lines += [f"{alpha:02X}{red:02X}{green:02X}{blue:02X}" for red, green, blue, alpha in palette.rgba]
    return "".join(f"{line}\r\n" for line in lines).encode()


def _read_levels(words: list[str], count: int, number: int, line: str) -> list[int]:
    if len(words) != count or not all(word.isascii() and word.isdigit() and len(word) < 9 for word in words):
        raise ValueError(f"line {number} must hold {count} whole numbers in 0..255, got {line[:40]!r}")
    levels = [int(word) for word in words]
    if max(levels) > 255:
        raise ValueError(f"line {number} must hold {count} whole numbers in 0..255, got {line[:40]!r}")
    return levels
