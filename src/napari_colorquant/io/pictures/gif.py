"""GIF: indexed images and animations, with every index and every frame in place."""

import os
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import GifImagePlugin

from ..._runtime.atomic import replace_file
from ...indexed import IndexedImage
from .planes import Durations, make_image, make_planes, spread_durations


def write_gif(
    indexed: IndexedImage,
    path: str | os.PathLike[str] | BinaryIO,
    *,
    overwrite: bool = False,
    duration: Durations = 0.1,
    loops: int | None = 0,
) -> None:
    """Write a GIF, which for a stack plays its frames; one palette serves them all.

    Every frame is kept, also one that equals the frame before it.

    Parameters
    ----------
    indexed : IndexedImage
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
    planes, colors, clear = make_planes(indexed)
    seconds = spread_durations(duration, len(planes))
    if max(planes.shape[1:]) > 65535:
        raise ValueError(f"a GIF must have sides of at most 65535 pixels, got {planes.shape[2]} x {planes.shape[1]}")
    if isinstance(path, (str, os.PathLike)):
        with replace_file(path, overwrite=overwrite) as file:
            _write_frames(file, planes, colors, clear, seconds, loops)
    else:
        _write_frames(path, planes, colors, clear, seconds, loops)


def _write_frames(
    file: BinaryIO, planes: npt.NDArray[np.uint8], colors: npt.NDArray[np.uint8], clear: int | None,
    seconds: list[float], loops: int | None,
) -> None:  # fmt: skip
    # Image.save would merge equal frames, drop unused colours and reorder the palette.
    options: dict[str, Any] = {"disposal": 2}
    if clear is not None:
        options["transparency"] = clear
    animated: dict[str, Any] = options if len(planes) == 1 or loops is None else {"loop": loops, **options}
    header, _ = GifImagePlugin.getheader(make_image(planes[0], colors), info=animated)
    file.write(b"".join(header))
    for plane, length in zip(planes, seconds, strict=True):
        frame = {"duration": round(length * 100) * 10, **options}
        file.write(b"".join(GifImagePlugin.getdata(make_image(plane, colors), **frame)))
    file.write(b";")
