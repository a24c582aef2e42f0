"""Every picture that Pillow reads, as it is meant to be seen; PNG of 16 bits is read in full depth."""

import io
import warnings
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image, ImageOps, ImageSequence, UnidentifiedImageError

from ..._runtime.progress import Cancelled, checkpoint
from ...pixels.rgb_profile import RgbProfile
from ..color_profiles import LightSpace, convert_array, convert_gray, convert_picture, find_kept, note_conversion
from ..damage import without_log
from ..image import ImageFile, from_array
from ..pixel_limit import TooManyPixelsError, check_pixels, pillow_reads
from . import png

#: Formats whose further frames are a stack of equals, not thumbnails or previews.
_STACKS = ("GIF", "PNG", "TIFF", "WEBP", "AVIF")
#: Modes of Pillow that are RGB, or become so.
_IN_COLOR = ("RGB", "RGBA", "P")
#: Turns and mirrors that make the image upright, by the orientation tag of EXIF and TIFF.
_UPRIGHT = {2: (0, 1), 3: (2, 0), 4: (2, 1), 5: (3, 1), 6: (3, 0), 7: (1, 1), 8: (1, 0)}


def read_picture(file: BinaryIO, name: str) -> ImageFile:
    """Read a file that Pillow knows; see `napari_colorquant.io.read.read_image`.

    Parameters
    ----------
    file : binary file
        Seekable.
    name : str
        What messages call it.

    Raises
    ------
    ValueError
        If it is no image, is cut short, or has too many pixels.
    """
    size = _find_size(file)
    try:
        with warnings.catch_warnings(), without_log("PIL.TiffImagePlugin"), pillow_reads(name, size):
            warnings.simplefilter("ignore")  # a large image is no attack; a bomb is an error
            head = file.read(32)
            file.seek(0)
            if not head.startswith(png.SIGNATURE):
                return _read_with_pillow(file, None, name, size)
            data = file.read()
            if png.is_deep(data):
                return _read_deep_png(data, name)
            return _read_with_pillow(io.BytesIO(data), data, name, size)
    except UnidentifiedImageError:
        raise ValueError(f"{name} must be an image file, got a file of no known format") from None
    except (MemoryError, TooManyPixelsError, Cancelled):
        raise
    except Exception as error:  # decoders raise anything for a broken file: OSError, RuntimeError, struct.error, ...
        raise ValueError(f"{name} must be an image file that can be read: {error}") from None


def _find_size(file: BinaryIO) -> int:
    """Return the bytes of a file from where it stands, and leave it there."""
    here = file.tell()
    size = file.seek(0, io.SEEK_END) - here
    file.seek(here)
    return size


def turn_upright(pixels: Any, orientation: int, rows: int) -> Any:
    """Return an array, numpy or dask, turned as an orientation tag says; `rows` is the axis of rows."""
    if orientation not in _UPRIGHT:
        return pixels
    quarters, mirror = _UPRIGHT[orientation]
    for _ in range(quarters):  # a quarter to the left
        pixels = _flip(pixels.swapaxes(rows, rows + 1), rows)
    return _flip(pixels, rows + 1) if mirror else pixels


def _flip(pixels: Any, axis: int) -> Any:
    return pixels[(*(slice(None),) * axis, slice(None, None, -1))]


def convert_deep(pixels: npt.NDArray[Any], is_color: bool, meant: LightSpace | bytes | None) -> npt.NDArray[Any]:
    """Return integers of any depth as sRGB; an ICC profile of colours leaves 8 bits, all else the depth as it is."""
    if meant is None:
        return pixels
    colors = pixels[..., :3] if is_color else pixels[..., None]
    if isinstance(meant, LightSpace):
        converted = meant.to_srgb(np.ascontiguousarray(colors))
    elif not is_color:
        gray = convert_gray(pixels, meant)
        return pixels if gray is None else gray
    else:
        upper = colors if colors.dtype == np.uint8 else (colors >> 8).astype(np.uint8)
        found = convert_array(upper, meant, "RGB")
        if found is None:
            return pixels
        converted = found if pixels.dtype == np.uint8 else found.astype(np.uint16) * 257
    if not is_color:
        return converted[..., 0]
    return np.concatenate([converted, pixels[..., 3:]], axis=-1)


def _read_deep_png(data: bytes, name: str) -> ImageFile:
    check_pixels(name, png.count_pixels(data), len(data))
    pixels, is_color = png.read_deep(data)
    meant = png.find_colors(data)
    profile = find_kept(meant) if is_color else None
    converted = pixels if profile is not None else convert_deep(pixels, is_color, meant)
    notes = note_conversion(meant, deep=True) if is_color and converted is not pixels else ()
    with Image.open(io.BytesIO(data), formats=("png",)) as image:
        orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
    facts = {"format": "png", "notes": notes, "profile": profile, "source_profile": profile}
    return from_array(turn_upright(converted, orientation, 0), is_color, **facts)


