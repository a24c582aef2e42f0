"""TIFF chunk by chunk: levels of lazy arrays, each block of which is read and decoded where it is looked at."""

import math
import os
from typing import Any

import numpy as np
import numpy.typing as npt
import tifffile
import zarr

from ...pixels.lazy_arrays import from_blocks, from_memory, map_samples
from ..damage import tell_of_damage, without_log
from ..image import ImageFile
from ..pixel_limit import TooManyPixelsError, check_pixels
from . import reading
from .facts import TiffFacts, find_facts

#: Rows and columns of a chunk that is read, about; whole tiles or strips of the file.
_CHUNK = 1024
#: Kinds of series whose pages tifffile reads as they stand, without a word from the rest of the file.
_PLAIN = ("ome", "uniform", "generic", "shaped", "imagej")


def read_tiff_lazily(path: str | os.PathLike[str]) -> ImageFile:
    """Open the first series of images in a TIFF file; see `napari_colorquant.io.large.read_lazy`."""
    where = os.fspath(path)
    with tell_of_damage(where, "TIFF file", (TooManyPixelsError,)), reading.open_tiff(where) as file:
        if not reading.is_for_pillow(file):
            reading.check_complete(file)
            series = file.series[0]
            facts = find_facts(file)
            levels = [_lazy(where, i, series, facts) for i in range(len(series.levels))]
            return reading.make_image(levels, facts, where)
    image = reading.read_tiff(where, where)
    return image.with_facts(levels=tuple(map(from_memory, image.levels)))


def _lazy(where: str, level: int, series: Any, facts: TiffFacts) -> Any:
    with series.aszarr(level=level) as store:
        stored = zarr.open_array(store, mode="r")
        shape, own, dtype = stored.shape, stored.chunks, stored.dtype
    _check_segments(where, series, math.prod(-(-size // part) for size, part in zip(shape, own, strict=True)))
    along = [series.axes.find(axis) for axis in "YX"]
    pixels = reading.count_pixels(own, own[series.axes.index("S")] if "S" in series.axes else 1)
    check_pixels(f"each tile or strip of {where}", pixels, os.path.getsize(where))
    chunks = [max(1, _CHUNK // size) * size if i in along else size for i, size in enumerate(own)]
    if own[along[1]] == shape[along[1]]:  # strips: as many rows as make up for their width
        chunks[along[0]] = own[along[0]] * max(1, _CHUNK**2 // (own[along[0]] * own[along[1]]))
    planes, leading = _find_planes(series, level), series.shape[: -series.keyframe.ndim]
    array = from_blocks(
        _read_block,
        shape,
        chunks,
        dtype,
        file=where,
        where=where,
        level=level,
        planes=planes,
        leading=leading,
        kind=dtype.str,
    )
    return _decode(array, facts)


def _check_segments(where: str, series: Any, count: int) -> None:
    """Raise ValueError if a file is too short for its tiles or strips: each has at least an entry in a table."""
    size = os.path.getsize(where)
    if count > size and not series.is_multifile:
        raise ValueError(f"it must be as long as its {count} tiles or strips need, got {size} bytes")


def _decode(array: Any, facts: TiffFacts) -> Any:
    """Return the colours of stored samples, block by block."""
    meaning = facts.meaning
    has_samples = "s" in facts.axes
    if has_samples:
        place = facts.axes.index("s")
        array = array.transpose([*(i for i in range(array.ndim) if i != place), place])
    if meaning.is_plain(array.shape[-1] if has_samples else 1):
        return array
    count, dtype = meaning.count_samples(), meaning.find_dtype(array.dtype)
    return map_samples(meaning.decode, array if has_samples else array[..., None], dtype, None if count == 1 else count)


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
        reading.open_tiff(where) as file,
        reading.telling_of_lengths(file, where),
        file.series[0].aszarr(level=level, maxworkers=1) as store,
    ):
        return np.asarray(zarr.open_array(store, mode="r")[place])


def _read_plane(where: str, offset: int, place: tuple[slice, ...], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """Read a block, which lies in one plane, from that plane's own file."""
    with (
        tell_of_damage(where, "TIFF file"),
        without_log("tifffile"),
        tifffile.TiffFile(where, is_ome=False) as file,
        reading.telling_of_lengths(file, where),
    ):
        file.filehandle.seek(offset)
        with tifffile.TiffPage(file, 0).aszarr(maxworkers=1) as store:
            return np.asarray(zarr.open_array(store, mode="r")[place]).reshape(shape)
