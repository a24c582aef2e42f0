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


def make_adobe_profile():
    """Return an ICC profile of Adobe RGB's primaries and gamma 2.2, from its parts."""
    xyz = {
        b"rXYZ": (0.60974, 0.31111, 0.01947),
        b"gXYZ": (0.20528, 0.62567, 0.06087),
        b"bXYZ": (0.14919, 0.06322, 0.74457),
    }
    xyz[b"wtpt"] = (0.9642, 1.0, 0.8249)
    tags = {
        kind: b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(v * 65536) for v in value)) for kind, value in xyz.items()
    }
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    tags[b"desc"] = b"desc\0\0\0\0" + struct.pack(">I", 6) + b"Adobe\0" + bytes(78)
    tags[b"cprt"] = b"text\0\0\0\0none\0"
    table, body = struct.pack(">I", len(tags)), b""
    start = 128 + 4 + 12 * len(tags)
    for kind, value in tags.items():
        value += bytes(-len(value) % 4)
        table += kind + struct.pack(">II", start + len(body), len(value))
        body += value
    header = struct.pack(">I4sI4s4s4s", 0, b"test", 0x02100000, b"mntr", b"RGB ", b"XYZ ") + bytes(12) + b"acsp"
    header = header.ljust(68, b"\0") + struct.pack(">3i", 63190, 65536, 54061)
    profile = header.ljust(128, b"\0") + table + body
    return struct.pack(">I", len(profile)) + profile[4:]
