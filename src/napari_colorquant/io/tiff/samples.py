"""What the samples of a TIFF mean (TIFF 6.0, and Adobe's technical notes), and the colours that they stand for.

A meaning is read off the first page and applied to any block of pixels, in memory or chunk by
chunk: so both show one picture.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import tifffile

from ...pixels.rgb_profile import RgbProfile, find_rgb_profile
from ..color_profiles import convert_array, convert_gray
from .colors import divide, from_cmyk, from_lab, from_ycbcr, invert

_PHOTOMETRIC = tifffile.PHOTOMETRIC
#: Kinds of pixels, by photometric interpretation, and how many samples make a colour.
_KINDS = {
    _PHOTOMETRIC.MINISWHITE: ("inverted", 1),
    _PHOTOMETRIC.MINISBLACK: ("gray", 1),
    _PHOTOMETRIC.RGB: ("rgb", 3),
    _PHOTOMETRIC.PALETTE: ("palette", 1),
    _PHOTOMETRIC.SEPARATED: ("cmyk", 4),
    _PHOTOMETRIC.YCBCR: ("ycbcr", 3),
    _PHOTOMETRIC.CIELAB: ("lab", 3),
    _PHOTOMETRIC.ICCLAB: ("icclab", 3),
}
#: Other photometric interpretations that show numbers as they are: masks, sensors, depth.
_AS_GRAY = (_PHOTOMETRIC.MASK, _PHOTOMETRIC.CFA, _PHOTOMETRIC.LINEAR_RAW, _PHOTOMETRIC.DEPTH_MAP)
#: Compressions whose decoders return RGB for YCbCr.
_DECODED = (6, 7, 33003, 33004, 33005, 33007, 34712, 34892)


@dataclass(frozen=True, eq=False)
class Meaning:
    """What the samples of each pixel mean.

    Attributes
    ----------
    kind : str
        "gray", "inverted", "rgb", "palette", "cmyk", "ycbcr", "lab", "icclab", or "channels": as they are.
    bits : int
        Bits of a sample.
    alpha : int or None
        The sample that is alpha, if one is declared.
    is_associated : bool
        True if colours are multiplied by alpha.
    table : ndarray of shape (K, 3 or 4), uint8, or None
        The colours of a palette; the fourth column is their alpha.
    profile : bytes or None
        The ICC profile by which decoded pixels become sRGB.
    rgb : RgbProfile or None
        The RGB that decoded pixels are; None: sRGB.
    weights : tuple of three floats
        Red's, green's and blue's part in the lightness of YCbCr.
    reference : tuple of six floats
        The codes of black and white of Y, Cb and Cr.
    """

    kind: str
    bits: int = 8
    alpha: int | None = None
    is_associated: bool = False
    table: npt.NDArray[np.uint8] | None = None
    profile: bytes | None = None
    rgb: RgbProfile | None = None
    weights: tuple[float, ...] = (0.299, 0.587, 0.114)
    reference: tuple[float, ...] = (0, 255, 128, 255, 128, 255)

    @property
    def is_color(self) -> bool:
        """True if pixels become RGB or RGBA."""
        return self.kind not in ("gray", "inverted", "channels") or self.alpha is not None

    def is_plain(self, samples: int) -> bool:
        """Return True if pixels of so many samples are what `decode` makes of them, with a last axis if several."""
        if self.kind == "channels":
            return True
        if self.kind not in ("gray", "rgb") or 1 < self.bits < 8 or self.profile is not None or self.is_associated:
            return False
        return samples == self.count_samples() and (self.alpha is None or (self.kind == "rgb" and self.alpha == 3))

    def count_samples(self) -> int:
        """Return how many samples a decoded pixel has: 1, 3 or 4 (0: as many as there are)."""
        if self.kind == "channels":
            return 0
        if not self.is_color:
            return 1
        has_alpha = self.alpha is not None or (self.table is not None and self.table.shape[1] == 4)
        return 4 if has_alpha else 3

    def find_dtype(self, dtype: Any) -> np.dtype[Any]:
        """Return the dtype of decoded pixels."""
        dtype = np.dtype(dtype)
        return np.dtype(np.uint8) if self.kind == "palette" else dtype

    def decode(self, samples: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the colours of pixels.

        Parameters
        ----------
        samples : ndarray of shape (..., S)

        Returns
        -------
        pixels : ndarray of shape (...) gray, (..., 3) or (..., 4) sRGB, or (..., S) channels
        """
        if self.kind == "channels":
            return samples
        colors = self._decode_colors(samples)
        if self.alpha is None:
            return colors if self.is_color else colors[..., 0]
        alpha = self._spread(samples[..., self.alpha : self.alpha + 1])
        alpha = alpha.astype(colors.dtype) if colors.dtype.kind == "f" else alpha
        if self.kind == "palette":
            alpha = alpha.astype(np.uint8)
        if self.is_associated:
            colors = divide(colors, alpha)
        if colors.shape[-1] == 1:
            colors = np.repeat(colors, 3, axis=-1)
        return np.concatenate([colors, alpha], axis=-1)

    def _decode_colors(self, samples: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if self.kind == "palette":
            assert self.table is not None
            index = np.minimum(samples[..., 0].astype(np.intp), len(self.table) - 1)
            return np.asarray(self.table[index])
        if self.kind in ("gray", "inverted"):
            gray = self._spread(samples[..., :1])
            return self._by_curve(invert(gray, self.bits) if self.kind == "inverted" else gray)
        if self.kind == "rgb":
            return self._by_profile(self._spread(samples[..., :3]), "RGB")
        if self.kind == "cmyk":
            return self._by_profile(self._spread(samples[..., :4]), "CMYK")
        if self.kind == "ycbcr":
            return from_ycbcr(samples[..., :3], self.weights, self.reference)
        return from_lab(samples[..., :3], is_signed=self.kind == "lab")

    def _spread(self, samples: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return samples of 2 to 7 bits spread over 0..255; deeper ones mean what they are."""
        if samples.dtype == np.uint8 and 1 < self.bits < 8:
            top = (1 << self.bits) - 1
            spread = (np.minimum(samples, top).astype(np.uint16) * 255 + top // 2) // top
            return np.asarray(spread, np.uint8)
        return samples

    def _by_curve(self, gray: npt.NDArray[Any]) -> npt.NDArray[Any]:
        if self.profile is None or gray.dtype not in (np.uint8, np.uint16):
            return gray
        converted = convert_gray(gray, self.profile)
        return gray if converted is None else converted

    def _by_profile(self, colors: npt.NDArray[Any], mode: str) -> npt.NDArray[Any]:
        if self.profile is not None and colors.dtype in (np.uint8, np.uint16):
            upper = colors if colors.dtype == np.uint8 else (colors >> 8).astype(np.uint8)
            found = convert_array(upper.reshape(-1, upper.shape[-2], upper.shape[-1]), self.profile, mode)
            if found is not None:
                rgb = found.reshape(*colors.shape[:-1], 3)
                return rgb if colors.dtype == np.uint8 else rgb.astype(np.uint16) * 257
        return colors if mode == "RGB" else from_cmyk(colors)


def find_meaning(page: Any, table: npt.NDArray[np.uint8] | None = None) -> Meaning:
    """Return what the samples of a tifffile page mean.

    Parameters
    ----------
    page : tifffile.TiffPage
    table : ndarray, optional
        Colours that are known better than by the page's own table.

    Raises
    ------
    ValueError
        If its kind of colour is unknown, or the page has fewer samples than that needs.
    """
    photometric, samples = page.photometric, page.samplesperpixel
    kind, count = ("gray", 1) if photometric in _AS_GRAY else _KINDS.get(photometric, ("", 0))
    if not kind:
        raise ValueError(f"its photometric interpretation must be a known one, got {photometric}")
    if samples < count:
        raise ValueError(f"a pixel of {kind} must have {count} samples, got {samples}")
    if page.dtype is not None and page.dtype.kind == "c":
        raise ValueError("its numbers must be real, got complex ones")
    alpha, is_associated = _find_alpha(page, count)
    if kind in ("gray", "inverted") and alpha is None and samples > 2:
        return Meaning("channels", page.bitspersample)
    if kind == "ycbcr" and page.compression in _DECODED:
        kind = "rgb"
    if kind == "palette":
        table = _read_table(page) if table is None else table
        if table is None or page.dtype.kind not in "ub":
            kind = "gray"
    profile = _find_profile(page) if kind != "lab" else None
    rgb = find_rgb_profile(profile) if kind in ("rgb", "palette", "ycbcr") else None
    is_used = rgb is None and kind in ("gray", "inverted", "rgb", "cmyk") and page.bitspersample in (8, 16)
    return Meaning(
        kind=kind,
        bits=page.bitspersample,
        alpha=alpha,
        is_associated=is_associated,
        table=table if kind == "palette" else None,
        profile=profile if is_used else None,
        rgb=rgb if page.dtype is not None and page.dtype in (np.uint8, np.uint16) else None,
        **_find_ycbcr(page),
    )


def _find_alpha(page: Any, count: int) -> tuple[int | None, bool]:
    for i, kind in enumerate(page.extrasamples or ()):
        if kind in (1, 2) and count + i < page.samplesperpixel:
            return count + i, kind == 1
    return None, False


def _find_profile(page: Any) -> bytes | None:
    tag = page.tags.get(34675)
    return bytes(tag.value) if tag is not None and isinstance(tag.value, bytes) else None


def _find_ycbcr(page: Any) -> dict[str, tuple[float, ...]]:
    found = {}
    for code, name, count in ((529, "weights", 3), (532, "reference", 6)):
        tag = page.tags.get(code)
        values = () if tag is None or not isinstance(tag.value, tuple) else tag.value
        if len(values) == 2 * count and all(values[1::2]):
            found[name] = tuple(a / b for a, b in zip(values[::2], values[1::2], strict=True))
    return found


def _read_table(page: Any) -> npt.NDArray[np.uint8] | None:
    """Return the colours of a page's table; one that holds 0..255 has 8 bits, against the standard's 16."""
    if page.colormap is None:
        return None
    levels = np.asarray(page.colormap).T
    return (levels >> 8 if levels.max() > 255 else levels).astype(np.uint8)
