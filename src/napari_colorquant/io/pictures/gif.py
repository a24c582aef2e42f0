"""GIF: indexed images and animations, with every index and every frame in place."""

import os
from itertools import pairwise
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import GifImagePlugin

from ..._runtime.atomic import replace_file
from ...indexed import IndexedFrames, IndexedImage
from ...pixels.keys import rgb_to_keys
from .planes import Durations, make_image, make_planes, spread_durations


def write_gif(
    indexed: IndexedImage | IndexedFrames,
    path: str | os.PathLike[str] | BinaryIO,
    *,
    overwrite: bool = False,
    duration: Durations = 0.1,
    loops: int | None = 0,
) -> None:
    """Write a GIF, which for a stack plays its frames, with one palette for all or one for each.

    Every frame is kept, also one that equals the frame before it. A GIF is transparent or not: colours of an alpha
    below one half become transparent, all others opaque.

    Parameters
    ----------
    indexed : IndexedImage or IndexedFrames
        Labels (H, W), or (..., H, W): leading axes are played in order.
    path : path-like or binary file
        Where to write; a file appears whole or not at all.
    overwrite : bool
        Whether a file that exists may be replaced.
    duration : float or sequence of float
        Seconds that each frame is shown, 0.02 to 600, or one for each frame; GIF counts in hundredths.
    loops : int or None
        How often the frames are repeated; 0: for ever; None: they are played once.

    Raises
    ------
    ValueError
        If pixels without data stand beside 256 colours, a side is longer than 65,535 pixels, or
        `duration` is out of range.
    FileExistsError, OSError
        If the file exists, or cannot be written.
    """
    made = make_planes(indexed, graded=False)
    planes, colors, clear = made.labels, made.colors, made.clear
    seconds = spread_durations(duration, len(planes))
    if max(planes.shape[1:]) > 65535:
        raise ValueError(f"a GIF must have sides of at most 65535 pixels, got {planes.shape[2]} x {planes.shape[1]}")
    if isinstance(path, (str, os.PathLike)):
        with replace_file(path, overwrite=overwrite) as file:
            _write_frames(file, planes, colors, clear, seconds, loops)
    else:
        _write_frames(path, planes, colors, clear, seconds, loops)


def _write_frames(
    file: BinaryIO, planes: npt.NDArray[np.uint8], colors: list[npt.NDArray[np.uint8]], clear: int | None,
    seconds: list[float], loops: int | None,
) -> None:  # fmt: skip
    # Image.save would merge equal frames, drop unused colours and reorder the palette.
    adds_up = _adds_up(planes, clear)
    options: dict[str, Any] = {"disposal": 1 if adds_up else 2}
    if clear is not None:
        options["transparency"] = clear
    animated: dict[str, Any] = options if len(planes) == 1 or loops is None else {"loop": loops, **options}
    header, _ = GifImagePlugin.getheader(make_image(planes[0], colors[0]), info=animated)
    file.write(b"".join(header))
    for number, length in enumerate(seconds):
        rows, columns = slice(None), slice(None)
        if number and adds_up:
            rows, columns = _find_change(*(_paint(planes[i], colors[i], clear) for i in (number - 1, number)))
        own = not np.array_equal(colors[number], colors[0])
        frame = {"duration": round(length * 100) * 10, "include_color_table": own, **options}
        part = make_image(np.ascontiguousarray(planes[number][rows, columns]), colors[number])
        file.write(b"".join(GifImagePlugin.getdata(part, (columns.start or 0, rows.start or 0), **frame)))
    file.write(b";")


def _adds_up(planes: npt.NDArray[np.uint8], clear: int | None) -> bool:
    """Return True if no pixel loses its colour: each frame can then be drawn over the one before."""
    if clear is None:
        return True
    return not any(np.any((before != clear) & (plane == clear)) for before, plane in pairwise(planes))


def _paint(plane: npt.NDArray[np.uint8], colors: npt.NDArray[np.uint8], clear: int | None) -> npt.NDArray[np.uint32]:
    """Return the colour of each pixel as one number, another for "no data"."""
    numbers = rgb_to_keys(colors).astype(np.uint32)
    if clear is not None:
        numbers[clear] = 1 << 24
    painted: npt.NDArray[np.uint32] = numbers[plane]
    return painted


def _find_change(before: npt.NDArray[np.uint32], now: npt.NDArray[np.uint32]) -> tuple[slice, slice]:
    """Return the rows and columns in which a frame differs from the one before; one pixel if it does not."""
    changed = now != before
    rows, columns = (np.flatnonzero(changed.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return slice(0, 1), slice(0, 1)
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
