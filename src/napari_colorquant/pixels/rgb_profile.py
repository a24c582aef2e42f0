"""RGB of other primaries than sRGB's, by ICC profiles: what its levels mean, and sRGB in it and out of it.

Light is linear sRGB without bounds: a colour that sRGB does not hold has light below 0 or above 1, and is
a colour like any other. Only what is shown, or written as sRGB, is clipped.
"""

import base64
import io
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import ImageCms

from .._checks import refusal
from .._runtime.jit import kernel
from .._typing import Colors, Levels
from .icc import LEVELS, read_rgb
from .intensities import STEP, check_levels
from .transfer import encode, encode_unbounded, level_table, look_up_levels

#: XYZ under D50 as linear sRGB: IEC 61966-2-1 adapted by Bradford (Lindbloom).
FROM_XYZ_D50 = np.array([
    [3.1338561, -1.6168667, -0.4906146],
    [-0.9787684, 1.9161415, 0.0334540],
    [0.0719453, -0.2289914, 1.4052427],
])  # fmt: skip
#: A profile of which no colour is farther from what sRGB makes of it is sRGB, in levels of 8 bits.
SAME = 1.0
#: Steps of 8 bits that are larger are seen, in levels of sRGB.
_COARSE = 3.0
#: How far the light of a profile's white may be from sRGB's and is meant to be the same.
_NEAR_WHITE = 0.01
#: Colours that are converted at once: floats of a whole photograph would take four times its memory.
_BAND = 1 << 20


