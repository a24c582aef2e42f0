"""What every reader of palette files needs: bounded reading, text of any encoding, a place to collect swatches."""

import io
import math
import struct
from collections.abc import Iterator, Sequence
from typing import Any

from ...palette import MAX_COLORS, Palette
from ...pixels.intensities import STEP


class Cursor:
    """Bytes that are read from front to back and never beyond their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self._data) - self._at

    def take(self, count: int, what: str) -> bytes:
        """Return the next `count` bytes, which hold `what`; ValueError if the file ends before."""
        if count > self.left:
            raise ValueError(f"the file must hold {count} more bytes for {what}, got {self.left}: it is cut short")
        self._at += count
        return self._data[self._at - count : self._at]

    def unpack(self, layout: str, what: str) -> tuple[Any, ...]:
        """Return the next values, laid out as `struct` describes."""
        return struct.unpack(layout, self.take(struct.calcsize(layout), what))

    def take_utf16(self, layout: str, what: str) -> str:
        """Return the next text, big-endian UTF-16 after its length in units (zero at the end included)."""
        (units,) = self.unpack(layout, what)
        return self.take(2 * units, what).decode("utf-16-be", "replace").partition("\0")[0]


class Swatches:
    """Colours, names and classes as they are read; refuses the 257th before memory is spent on it."""

    def __init__(self) -> None:
        self._colors: list[tuple[int, int, int]] = []
        self._names: list[str] = []
        self._classes: list[str] = []
        self._levels: list[Sequence[int]] = []
        self._alphas: list[int] = []

    def add(
        self, color: tuple[int, int, int], name: str = "", in_class: str = "", levels: Sequence[int] | None = None,
        alpha: int = 255,
    ) -> None:  # fmt: skip
        """Add one colour, (red, green, blue) in 0..255, and the same in 0..65535 if that is known; alpha in 0..255."""
        if len(self._colors) == MAX_COLORS:
            raise ValueError(f"a palette must have 1..{MAX_COLORS} colours, got more")
        if not all(0 <= level <= 255 for level in color):
            raise ValueError(f"palette colours must lie in 0..255, got {color}")
        self._colors.append(color)
        self._names.append(one_line(name))
        self._classes.append(one_line(in_class))
        self._levels.append([STEP * level for level in color] if levels is None else levels)
        self._alphas.append(alpha)

    def palette(self, title: str = "") -> Palette:
        """Return what was added, without colours at the end that are not seen; ValueError if that is nothing."""
        count = max((place for place, alpha in enumerate(self._alphas, 1) if alpha), default=0)
        if not count:
            raise ValueError(f"a palette must have 1..{MAX_COLORS} colours that are seen, got none")
        every: dict[str, Any] = {
            "colors": self._colors, "names": self._names, "classes": self._classes, "levels": self._levels,
            "alphas": self._alphas,
        }  # fmt: skip
        parts: Any = {name: values[:count] for name, values in every.items()}
        return Palette(title=one_line(title), **parts)


def decode_text(data: bytes) -> str:
    """Return text in UTF-8, UTF-16 with its mark, or else Latin-1; ValueError if it is no text.

    Of these GIMP writes the first, Windows tools the second, old files the third.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    if "\0" in text:
        raise ValueError("the file must be text, got binary data")
    return text


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Iterate over (number, line) of the lines that are not blank, ended by CR, LF or both."""
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        if line := line.strip():
            yield number, line


def one_line(text: str) -> str:
    """Return `text` on one line: each run of spaces and control characters becomes one space."""
    # A lone surrogate cannot be written in any encoding.
    printable = (letter if letter.isprintable() else " " for letter in text)
    return " ".join("".join(printable).split())


def to_number(text: str, what: str) -> float:
    """Return the finite number that a text is; ValueError, which names `what` it is of, for anything else."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{what} must be a number, got {text[:40]!r}")
    return value


def to_byte(share: float) -> int:
    """Return a level in 0..1 as 0..255, clipped and rounded; ValueError if it is not finite."""
    if not math.isfinite(share):
        raise ValueError(f"a colour must have finite components, got {share}")
    return round(255 * min(max(share, 0.0), 1.0))
