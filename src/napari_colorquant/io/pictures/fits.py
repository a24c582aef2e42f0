"""FITS: the first image of a file, with its numbers as they are meant.

Pillow takes 16 bits as unsigned, passes over BZERO and BSCALE, and sees one plane of a cube.
"""

import io
import math
from collections.abc import Iterator
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ..image import ImageFile, from_array
from ..pixel_limit import TooManyPixelsError, check_pixels
from .pillow import read_picture

#: Bytes of a line, and of what headers and data are filled up to.
_CARD, _RECORD = 80, 2880
#: What numbers are by BITPIX.
_DTYPES = {8: "u1", 16: ">i2", 32: ">i4", 64: ">i8", -32: ">f4", -64: ">f8"}

Cards = dict[str, str]


def read_fits(file: BinaryIO, name: str) -> ImageFile:
    """Read the first image of a FITS file; what is compressed in a table is left to Pillow.

    Parameters
    ----------
    file : binary file
        Seekable.
    name : str
        What messages call it.

    Returns
    -------
    image : ImageFile
        Gray, the last row of the file first, as FITS counts from below; further axes are frames. Integers
        that BZERO makes unsigned are such; other scaled numbers are float64, and those that are BLANK are NaN.

    Raises
    ------
    ValueError
        If it is damaged, or has too many pixels.

    References
    ----------
    .. [1] FITS Standard 4.0, IAU FITS Working Group, 2018, sections 3.3, 4.4 and 5.
    """
    data = file.read()
    try:
        stored, cards = _find_image(data, name)
    except TooManyPixelsError:
        raise
    except (KeyError, OverflowError, ValueError) as error:
        raise ValueError(f"{name} must be an image file that can be read: {error}") from None
    if stored is None:
        return read_picture(io.BytesIO(data), name)
    pixels = np.ascontiguousarray(_scale(stored, cards)[..., ::-1, :])
    return from_array(pixels, False, format="fits")


def _find_image(data: bytes, name: str) -> tuple[npt.NDArray[Any] | None, Cards]:
    """Return the first image as it is stored, with its header; None if there is none that is not compressed."""
    for cards, start in _find_units(data):
        shape = _read_shape(cards)
        if cards.get("XTENSION", "IMAGE") == "IMAGE" and len(shape) > 1:
            size = math.prod(shape)
            check_pixels(name, size, len(data))
            return np.frombuffer(data, _DTYPES[int(cards["BITPIX"])], size, start).reshape(shape), cards
    return None, {}


def _find_units(data: bytes) -> Iterator[tuple[Cards, int]]:
    """Iterate over the headers of a file, each with the place where its data begin."""
    place = 0
    while place < len(data):
        cards, place = _read_cards(data, place)
        yield cards, place
        shape = _read_shape(cards)
        groups = int(_read_number(cards, "GCOUNT", 1)) * (int(_read_number(cards, "PCOUNT", 0)) + math.prod(shape))
        place += _fill_up(max(0, abs(int(_read_number(cards, "BITPIX", 8))) // 8 * groups)) if shape else 0


def _read_shape(cards: Cards) -> tuple[int, ...]:
    return tuple(int(_read_number(cards, f"NAXIS{i}", 0)) for i in range(int(_read_number(cards, "NAXIS", 0)), 0, -1))


def _read_cards(data: bytes, place: int) -> tuple[Cards, int]:
    cards: Cards = {}
    for start in range(place, len(data), _CARD):
        card = data[start : start + _CARD].decode("latin-1")
        keyword = card[:8].strip()
        if keyword == "END":
            return cards, place + _fill_up(start + _CARD - place)
        if card[8:10] == "= ":
            cards[keyword] = card[10:].split("/")[0].strip().strip("'").strip()
    return cards, len(data)


def _fill_up(size: int) -> int:
    return math.ceil(size / _RECORD) * _RECORD


def _read_number(cards: Cards, keyword: str, default: float) -> float:
    text = cards.get(keyword, "")
    return float(text.replace("D", "E")) if text else default


def _scale(stored: npt.NDArray[Any], cards: Cards) -> npt.NDArray[Any]:
    """Return numbers as BZERO and BSCALE say; integers stay such where nothing but their sign changes."""
    zero, step = _read_number(cards, "BZERO", 0.0), _read_number(cards, "BSCALE", 1.0)
    native = stored.astype(stored.dtype.newbyteorder("="))
    has_blank = stored.dtype.kind != "f" and "BLANK" in cards
    if not has_blank and step == 1:
        bits = 8 * stored.dtype.itemsize
        if zero == 0:
            return native
        if stored.dtype.kind == "i" and zero == 2.0 ** (bits - 1):
            top = np.array(1 << (bits - 1), f"u{stored.dtype.itemsize}")
            unsigned: npt.NDArray[Any] = native.view(top.dtype) ^ top
            return unsigned
    numbers = zero + step * native.astype(np.float64)
    if has_blank:
        numbers[native == int(_read_number(cards, "BLANK", 0))] = np.nan
    return numbers
