"""Portable maps of more than 8 bits, in full depth: Pillow cuts their colours down to 8 bits."""

import io
import re
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from ..image import ImageFile, from_array
from ..pixel_limit import TooManyPixelsError, check_pixels
from .pillow import read_picture

#: Gray and colour, as text and as bytes: kind, width, height, largest number; # begins a comment.
_GAP = rb"(?:\s|#[^\r\n]*[\r\n])+"
_HEAD = re.compile(rb"P([2356])" + _GAP + rb"(\d+)" + _GAP + rb"(\d+)" + _GAP + rb"(\d+)(?:\s|#[^\r\n]*[\r\n])")
#: A head is no longer, whatever its comments say.
_LONGEST_HEAD = 1 << 16
_COLOR = (b"3", b"6")


def read_netpbm(file: BinaryIO, name: str) -> ImageFile:
    """Read a PGM or PPM of 9 to 16 bits as uint16, 65535 at its largest number; others are left to Pillow.

    Parameters
    ----------
    file : binary file
        Seekable.
    name : str
        What messages call it.

    Raises
    ------
    ValueError
        If it is damaged, or has too many pixels.

    References
    ----------
    .. [1] The PGM and PPM formats, Netpbm documentation, 2013 and 2016.
    """
    data = file.read()
    head = _HEAD.match(data[:_LONGEST_HEAD])
    if head is None or not 256 <= int(head[4]) <= 65535:
        return read_picture(io.BytesIO(data), name)
    width, height, top = (int(number) for number in head.groups()[1:])
    is_color = head[1] in _COLOR
    try:
        check_pixels(name, width * height, len(data))
        numbers = _read_numbers(data, head, width * height * (3 if is_color else 1))
        if numbers.size and numbers.max() > top:
            raise ValueError(f"its numbers must be at most {top}, got {numbers.max()}")
    except TooManyPixelsError:
        raise
    except (OverflowError, ValueError) as error:
        raise ValueError(f"{name} must be an image file that can be read: {error}") from None
    pixels = np.rint(numbers * (65535 / top)).astype(np.uint16)
    return from_array(pixels.reshape(height, width, *((3,) if is_color else ())), is_color, format="netpbm")


def _read_numbers(data: bytes, head: re.Match[bytes], count: int) -> npt.NDArray[Any]:
    if head[1] in (b"5", b"6"):
        return np.frombuffer(data, ">u2", count, head.end())
    words = re.sub(rb"#[^\r\n]*", b"", data[head.end() :]).split(maxsplit=count)[:count]
    if len(words) < count:
        raise ValueError(f"it must have {count} numbers, got {len(words)}")
    return np.array(words, np.int64)
