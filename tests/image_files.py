"""Image files made by hand, and the way in which tests open one."""

import struct
import zlib

import numpy as np
from PIL import ImageCms

from napari_colorquant.io.read import read_image

SIGNATURE = b"\x89PNG\r\n\x1a\n"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
GAMMA_1 = (b"gAMA", struct.pack(">I", 100_000))
ADOBE = (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000))
REC_2020 = (b"cICP", bytes([9, 13, 0, 1]))


def read_both(path):
    """Open a file in memory and lazily; return the image, whose pixels are the same both ways."""
    image, lazily = read_image(path), read_image(path, lazy=True)
    facts = ("rgb", "axes", "scales", "units", "origin", "channels", "durations", "loops", "format", "notes")
    facts += ("profile", "source_profile")
    assert [getattr(image, name) for name in facts] == [getattr(lazily, name) for name in facts]
    pixels = tuple(np.asarray(level) for level in image.levels)
    for level, other in zip(pixels, lazily.levels, strict=True):
        np.testing.assert_array_equal(level, np.asarray(other))
        assert level.dtype == other.dtype
    return image.with_facts(levels=pixels)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def make_png(pixels, kind, *extra, filters=(0,), interlace=0):
    """Return a PNG of (H, W, samples) pixels; the rows take the filters in turn."""
    height, width = pixels.shape[:2]
    depth = 8 * pixels.dtype.itemsize
    passes = ((0, 0, 1, 1),)
    if interlace:
        passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    stream = b"".join(filter_rows(pixels[y::v, x::h], filters) for x, y, h, v in passes if pixels[y::v, x::h].size)
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlace)
    body = [chunk(b"IHDR", header), *(chunk(*each) for each in extra), chunk(b"IDAT", zlib.compress(stream))]
    return SIGNATURE + b"".join(body) + chunk(b"IEND", b"")


def filter_rows(pixels, filters):
    step = pixels.shape[2] * pixels.dtype.itemsize
    rows = pixels.astype(f">u{pixels.dtype.itemsize}").reshape(len(pixels), -1).view(np.uint8).astype(int)
    above, out = np.zeros_like(rows[0]), b""
    for i, row in enumerate(rows):
        left, corner = (np.concatenate([np.zeros(step, int), each])[: len(row)] for each in (row, above))
        method = filters[i % len(filters)]
        guess = [0, left, above, (left + above) // 2, paeth(left, above, corner)][method]
        out += bytes([method]) + ((row - guess) & 255).astype(np.uint8).tobytes()
        above = row
    return out


def paeth(left, above, corner):
    total = left + above - corner
    near = np.stack([abs(total - left), abs(total - above), abs(total - corner)])
    return np.choose(near.argmin(axis=0), [left, above, corner])


#: Columns of red, green and blue under D50, and the exponent of the curves; None: that of sRGB.
RGB_KINDS = {
    "adobe": ([(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)], 2.2),
    "p3": ([(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)], None),
    "srgb": ([(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)], None),
    "prophoto": ([(0.79767, 0.28804, 0.0), (0.13519, 0.71188, 0.0), (0.03134, 0.00009, 0.82491)], 1.8),
    "linear": ([(0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)], 1.0),
}


def make_rgb_profile(kind, name="test", *, table=False):
    """Return an ICC profile of three curves and a matrix, from its parts; with `table`, the curves are sampled."""
    columns, power = RGB_KINDS[kind]
    tags = {tag: _pack_xyz(xyz) for tag, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), columns, strict=True)}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), _pack_curve(power, table))
    return pack_profile(b"RGB ", {b"wtpt": _pack_xyz((0.9642, 1.0, 0.8249)), **tags}, name)


def make_table_profile(kind):
    """Return an ICC profile that does what `make_rgb_profile` does, but by a table of colours (mft2)."""
    columns, power = RGB_KINDS[kind]
    corners = [(r, g, b) for r in (0, 1) for g in (0, 1) for b in (0, 1)]
    table = np.rint(np.clip(np.array(corners) @ np.array(columns) * 32768, 0, 65535)).astype(">u2").tobytes()
    levels = np.arange(256) / 255
    light = levels**power if power else np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    curve, line = np.rint(light * 65535).astype(">u2").tobytes(), struct.pack(">2H", 0, 65535)
    matrix = struct.pack(">9i", *(65536 * (i % 4 == 0) for i in range(9)))
    tag = b"mft2" + bytes(4) + bytes([3, 3, 2, 0]) + matrix + struct.pack(">HH", 256, 2) + 3 * curve + table + 3 * line
    return pack_profile(b"RGB ", {b"wtpt": _pack_xyz((0.9642, 1.0, 0.8249)), b"A2B0": tag})


def make_gray_profile(power):
    """Return an ICC profile of gray with one curve."""
    return pack_profile(b"GRAY", {b"wtpt": _pack_xyz((0.9642, 1.0, 0.8249)), b"kTRC": _pack_curve(power, False)})


def make_adobe_profile():
    """Return an ICC profile of Adobe RGB's primaries and gamma 2.2, from its parts."""
    return make_rgb_profile("adobe", "Adobe")


def pack_profile(colors, tags, name="test"):
    """Return an ICC profile of version 2 with these tags."""
    text = name.encode() + b"\0"
    tags = {
        **tags,
        b"desc": b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78),
        b"cprt": b"text\0\0\0\0none\0",
    }
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for kind, value in tags.items():
        value += bytes(-len(value) % 4)
        table += kind + struct.pack(">II", start + len(body), len(value))
        body += value
    header = struct.pack(">I4sI4s4s4s", 0, b"test", 0x02100000, b"mntr", colors, b"XYZ ") + bytes(12) + b"acsp"
    header = header.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    profile = header.ljust(128, b"\0") + table + body
    return struct.pack(">I", len(profile)) + profile[4:]


def _pack_xyz(xyz):
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in xyz))


def _pack_curve(power, table):
    if power is None and not table:  # the formula of sRGB
        numbers = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
        return b"para\0\0\0\0" + struct.pack(">HH5i", 3, 0, *(round(number * 65536) for number in numbers))
    if not table:
        return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(power * 256)) + b"\0\0"
    levels = np.arange(1024) / 1023
    light = levels**power if power else np.where(levels <= 0.04045, levels / 12.92, ((levels + 0.055) / 1.055) ** 2.4)
    return b"curv\0\0\0\0" + struct.pack(">I", 1024) + np.rint(light * 65535).astype(">u2").tobytes()
