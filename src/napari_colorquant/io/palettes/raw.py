"""Palettes that are nothing but the bytes of their colours: .pal of old programs, games and emulators."""

from ...palette import Palette

#: Bytes of a file: 256 colours, as of VGA, or 64, as of the NES.
SIZES = (768, 192)
#: The levels of VGA's converters have 6 bits.
_VGA = 63


def read_raw(data: bytes) -> Palette:
    """Read red, green and blue, a byte each, of 256 or 64 colours; where none is above 63, they are VGA's 6 bits."""
    if len(data) not in SIZES:
        raise ValueError(f"the file must have {' or '.join(map(str, SIZES))} bytes, got {len(data)}")
    top = _VGA if max(data) <= _VGA else 255
    levels = [(2 * 255 * level + top) // (2 * top) for level in data]  # rounded to the nearest
    return Palette([levels[i : i + 3] for i in range(0, len(levels), 3)])  # type: ignore[arg-type]
