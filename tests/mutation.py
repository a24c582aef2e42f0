"""Files damaged at random, as AFL does it, and the ways in which such a file is opened.

Shared by the tests, which take a few seeded examples of each kind of file, and by ``tools/fuzz.py``, which goes on.
"""

import io
import re
import struct
import zlib
from pathlib import Path

import numpy as np

from napari_colorquant.io.formats import find_format
from napari_colorquant.io.indexed import is_indexed_file, read_indexed
from napari_colorquant.io.palettes import read_palette
from napari_colorquant.io.palettes import read_palette_recipe as read_kept_recipe
from napari_colorquant.io.read import read_image
from napari_colorquant.palette import Palette

#: Integers at which something overflows, and texts that stand where a number should.
INTEGERS = (0, 1, -1, 16, 32, 64, 100, 127, 128, 255, 256, 512, 1000, 1024, 4096, 32767, 32768, 65535, 65536,
            100_663_045, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 62, (1 << 63) - 1)  # fmt: skip
TEXTS = (b"", b"-1", b"0", b"256", b"65536", b"99999999999", b"1e309", b"-1e-320", b"NaN", b"null", b"[]", b"\xff")
#: What anything may end in that opens a file.
REFUSALS = (ValueError, OSError)
#: Pixels that a mutated file may have: many times what any seed has.
MAX_PIXELS = 1 << 18
#: Bytes at the beginning in which half the damage is done.
_HEAD = 200


def mutate(data, rng, donor=b""):
    """Return a damaged copy of a file; `donor` is another one, of which parts may come in."""
    damaged = bytearray(data)
    for _ in range(int(rng.choice([1, 1, 1, 2, 2, 3, 4, 8]))):
        DAMAGES[rng.integers(len(DAMAGES))](damaged, rng, donor)
    return _mend_sums(bytes(damaged)) if rng.random() < 0.8 else bytes(damaged)


def _place(data, rng):
    return int(rng.integers(min(len(data), _HEAD) if rng.random() < 0.5 else len(data))) if data else 0


def _length(data, rng):
    return int(rng.integers(1, 1 + max(1, min(len(data), int(rng.choice([2, 8, 64, 1 << 20]))))))


def flip_a_bit(data, rng, _):
    if data:
        data[_place(data, rng)] ^= 1 << int(rng.integers(8))


def set_a_byte(data, rng, _):
    if data:
        data[_place(data, rng)] = int(rng.integers(256))


def write_an_integer(data, rng, _):
    size, order = int(rng.choice([1, 2, 4, 8])), str(rng.choice(["little", "big"]))
    value = int(rng.choice(INTEGERS)) & ((1 << 8 * size) - 1)
    at = _place(data, rng)
    data[at : at + size] = value.to_bytes(size, order)


def count_a_number(data, rng, _):
    size, order = int(rng.choice([1, 2, 4])), str(rng.choice(["little", "big"]))
    at = _place(data, rng)
    value = int.from_bytes(data[at : at + size], order) + int(rng.integers(-35, 36))
    data[at : at + size] = (value & ((1 << 8 * size) - 1)).to_bytes(size, order)


def cut_a_block(data, rng, _):
    at = _place(data, rng)
    del data[at : at + _length(data, rng)]


def copy_a_block(data, rng, _):
    start, at, length = _place(data, rng), _place(data, rng), _length(data, rng)
    data[at : at + length * int(rng.integers(2))] = data[start : start + length]


def fill_a_block(data, rng, _):
    at, length = _place(data, rng), _length(data, rng)
    data[at : at + length] = bytes([int(rng.choice([0, 255, 32, 10, rng.integers(256)]))]) * length


def truncate(data, rng, _):
    del data[_place(data, rng) :]


def insert_noise(data, rng, _):
    at = _place(data, rng)
    data[at:at] = rng.bytes(_length(data, rng))


def splice(data, rng, donor):
    if donor:
        data[_place(data, rng) :] = donor[int(rng.integers(len(donor))) :]


def replace_a_number(data, rng, _):
    found = list(re.finditer(rb"-?[0-9.]+|true|false", bytes(data[:4096])))
    if found:
        start, end = found[rng.integers(len(found))].span()
        data[start:end] = TEXTS[rng.integers(len(TEXTS))]


DAMAGES = (
    flip_a_bit, set_a_byte, write_an_integer, write_an_integer, count_a_number, cut_a_block, copy_a_block,
    fill_a_block, truncate, insert_noise, splice, replace_a_number,
)  # fmt: skip


def _mend_sums(data):
    """Return the file with the checksums of a PNG made right, so that the damage is looked at and not its sum."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    mended, at = bytearray(data), 8
    while at + 12 <= len(data):
        end = at + 8 + int.from_bytes(data[at : at + 4], "big")
        if end + 4 > len(data):
            break
        struct.pack_into(">I", mended, end, zlib.crc32(data[at + 4 : end]))
        at = end + 4
    return bytes(mended)


# --- opening


def open_image(path):
    """Open a file in each way; return how many of them found an image. Whatever is no refusal comes out."""
    path = Path(path)
    is_indexed_file(path)
    ways = [
        lambda: read_image(path, max_pixels=MAX_PIXELS),
        lambda: read_indexed(path, max_pixels=MAX_PIXELS),
        lambda: _compute(path),
    ]
    if path.is_file():
        ways.append(lambda: read_image(io.BytesIO(path.read_bytes()), max_pixels=MAX_PIXELS))
    return sum(_succeeds(way, _check_image) for way in ways)


def open_palette(path):
    """Open a palette file; return 1 if it is one. Whatever is no refusal comes out."""
    if path.suffix == ".json":
        _succeeds(lambda: read_kept_recipe(path), lambda kept: None)
    return int(_succeeds(lambda: read_palette(path), _check_palette))


def _compute(path):
    """Read lazily what can be, with one of its blocks."""
    if not path.is_dir() and find_format(path).name not in ("tiff", "zarr"):
        raise ValueError("read otherwise")
    image = read_image(path, lazy=True, max_pixels=MAX_PIXELS)
    for level in image.levels:
        np.asarray(level.blocks[(0,) * level.ndim])
    return image


def _succeeds(way, check):
    try:
        found = way()
    except REFUSALS as error:
        assert str(error).strip(), repr(error)  # noqa: PT017
        return False
    check(found)
    return True


def _check_image(image):
    for level in getattr(image, "levels", ()):
        assert level.ndim >= 2
        assert min(level.shape) > 0
        assert isinstance(level, np.ndarray) is False or level.size <= 4 * MAX_PIXELS
    for scale in getattr(image, "scales", ()):
        assert len(scale) == len(image.axes)
    if hasattr(image, "labels"):
        assert int(image.labels.max(initial=0)) < len(image.palette)


def _check_palette(palette):
    assert isinstance(palette, Palette)
    assert 1 <= len(palette) <= 256
