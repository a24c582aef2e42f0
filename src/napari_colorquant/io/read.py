"""One way to open an image file, whatever is to become of it: by its content, never by its name.

In memory and lazily a file is the same image: only how its pixels are held differs.
"""

import io
import os
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from .._checks import check_choice, check_flag, check_path
from .channels import choose_channels
from .color_profiles import as_srgb
from .formats import read_file
from .image import ImageFile
from .pixel_limit import at_most
from .zarr.places import is_zarr

PathLike = str | os.PathLike[str]


def read_image(
    path: PathLike | BinaryIO | Sequence[PathLike],
    *,
    channels: str | Sequence[str | int] | None = None,
    lazy: bool = False,
    max_pixels: int | None = None,
    profile: str = "srgb",
) -> ImageFile:
    """Open an image file as what it is meant to be seen as.

    Colours are converted to sRGB (ICC profiles, PNG's cICP, gAMA and cHRM, CMYK, YCbCr, CIE Lab) unless
    their profile is to be kept, an
    image is turned as its orientation tag says, the palette of an indexed image is applied. Depth is
    kept: 16 bits a channel stay 16 bits, floats floats. Alpha is alpha only where the file declares it,
    and is divided out where colours are multiplied by it. Several channels that the file does not call
    colours stay an axis "c", with what the file says of them in `channels`.

    Parameters
    ----------
    path : path-like, binary file, or list of path-like
        A file of one of the `IMAGE_FORMATS`; a Zarr folder or zip. A list holds the frames of one image,
        see `napari_colorquant.io.large.read_lazy`, and is opened lazily.
    channels : str, or list of str and int, optional
        Which channels make up the picture, see `napari_colorquant.io.channels.choose_channels`: "displayed"
        adds up all that the file shows, in its colours and windows; ``["GFP"]`` is one as gray, ``[2, 1, 0]``
        three as red, green and blue, "2+1+0" three as displayed. By default an axis "c" stays.
    lazy : bool
        Whether levels are dask arrays that are read chunk by chunk (TIFF and Zarr; needs the extra
        ``large``). Zarr is always opened so.
    max_pixels : int, optional
        Pixels that an image which is read at once may have in all its frames together; 178,956,970 by
        default, and up to 2**29 for a file with a byte for each 16 of them.
    profile : {"srgb", "keep"}
        What becomes of RGB with an ICC profile of three curves and a matrix, as those of Display P3 and Adobe RGB
        are. "srgb": it is converted, and what sRGB does not hold is clipped. "keep": the numbers stay those of the
        file, and `ImageFile.profile` says what they mean; hand it to `quantize` with them. Other profiles, those
        of CMYK and with tables of colours, are converted in any case.

    Returns
    -------
    image : ImageFile
        Whichever is chosen, its `source_profile` is what `write_indexed` writes back.

    Raises
    ------
    ValueError
        If it is no image, is damaged or cut short, or has more than `max_pixels` pixels;
        if it is a collection of images, which the message lists.
    OSError
        If it cannot be opened.
    ImportError
        If the extra ``large`` is needed and missing.

    See Also
    --------
    write_indexed : Write what `quantize` makes of it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> from napari_colorquant import quantize, read_image, write_indexed
    >>> path = Path(tempfile.mkdtemp()) / "a.png"
    >>> indexed = quantize(np.array([[[255, 0, 0], [0, 0, 255]]], np.uint8), 2)
    >>> write_indexed(indexed, path)
    >>> read_image(path).levels[0].shape
    (1, 2, 3)
    """
    check_flag("lazy", lazy)
    check_choice("profile", profile, ("srgb", "keep"))
    with at_most(max_pixels):
        image = _open(path, lazy)
        if profile == "srgb" or "c" in image.axes:  # channels are added up in sRGB
            image = as_srgb(image)
        return choose_channels(image, channels, _name(path))


def _name(path: PathLike | BinaryIO | Sequence[PathLike]) -> str:
    """Return what messages call the image: of several files the first."""
    first = path[0] if isinstance(path, (list, tuple)) else path
    return os.fspath(first) if isinstance(first, (str, os.PathLike)) else "the input"


def _open(path: PathLike | BinaryIO | Sequence[PathLike], lazy: bool) -> ImageFile:
    if isinstance(path, (list, tuple)):
        return _open_lazily([check_path("path", each) for each in path])
    if hasattr(path, "read"):
        return read_file(io.BytesIO(path.read()), _name(path))
    name = os.fspath(check_path("path", path))
    if lazy or is_zarr(name):  # which is told by where it lies, all else by its content
        return _open_lazily(name)
    with open(name, "rb") as file:
        return read_file(file, name)


def read_image_file(path: PathLike | BinaryIO) -> npt.NDArray[Any]:
    """Read an image file into one array, see `read_image`.

    Returns
    -------
    image : ndarray of shape (..., H, W), (..., H, W, 3) or (..., H, W, 4)

    Raises
    ------
    ValueError
        As `read_image`; and if the image has channels that are no colours.
    """
    image = read_image(path)
    image.check_colors(_name(path))
    return np.asarray(image.levels[0])


def _open_lazily(path: Any) -> ImageFile:
    from .large import read_lazy

    return read_lazy(path)
