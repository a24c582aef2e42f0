"""WebP: pictures and animations without loss, of any number of colours, and with every frame in its place.

Pillow encodes each frame; the container stands here, since libwebp leaves out frames that equal the one before.
"""

import io
import os
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..._runtime.atomic import replace_file
from ...indexed import IndexedFrames, IndexedImage
from ...mapping.to_rgb import labels_to_rgb
from .planes import Durations, spread_durations

#: Pixels along a side at most.
_LARGEST = 16383
#: Flags of the header, and of a frame: it replaces what stood there.
_ALPHA, _ANIMATED, _REPLACES = 0x10, 0x02, 0x02


def write_webp(
    indexed: IndexedImage | IndexedFrames, path: str | os.PathLike[str], *, overwrite: bool = False,
    duration: Durations = 0.1, loops: int | None = 0,
) -> None:  # fmt: skip
    """Write a WebP without loss, which for a stack plays its frames.

    It holds the colours that the image shows, no palette. Pixels without data are transparent, and all others as
    opaque as their colours.

    Parameters
    ----------
    indexed : IndexedImage or IndexedFrames
        Labels (H, W), or (..., H, W): leading axes are played in order.
    path : path-like
        Where to write; a file appears whole or not at all.
    overwrite : bool
        Whether a file that exists may be replaced.
    duration : float or sequence of float
        Seconds that each frame is shown, 0.02 to 600, or one for each frame; in milliseconds.
    loops : int or None
        How often the frames are played, at most 65,535; 0: for ever; None: once.

    Raises
    ------
    ValueError
        If a side is longer than 16,383 pixels, or `duration` is out of range.
    FileExistsError, OSError
        If the file exists, or cannot be written.
    """
    height, width = indexed.shape[-2:]
    if max(height, width) > _LARGEST:
        raise ValueError(f"a WebP must have sides of at most {_LARGEST} pixels, got {width} x {height}")
    seconds = spread_durations(duration, int(np.prod(indexed.shape[:-2])))
    frames = map(_encode, _paint_frames(indexed.load()))
    with replace_file(path, overwrite=overwrite) as file:
        if len(seconds) == 1:
            body = next(frames)
        else:
            alpha = _ALPHA if indexed.valid is not None or _has_alpha(indexed) else 0
            body = _chunk(b"VP8X", struct.pack("<I", _ANIMATED | alpha) + _count(width - 1) + _count(height - 1))
            body += _chunk(b"ANIM", struct.pack("<IH", 0, 1 if loops is None else min(loops, 0xFFFF)))
            for frame, length in zip(frames, seconds, strict=True):
                place = bytes(6) + _count(width - 1) + _count(height - 1) + _count(round(length * 1000))
                body += _chunk(b"ANMF", place + bytes([_REPLACES]) + frame)
        file.write(_chunk(b"RIFF", b"WEBP" + body))


def _paint_frames(indexed: IndexedImage | IndexedFrames) -> Iterator[npt.NDArray[np.uint8]]:
    """Iterate over the frames in colour, (H, W, 3), or (H, W, 4) if pixels of some frame have no data."""
    height, width = indexed.shape[-2:]
    labels = indexed.labels.reshape(-1, height, width)
    valid = [None] * len(labels) if indexed.valid is None else indexed.valid.reshape(labels.shape)
    own = [None] * len(labels) if indexed.recolored is None else indexed.recolored.reshape(*labels.shape, 3)
    palettes = [indexed.palette] * len(labels) if isinstance(indexed, IndexedImage) else indexed.palettes
    has_alpha = _has_alpha(indexed)
    for plane, palette, shown, colors in zip(labels, palettes, valid, own, strict=True):
        rgb = labels_to_rgb(plane, palette.rgba if has_alpha else palette.colors, shown, recolored=colors)
        if shown is None or rgb.shape[-1] == 4:
            yield rgb
        else:
            yield np.concatenate([rgb, shown[..., None] * np.uint8(255)], axis=-1)


def _has_alpha(indexed: IndexedImage | IndexedFrames) -> bool:
    return any(
        each.has_alpha for each in ([indexed.palette] if isinstance(indexed, IndexedImage) else indexed.palettes)
    )


def _encode(rgb: npt.NDArray[Any]) -> bytes:
    """Return the chunk of a frame: what Pillow writes of a still picture without loss, without the container."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(rgb)).save(buffer, "webp", lossless=True, exact=True)
    data = buffer.getvalue()[12:]
    if not data.startswith(b"VP8L"):
        raise ValueError(f"Pillow must write a frame as one chunk without loss, got {data[:4]!r}")
    return data


def _count(number: int) -> bytes:
    return struct.pack("<I", number)[:3]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
