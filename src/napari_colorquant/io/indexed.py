"""Indexed images read as what they are: labels and a palette, not the colours that they show.

PNG, APNG and GIF of any program; TIFF and OME-Zarr that we wrote, or of the kind "palette".
"""

import os
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import ExifTags, Image

from .._typing import RGBA8, Labels
from ..indexed import IndexedImage
from ..palette import BYTE_COLORS, Palette
from ..pixels.intensities import to_levels
from ..pixels.keys import rgba_to_keys
from ..pixels.rgb_profile import RgbProfile
from ..pixels.written_colors import OPAQUE
from ..recipe import Recipe
from . import own_metadata
from .color_profiles import LightSpace, find_kept
from .formats import find_format
from .palettes.pictures import count_kept, has_entries, read_entries, spread_alphas
from .pictures.pillow import turn_upright
from .pictures.png import find_colors
from .pixel_limit import TooManyPixelsError, at_most, check_pixels, pillow_reads
from .read import read_image
from .zarr.places import find_stored_size


def is_indexed_file(path: str | os.PathLike[str]) -> bool:
    """Return True if a file holds indices into a palette: PNG, GIF, or a TIFF or Zarr of ours; else False."""
    try:
        format_ = find_format(path).name
        if format_ in ("tiff", "zarr"):
            return bool(_find_own(path, format_))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a large image is no attack; a bomb is an error when it is read
            with Image.open(path, formats=("png", "gif")) as picture:
                return picture.format == "GIF" or picture.mode == "P"
    except Exception:  # decoders raise anything for a broken file
        return False


def read_indexed(path: str | os.PathLike[str], *, max_pixels: int | None = None) -> IndexedImage:
    """Read an indexed image with the palette as it is stored.

    Parameters
    ----------
    path : path-like
        What `napari_colorquant.io.write.write_indexed` writes, or another program's PNG of type
        "palette" or GIF. Told by its content.
    max_pixels : int, optional
        Pixels that it may have in all its frames, see `napari_colorquant.io.read.read_image`.

    Returns
    -------
    indexed : IndexedImage
        Labels (H, W), or (..., H, W) for stacks, without axes of one entry; `valid` is False where the file is fully
        transparent or says "no data". Colours keep their alpha and all entries their places; only transparent
        ones at the end, which mean "no data", are left out. The recipe is the one that the file holds, or the
        mapping onto that palette.

    Raises
    ------
    ValueError
        If the file is no such image, is cut short or too large, or the frames of a GIF have more
        than 256 colours together.
    OSError
        If the file cannot be opened.
    """
    with at_most(max_pixels):
        return _read(path)


def _read(path: str | os.PathLike[str]) -> IndexedImage:
    name = os.fspath(path)
    format_ = find_format(path).name
    if format_ in ("tiff", "zarr"):
        return _read_own(path, format_)
    if format_ == "gif" or _is_animated(path):
        labels, colors, valid, profile = _read_frames(path)
    else:
        try:
            labels, colors, valid, profile = _read_png(path)
        except (ValueError, FileNotFoundError, PermissionError, IsADirectoryError, MemoryError):
            raise
        except Exception as error:  # decoders raise anything for a broken file
            raise ValueError(f"{name} must be an indexed PNG that can be read: {error}") from None
    if not valid.any():
        raise ValueError(f"{name} must show at least one colour, got only transparent ones")
    found = None if valid.all() else valid
    palette = Palette.of_levels(colors, profile, title=Path(path).stem)
    indexed = IndexedImage(labels, palette, Recipe(palette=palette), found).with_shares()
    return replace(indexed, recipe=Recipe(palette=indexed.palette))


def _is_animated(path: str | os.PathLike[str]) -> bool:
    with open(path, "rb") as file:
        return b"acTL" in file.read(1 << 12)


def _find_own(path: str | os.PathLike[str], format_: str) -> dict[str, Any]:
    """Return the metadata of a TIFF or Zarr that we wrote, or an empty dict."""
    if format_ == "zarr":
        from .zarr.reading import find_attributes  # needs the extra

        found = find_attributes(path).get(own_metadata.KEY)
        return found if isinstance(found, dict) else {}
    from .tiff.facts import find_own
    from .tiff.reading import open_tiff

    with open_tiff(os.fspath(path)) as file:
        return find_own(file)


