"""PNG: indexed images with their palette as it is, animations, and images of many colours."""

import io
import os
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from ..._runtime.atomic import replace_file
from ...indexed import IndexedImage
from .planes import Durations, find_icc, make_image, make_planes, spread_durations
from .png import SIGNATURE, iterate_chunks


def write_png(levels: Sequence[IndexedImage], path: str, _: Any, overwrite: bool, __: Any) -> None:
    """Write the first of `levels`, as the table of formats calls it: indexed, or in colour if pixels keep a part."""
    if levels[0].is_recolored:
        write_rgb_png(levels[0].to_rgb(), path, overwrite=overwrite)
    else:
        write_indexed_png(levels[0], path, overwrite=overwrite)


def write_indexed_png(
    indexed: IndexedImage, path: str | os.PathLike[str] | BinaryIO, *, overwrite: bool = False
) -> None:
    """Write an indexed PNG: the palette as it is, in its own RGB, 1, 2, 4 or 8 bits a pixel as it allows.

    Pixels without data become transparent, by the palette's own colour of alpha 0 or one further entry. The alpha
    of palette colours is kept; that of pixels is none, since an indexed PNG's transparency belongs to its colours.

    Parameters
    ----------
    indexed : IndexedImage
        Of one plane, labels (H, W).
    path : path-like or binary file
        Where to write; a file appears whole or not at all.
    overwrite : bool
        Whether a file that exists may be replaced.

    Raises
    ------
    ValueError
        If there are several planes, or pixels without data beside 256 colours; the recoloured
        image of ``keep=`` has more than 256 colours and is not what is written.
    FileExistsError, OSError
        If the file exists, or cannot be written.
    """
    planes = make_planes(indexed, own=True)
    if len(planes.labels) > 1 or len(indexed.shape) > 2:
        raise ValueError(
            f"a PNG must have one plane, got labels of shape {indexed.shape}; write .gif, .apng or each plane"
        )
    options: dict[str, Any] = find_icc(indexed) | planes.transparency
    image = make_image(planes.labels[0], planes.colors[0])
    if isinstance(path, (str, os.PathLike)):
        with replace_file(path, overwrite=overwrite) as file:
            image.save(file, "png", **options)
    else:
        image.save(path, "png", **options)


def write_rgb_png(rgb: npt.NDArray[np.uint8], path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
    """Write an image of any number of colours, (H, W, 3 or 4) uint8, as a PNG; whole or not at all.

    Raises
    ------
    ValueError
        If the suffix is not .png or the image has another shape.
    FileExistsError, OSError
        If the file exists, or cannot be written.
    """
    if Path(path).suffix.lower() != ".png":
        raise ValueError(f"an image of many colours must be written as .png, got {os.fspath(path)!r}")
    if rgb.ndim != 3 or rgb.shape[2] not in (3, 4):
        raise ValueError(f"a PNG must have one plane of shape (H, W, 3 or 4), got {rgb.shape}")
    with replace_file(path, overwrite=overwrite) as file:
        Image.fromarray(np.ascontiguousarray(rgb)).save(file, "png")


def write_apng(
    indexed: IndexedImage, path: str | os.PathLike[str], *, overwrite: bool = False, duration: Durations = 0.1,
    loops: int | None = 0,
) -> None:  # fmt: skip
    """Write an animated PNG: one palette, every frame as it is, also one that equals the frame before it.

    Parameters
    ----------
    indexed : IndexedImage
        Labels (H, W), or (..., H, W): leading axes are played in order.
    path : path-like
        Where to write; a file appears whole or not at all.
    overwrite : bool
        Whether a file that exists may be replaced.
    duration : float or sequence of float
        Seconds that each frame is shown, 0.02 to 600, or one for each frame; in milliseconds.
    loops : int or None
        How often the frames are played; 0: for ever; None: once.

    Raises
    ------
    ValueError
        If pixels without data stand beside 256 colours, or `duration` is out of range.
    FileExistsError, OSError
        If the file exists, or cannot be written.
    """
    planes = make_planes(indexed, own=True)
    seconds = spread_durations(duration, len(planes.labels))
    plays = 1 if loops is None else loops
    options: dict[str, Any] = find_icc(indexed) | planes.transparency
    with replace_file(path, overwrite=overwrite) as file:
        file.write(SIGNATURE)
        number = 0
        for i, (plane, length) in enumerate(zip(planes.labels, seconds, strict=True)):
            chunks = _encode_plane(plane, planes.colors[0], options)
            if i == 0:
                for kind, body in chunks:
                    if kind not in (b"IDAT", b"IEND"):
                        file.write(_chunk(kind, body))
                    if kind == b"IHDR":
                        file.write(_chunk(b"acTL", struct.pack(">II", len(planes.labels), plays)))
            height, width = plane.shape
            # Whole frames that replace what stood there (no blending, nothing to dispose of).
            control = (number, width, height, 0, 0, round(length * 1000), 1000, 0, 0)
            file.write(_chunk(b"fcTL", struct.pack(">IIIIIHHBB", *control)))
            number += 1
            data = b"".join(body for kind, body in chunks if kind == b"IDAT")
            file.write(_chunk(b"IDAT", data) if i == 0 else _chunk(b"fdAT", struct.pack(">I", number) + data))
            number += i > 0
        file.write(_chunk(b"IEND", b""))


def _encode_plane(
    plane: npt.NDArray[np.uint8], colors: npt.NDArray[np.uint8], options: dict[str, Any]
) -> list[tuple[bytes, bytes]]:
    buffer = io.BytesIO()
    make_image(plane, colors).save(buffer, "png", **options)
    return [(kind, bytes(body)) for kind, body in iterate_chunks(buffer.getvalue())]


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
