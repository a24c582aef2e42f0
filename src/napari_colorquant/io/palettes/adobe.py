"""Adobe's palettes: .act colour tables, .aco swatches (versions 1 and 2), .ase swatch exchange.

References
----------
Adobe Photoshop File Formats Specification (November 2019), "Color Table" and "Color Swatches".
.ase has no public specification; it is written here as Illustrator and InDesign write it.
"""

import math
import struct
from collections.abc import Callable

from ...palette import MAX_COLORS, Palette
from . import color_models
from ._content import Cursor, Swatches, one_line

_NO_INDEX = 0xFFFF
_GROUP_START, _GROUP_END, _COLOR = 0xC001, 0xC002, 0x0001

#: .aco: colour space -> its four 16-bit words as sRGB. Ink words are full at 0, gray is ink, 0..10000.
_ACO_SPACES: dict[int, Callable[[int, int, int, int], color_models.Color]] = {
    0: lambda w, x, y, z: (w >> 8, x >> 8, y >> 8),  # some write 0xff00 for white, some 0xffff
    1: lambda w, x, y, z: color_models.from_hsb(w / 65535, x / 65535, y / 65535),
    2: lambda w, x, y, z: color_models.from_cmyk(*(1 - word / 65535 for word in (w, x, y, z))),
    7: lambda w, x, y, z: color_models.from_lab(w / 100, _signed(x) / 100, _signed(y) / 100),
    8: lambda w, x, y, z: color_models.from_gray(1 - w / 10000),
    9: lambda w, x, y, z: color_models.from_cmyk(*(1 - word / 10000 for word in (w, x, y, z))),
}
#: .ase: colour model -> how many floats, and what they are as sRGB. Ink and light are full at 1.
_ASE_MODELS: dict[bytes, tuple[int, Callable[..., color_models.Color]]] = {
    b"RGB ": (3, color_models.from_rgb),
    b"CMYK": (4, color_models.from_cmyk),
    b"LAB ": (3, lambda lightness, a, b: color_models.from_lab(100 * lightness, a, b)),
    b"Gray": (1, color_models.from_gray),
}


def read_act(data: bytes) -> Palette:
    """Read Photoshop's colour table: 256 times 3 bytes, then perhaps the count and the transparent index.

    The transparent entry has alpha 0; it keeps its place, unless nothing follows it.
    """
    if len(data) not in (768, 772):
        raise ValueError(f"a colour table must have 768 or 772 bytes, got {len(data)}")
    count, transparent = struct.unpack(">HH", data[768:]) if len(data) == 772 else (MAX_COLORS, _NO_INDEX)
    if not 1 <= count <= MAX_COLORS:
        raise ValueError(f"the count must lie in 1..{MAX_COLORS}, got {count}")
    swatches = Swatches()
    for index in range(count):
        color = data[3 * index], data[3 * index + 1], data[3 * index + 2]
        swatches.add(color, alpha=0 if index == transparent else 255)
    return swatches.palette()


def write_act(palette: Palette) -> bytes:
    """Write Photoshop's colour table with its count and the first colour of alpha 0; nothing else is kept."""
    clear = next((index for index, alpha in enumerate(palette.alphas) if alpha == 0), _NO_INDEX)
    return palette.colors.tobytes().ljust(768, b"\0") + struct.pack(">HH", len(palette), clear)


def read_aco(data: bytes) -> Palette:
    """Read Photoshop's swatches; of a file with both versions the second, which has names."""
    cursor = Cursor(data)
    version, palette = _read_aco_section(cursor)
    if version == 1 and cursor.left >= 4 and data[-cursor.left :][:2] == b"\0\2":
        return _read_aco_section(cursor)[1]
    return palette


