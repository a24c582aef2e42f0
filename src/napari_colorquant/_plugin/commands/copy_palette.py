"""The palette as text for the clipboard: one table of what programs take."""

import re
from collections.abc import Callable

from ...io.palettes import FORMATS
from ...palette import Palette


def as_hex(palette: Palette) -> str:
    """Return one ``#rrggbb`` a line."""
    return "\n".join(palette.hex)


def as_css(palette: Palette) -> str:
    """Return custom properties of CSS, named after the entries, or by number."""
    taken: dict[str, int] = {}
    lines = []
    for number, (name, code) in enumerate(zip(palette.names, palette.hex, strict=True), start=1):
        word = re.sub(r"[^\w-]+", "-", name.lower()).strip("-") or f"color-{number}"
        taken[word] = taken.get(word, 0) + 1
        suffix = "" if taken[word] == 1 else f"-{taken[word]}"
        lines.append(f"  --{word}{suffix}: {code};")
    return "\n".join([":root {", *lines, "}"])


def as_python(palette: Palette) -> str:
    """Return a list of strings as Python writes it, which `napari_colorquant.quantize` takes as `palette`."""
    return f"palette = [{', '.join(repr(code) for code in palette.hex)}]".replace("'", '"')


def as_gimp(palette: Palette) -> str:
    """Return the text of a GIMP palette file."""
    write = FORMATS["gimp"].write
    assert write is not None
    return write(palette).decode()


#: What menus offer: the title, and the function from a palette to a text.
COPIES: tuple[tuple[str, Callable[[Palette], str]], ...] = (
    ("Hex codes", as_hex),
    ("CSS", as_css),
    ("Python", as_python),
    ("GIMP palette (.gpl)", as_gimp),
)