def _read_with_pillow(file: BinaryIO, data: bytes | None, name: str, bytes_: int) -> ImageFile:
    with Image.open(file) as image:
        format_ = (image.format or "").lower()
        count = getattr(image, "n_frames", 1) if image.format in _STACKS else 1
        check_pixels(name, image.width * image.height * count, bytes_)
        is_png = data is not None
        if data is not None:
            _spread_key(image, data)
        meant = image.info.get("icc_profile") if data is None else png.find_colors(data)
        own = find_kept(meant) if _may_be_kept(image, count) else None
        facts: dict[str, Any] = {"format": format_, "profile": own, "source_profile": own}
        if own is None and image.mode in _IN_COLOR:
            facts["notes"] = note_conversion(meant, deep=False)
        if count == 1:
            return _from_parts([_to_array(image, meant, is_png, own)], [], None, **facts)
        loops = image.info.get("loop")
        size, durations = image.size, []
        parts: list[npt.NDArray[Any]] = []
        width, height = size
        for number, frame in enumerate(ImageSequence.Iterator(image)):
            if number == 0 and getattr(image, "default_image", False):
                continue  # what programs show that know no animations; it is none of the frames
            if frame.size != size and format_ != "gif":  # a pyramid or a preview: the first page is the image
                image.seek(0)
                return _from_parts([_to_array(image, meant, is_png, own)], [], None, **facts)
            checkpoint(len(parts) / count)
            width, height = max(width, frame.width), max(height, frame.height)  # a GIF's may reach beyond its screen
            check_pixels(name, width * height * count, bytes_)
            parts.append(_to_array(frame, meant if is_png else frame.info.get("icc_profile"), is_png, own))
            durations.append(float(frame.info.get("duration", 0)) / 1000)
        return _from_parts(_spread_canvas(parts), durations, loops, **facts)


def _spread_key(image: Image.Image, data: bytes) -> None:
    """Spread the transparent gray of a PNG of 2 or 4 bits as its pixels are, which Pillow leaves as it is stored."""
    top = (1 << data[24]) - 1  # the bits of a sample, in the header
    key = image.info.get("transparency")
    if image.mode == "L" and top < 255 and isinstance(key, int):
        image.info["transparency"] = (key & top) * 255 // top


def _may_be_kept(image: Image.Image, count: int) -> bool:
    """Return True if pixels can stay in the RGB of their profile: in colour, and of one profile in all frames."""
    return image.mode in _IN_COLOR and (count == 1 or image.format != "TIFF")


def _spread_canvas(parts: list[npt.NDArray[Any]]) -> list[npt.NDArray[Any]]:
    """Return frames of one size: where a later frame of a GIF reaches beyond its screen, the others are clear there."""
    height, width = (max(part.shape[axis] for part in parts) for axis in (0, 1))
    if all(part.shape[:2] == (height, width) for part in parts):
        return parts
    spread = []
    for part in parts:
        canvas = np.zeros((height, width, 4), np.uint8)
        canvas[: part.shape[0], : part.shape[1]] = np.asarray(Image.fromarray(part).convert("RGBA"))
        spread.append(canvas)
    return spread


def _from_parts(
    parts: Sequence[npt.NDArray[Any]], durations: Sequence[float], loops: int | None, **facts: Any
) -> ImageFile:
    rgb, pixels = _stack(parts)
    timed = tuple(durations) if any(durations) else ()
    if len(parts) == 1:
        return from_array(pixels, rgb, **facts)
    axes = ("t", "y", "x", *(("s",) if rgb else ()))
    return ImageFile.from_axes([pixels], axes, durations=timed, loops=loops if timed else None, **facts)


def _stack(parts: Sequence[npt.NDArray[Any]]) -> tuple[bool, npt.NDArray[Any]]:
    """Return frames as one array; where some are gray, in colour or transparent, all become what the richest is."""
    if len({(part.shape, part.dtype) for part in parts}) > 1:
        mode = "RGBA" if any(part.shape[-1] == 4 and part.ndim == 3 for part in parts) else "RGB"
        if kinds := sorted({str(part.dtype) for part in parts} - {"uint8", "bool"}):
            raise ValueError(f"its frames must be of one kind, got {', '.join(kinds)} beside others")
        parts = [np.asarray(Image.fromarray(part).convert(mode)) for part in parts]
    rgb = parts[0].ndim == 3
    return rgb, np.stack(parts) if len(parts) > 1 else parts[0]


def _to_array(
    image: Image.Image, meant: LightSpace | bytes | None, is_png: bool, own: RgbProfile | None
) -> npt.NDArray[Any]:
    """Return pixels in sRGB, or as they are where they are to stay in an RGB of their own."""
    if image.getexif().get(ExifTags.Base.Orientation, 1) != 1:
        image = ImageOps.exif_transpose(image)  # which copies even what it need not turn
    if own is not None:
        return _to_plain_array(image, is_png)
    if meant is None or isinstance(meant, bytes):
        image = convert_picture(image, meant)
        return _to_plain_array(image, is_png)
    pixels = _to_plain_array(image, is_png)
    return convert_deep(pixels, pixels.ndim == 3, meant) if pixels.dtype.kind == "u" else pixels


def _to_plain_array(image: Image.Image, is_png: bool) -> npt.NDArray[Any]:
    mode = image.mode
    if mode.startswith("I;16") or (mode == "I" and is_png):
        return np.asarray(image).astype(np.uint16)
    if image.has_transparency_data and mode not in ("I", "F"):
        return np.array(image.convert("RGBA"))
    if mode in ("I", "F", "1"):
        return np.array(image)
    if mode != "L":
        image = image.convert("RGB")
    return np.array(image)
