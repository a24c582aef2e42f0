"""Palettes that are pictures: a PNG strip of swatches, and the palette inside an indexed PNG or GIF."""

import io
import warnings

import numpy as np
import numpy.typing as npt
from PIL import Image

from ...palette import BYTE_COLORS, Palette
from ...pixels.rgb_profile import find_rgb_profile
from ...pixels.written_colors import OPAQUE
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

    Entries keep their alpha and their places; transparent ones at the end are left out, as is the black that pads
    a GIF's palette to a power of two. Transparent pixels of a strip are no colours.
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
    """Write an indexed PNG: a row of squares, one per colour; nothing but the colours and their alpha is kept."""
    row = np.repeat(np.arange(len(palette), dtype=np.uint8), SWATCH)
    strip = Image.fromarray(np.tile(row, (SWATCH, 1)))
    strip.putpalette(palette.colors.tobytes())
    file = io.BytesIO()
    seen_through = {"transparency": palette.alphas.tobytes()} if palette.has_alpha else {}
    strip.save(file, "png", optimize=not palette.has_alpha, **seen_through)
    return file.getvalue()


def _read_palette(data: bytes) -> Palette:
    with Image.open(io.BytesIO(data), formats=("png", "gif")) as picture:
        most = MAX_PIXELS if has_entries(picture) else MAX_STRIP_PIXELS
        if picture.width * picture.height > most:
            raise ValueError(f"the picture must have at most {most} pixels, got {picture.width}x{picture.height}")
        picture.load()
        palette = _read_entries(picture) if has_entries(picture) else _read_strip(picture)
        profile = find_rgb_profile(picture.info.get("icc_profile"))
        return palette if profile is None else Palette.of_levels(palette.rgba, profile)


def _read_entries(picture: Image.Image) -> Palette:
    swatches = Swatches()
    for red, green, blue, alpha in read_entries(picture):
        swatches.add((red, green, blue), alpha=alpha)
    return swatches.palette()


def has_entries(picture: Image.Image) -> bool:
    """Return True if a PNG or GIF has a palette: Pillow takes a GIF whose palette is a gray ramp for a gray picture."""
    return picture.mode == "P" or (picture.format == "GIF" and picture.mode == "L")


def read_entries(picture: Image.Image) -> list[list[int]]:
    """Return the colours of the palette of a PNG or GIF with their alpha, without padding and transparent ends."""
    stored = np.repeat(np.arange(256), 3) if picture.mode == "L" else np.array(picture.getpalette("RGB") or [], int)
    entries = stored.reshape(-1, 3)
    if picture.format == "GIF":
        used = int(np.asarray(picture).max()) + 1
        filled = np.flatnonzero(entries.any(axis=1))
        entries = entries[: max(used, int(filled[-1]) + 1 if picture.mode == "P" and len(filled) else 0)]
    see_through = picture.info.get("transparency")  # one index, or an alpha for each of the first entries
    alphas = spread_alphas(see_through, len(entries))
    kept: list[list[int]] = np.column_stack([entries, alphas])[: count_kept(alphas)].tolist()
    return kept


def spread_alphas(transparency: bytes | int | None, count: int) -> npt.NDArray[np.uint8]:
    """Return the alpha of each of `count` entries, of which a file tells one index, or the first few."""
    alphas = np.full(count, OPAQUE, np.uint8)
    if isinstance(transparency, bytes):
        known = np.frombuffer(transparency, np.uint8)[:count]
        alphas[: len(known)] = known
    elif transparency is not None and transparency < count:
        alphas[transparency] = 0
    return alphas


def count_kept(alphas: npt.NDArray[np.uint8]) -> int:
    """Return the number of entries up to the last that is seen: what follows has no place to keep."""
    seen = np.flatnonzero(alphas > 0)
    return int(seen[-1]) + 1 if len(seen) else 0


def _read_strip(picture: Image.Image) -> Palette:
    pixels = np.asarray(picture.convert("RGBA")).reshape(-1, 4)
    keys = np.ascontiguousarray(pixels).view(np.uint32)[:, 0]
    keys = keys[pixels[:, 3] > 0] & np.frombuffer(b"\xff\xff\xff\0", np.uint32)[0]
    runs = keys[np.flatnonzero(np.diff(keys, prepend=~keys[:1]))]  # a strip has few runs of one colour
    distinct, first = np.unique(runs, return_index=True)
    if not 1 <= len(distinct) <= BYTE_COLORS:
        raise ValueError(f"a picture that is a palette must have 1..{BYTE_COLORS} colours, got {len(distinct)}")
    return Palette(runs[np.sort(first), None].view(np.uint8)[:, :3])
