"""Labels as tiled TIFF with a colour table, or in true colour, chunk by chunk; OME-TIFF by its name."""

import json
import os
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import tifffile

from ..._runtime.atomic import replace_file
from ...indexed import IndexedImage
from ...palette import Palette
from ...pixels.arrays import is_lazy
from .. import own_metadata
from ..bands import compute_bands, find_spans
from ..image import UNIT_SYMBOLS, ImageFile

#: Rows and columns of a tile that is written, unless the labels' own chunks can be tiles.
_TILE = 512
_LARGEST_TILE = 2048
_LARGE = 1 << 31
_SPACE = "napari-colorquant"


def write_tiff(
    path: str | os.PathLike[str], levels: Sequence[Any], like: ImageFile | None, *, overwrite: bool = False
) -> None:
    """Write the levels of an indexed image as tiles, with a colour table or in true colour; see `write_labels`."""
    like = own_metadata.find_like(levels, like)
    gaps = own_metadata.has_gaps(levels)
    rgb, profile = levels[0].is_recolored, levels[0].palette.profile
    arrays = [_paint(level, gaps) if rgb else own_metadata.number_labels(level, gaps) for level in levels]
    is_ome = os.fspath(path).lower().endswith((".ome.tif", ".ome.tiff"))
    with (
        replace_file(path, overwrite=overwrite) as file,
        tifffile.TiffWriter(
            tifffile.FileHandle(file, name=os.fspath(path)), bigtiff=sum(array.size for array in arrays) > _LARGE,
            ome=is_ome,
        ) as writer,
    ):  # fmt: skip
        for i, (array, span) in enumerate(zip(arrays, find_spans(arrays), strict=True)):
            tile = _find_tile(array, rgb)
            first: dict[str, Any] = _describe(levels, like, gaps, is_ome) if i == 0 else {"metadata": None}
            writer.write(
                _iterate_tiles(array, tile, span, rgb), shape=array.shape, dtype=array.dtype, tile=tile,
                compression="zlib", subifds=len(arrays) - 1 if i == 0 else None, subfiletype=0 if i == 0 else 1,
                iccprofile=None if rgb or profile is None else profile.icc,
                **_find_photometric(array, levels[0].palette, rgb, gaps), **first,
            )  # fmt: skip


def _paint(level: IndexedImage, gaps: bool) -> Any:
    """Return the recoloured image, with alpha if some pixels have no data."""
    if not gaps:
        return level.recolored
    valid = level.labels == level.labels if level.valid is None else level.valid
    alpha = (valid.astype(np.uint8) * 255)[..., None]
    return np.concatenate([level.recolored, alpha], axis=-1)  # of lazy arrays a lazy one


def _find_photometric(array: Any, palette: Palette, rgb: bool, gaps: bool) -> dict[str, Any]:
    if rgb:
        return {"photometric": "rgb", "extrasamples": ["unassalpha"] if array.shape[-1] == 4 else None}
    return {"photometric": "palette", "colormap": _color_table(palette, gaps, array.dtype)}


def _describe(levels: Sequence[IndexedImage], like: ImageFile, gaps: bool, is_ome: bool) -> dict[str, Any]:
    """Return what tifffile is to write of the axes and of our own, and the size of a pixel."""
    rgb = levels[0].is_recolored
    own = own_metadata.describe(levels, like, gaps and not rgb)
    axes = _letter(like.axes, is_ome) + "S" * rgb
    options: dict[str, Any] = {}
    if like.units[-2:] == ("micrometer",) * 2:
        width, height = like.scales[0][-1], like.scales[0][-2]
        options = {"resolution": (1e4 / width, 1e4 / height), "resolutionunit": "CENTIMETER"}
    if not is_ome:
        return {**options, "metadata": {"axes": axes, own_metadata.KEY: own}}
    meta: dict[str, Any] = {"axes": axes, "MapAnnotation": {"Namespace": _SPACE, own_metadata.KEY: json.dumps(own)}}
    for name, size, unit in zip(like.axes, like.scales[0], like.units, strict=True):
        if name in "xyz" and unit in UNIT_SYMBOLS:
            meta |= {f"PhysicalSize{name.upper()}": size, f"PhysicalSize{name.upper()}Unit": UNIT_SYMBOLS[unit]}
        elif name == "t" and unit in UNIT_SYMBOLS:
            meta |= {"TimeIncrement": size, "TimeIncrementUnit": UNIT_SYMBOLS[unit]}
    return {**options, "metadata": meta}


def _letter(axes: Sequence[str], is_ome: bool) -> str:
    """Return one letter for each axis: its own where it has one, else of those that are left."""
    free = [letter for letter in ("TZC" if is_ome else "QIHVMRL") if letter.lower() not in axes]
    known = "tzcyx" if is_ome else "tzcyxqi"
    letters = [name.upper() if name in known else free.pop(0) if free else "?" for name in axes]
    if "?" in letters:
        raise ValueError(f"an OME-TIFF must have at most 5 axes, of time, depth and channels, got {', '.join(axes)}")
    return "".join(letters)


def _color_table(palette: Palette, gaps: bool, dtype: npt.DTypeLike) -> npt.NDArray[np.uint16]:
    table = np.zeros((3, np.iinfo(dtype).max + 1), np.uint16)
    table[:, gaps : gaps + len(palette)] = palette.levels.T
    return table


def _find_tile(array: Any, rgb: bool) -> tuple[int, int]:
    if not is_lazy(array):  # no larger than the image: small ones are read within their own number of pixels
        height, width = (array.shape[:-1] if rgb else array.shape)[-2:]
        return min(_TILE, -(-height // 16) * 16), min(_TILE, -(-width // 16) * 16)
    rows, columns = (sizes[0] for sizes in (array.chunks[:-1] if rgb else array.chunks)[-2:])
    fits = all(size % 16 == 0 and 64 <= size <= _LARGEST_TILE for size in (rows, columns))
    return (rows, columns) if fits else (_TILE, _TILE)


def _iterate_tiles(
    array: Any, tile: tuple[int, int], span: tuple[float, float], rgb: bool
) -> Iterator[npt.NDArray[Any]]:
    """Iterate over the tiles of one plane after the other, as tifffile wants them."""
    height, width, *channels = array.shape[-3:] if rgb else array.shape[-2:]
    rest = np.empty((0, width, *channels), array.dtype)
    bottom = 0
    for band in compute_bands(array, span, rgb=rgb):
        bottom += len(band)
        rows = np.concatenate([rest, band]) if len(rest) else band
        ready = len(rows) if bottom == height else len(rows) // tile[0] * tile[0]
        for top in range(0, ready, tile[0]):
            for left in range(0, width, tile[1]):
                yield np.ascontiguousarray(rows[top : min(top + tile[0], ready), left : left + tile[1]])
        rest, bottom = rows[ready:], bottom % height
