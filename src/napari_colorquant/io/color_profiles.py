"""Colours of other spaces made sRGB: ICC profiles, and what PNG says by numbers (gAMA, cHRM, cICP).

A profile counts by what it does: one called sRGB may be none, and one of another name may be sRGB. An RGB by
curves and a matrix (`RgbProfile`) stays as it is until it is known whether sRGB is wanted; what else there is
becomes sRGB as it is read, by LittleCMS.
"""

import io
import struct
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageCms

from ..pixels.arrays import map_colors
from ..pixels.icc import make_rgb, read_gray
from ..pixels.rgb_profile import FROM_XYZ_D50, SAME, RgbProfile, find_rgb_profile
from ..pixels.transfer import encode
from .image import ImageFile

Pair = tuple[float, float]
#: Chromaticities of red, green, blue and white: those of sRGB, and by the numbers of ITU-T H.273.
_D65 = (0.3127, 0.3290)
SRGB_PRIMARIES = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06), _D65)
_PRIMARIES: dict[int, tuple[Pair, Pair, Pair, Pair]] = {
    1: SRGB_PRIMARIES,
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06), _D65),
    6: ((0.630, 0.340), (0.310, 0.595), (0.155, 0.070), _D65),
    9: ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046), _D65),
    11: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), _D65),
}
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
#: Gammas of video and of the web that mean sRGB's own curve; libpng, too, takes 5 % for no difference.
_GAMMA, _NEAR = 1 / 2.2, 0.05
#: White of graphics in high dynamic range, in cd/m2 (ITU-R BT.2408); brighter light is clipped.
_WHITE = 203.0


#: Curves from levels to light as ICC profiles have them: g, a, b, c, d.
_CURVES = {
    "srgb": (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045),
    "bt709": (1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081),
}


def find_kept(meant: "LightSpace | bytes | None") -> RgbProfile | None:
    """Return the RGB in which pixels can stay that a file means so, None for sRGB and what is to become sRGB."""
    return meant.as_profile() if isinstance(meant, LightSpace) else find_rgb_profile(meant)