def write_aco(palette: Palette) -> bytes:
    """Write Photoshop's swatches with names: version 1 for old readers, followed by version 2."""
    first, second = [struct.pack(">HH", 1, len(palette))], [struct.pack(">HH", 2, len(palette))]
    for levels, name in zip(palette.levels, palette.names, strict=True):
        words = struct.pack(">HHHHH", 0, *(int(level) for level in levels), 0)
        text = _encode_utf16(name)
        first.append(words)
        second.append(words + struct.pack(">HH", 0, len(text) // 2) + text)
    return b"".join(first + second)


def read_ase(data: bytes) -> Palette:
    """Read Adobe's swatch exchange with its names; the groups become classes."""
    cursor = Cursor(data)
    mark, major, _, blocks = cursor.unpack(">4sHHI", "the header")
    if mark != b"ASEF" or major != 1:
        raise ValueError(f"the file must begin with 'ASEF' and version 1, got {mark!r} and {major}")
    swatches, group = Swatches(), ""
    for index in range(blocks):  # a count that lies ends in a Cursor that has no more bytes
        kind, length = cursor.unpack(">HI", f"block {index + 1} of {blocks}")
        block = Cursor(cursor.take(length, f"block {index + 1} of {blocks}"))
        if kind == _GROUP_START:
            group = block.take_utf16(">H", "a group's name")
        elif kind == _GROUP_END:
            group = ""
        elif kind == _COLOR:
            name = block.take_utf16(">H", "a colour's name")
            model, values = _read_ase_color(block)
            levels = [round(65535 * min(max(value, 0.0), 1.0)) for value in values] if model == b"RGB " else None
            swatches.add(_ASE_MODELS[model][1](*values), name, group, levels)
    return swatches.palette()


def write_ase(palette: Palette) -> bytes:
    """Write Adobe's swatch exchange with names; neighbours of one class become a group."""
    blocks, group = [], ""
    for levels, name, in_class in zip(palette.levels, palette.names, palette.classes, strict=True):
        label = one_line(in_class)
        if label != group:
            blocks += [_ase_block(_GROUP_END, b"")] if group else []
            blocks += [_ase_block(_GROUP_START, _ase_text(label))] if label else []
            group = label
        values = struct.pack(">4s3fH", b"RGB ", *(int(level) / 65535 for level in levels), 0)
        blocks.append(_ase_block(_COLOR, _ase_text(name) + values))
    blocks += [_ase_block(_GROUP_END, b"")] if group else []
    return struct.pack(">4sHHI", b"ASEF", 1, 0, len(blocks)) + b"".join(blocks)


def _read_aco_section(cursor: Cursor) -> tuple[int, Palette]:
    version, count = cursor.unpack(">HH", "the header")
    if version not in (0, 1, 2):
        raise ValueError(f"the version must be 1 or 2, got {version}")
    swatches = Swatches()
    for index in range(count):
        what = f"colour {index + 1} of {count}"
        space, *words = cursor.unpack(">5H", what)
        name = cursor.take_utf16(">I", what) if version == 2 else ""
        if space not in _ACO_SPACES:
            raise ValueError(f"{what} must be RGB, HSB, CMYK, Lab or gray, got colour space {space} (a colour book)")
        swatches.add(_ACO_SPACES[space](*words), name)
    return version, swatches.palette()


def _read_ase_color(block: Cursor) -> tuple[bytes, tuple[float, ...]]:
    model = block.take(4, "a colour's model")
    if model not in _ASE_MODELS:
        raise ValueError(f"a colour must be of the model RGB, CMYK, LAB or Gray, got {model!r}")
    values = block.unpack(f">{_ASE_MODELS[model][0]}f", "a colour's components")
    if not all(map(math.isfinite, values)):
        raise ValueError(f"a colour must have finite components, got {values}")
    return model, values


def _ase_block(kind: int, content: bytes) -> bytes:
    return struct.pack(">HI", kind, len(content)) + content


def _ase_text(text: str) -> bytes:
    encoded = _encode_utf16(text)
    return struct.pack(">H", len(encoded) // 2) + encoded


def _encode_utf16(text: str) -> bytes:
    """Return big-endian UTF-16 with its closing zero, cut where a 16-bit length ends."""
    encoded = one_line(text).encode("utf-16-be")[: 2 * 0xFFFE]
    return encoded.decode("utf-16-be", "ignore").encode("utf-16-be") + b"\0\0"  # no half of a surrogate pair


def _signed(word: int) -> int:
    return word - 0x10000 if word >= 0x8000 else word
