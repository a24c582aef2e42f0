"""Microsoft's palette, a RIFF file: .pal (Windows).

References
----------
Microsoft, Multimedia Programming Interface and Data Specifications 1.0 (1991), "Palette File Format".
"""

import struct

from ...palette import Palette
from ._content import Cursor, Swatches


def read_riff(data: bytes) -> Palette:
    """Read a Windows palette: the first "data" chunk holds a LOGPALETTE."""
    cursor = Cursor(data)
    mark, _, form = cursor.unpack("<4sI4s", "the header")
    if mark != b"RIFF" or form != b"PAL ":
        raise ValueError(f"the file must begin with 'RIFF' and 'PAL ', got {mark!r} and {form!r}")
    while True:
        kind, length = cursor.unpack("<4sI", "the colours")
        if kind == b"data":
            return _read_logpalette(cursor)
        cursor.take(length + length % 2, f"the chunk {kind!r}")  # chunks are padded to even lengths


def write_riff(palette: Palette) -> bytes:
    """Write a Windows palette; nothing but the colours is kept."""
    entries = b"".join(struct.pack("4B", *color, 0) for color in palette)
    table = struct.pack("<HH", 0x0300, len(palette)) + entries
    return struct.pack("<4sI4s4sI", b"RIFF", len(table) + 12, b"PAL ", b"data", len(table)) + table


def _read_logpalette(cursor: Cursor) -> Palette:
    # The chunk's own length is not believed: programs that write it wrong are many.
    version, count = cursor.unpack("<HH", "the number of colours")
    if version != 0x0300:
        raise ValueError(f"the version must be 0x0300, got {version:#06x}")
    swatches = Swatches()
    for index in range(count):
        red, green, blue, _ = cursor.unpack("4B", f"colour {index + 1} of {count}")
        swatches.add((red, green, blue))
    return swatches.palette()
