"""PNG: indexed images with their palette as it is, and images of any number of colours."""

import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from .._runtime.atomic import replace_file
from ..indexed import IndexedImage
from .planes import make_picture, make_planes


def write_indexed_png(
    indexed: IndexedImage, path: str | os.PathLike[str] | BinaryIO, *, overwrite: bool = False
) -> None:
    """Write an indexed PNG: the palette as it is, 1, 2, 4 or 8 bits a pixel as it allows.

    Pixels without data become transparent, by one further palette entry. What is half transparent
    is written opaque; an indexed PNG's transparency belongs to its colours, not to its pixels.

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
    labels, colors, clear = make_planes(indexed)
    if len(labels) > 1 or len(indexed.shape) > 2:
        raise ValueError(f"a PNG must have one plane, got labels of shape {indexed.shape}; write .gif or each plane")
    options: dict[str, Any] = {} if clear is None else {"transparency": clear}
    image = make_picture(labels[0], colors)
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
