"""Labels as OME-Zarr: a folder that takes its name when all of it is written."""

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import zarr

from ..._runtime.atomic import naming
from ..._runtime.parts import OLD_SUFFIX, make_part, remove
from ..._runtime.progress import stage
from ...palette import Palette
from ...pixels.lazy_arrays import from_memory, store_blocks
from .. import own_metadata
from ..bands import WRITING, find_spans
from ..image import ImageFile
from .places import is_zarr

_OME = "0.5"
_AXIS_TYPES = {"t": "time", "y": "space", "x": "space", "z": "space"}


def write_zarr(
    path: str | os.PathLike[str], levels: Sequence[Any], like: ImageFile | None, *, overwrite: bool = False
) -> None:
    """Write the levels of an indexed image as an OME-Zarr label image; see `write_labels`."""
    first = levels[0]
    like = own_metadata.find_like(levels, like)
    gaps = own_metadata.has_gaps(levels)
    with replace_folder(path, overwrite=overwrite) as part:
        group = zarr.create_group(part, zarr_format=3)
        group.attrs["ome"] = _describe(like, len(levels), first.palette, gaps)
        group.attrs[own_metadata.KEY] = own_metadata.describe(levels, like, gaps)
        arrays = {str(i): own_metadata.number_labels(level, gaps) for i, level in enumerate(levels)}
        if first.recolored is not None:
            arrays["recolored"] = first.recolored
        for (name, array), span in zip(arrays.items(), find_spans([*arrays.values()]), strict=True):
            with stage(WRITING, *span):
                store_array(part, name, array, like.axes if array.ndim == len(like.axes) else (*like.axes, "c"))


def _describe(like: ImageFile, count: int, palette: Palette, gaps: bool) -> dict[str, Any]:
    entries = [{"name": name, "type": _AXIS_TYPES.get(name, "space")} for name in like.axes]
    for entry, unit in zip(entries, like.units, strict=True):
        if unit:
            entry["unit"] = unit
    datasets = [
        {"path": str(i), "coordinateTransformations": _transform(scale, like.origin)}
        for i, scale in enumerate(like.scales[:count])
    ]
    rows = own_metadata.describe_colors(palette, gaps)
    colors = [
        {"label-value": row["index"], "rgba": [*map(int, color), 255]}
        for row, color in zip(rows, palette.colors, strict=True)
    ]
    properties = [{"label-value": row["index"], **row} for row in rows]
    if gaps:
        colors.insert(0, {"label-value": 0, "rgba": [0, 0, 0, 0]})
        properties.insert(0, {"label-value": 0, "index": 0, "hex": "", "name": "no data", "class": "", "share": 0.0})
    return {
        "version": _OME,
        "multiscales": [{"name": "labels", "axes": entries, "datasets": datasets}],
        "image-label": {"version": _OME, "colors": colors, "properties": properties},
    }


def _transform(scale: Sequence[float], origin: Sequence[float]) -> list[dict[str, Any]]:
    steps: list[dict[str, Any]] = [{"type": "scale", "scale": list(scale)}]
    if any(origin):
        steps.append({"type": "translation", "translation": list(origin)})
    return steps


def store_array(folder: Path, name: str, array: Any, axes: Sequence[str], zarr_format: Literal[2, 3] = 3) -> None:
    """Write an array, in memory or lazy, chunk by chunk as `name` into a new group that is being written."""
    lazy = from_memory(array)
    chunks = tuple(sizes[0] for sizes in lazy.chunks)
    # Chunks of the file have one size, and no two tasks may write into the same one.
    lazy = lazy.rechunk(chunks)
    # In version 2, OME-Zarr wants each axis of chunks as a folder; in version 3 they are so by themselves.
    how: dict[str, Any] = (
        {"chunk_key_encoding": {"name": "v2", "separator": "/"}}
        if zarr_format == 2
        else {"dimension_names": list(axes)}
    )
    target = zarr.create_array(
        folder / name, shape=lazy.shape, chunks=chunks, dtype=lazy.dtype, zarr_format=zarr_format, fill_value=0, **how
    )
    store_blocks(lazy, _write_chunk, f"write-{secrets.token_hex(8)}", target=target, folder=folder)


def _write_chunk(chunk: Any, bounds: tuple[tuple[int, int], ...], target: Any, folder: Path) -> None:
    target[tuple(slice(*each) for each in bounds)] = chunk
    if not is_zarr(folder):
        remove(folder)  # the job was given up while this was written, here or on another machine


@contextmanager
def replace_folder(path: str | os.PathLike[str], *, overwrite: bool = False) -> Iterator[Path]:
    """Yield a new folder to write into, which takes the name `path` when the block ends well.

    If the block raises it is removed, and `path` is as it was.

    Raises
    ------
    FileExistsError
        If `path` exists and may not be replaced, or is no folder.
    FileNotFoundError
        If the folder around it does not exist.
    """
    target = Path(os.path.realpath(path))
    _check_folder(target, overwrite)
    with naming(path), _make_folder(target) as part:
        yield part
        _check_folder(target, overwrite)
        old = part.with_suffix(OLD_SUFFIX)
        if target.exists():
            os.rename(target, old)
        try:
            os.rename(part, target)
        except OSError:  # another has taken the name meanwhile, or the disk is gone: what was there goes back
            if old.exists() and not target.exists():
                os.rename(old, target)
            raise
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _make_folder(target: Path) -> Iterator[Path]:
    """Make a part of `target` and hold it, so that no other process takes it for a dead one's."""
    part, handle = make_part(target, folder=True)
    try:
        yield part
    except BaseException:
        remove(part)  # a task may still be writing there: it sees that the mark is gone, and does the rest
        raise
    finally:
        if handle is not None:
            os.close(handle)


def _check_folder(target: Path, overwrite: bool) -> None:
    if not target.parent.is_dir():
        raise FileNotFoundError(f"output must lie in a folder that exists, got {target}")
    if not target.exists():
        return
    if not overwrite:
        raise FileExistsError(f"output must not exist unless it may be overwritten, got {target}")
    if not is_zarr(target):  # never a folder of the user's own files
        raise FileExistsError(f"output must be a Zarr folder to be overwritten, got {target}")
