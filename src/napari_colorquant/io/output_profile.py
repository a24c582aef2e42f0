"""The RGB in which an image is written: the one in which it came, sRGB, or another that is asked for."""

import os
from typing import Any

from .._checks import check_path, refusal
from ..indexed import IndexedFrames, IndexedImage
from ..pixels.rgb_profile import RgbProfile
from .image import ImageFile
from .image_format import ImageFormat

#: Profiles are kilobytes, those of presses a few megabytes.
_LARGEST = 1 << 24


def find_target_profile(
    profile: Any, indexed: IndexedImage | IndexedFrames, like: ImageFile | None, entry: ImageFormat
) -> RgbProfile | None:
    """Return the RGB in which an indexed image is to be written, None for sRGB; see `write_indexed`.

    Parameters
    ----------
    profile : "keep", "srgb", path-like, bytes, RgbProfile or None
    indexed : IndexedImage or IndexedFrames
    like : ImageFile or None
    entry : ImageFormat
        That of the file.

    Raises
    ------
    ValueError
        If the format holds no profiles and one is asked for, or it cannot be used.
    """
    has_palette = isinstance(indexed, IndexedImage) and not indexed.is_recolored
    if profile is None:
        kept = _find_source(indexed, like) if entry.writes_profile and has_palette else None
        return kept if kept is None or entry.table_bits > 8 or kept.is_fine else None
    if isinstance(profile, str) and profile == "srgb":
        return None
    found = _find_source(indexed, like) if isinstance(profile, str) and profile == "keep" else read_profile(profile)
    if found is None or found.is_srgb:
        return None
    if not entry.writes_profile:
        raise refusal("profile", f"be 'srgb' for a {entry.name} file, which is written in sRGB", found.name)
    if not has_palette:
        raise refusal(
            "profile", "be 'srgb' for pixels that keep a part of their own, or palettes of frames", found.name
        )
    return found


def read_profile(profile: Any) -> RgbProfile:
    """Return an ICC profile that is given by itself, as its bytes, or as its file.

    Raises
    ------
    TypeError
        If it is none of these.
    ValueError
        If it is not one of RGB by three curves and a matrix.
    OSError
        If the file cannot be read.
    """
    if isinstance(profile, RgbProfile):
        return profile
    if isinstance(profile, bytes):
        return RgbProfile(profile)
    if not isinstance(profile, (str, os.PathLike)):
        raise refusal("profile", "be 'keep', 'srgb', an ICC profile, or a file of one", profile, TypeError)
    with open(check_path("profile", profile), "rb") as file:
        data = file.read(_LARGEST)
    try:
        return RgbProfile(data)
    except ValueError as error:
        raise ValueError(f"{os.fspath(profile)} must be a profile of RGB to write in: {error}") from None


def _find_source(indexed: IndexedImage | IndexedFrames, like: ImageFile | None) -> RgbProfile | None:
    own = indexed.palette.profile if isinstance(indexed, IndexedImage) else None
    return own if own is not None or like is None else like.source_profile
