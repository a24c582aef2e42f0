"""PNG in full depth: 16 bits a channel, and colours by the chunks that describe them.

Pillow reads 16-bit colours as their upper 8 bits, so these are decoded here: zlib does the work, a
compiled loop undoes the filters (0.05 s for a million pixels of RGB, where the pure Python of pypng
takes 2.5 s). All other PNG files are Pillow's.
"""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import ImageCms

from ..._runtime.jit import kernel
from ..._runtime.progress import checkpoint
from .. import color_profiles
from ..color_profiles import LightSpace

SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Samples of a pixel by colour type; a palette (3) has no 16 bits.
_SAMPLES = {0: 1, 2: 3, 4: 2, 6: 4}
#: Bytes that are decompressed between two checkpoints.
_PIECE = 1 << 24
#: First column and row, and steps, of the seven passes of Adam7.
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def iterate_chunks(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    """Iterate over (type, body) of the chunks of a PNG as far as they are whole."""
    at, view = len(SIGNATURE), memoryview(data)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if at + 12 + length > len(data):
            return
        yield kind, view[at + 8 : at + 8 + length]
        at += 12 + length


def is_deep(data: bytes) -> bool:
    """Return True if a file is a PNG of 16 bits a channel and one frame, which `read_deep` reads."""
    if not data.startswith(SIGNATURE) or len(data) < 33 or data[24] != 16:
        return False
    return all(kind != b"acTL" for kind, _ in iterate_chunks(data))


def count_pixels(data: bytes) -> int:
    """Return the pixels of a PNG as its header, which comes first, says."""
    width, height = struct.unpack_from(">II", data, len(SIGNATURE) + 8)
    return int(width * height)


def read_deep(data: bytes) -> tuple[npt.NDArray[np.uint16], bool]:
    """Read a PNG of 16 bits a channel, colours as they are stored.

    Returns
    -------
    pixels : ndarray of shape (H, W) or (H, W, 3 or 4), uint16
        Gray, or RGB, with alpha where the file has it (gray then becomes RGB), also by its one transparent colour.
    is_color : bool
        True if the last axis holds channels.

    Raises
    ------
    ValueError
        If the file is damaged.
    """
    chunks = dict(iterate_chunks(data))
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    if depth != 16 or kind not in _SAMPLES or not width or not height or interlace > 1:
        raise ValueError(f"a PNG must have a valid header, got depth {depth}, colour type {kind}")
    samples = _SAMPLES[kind]
    pixels = np.empty((height, width, samples), np.uint16)
    stream = _inflate(data, _count_bytes(width, height, 2 * samples, interlace))
    at = 0
    for left, top, across, down in _PASSES if interlace else ((0, 0, 1, 1),):
        part = pixels[top::down, left::across]
        if not part.size:
            continue
        size = part.shape[0] * (1 + 2 * samples * part.shape[1])
        part[...] = _decode_pass(stream[at : at + size], part.shape)
        at += size
    return _with_alpha(pixels, kind, chunks.get(b"tRNS"))


def find_colors(data: bytes) -> LightSpace | bytes | None:
    """Return how a PNG says its colours are meant: a space, an ICC profile, or None for sRGB.

    The first that is there and can be used counts: cICP, iCCP, sRGB, gAMA with cHRM. A profile that
    cannot be read, which many old files have, is passed over.
    """
    found: dict[bytes, memoryview] = {}
    for kind, body in iterate_chunks(data):
        if kind == b"IDAT":
            break
        found.setdefault(kind, body)
    if len(cicp := found.get(b"cICP", b"")) == 4 and (space := color_profiles.from_cicp(cicp[0], cicp[1])) is not None:
        return None if space.is_srgb else space
    if b"iCCP" in found and (profile := _read_profile(bytes(found[b"iCCP"]))) is not None:
        return profile
    if b"sRGB" in found or len(found.get(b"gAMA", b"")) != 4:
        return None
    (gamma,) = struct.unpack(">I", found[b"gAMA"])
    light = found.get(b"cHRM", b"")
    corners = tuple(value / 1e5 for value in struct.unpack(">8I", light)) if len(light) == 32 else None
    space = color_profiles.from_gamma(gamma / 1e5, corners)
    return None if space is None or space.is_srgb else space


def _read_profile(body: bytes) -> bytes | None:
    _, _, rest = body.partition(b"\0")
    try:
        profile = zlib.decompressobj().decompress(rest[1:], 1 << 24)
        ImageCms.ImageCmsProfile(io.BytesIO(profile))
    except (zlib.error, OSError, ImageCms.PyCMSError):
        return None
    return profile


def _count_bytes(width: int, height: int, size: int, interlace: int) -> int:
    total = 0
    for left, top, across, down in _PASSES if interlace else ((0, 0, 1, 1),):
        columns, rows = -(-max(0, width - left) // across), -(-max(0, height - top) // down)
        total += rows * (1 + columns * size) if columns else 0
    return total


def _inflate(data: bytes, size: int) -> npt.NDArray[np.uint8]:
    """Return the decompressed image data, never more than `size` bytes of it; ValueError if there are fewer."""
    stream, found = zlib.decompressobj(), bytearray()
    try:
        for kind, body in iterate_chunks(data):
            rest: Any = body if kind == b"IDAT" else b""
            while len(rest) and len(found) < size:
                checkpoint(len(found) / size)
                found += stream.decompress(rest, min(_PIECE, size - len(found)))
                rest = stream.unconsumed_tail
    except zlib.error as error:
        raise ValueError(f"a PNG must have data that can be decompressed: {error}") from None
    if len(found) < size:
        raise ValueError(f"a PNG must have {size} bytes of pixels, got {len(found)}: it is cut short")
    return np.frombuffer(found, np.uint8)


def _decode_pass(stream: npt.NDArray[np.uint8], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    rows = np.ascontiguousarray(stream.reshape(shape[0], -1))
    if int(rows[:, 0].max()) > 4:
        raise ValueError(f"a PNG must have filters 0..4, got {int(rows[:, 0].max())}")
    _unfilter(rows, 2 * shape[2])
    return rows[:, 1:].view(">u2").reshape(shape)


def _with_alpha(
    pixels: npt.NDArray[np.uint16], kind: int, key: memoryview | None
) -> tuple[npt.NDArray[np.uint16], bool]:
    samples = pixels.shape[2]
    if kind in (0, 2) and key is not None and len(key) == 2 * samples:
        clear = (pixels == np.array(struct.unpack(f">{samples}H", key), np.uint16)).all(axis=2, keepdims=True)
        alpha = np.where(clear, 0, 65535).astype(np.uint16)
        return np.concatenate([np.broadcast_to(pixels, (*pixels.shape[:2], 3)), alpha], axis=2), True
    if kind == 4:
        return np.ascontiguousarray(pixels[..., [0, 0, 0, 1]]), True
    return (pixels[..., 0], False) if kind == 0 else (pixels, True)


@kernel
def _unfilter(rows: Any, step: int) -> None:
    """Undo the filters of PNG in place; each row begins with the number of its own."""
    height, width = rows.shape
    for i in range(height):
        method = rows[i, 0]
        for j in range(1, width):
            left = np.int32(rows[i, j - step]) if j > step else np.int32(0)
            above = np.int32(rows[i - 1, j]) if i > 0 else np.int32(0)
            corner = np.int32(rows[i - 1, j - step]) if i > 0 and j > step else np.int32(0)
            guess = np.int32(0)
            if method == 1:
                guess = left
            elif method == 2:
                guess = above
            elif method == 3:
                guess = (left + above) >> 1
            elif method == 4:
                by_left, by_above, by_corner = abs(above - corner), abs(left - corner), abs(left + above - 2 * corner)
                if by_left <= by_above and by_left <= by_corner:
                    guess = left
                elif by_above <= by_corner:
                    guess = above
                else:
                    guess = corner
            rows[i, j] = np.uint8((np.int32(rows[i, j]) + guess) & 255)