@dataclass(frozen=True)
class LightSpace:
    """Colours by their transfer function and primaries.

    Attributes
    ----------
    transfer : float or str
        The exponent that makes light of encoded values, or "srgb", "bt709", "pq".
    primaries : tuple of four (x, y)
        Of red, green, blue and white.
    """

    transfer: float | str
    primaries: tuple[Pair, ...] = SRGB_PRIMARIES

    @property
    def is_srgb(self) -> bool:
        """True if nothing is to be done."""
        return self.transfer == "srgb" and np.allclose(self.primaries, SRGB_PRIMARIES, atol=2e-3)

    def as_profile(self) -> RgbProfile | None:
        """Return the RGB with an ICC profile, if it has primaries of its own, and does what such profiles can say.

        None for those of sRGB, in which nothing lies outside of it, and for high dynamic range.
        """
        if self.transfer == "pq" or np.allclose(self.primaries, SRGB_PRIMARIES, atol=2e-3):
            return None
        curve = _CURVES[self.transfer] if isinstance(self.transfer, str) else (self.transfer,)
        to_xyz = np.linalg.solve(FROM_XYZ_D50, _find_matrix(self.primaries))
        try:
            return RgbProfile(make_rgb("RGB of a PNG", to_xyz, curve))
        except (ValueError, struct.error):  # numbers that a profile cannot hold, or that no light has
            return None

    def to_srgb(self, colors: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return (..., 1 or 3) integers in full depth as sRGB of the same dtype; what lies outside is clipped."""
        top = np.iinfo(colors.dtype).max
        result = np.empty_like(colors)
        matrix = _find_matrix(self.primaries).astype(np.float32)
        for rows in _bands(colors.shape):  # floats of a whole photograph would take four times its memory
            light = self._to_light(colors[rows].astype(np.float32) / np.float32(top))
            if colors.shape[-1] == 3:
                light = light @ matrix.T
            result[rows] = np.rint(encode(np.clip(light, 0, 1)) * np.float32(top)).astype(colors.dtype)
        return result

    def _to_light(self, encoded: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        if self.transfer == "srgb":
            return np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
        if self.transfer == "bt709":
            return np.where(encoded < 0.081, encoded / 4.5, ((encoded + 0.099) / 1.099) ** (1 / 0.45))
        if self.transfer == "pq":  # SMPTE ST 2084
            root = encoded ** (1 / 78.84375)
            ratio = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
            return np.asarray(ratio ** (1 / 0.1593017578125) * (10000 / _WHITE), np.float32)
        return np.asarray(encoded ** np.float32(self.transfer), np.float32)


def _bands(shape: tuple[int, ...]) -> list[slice]:
    step = max(1, (1 << 20) // max(1, int(np.prod(shape[1:]))))
    return [slice(start, start + step) for start in range(0, shape[0], step)]


def from_gamma(gamma: float, chromaticities: tuple[float, ...] | None) -> LightSpace | None:
    """Return the space of a PNG's gAMA and cHRM (white, red, green, blue), or None if they cannot be meant."""
    if not 0.01 <= gamma <= 100:
        return None
    transfer: float | str = "srgb" if abs(gamma / _GAMMA - 1) < _NEAR else 1 / gamma
    primaries: tuple[Pair, ...] = SRGB_PRIMARIES
    if chromaticities is not None:
        pairs = tuple(zip(chromaticities[::2], chromaticities[1::2], strict=True))
        primaries = (*pairs[1:], pairs[0])
        if not _is_possible(primaries):
            return None
    return LightSpace(transfer, primaries)


def from_cicp(primaries: int, transfer: int) -> LightSpace | None:
    """Return the space that code points of ITU-T H.273 name, or None for those without a known meaning in sRGB."""
    transfers: dict[int, float | str] = {
        **dict.fromkeys((1, 6, 14, 15), "bt709"), 4: 2.2, 5: 2.8, 8: 1.0, 13: "srgb", 16: "pq",
    }  # fmt: skip
    if primaries not in _PRIMARIES or transfer not in transfers:
        return None
    return LightSpace(transfers[transfer], _PRIMARIES[primaries])


def _is_possible(primaries: tuple[Pair, ...]) -> bool:
    if any(not 0 <= x <= 1 or not 0 < y <= 1 for x, y in primaries):
        return False
    red, green, blue, _ = np.array(primaries)
    return bool(abs(np.linalg.det(np.stack([red - blue, green - blue]))) > 1e-3)


def _find_matrix(primaries: tuple[Pair, ...]) -> npt.NDArray[np.float64]:
    """Return the matrix from linear light of `primaries` to linear sRGB; white stays white."""
    source, target = _to_xyz(primaries), _to_xyz(SRGB_PRIMARIES)
    cone: npt.NDArray[np.float64] = np.diag((_BRADFORD @ target.sum(axis=1)) / (_BRADFORD @ source.sum(axis=1)))
    adapted = np.linalg.solve(_BRADFORD, cone @ _BRADFORD @ source)
    return np.asarray(np.linalg.solve(target, adapted), np.float64)


def _to_xyz(primaries: tuple[Pair, ...]) -> npt.NDArray[np.float64]:
    columns = np.array([[x / y, 1.0, (1 - x - y) / y] for x, y in primaries]).T
    amounts = np.linalg.solve(columns[:, :3], columns[:, 3])
    return np.asarray(columns[:, :3] * amounts, np.float64)


def as_srgb(image: ImageFile) -> ImageFile:
    """Return an image in sRGB, in the depth that it has, lazily if it is lazy; what sRGB does not hold is clipped."""
    if image.profile is None:
        return image
    convert = partial(_convert_colors, profile=image.profile)
    levels = [map_colors(convert, level) for level in image.levels]
    return image.with_facts(levels=tuple(levels), profile=None)


def _convert_colors(colors: npt.NDArray[Any], profile: RgbProfile) -> npt.NDArray[Any]:
    converted = profile.to_srgb(colors[..., :3])
    return converted if colors.shape[-1] == 3 else np.concatenate([converted, colors[..., 3:]], axis=-1)


def convert_picture(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return a Pillow image in sRGB, by its ICC profile if it has one of another space.

    A profile that cannot be used is ignored; CMYK and Lab without one are converted plainly.
    """
    if image.mode == "LAB" and not profile:
        return _transform(image, ImageCms.createProfile("LAB"), "RGB")
    if not profile or image.mode not in ("L", "LA", "RGB", "RGBA", "CMYK", "LAB", "P"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _is_srgb(profile, source):
            return image  # not even rounding may change it
        if image.mode == "P":
            image = image.convert("RGBA" if image.has_transparency_data else "RGB")
        if image.mode in ("L", "LA"):
            return _convert_gray(image, profile, source)
        return _transform(image, source, "RGB" if image.mode in ("CMYK", "LAB") else image.mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def note_conversion(profile: bytes | LightSpace | None, *, deep: bool) -> tuple[str, ...]:
    """Return what there is to say of RGB that LittleCMS makes sRGB by a profile; nothing of one that does nothing."""
    if not isinstance(profile, bytes):
        return ()
    try:
        if profile[16:20] != b"RGB " or _is_srgb(profile, ImageCms.ImageCmsProfile(io.BytesIO(profile))):
            return ()
    except (ImageCms.PyCMSError, OSError, ValueError):
        return ()
    depth = ", at 8 bits," if deep else ""
    return (f"its colours were made sRGB{depth} by its ICC profile, a table of colours that is not written back",)


def convert_array(colors: npt.NDArray[Any], profile: bytes, mode: str) -> npt.NDArray[np.uint8] | None:
    """Return (H, W, 3 or 4) uint8 colours of `mode` "RGB" or "CMYK" as RGB by an ICC profile; None if it is of no use.

    LittleCMS works on 8 bits here, so deeper colours are to be given as their upper 8.
    """
    height, width = colors.shape[:2]
    image = Image.frombytes(mode, (width, height), np.ascontiguousarray(colors).tobytes())
    converted = convert_picture(image, profile)
    return None if converted is image else np.asarray(converted.convert("RGB"))


def convert_gray(levels: npt.NDArray[Any], profile: bytes) -> npt.NDArray[Any] | None:
    """Return gray levels, uint8 or uint16, as those of sRGB by the curve of an ICC profile; None if it is of no use."""
    try:
        meant = encode(read_gray(profile).astype(np.float32))
    except ValueError:
        return None
    if np.abs(meant - np.linspace(0, 1, len(meant))).max() * 255 <= SAME:
        return levels
    top = np.iinfo(levels.dtype).max
    table = np.rint(meant[:: len(meant) // top] * np.float32(top)).astype(levels.dtype)
    return np.asarray(table[levels])


def _is_srgb(profile: bytes, source: Any) -> bool:
    """Return True if an ICC profile makes of RGB what sRGB is, up to a level of 8 bits, whatever it is called."""
    if profile[16:20] != b"RGB ":
        return False
    with suppress(ValueError):
        return RgbProfile(profile).is_srgb
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(len(steps), -1, 3)
    shown = np.asarray(_transform(Image.fromarray(grid), source, "RGB"))
    return bool(np.abs(shown.astype(int) - grid).max() <= SAME)


def _convert_gray(image: Image.Image, profile: bytes, source: Any) -> Image.Image:
    converted = convert_gray(np.asarray(image.getchannel("L")), profile)
    if converted is None:
        gray = _transform(image.getchannel("L"), source, "RGB").getchannel("G")
    else:
        gray = Image.fromarray(converted)
    if image.mode == "L":
        return gray
    return Image.merge("LA", (gray, image.getchannel("A")))


def _transform(image: Image.Image, source: Any, mode: str) -> Image.Image:
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    return image if converted is None else converted
