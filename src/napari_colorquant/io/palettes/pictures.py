"""Palettes that are pictures: a PNG strip of swatches, and the palette inside an indexed PNG or GIF."""

import io
import warnings

import numpy as np
from PIL import Image

from ...palette import MAX_COLORS, Palette
from ...pixels.rgb_profile import find_rgb_profile
from ._content import Swatches

#: Pixels that are decoded at most for the sake of a palette: the side of memory that a small file may claim.
MAX_PIXELS = 1 << 25
MAX_STRIP_PIXELS = 1 << 22
#: The largest picture file that is read, in bytes.
MAX_BYTES = 32 << 20
#: Side of one swatch in a strip, in pixels.
SWATCH = 16


def read_picture(data: bytes) -> Palette:
    """Read the palette of an indexed PNG or GIF as it is stored, or the colours of a strip in reading order.

    Fully transparent entries and pixels are no colours and are left out, as is the black that pads
    a GIF's palette to a power of two.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a bomb is refused below; other oddities leave the palette as it is
            return _read_palette(data)
    except (ValueError, MemoryError):
        raise
    except Exception as error:  # decoders raise anything for a broken file
        raise ValueError(f"the picture must be a readable PNG or GIF: {error}") from None


def write_strip(palette: Palette) -> bytes:
    """Write an indexed PNG: a row of squares, one per colour; nothing but the colours is kept."""
    row = np.repeat(np.arange(len(palette), dtype=np.uint8), SWATCH)
    strip = Image.fromarray(np.tile(row, (SWATCH, 1)))
    strip.putpalette(palette.colors.tobytes())
    file = io.BytesIO()
    strip.save(file, "png", optimize=True)
    return file.getvalue()


def _read_palette(data: bytes) -> Palette:
    with Image.open(io.BytesIO(data), formats=("png", "gif")) as picture:
        most = MAX_PIXELS if has_entries(picture) else MAX_STRIP_PIXELS
        if picture.width * picture.height > most:
            raise ValueError(f"the picture must have at most {most} pixels, got {picture.width}x{picture.height}")
        picture.load()
        palette = _read_entries(picture) if has_entries(picture) else _read_strip(picture)
        profile = find_rgb_profile(picture.info.get("icc_profile"))
        return palette if profile is None else Palette.of_levels(palette.colors, profile)


def _read_entries(picture: Image.Image) -> Palette:
    swatches = Swatches()
    for red, green, blue in read_entries(picture):
        swatches.add((red, green, blue))
    return swatches.palette()


def has_entries(picture: Image.Image) -> bool:
    """Return True if a PNG or GIF has a palette: Pillow takes a GIF whose palette is a gray ramp for a gray picture."""
    return picture.mode == "P" or (picture.format == "GIF" and picture.mode == "L")


def read_entries(picture: Image.Image) -> list[list[int]]:
    """Return the colours of the palette of a PNG or GIF in their order, without transparent ones and padding."""
    stored = np.repeat(np.arange(256), 3) if picture.mode == "L" else np.array(picture.getpalette("RGB") or [], int)
    entries = stored.reshape(-1, 3)
    if picture.format == "GIF":
        used = int(np.asarray(picture).max()) + 1
        filled = np.flatnonzero(entries.any(axis=1))
        entries = entries[: max(used, int(filled[-1]) + 1 if picture.mode == "P" and len(filled) else 0)]
    see_through = picture.info.get("transparency")  # one index, or an alpha for each of the first entries
    if isinstance(see_through, bytes):
        opaque = [index >= len(see_through) or see_through[index] > 0 for index in range(len(entries))]
    else:
        opaque = [index != see_through for index in range(len(entries))]
    kept: list[list[int]] = entries[opaque].tolist()
    return kept


def _read_strip(picture: Image.Image) -> Palette:
    pixels = np.asarray(picture.convert("RGBA")).reshape(-1, 4)
    keys = np.ascontiguousarray(pixels).view(np.uint32)[:, 0]
    keys = keys[pixels[:, 3] > 0] & np.frombuffer(b"\xff\xff\xff\0", np.uint32)[0]
    runs = keys[np.flatnonzero(np.diff(keys, prepend=~keys[:1]))]  # a strip has few runs of one colour
    distinct, first = np.unique(runs, return_index=True)
    if not 1 <= len(distinct) <= MAX_COLORS:
        raise ValueError(f"a picture that is a palette must have 1..{MAX_COLORS} colours, got {len(distinct)}")
    return Palette(runs[np.sort(first), None].view(np.uint8)[:, :3])
