"""ICC profiles of the plain kind read as numbers: three curves and a matrix, or the one curve of gray (ICC.1:2010).

What else there is in profiles, tables of many dimensions above all, is left to LittleCMS.
"""

import struct
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

#: Levels at which a curve is known: those of 16 bits a channel.
LEVELS = 1 << 16
#: Profiles of curves and a matrix have a few kilobytes, and few tags.
_LARGEST = 1 << 20
_MOST_TAGS = 100
#: White of the space that profiles lead to.
_D50 = (0.9642, 1.0, 0.8249)
#: So far may a curve fall where its straight part ends, by the rounding of its parameters.
_DIP = 1e-3
#: Numbers of each kind of a curve by formula.
_PARAMETERS = (1, 3, 4, 5, 7)

Curves = npt.NDArray[np.float64]


@lru_cache(maxsize=16)
def read_rgb(profile: bytes) -> tuple[Curves, npt.NDArray[np.float64]]:
    """Return the light of each level of each channel, (3, 65536), and the matrix from it to XYZ under D50.

    Raises
    ------
    ValueError
        If the profile is of other colours than RGB, leads to colours by a table, or is damaged.
    """
    tags = _find_tags(profile, b"RGB ")
    if b"A2B0" in tags or profile[20:24] != b"XYZ ":
        raise ValueError("an RGB profile must be made of three curves and a matrix, got one with a table of colours")
    matrix = np.stack([_read_xyz(_find(tags, name)) for name in (b"rXYZ", b"gXYZ", b"bXYZ")], axis=1)
    if not np.isfinite(matrix).all() or abs(np.linalg.det(matrix)) < 1e-6:
        raise ValueError(f"the primaries of a profile must make all colours together, got {matrix.tolist()}")
    return np.stack([_read_curve(_find(tags, name)) for name in (b"rTRC", b"gTRC", b"bTRC")]), matrix


@lru_cache(maxsize=16)
def read_gray(profile: bytes) -> Curves:
    """Return the light of each level of gray, (65536,); ValueError if it is no profile of gray, or damaged."""
    tags = _find_tags(profile, b"GRAY")
    if profile[20:24] != b"XYZ ":
        raise ValueError(f"a profile of gray must lead to XYZ, got {profile[20:24]!r}")
    return _read_curve(_find(tags, b"kTRC"))


def make_rgb(name: str, to_xyz: npt.NDArray[np.float64], curve: Sequence[float]) -> bytes:
    """Return the ICC profile (version 4) of an RGB.

    Parameters
    ----------
    name : str
        What it calls itself.
    to_xyz : ndarray of shape (3, 3)
        From linear light to XYZ under D50.
    curve : sequence of float
        From levels in 0..1 to light: an exponent g, or g, a, b, c and d of ``(a x + b) ** g``, and ``c x`` below d.
    """
    columns = {tag: _pack_xyz(column) for tag, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), to_xyz.T, strict=True)}
    kind = _PARAMETERS.index(len(curve))
    packed = b"para" + bytes(4) + struct.pack(f">HH{len(curve)}i", kind, 0, *map(_to_fixed, curve))
    tags = {
        b"desc": _pack_text(name),
        b"cprt": _pack_text("no copyright"),
        b"wtpt": _pack_xyz(_D50),
        **columns,
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), packed),
    }
    table, body = struct.pack(">I", len(tags)), b""
    for tag, value in tags.items():
        padded = value + bytes(-len(value) % 4)
        table += struct.pack(">4sII", tag, 132 + 12 * len(tags) + len(body), len(value))
        body += padded
    size = 128 + len(table) + len(body)
    header = struct.pack(">I4xI4s4s4s12x4s", size, 0x04200000, b"mntr", b"RGB ", b"XYZ ", b"acsp").ljust(68, b"\0")
    return (header + struct.pack(">3i", *map(_to_fixed, _D50))).ljust(128, b"\0") + table + body


def _pack_xyz(xyz: Iterable[float]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *map(_to_fixed, xyz))


