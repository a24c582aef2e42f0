"""Image files: any that Pillow reads as an array, and indexed images as PNG and GIF."""

import io
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, GifImagePlugin, Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from .._runtime.atomic import replace_file
from ..indexed import IndexedImage
from ..palette import MAX_COLORS

#: Formats whose further frames are a stack of equals, not thumbnails or previews.
_STACKS = ("GIF", "PNG", "TIFF", "WEBP")
#: Pixels of all frames together that are read at most: beyond it stands a bomb, or a job for tiles.
MAX_PIXELS = 1 << 29
#: The ends of names under which `write_indexed` writes.
SUFFIXES = (".png", ".gif")


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


def write_indexed(
    indexed: IndexedImage, path: str | os.PathLike[str], *, overwrite: bool = False, duration: float = 0.1
) -> None:
    """Write an indexed image as PNG or GIF, by the suffix of `path`; see `write_indexed_png` and `write_gif`.

    Raises
    ------
    ValueError
        If the suffix is another, or the image does not fit the format.
    """
    check_suffix(path)
    if Path(path).suffix.lower() == ".gif":
        write_gif(indexed, path, overwrite=overwrite, duration=duration)
    else:
        write_indexed_png(indexed, path, overwrite=overwrite)


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


def check_suffix(path: str | os.PathLike[str]) -> None:
    """Raise ValueError if an indexed image cannot be written under the suffix of `path`."""
    if Path(path).suffix.lower() not in SUFFIXES:
        raise ValueError(f"an indexed image must be written as {' or '.join(SUFFIXES)}, got {os.fspath(path)!r}")


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
    labels, colors, clear = _make_planes(indexed)
    if len(labels) > 1 or len(indexed.shape) > 2:
        raise ValueError(f"a PNG must have one plane, got labels of shape {indexed.shape}; write .gif or each plane")
    options: dict[str, Any] = {} if clear is None else {"transparency": clear}
    image = _make_image(labels[0], colors)
    if isinstance(path, (str, os.PathLike)):
        with replace_file(path, overwrite=overwrite) as file:
            image.save(file, "png", **options)
    else:
        image.save(path, "png", **options)


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
    planes, colors, clear = _make_planes(indexed)
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
    header, _ = GifImagePlugin.getheader(_make_image(planes[0], colors), info=animated)
    file.write(b"".join(header))
    for plane in planes:
        file.write(b"".join(GifImagePlugin.getdata(_make_image(plane, colors), **options)))
    file.write(b";")


def _make_planes(indexed: IndexedImage) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], int | None]:
    """Return labels (T, H, W), colours, and the index that stands for "no data", the last, if there is any."""
    labels = np.asarray(indexed.labels)
    planes = labels.reshape(-1, *labels.shape[-2:])
    colors = indexed.palette.colors
    if indexed.valid is None or np.all(valid := np.asarray(indexed.valid)):
        return planes, colors, None
    if len(colors) == MAX_COLORS:
        raise ValueError(
            f"pixels without data need one of the {MAX_COLORS} indices, so the palette must have at most "
            f"{MAX_COLORS - 1} colours, got {len(colors)}"
        )
    clear = len(colors)
    planes = np.where(valid.reshape(planes.shape), planes, np.uint8(clear))
    return planes, np.concatenate([colors, np.zeros((1, 3), np.uint8)]), clear


def _make_image(plane: npt.NDArray[np.uint8], colors: npt.NDArray[np.uint8]) -> Image.Image:
    image = Image.fromarray(np.ascontiguousarray(plane))
    image.putpalette(colors.tobytes())
    return image


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
