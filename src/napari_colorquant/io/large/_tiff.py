"""TIFF, BigTIFF and OME-TIFF images; labels as tiled TIFF with a colour table."""

import math
import os
import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import tifffile
import zarr

from ..._runtime.atomic import replace_file
from ...palette import Palette
from ...pixels.lazy_arrays import from_blocks, from_memory, map_each
from ._image import LargeImage, tell_of_damage
from ._writing import compute_bands, find_spans

#: Rows and columns of a chunk that is read, about; whole tiles or strips of the file.
_CHUNK = 1024
#: Rows and columns of a tile that is written, unless the labels' own chunks can be tiles.
_TILE = 512
_LARGEST_TILE = 2048
_LARGE = 1 << 31
#: Kinds of series whose pages tifffile reads as they stand, without a word from the rest of the file.
_PLAIN = ("ome", "uniform", "generic", "shaped", "imagej")


def read_tiff(path: str | os.PathLike[str]) -> LargeImage:
    """Open the first series of images in a TIFF file; see `read_lazy`."""
    where = os.fspath(path)
    with tell_of_damage(where, "TIFF file"), tifffile.TiffFile(where) as file:
        series = file.series[0]
        _check_complete(file, series)
        page = series.keyframe
        axes = series.axes
        meaning = _find_meaning(page)
        levels = [_lazy(where, i, series, meaning) for i in range(len(series.levels))]
        scale = _find_scale(page)
    names = [{"S": "s", "C": "c"}.get(axis, axis.lower()) for axis in axes] + ["s"] * (meaning[0] == "palette")
    count = levels[0].ndim
    whole = [scale.get(name, 1.0) for name in names]
    scales = [np.multiply(whole, np.divide(levels[0].shape, level.shape)).tolist() for level in levels]
    units = ["micrometer" if name in scale else "" for name in names]
    if len(names) != count:
        raise ValueError(f"{where} must have a name for each of its {count} axes, got {axes}")
    return LargeImage.from_levels(levels, names, scales, units, where)


def find_files(path: str | os.PathLike[str]) -> list[str]:
    """Return the files over which the first series of images in a TIFF file is spread: mostly that file alone."""
    with tifffile.TiffFile(path) as file:
        series = file.series[0]
        if not series.is_multifile:
            return [os.fspath(path)]
        return sorted({page.parent.filehandle.path for page in series if page is not None})


def _check_complete(file: tifffile.TiffFile, series: Any) -> None:
    """Raise if a file over which an OME-TIFF is spread is missing: tifffile would read zeros in its place."""
    named = re.findall(r'\bFileName="([^"]+)"', file.ome_metadata or "") if series.kind == "ome" else []
    folder = os.path.dirname(file.filehandle.path)
    missing = [name for name in dict.fromkeys(named) if not os.path.exists(os.path.join(folder, name))]
    # A file that was renamed names itself, under the old name, and lacks nothing.
    if missing and any(page is None for page in series):
        raise FileNotFoundError(
            f"{file.filehandle.path} must have all files of its image beside it, got no {missing[0]}"
        )


def _find_meaning(page: Any) -> tuple[str, Any]:
    """Return what the numbers of a page mean: "plain", "inverted", or "palette" with the colour table."""
    if page.photometric == tifffile.PHOTOMETRIC.PALETTE and page.colormap is not None:
        return "palette", (np.asarray(page.colormap) >> 8).astype(np.uint8).T.copy()
    return ("inverted" if page.photometric == tifffile.PHOTOMETRIC.MINISWHITE else "plain"), None


def _find_scale(page: Any) -> dict[str, float]:
    """Return the size of a pixel in micrometres by axis, where the page's resolution tells it."""
    unit = {tifffile.RESUNIT.CENTIMETER: 1e4, tifffile.RESUNIT.MILLIMETER: 1e3, tifffile.RESUNIT.MICROMETER: 1.0}
    tags = page.tags
    if "XResolution" not in tags or "YResolution" not in tags or page.resolutionunit not in unit:
        return {}
    per_unit = dict(zip("xy", page.resolution, strict=True))
    return {axis: unit[page.resolutionunit] / value for axis, value in per_unit.items() if value > 0}


