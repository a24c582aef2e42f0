"""Image files as arrays: any that Pillow reads, as they are meant to be seen."""

import io
import os
import warnings
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

#: Formats whose further frames are a stack of equals, not thumbnails or previews.
_STACKS = ("GIF", "PNG", "TIFF", "WEBP")
#: Pixels of all frames together that are read at most: beyond it stands a bomb, or a job for tiles.
MAX_PIXELS = 1 << 29


def read_image_file(path: str | os.PathLike[str] | BinaryIO, *, frames: bool = True) -> npt.NDArray[Any]:
    """Read an image file as it is meant to be seen.

    A photograph is turned as its EXIF orientation says, colours are converted to sRGB if the file
    has a profile of another space, and the palette of an indexed image is applied.

    Parameters
    ----------
    path : path-like or binary file
        PNG, JPEG, TIFF, GIF, WebP, BMP or whatever else Pillow reads.
    frames : bool
        Whether the frames of an animation or of a TIFF with pages of one size become a stack;
        otherwise the first is read.

    Returns
    -------
    image : ndarray of shape (H, W), (H, W, 3) or (H, W, 4), or (T, H, W, ...) for a stack
        bool, uint8 or uint16 gray (int32 or float32 if the file holds such); uint8 RGB, or RGBA
        where the file has transparency. Pillow reads 16-bit RGB as its upper 8 bits.

    Raises
    ------
    ValueError
        If the file is no image, is cut short, or has more than 2**29 pixels or more than Pillow's
        limit (``PIL.Image.MAX_IMAGE_PIXELS`` times 2) in one frame.
    OSError
        If the file cannot be opened.
    """
    name = os.fspath(path) if isinstance(path, (str, os.PathLike)) else "the input"
    source = open(path, "rb") if isinstance(path, (str, os.PathLike)) else io.BytesIO(path.read())  # noqa: SIM115
    with source:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a large image is no attack; a bomb is an error below
                with Image.open(source) as image:
                    return _read_frames(image, frames)
        except Image.DecompressionBombError as error:
            raise ValueError(f"{name} must be of a reasonable size: {error}") from None
        except UnidentifiedImageError:
            raise ValueError(f"{name} must be an image file, got a file of no known format") from None
        except MemoryError:
            raise
        except (
            Exception
        ) as error:  # decoders raise anything for a broken file: OSError, RuntimeError, struct.error, ...
            raise ValueError(f"{name} must be an image file that can be read: {error}") from None


def _read_frames(image: Image.Image, frames: bool) -> npt.NDArray[Any]:
    count = getattr(image, "n_frames", 1) if frames and image.format in _STACKS else 1
    pixels = image.width * image.height * count
    if pixels > MAX_PIXELS:
        raise ValueError(f"it must have at most {MAX_PIXELS} pixels, got {pixels}")
    if count == 1:
        return _to_array(image)
    size, parts = image.size, []
    for frame in ImageSequence.Iterator(image):
        if frame.size != size:  # a pyramid or a preview: the first page is the image
            image.seek(0)
            return _to_array(image)
        parts.append(_to_array(frame))
    return _stack(parts)


def _stack(parts: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Return frames as one array; where some are gray, in colour or transparent, all become what the richest is."""
    if len({(part.shape, part.dtype) for part in parts}) > 1:
        mode = "RGBA" if any(part.shape[-1] == 4 and part.ndim == 3 for part in parts) else "RGB"
        if kinds := sorted({str(part.dtype) for part in parts} - {"uint8"}):
            raise ValueError(f"its frames must be of one kind, got {', '.join(kinds)} beside others")
        parts = [np.asarray(Image.fromarray(part).convert(mode)) for part in parts]
    return np.stack(parts)


def _to_array(image: Image.Image) -> npt.NDArray[Any]:
    is_png = image.format == "PNG"
    if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:
        image = ImageOps.exif_transpose(image)  # which copies even what it need not turn
    image = _to_srgb(image)
    mode = image.mode
    if mode.startswith("I;16") or (mode == "I" and is_png):
        return np.asarray(image).astype(np.uint16)
    if mode in ("I", "F", "1"):
        return np.array(image)
    if image.has_transparency_data:
        return np.array(image.convert("RGBA"))
    if mode != "L":
        image = image.convert("RGB")
    return np.array(image)


def _to_srgb(image: Image.Image) -> Image.Image:
    """Convert the colours if the file has a profile of another space; one that cannot be used is ignored."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "LAB", "P"):
        return image if image.mode != "LAB" else _lab_to_srgb(image)
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image  # not even rounding may change it
        if image.mode == "P":
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        output = None if image.mode in ("RGB", "RGBA") else "RGB"
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=output)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return image if converted is None else converted


def _lab_to_srgb(image: Image.Image) -> Image.Image:
    source, target = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    return image if converted is None else converted
