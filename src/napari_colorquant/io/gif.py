"""GIF: indexed images, a stack as an animation of which every frame is kept."""

import os
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import GifImagePlugin

from .._runtime.atomic import replace_file
from ..indexed import IndexedImage
from .planes import make_picture, make_planes


def write_gif(
    indexed: IndexedImage, path: str | os.PathLike[str] | BinaryIO, *, overwrite: bool = False, duration: float = 0.1
) -> None:
    """Write a GIF, which for a stack plays its frames for ever; one palette serves them all.

    Every frame is kept, also one that equals the frame before it.

    Parameters
    ----------
    indexed : IndexedImage
        Labels (H, W), or (..., H, W): leading axes are played in order.
    path : path-like or binary file
        Where to write; a file appears whole or not at all.
    overwrite : bool
        Whether a file that exists may be replaced.
    duration : float
        Seconds that each frame is shown, 0.02 to 600; GIF counts in hundredths.

    Raises
    ------
    ValueError
        If pixels without data stand beside 256 colours, a side is longer than 65,535 pixels, or
        `duration` is out of range.
    FileExistsError, OSError
        If the file exists, or cannot be written.
    """
    if not 0.02 <= duration <= 600:
        raise ValueError(f"duration must lie in 0.02..600 seconds, got {duration}")
    planes, colors, clear = make_planes(indexed)
    if max(planes.shape[1:]) > 65535:
        raise ValueError(f"a GIF must have sides of at most 65535 pixels, got {planes.shape[2]} x {planes.shape[1]}")
    if isinstance(path, (str, os.PathLike)):
        with replace_file(path, overwrite=overwrite) as file:
            _write_gif(file, planes, colors, clear, duration)
    else:
        _write_gif(path, planes, colors, clear, duration)


def _write_gif(
    file: BinaryIO, planes: npt.NDArray[np.uint8], colors: npt.NDArray[np.uint8], clear: int | None, duration: float
) -> None:
    # Image.save would merge equal frames, drop unused colours and reorder the palette.
    options: dict[str, Any] = {"duration": round(duration * 100) * 10, "disposal": 2}
    if clear is not None:
        options["transparency"] = clear
    animated: dict[str, Any] = {"loop": 0, **options} if len(planes) > 1 else options
    header, _ = GifImagePlugin.getheader(make_picture(planes[0], colors), info=animated)
    file.write(b"".join(header))
    for plane in planes:
        file.write(b"".join(GifImagePlugin.getdata(make_picture(plane, colors), **options)))
    file.write(b";")