def _pack_text(text: str) -> bytes:
    words = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(words), 28) + words


def _to_fixed(number: float) -> int:
    return round(number * 65536)


def _find_tags(profile: bytes, colors: bytes) -> dict[bytes, bytes]:
    if not 132 <= len(profile) <= _LARGEST or profile[36:40] != b"acsp":
        raise ValueError(f"an ICC profile must have a header, and at most {_LARGEST} bytes, got {len(profile)}")
    if profile[16:20] != colors:
        raise ValueError(f"an ICC profile must be one of {colors.decode().strip()}, got one of {profile[16:20]!r}")
    (count,) = struct.unpack_from(">I", profile, 128)
    if count > _MOST_TAGS or len(profile) < 132 + 12 * count:
        raise ValueError(f"an ICC profile must hold its tags, got {count} in {len(profile)} bytes")
    entries = (struct.unpack_from(">4sII", profile, 132 + 12 * i) for i in range(count))
    return {name: profile[start : start + size] for name, start, size in entries}


def _find(tags: dict[bytes, bytes], name: bytes) -> bytes:
    if name not in tags:
        raise ValueError(f"an ICC profile must have a tag {name.decode()}, got {', '.join(map(repr, tags))}")
    return tags[name]


def _read_xyz(tag: bytes) -> npt.NDArray[np.float64]:
    return np.array(_read_fixed(tag, b"XYZ ", 8, 3))


def _read_fixed(tag: bytes, kind: bytes, start: int, count: int) -> list[float]:
    if tag[:4] != kind or len(tag) < start + 4 * count:
        raise ValueError(f"a tag of an ICC profile must hold {count} numbers of kind {kind!r}, got {tag[:4]!r}")
    return [number / 65536 for number in struct.unpack_from(f">{count}i", tag, start)]


def _read_curve(tag: bytes) -> Curves:
    levels = np.arange(LEVELS) / (LEVELS - 1)
    curve = _read_formula(tag, levels) if tag[:4] == b"para" else _read_table(tag, levels)
    if not np.isfinite(curve).all() or np.diff(curve).min() < -_DIP or not curve[0] < curve[-1]:
        raise ValueError("the curves of an ICC profile must rise")
    return np.clip(np.maximum.accumulate(curve), 0, 1)


def _read_table(tag: bytes, levels: Curves) -> Curves:
    count = struct.unpack_from(">I", tag, 8)[0] if len(tag) >= 12 else -1
    if tag[:4] != b"curv" or count < 0 or len(tag) < 12 + 2 * count:
        raise ValueError(f"a curve of an ICC profile must hold its numbers, got {len(tag)} bytes of {tag[:4]!r}")
    numbers = np.frombuffer(tag, ">u2", count, 12).astype(np.float64)
    if count == 0:
        return levels
    if count == 1:
        return np.asarray(levels ** (numbers[0] / 256))
    return np.interp(levels, np.arange(count) / (count - 1), numbers / 65535)


def _read_formula(tag: bytes, levels: Curves) -> Curves:
    """Return a curve of type "para": a power of a line, with a straight part below `d` in most of its kinds."""
    kind = struct.unpack_from(">H", tag, 8)[0] if len(tag) >= 12 else len(_PARAMETERS)
    if kind >= len(_PARAMETERS):
        raise ValueError(f"a curve of an ICC profile must be of kind 0..{len(_PARAMETERS) - 1}, got {kind}")
    given = _read_fixed(tag, b"para", 12, _PARAMETERS[kind])
    power, a, b, c, d, e, f = (*given, *(1.0, 0.0, 0.0, 0.0, 0.0, 0.0)[len(given) - 1 :])
    if kind in (1, 2):
        d, e, f, c = (-b / a if a else 0.0), (c if kind == 2 else 0.0), (c if kind == 2 else 0.0), 0.0
    return np.where(levels >= d, np.maximum(a * levels + b, 0) ** power + e, c * levels + f)