def _read_own(path: str | os.PathLike[str], format_: str) -> IndexedImage:
    name, place = os.fspath(path), os.stat(path).st_ino
    try:
        own = _find_own(path, format_)
        if not own:
            raise ValueError("it holds no palette of ours")
        if format_ == "zarr":
            stored = read_image(path).levels[0]
            check_pixels(name, stored.size, find_stored_size(path))
            labels = np.asarray(stored)
            if os.stat(path).st_ino != place:  # of a folder that went away, what was still to be read reads as 0
                raise FileNotFoundError(f"{name} must stay where it is while it is read, another took its place")
        else:
            from .tiff.reading import check_size, open_tiff, telling_of_lengths

            with open_tiff(name) as file, telling_of_lengths(file, name):
                check_size(file, name)
                stored = file.series[0].asarray()
            leading = [size for size in stored.shape[:-2] if size > 1]  # as those of other formats, and `read_image`
            labels = stored.reshape(*leading, *stored.shape[-2:])
        return own_metadata.restore(labels, own)
    except (MemoryError, FileNotFoundError, PermissionError, TooManyPixelsError):
        raise
    except Exception as error:  # decoders raise anything for a broken file
        raise ValueError(f"{name} must be an indexed image that we wrote and that can be read: {error}") from None


def _read_png(
    path: str | os.PathLike[str],
) -> tuple[Labels, RGBA8, npt.NDArray[np.bool_], RgbProfile | None]:
    size = os.path.getsize(path)
    with warnings.catch_warnings(), pillow_reads(os.fspath(path), size):
        warnings.simplefilter("ignore")
        with Image.open(path, formats=("png",)) as picture:
            if picture.mode != "P":
                raise ValueError(f"{os.fspath(path)} must be an indexed PNG, got one of mode {picture.mode}")
            check_pixels(os.fspath(path), picture.width * picture.height, size)
            indices = turn_upright(np.array(picture), picture.getexif().get(ExifTags.Base.Orientation, 1), 0)
            entries: Any = np.reshape(picture.getpalette("RGB") or [], (-1, 3)).astype(np.uint8)
            clear = picture.info.get("transparency")  # one index, or an alpha for each of the first entries
            meant = find_colors(Path(path).read_bytes())
    if indices.max() >= len(entries):
        raise ValueError(f"{os.fspath(path)} must have indices below its {len(entries)} colours, got {indices.max()}")
    alphas = spread_alphas(clear, len(entries))
    seen = alphas[indices] > 0
    kept = count_kept(alphas)
    profile = find_kept(meant)
    colors = meant.to_srgb(entries) if isinstance(meant, LightSpace) and profile is None else entries
    return np.where(seen, indices, 0).astype(np.uint8), np.column_stack([colors, alphas])[:kept], seen, profile


def _read_stored(path: str | os.PathLike[str]) -> RGBA8:
    """Return the palette of a PNG or GIF as it is stored, (K, 4), of it what is seen; no colours if it has none."""
    with warnings.catch_warnings(), pillow_reads(os.fspath(path), os.path.getsize(path)):
        warnings.simplefilter("ignore")
        with Image.open(path, formats=("png", "gif")) as picture:
            entries = read_entries(picture) if has_entries(picture) else []
    return np.reshape([entry for entry in entries if entry[3]], (-1, 4)).astype(np.uint8)


def _read_frames(path: str | os.PathLike[str]) -> tuple[Labels, RGBA8, npt.NDArray[np.bool_], RgbProfile | None]:
    """Read an animation by its colours: each frame may have a palette of its own, and be a part of the picture."""
    opened = read_image(path, profile="keep")
    image = _as_rgba(np.asarray(opened.levels[0]), opened.rgb)
    valid = image[..., 3] > 0
    keys = rgba_to_keys(image)
    stored = _read_stored(path) if valid.any() else np.empty((0, 4), np.uint8)
    distinct, first = np.unique(keys[valid], return_index=True)
    order = np.argsort(first)
    others = image[valid][first[order]]
    further = ~np.isin(distinct[order], rgba_to_keys(stored))
    colors = np.concatenate([stored, others[further]])
    if len(colors) > BYTE_COLORS:
        colors = others
    if len(colors) > BYTE_COLORS:
        raise ValueError(f"{os.fspath(path)} must have at most {BYTE_COLORS} colours in all its frames together")
    ranks, place = np.unique(rgba_to_keys(colors), return_index=True)
    found = np.minimum(np.searchsorted(ranks, keys), max(len(ranks) - 1, 0))
    labels = np.where(valid, place[found], 0).astype(np.uint8) if len(colors) else np.zeros(keys.shape, np.uint8)
    return labels, colors, valid, opened.profile


def _as_rgba(pixels: npt.NDArray[Any], rgb: bool) -> RGBA8:
    """Return pixels of 8 bits or of black and white, gray or with 3 or 4 channels, as (..., 4)."""
    colors = pixels if rgb else np.repeat(pixels[..., None], 3, axis=-1)
    colors = to_levels(colors, None, None)
    return colors if colors.shape[-1] == 4 else np.insert(colors, 3, OPAQUE, axis=-1)