@dataclass(frozen=True)
class RgbProfile:
    """An RGB by three curves and a matrix, as Display P3, Adobe RGB, ProPhoto and Rec. 2020 are.

    Parameters
    ----------
    icc : bytes
        The ICC profile; it is written as it is.

    Raises
    ------
    ValueError
        If it is a profile of other colours, has a table of colours, or is damaged.
    """

    icc: bytes

    def __post_init__(self) -> None:
        if not isinstance(self.icc, bytes):
            raise refusal("a profile", "be the bytes of an ICC profile", self.icc, TypeError)
        read_rgb(self.icc)

    def __repr__(self) -> str:
        return f"RgbProfile({self.name!r}, {len(self.icc)} bytes)"

    @property
    def name(self) -> str:
        """What the profile calls itself, "RGB" if nothing."""
        try:
            return str(ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(self.icc)))).strip() or "RGB"
        except (ImageCms.PyCMSError, OSError):
            return "RGB"

    @property
    def is_srgb(self) -> bool:
        """True if it does what sRGB does, whatever it is called: no colour differs by more than a level of 8 bits."""
        return _is_srgb(self.icc)

    @property
    def is_fine(self) -> bool:
        """True if 8 bits a channel do: no step from one gray to the next is as large as some levels of sRGB.

        False for an RGB of linear light, in which 8 bits leave no dark tones.
        """
        grays = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
        return bool(np.diff(encode(self.to_linear(grays)), axis=0).max() * 255 <= _COARSE)

    def to_linear(self, colors: Levels | Colors) -> Colors:
        """Return the light of colours in this RGB: levels or floats in 0..1, (N, 3), as linear sRGB without bounds."""
        tables, matrix, _ = _tabulate(self.icc)
        if colors.dtype.kind == "f":
            # Floats are means of levels; between two levels a curve is straight enough.
            places = np.clip(np.asarray(colors, np.float32), 0, 1) * np.float32(LEVELS - 1)
            grid = np.arange(LEVELS)
            channels = [np.interp(places[:, i], grid, table) for i, table in enumerate(tables)]
            light = np.stack(channels, axis=1).astype(np.float32)
            return _transform(light, matrix)
        check_levels(colors)
        light = np.empty(colors.shape, np.float32)
        step = 1 if colors.dtype == np.uint16 else STEP
        _look_up(np.ascontiguousarray(colors), tables, step, matrix, light)
        return light

    def from_linear(self, linear: Colors) -> Colors:
        """Return linear sRGB, (N, 3) float32, as encoded colours of this RGB, clipped to 0..1."""
        _, _, inverse = _tabulate(self.icc)
        curves, _ = read_rgb(self.icc)
        own = _transform(np.ascontiguousarray(linear, np.float32), inverse)
        grid = np.arange(LEVELS) / (LEVELS - 1)
        return np.stack([np.interp(own[:, i], curves[i], grid) for i in range(3)], axis=1).astype(np.float32)

    def to_srgb(self, colors: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return levels of this RGB, (..., 3) uint8 or uint16, as sRGB of the same depth, clipped to its gamut."""
        return _by_bands(colors, lambda band: encode(np.clip(self.to_linear(band), 0, 1)))

    def from_srgb(self, colors: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return sRGB levels, (..., 3) uint8 or uint16, as levels of this RGB of the same depth."""
        return _by_bands(
            colors, lambda band: self.from_linear(look_up_levels(band, level_table(colors.dtype, linear=True)))
        )

    def to_text(self) -> str:
        """Return it as text, for JSON; `from_text` reads it back."""
        return base64.b64encode(self.icc).decode()

    @classmethod
    def from_text(cls, text: Any) -> "RgbProfile":
        """Read what `to_text` wrote; ValueError for anything else."""
        try:
            icc = base64.b64decode(text, validate=True)
        except (TypeError, ValueError):
            raise refusal("a profile", "be an ICC profile in base64", text) from None
        return cls(icc)


def find_rgb_profile(icc: Any) -> RgbProfile | None:
    """Return an ICC profile as an RGB of its own; None if it is sRGB in effect, or nothing that `RgbProfile` reads."""
    try:
        profile = RgbProfile(icc)
    except (TypeError, ValueError):
        return None
    return None if profile.is_srgb else profile


def _by_bands(colors: npt.NDArray[Any], convert: Any) -> npt.NDArray[Any]:
    flat = np.ascontiguousarray(colors).reshape(-1, 3)
    converted = np.empty_like(flat)
    top = np.float32(np.iinfo(colors.dtype).max)
    for start in range(0, len(flat), _BAND):
        band = slice(start, start + _BAND)
        converted[band] = np.rint(convert(flat[band]) * top)
    return converted.reshape(colors.shape)


@lru_cache(maxsize=8)
def _tabulate(icc: bytes) -> tuple[Colors, Colors, Colors]:
    """Return light by level, (3, 65536), and the matrices from light of the profile to linear sRGB and back."""
    curves, to_xyz = read_rgb(icc)
    matrix = FROM_XYZ_D50 @ to_xyz
    sums = matrix.sum(axis=1, keepdims=True)
    if np.abs(sums - 1).max() < _NEAR_WHITE:
        matrix /= sums  # white is white: what is rounded in either must not tint grays
    return curves.astype(np.float32), matrix.astype(np.float32), np.linalg.inv(matrix).astype(np.float32)


@lru_cache(maxsize=16)
def _is_srgb(icc: bytes) -> bool:
    profile = RgbProfile(icc)
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    grays = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    colors = np.concatenate([grid, grays])
    meant = encode_unbounded(profile.to_linear(colors)) * 255
    return bool(np.abs(meant - colors).max() <= SAME)


def _transform(light: Colors, matrix: Colors) -> Colors:
    result = np.empty_like(light)
    _multiply(light, matrix, result)
    return result


@kernel
def _look_up(colors, tables, step, matrix, light):  # type: ignore[no-untyped-def]
    for i in range(len(colors)):
        red = tables[0, np.int64(colors[i, 0]) * step]
        green = tables[1, np.int64(colors[i, 1]) * step]
        blue = tables[2, np.int64(colors[i, 2]) * step]
        for channel in range(3):
            light[i, channel] = matrix[channel, 0] * red + matrix[channel, 1] * green + matrix[channel, 2] * blue


@kernel
def _multiply(light, matrix, result):  # type: ignore[no-untyped-def]
    for i in range(len(light)):
        red, green, blue = light[i, 0], light[i, 1], light[i, 2]
        for channel in range(3):
            result[i, channel] = matrix[channel, 0] * red + matrix[channel, 1] * green + matrix[channel, 2] * blue