def _lazy(where: str, level: int, series: Any, meaning: tuple[str, Any]) -> Any:
    with series.aszarr(level=level) as store:
        stored = zarr.open_array(store, mode="r")
        shape, own, dtype = stored.shape, stored.chunks, stored.dtype
    along = [series.axes.find(axis) for axis in "YX"]
    chunks = [max(1, _CHUNK // size) * size if i in along else size for i, size in enumerate(own)]
    if own[along[1]] == shape[along[1]]:  # strips: as many rows as make up for their width
        chunks[along[0]] = own[along[0]] * max(1, _CHUNK**2 // (own[along[0]] * own[along[1]]))
    planes, leading = _find_planes(series, level), series.shape[: -series.keyframe.ndim]
    array = from_blocks(
        _read_block, shape, chunks, dtype, where=where, level=level, planes=planes, leading=leading, kind=dtype.str
    )
    kind, colors = meaning
    if kind == "inverted":
        return map_each(_invert, array, dtype)
    if kind == "palette":
        return map_each(partial(_look_up, colors=colors), array, np.uint8, channels=3)
    return array


def _find_planes(series: Any, level: int) -> list[tuple[str, int] | None] | None:
    """Return file and offset of each plane if there are several: to look through all of a series for each is slow."""
    page = series.keyframe
    leading = series.shape[: -page.ndim]
    if level or series.kind not in _PLAIN or series.shape != (*leading, *page.shape):
        return None
    if not 1 < len(series) == math.prod(leading):
        return None
    return [None if page is None else (page.parent.filehandle.path, page.offset) for page in series]


def _read_block(
    bounds: tuple[tuple[int, int], ...],
    chunk_shape: tuple[int, ...],
    where: str,
    level: int,
    planes: list[tuple[str, int] | None] | None,
    leading: tuple[int, ...],
    kind: str,
) -> npt.NDArray[Any]:
    # The file is opened for each block: no handle outlives its task or has to travel to another process.
    place = tuple(slice(*each) for each in bounds)
    if planes is not None:
        number = np.ravel_multi_index([rows.start for rows in place[: len(leading)]], leading)
        plane = planes[number]
        if plane is None:
            return np.zeros(chunk_shape, kind)
        return _read_plane(*plane, place[len(leading) :], chunk_shape)
    with (
        tell_of_damage(where, "TIFF file"),
        tifffile.TiffFile(where) as file,
        file.series[0].aszarr(level=level, maxworkers=1) as store,
    ):
        return np.asarray(zarr.open_array(store, mode="r")[place])


def _read_plane(where: str, offset: int, place: tuple[slice, ...], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Read a block, which lies in one plane, from that plane's own file."""
    with tell_of_damage(where, "TIFF file"), tifffile.TiffFile(where, is_ome=False) as file:
        file.filehandle.seek(offset)
        with tifffile.TiffPage(file, 0).aszarr(maxworkers=1) as store:
            return np.asarray(zarr.open_array(store, mode="r")[place]).reshape(shape)


def _invert(block: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if block.dtype.kind == "b":
        return ~block
    return np.iinfo(block.dtype).max - block if block.dtype.kind in "ui" else 1 - block


def _look_up(block: npt.NDArray[Any], colors: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    rgb: npt.NDArray[np.uint8] = colors[block]
    return rgb


def write_tiff(
    path: str | os.PathLike[str], levels: Sequence[Any], like: LargeImage | None, *, overwrite: bool = False
) -> None:
    """Write the levels of an indexed image as tiles, with a colour table or in true colour; see `write_labels`."""
    rgb = levels[0].is_recolored
    arrays = [level.recolored if rgb else level.labels for level in levels]
    arrays = [from_memory(array) for array in arrays]
    meaning = {"photometric": "rgb"} if rgb else {"photometric": "palette", "colormap": _color_table(levels[0].palette)}
    resolution: dict[str, Any] = {}
    if like is not None and like.units[-2:] == ("micrometer",) * 2:
        size = like.scales[0]
        resolution = {"resolution": (1e4 / size[-1], 1e4 / size[-2]), "resolutionunit": "CENTIMETER"}
    with (
        replace_file(path, overwrite=overwrite) as file,
        tifffile.TiffWriter(
            tifffile.FileHandle(file, name=os.fspath(path)), bigtiff=sum(array.size for array in arrays) > _LARGE
        ) as writer,
    ):
        for i, (array, span) in enumerate(zip(arrays, find_spans(arrays), strict=True)):
            tile = _find_tile(array, rgb)
            writer.write(
                _iterate_tiles(array, tile, span, rgb), shape=array.shape, dtype=np.uint8, tile=tile, **meaning,
                compression="zlib", subifds=len(arrays) - 1 if i == 0 else None, subfiletype=0 if i == 0 else 1,
                metadata=None, **(resolution if i == 0 else {}),
            )  # fmt: skip


def _color_table(palette: Palette) -> npt.NDArray[np.uint16]:
    table = np.zeros((3, 256), np.uint16)
    table[:, : len(palette)] = palette.levels.T
    return table


def _find_tile(array: Any, rgb: bool) -> tuple[int, int]:
    rows, columns = (sizes[0] for sizes in (array.chunks[:-1] if rgb else array.chunks)[-2:])
    fits = all(size % 16 == 0 and 64 <= size <= _LARGEST_TILE for size in (rows, columns))
    return (rows, columns) if fits else (_TILE, _TILE)


def _iterate_tiles(
    array: Any, tile: tuple[int, int], span: tuple[float, float], rgb: bool
) -> Iterator[npt.NDArray[np.uint8]]:
    """Iterate over the tiles of one plane after the other, as tifffile wants them."""
    height, width, *channels = array.shape[-3:] if rgb else array.shape[-2:]
    rest = np.empty((0, width, *channels), np.uint8)
    bottom = 0
    for band in compute_bands(array, span, rgb=rgb):
        bottom += len(band)
        rows = np.concatenate([rest, band]) if len(rest) else band
        ready = len(rows) if bottom == height else len(rows) // tile[0] * tile[0]
        for top in range(0, ready, tile[0]):
            for left in range(0, width, tile[1]):
                yield np.ascontiguousarray(rows[top : min(top + tile[0], ready), left : left + tile[1]])
        rest, bottom = rows[ready:], bottom % height
