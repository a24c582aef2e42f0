"""Zarr arrays and OME-Zarr images; labels as OME-Zarr."""

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from ..._runtime.atomic import SUFFIX
from ..._runtime.progress import stage
from ...palette import Palette
from ...pixels.lazy_arrays import from_memory, from_stored, store_blocks
from ...pixels.source import is_rgb
from ..zarr_folders import MARKS, is_zarr
from ._image import LargeImage, guess_axes, tell_of_damage
from ._writing import WRITING, find_spans

_OME = "0.5"
#: Names of the axes of the first versions of OME-Zarr, which did not write them down.
_OLD_AXES = ("t", "c", "z", "y", "x")
_AXIS_TYPES = {"t": "time", "y": "space", "x": "space", "z": "space"}


def read_zarr(path: str | os.PathLike[str]) -> LargeImage:
    """Open a Zarr array, or the first image of an OME-Zarr group; see `read_lazy`."""
    where = os.fspath(path)
    try:
        node = zarr.open(where, mode="r")
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{where} must be a Zarr array or group that can be read: {error}") from None
    if isinstance(node, zarr.Array):
        return LargeImage.from_levels([_lazy(node, where)], guess_axes(node.shape, is_rgb(node.shape)), where=where)
    attributes: dict[str, Any] = dict(node.attrs)
    images = attributes.get("ome", attributes).get("multiscales")
    if images:
        return _read_multiscales(node, images[0], where)
    arrays = [array for _, array in node.arrays()]
    if len(arrays) != 1:
        raise ValueError(f"{where} must be an OME-Zarr image or hold one array, got a group of {len(arrays)} arrays")
    return LargeImage.from_levels(
        [_lazy(arrays[0], where)], guess_axes(arrays[0].shape, is_rgb(arrays[0].shape)), where=where
    )


def _read_multiscales(group: Any, image: dict[str, Any], where: str) -> LargeImage:
    try:
        levels = [group[dataset["path"]] for dataset in image["datasets"]]
        count = levels[0].ndim
        axes = [axis if isinstance(axis, dict) else {"name": axis} for axis in image.get("axes", _OLD_AXES[-count:])]
        names = ["c" if axis.get("type") == "channel" else axis["name"] for axis in axes]
        whole = _find_scale(image, count)
        scales = [np.multiply(whole, _find_scale(dataset, count)).tolist() for dataset in image["datasets"]]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(f"{where} must have OME-Zarr metadata that fit its arrays: {error!r}") from None
    if len(names) != count:
        raise ValueError(f"{where} must name its {count} axes, got {names}")
    units = [axis.get("unit", "") for axis in axes]
    return LargeImage.from_levels([_lazy(level, where) for level in levels], names, scales, units, where)


def _find_scale(entry: dict[str, Any], count: int) -> list[float]:
    for transformation in entry.get("coordinateTransformations", []):
        if transformation.get("type") == "scale":
            return [float(factor) for factor in transformation["scale"]]
    return [1.0] * count


def _lazy(array: Any, where: str) -> Any:
    # A shard is read as a whole or by parts at about the same price: so one of them is one chunk.
    chunks = array.shards or array.chunks
    return from_stored(_Stored(array, where), chunks, f"zarr-{secrets.token_hex(8)}")


class _Stored:
    """A Zarr array whose damage is told with the name of its folder."""

    def __init__(self, array: Any, where: str) -> None:
        self._array, self._where = array, where
        self.shape, self.ndim, self.dtype = array.shape, array.ndim, array.dtype

    def __getitem__(self, place: Any) -> Any:
        with tell_of_damage(self._where, "Zarr array"):
            return self._array[place]


def write_zarr(
    path: str | os.PathLike[str], levels: Sequence[Any], like: LargeImage | None, *, overwrite: bool = False
) -> None:
    """Write the levels of an indexed image as an OME-Zarr label image; see `write_labels`."""
    first = levels[0]
    axes = like.axes if like is not None else guess_axes(first.labels.shape, False)
    scales = like.scales if like is not None else _scales_of([level.labels.shape for level in levels])
    units = like.units if like is not None else ("",) * len(axes)
    with replace_folder(path, overwrite=overwrite) as part:
        group = zarr.create_group(part, zarr_format=3)
        group.attrs["ome"] = _describe(axes, units, scales[: len(levels)], first.palette)
        group.attrs["colorquant"] = {"palette": first.palette.to_dict(), "recipe": first.recipe.to_dict()}
        arrays = {str(i): level.labels for i, level in enumerate(levels)}
        beside = {"valid": first.valid, "recolored": first.recolored}
        arrays |= {name: array for name, array in beside.items() if array is not None}
        for (name, array), span in zip(arrays.items(), find_spans([*arrays.values()]), strict=True):
            with stage(WRITING, *span):
                _store(part, name, array, axes if array.ndim == len(axes) else (*axes, "c"))


def _scales_of(shapes: list[tuple[int, ...]]) -> list[tuple[float, ...]]:
    return [tuple(np.divide(shapes[0], shape).round(6).tolist()) for shape in shapes]


def _describe(
    axes: Sequence[str], units: Sequence[str], scales: Sequence[Sequence[float]], palette: Palette
) -> dict[str, Any]:
    entries = [{"name": name, "type": _AXIS_TYPES.get(name, "space")} for name in axes]
    for entry, unit in zip(entries, units, strict=True):
        if unit:
            entry["unit"] = unit
    datasets = [
        {"path": str(i), "coordinateTransformations": [{"type": "scale", "scale": list(scale)}]}
        for i, scale in enumerate(scales)
    ]
    colors = [{"label-value": i, "rgba": [*map(int, color), 255]} for i, color in enumerate(palette.colors)]
    properties = [
        {"label-value": i, "hex": code, "name": name, "class": its_class}
        for i, (code, name, its_class) in enumerate(zip(palette.hex, palette.names, palette.classes, strict=True))
    ]
    return {
        "version": _OME,
        "multiscales": [{"name": "labels", "axes": entries, "datasets": datasets}],
        "image-label": {"version": _OME, "colors": colors, "properties": properties},
    }


def _store(folder: Path, name: str, array: Any, axes: Sequence[str]) -> None:
    lazy = from_memory(array)
    chunks = tuple(sizes[0] for sizes in lazy.chunks)
    # Chunks of the file have one size, and no two tasks may write into the same one.
    lazy = lazy.rechunk(chunks)
    target = zarr.create_array(
        folder / name, shape=lazy.shape, chunks=chunks, dtype=lazy.dtype, zarr_format=3, dimension_names=list(axes),
        fill_value=0,
    )  # fmt: skip
    store_blocks(lazy, _write_chunk, f"write-{secrets.token_hex(8)}", target=target, folder=folder)


def _write_chunk(chunk: Any, bounds: tuple[tuple[int, int], ...], target: Any, folder: Path) -> None:
    target[tuple(slice(*each) for each in bounds)] = chunk
    if not is_zarr(folder):
        _remove(folder)  # the job was given up while this was written, here or on another machine


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
    part = target.with_name(f".{target.name[:200]}.{secrets.token_hex(4)}{SUFFIX}")
    part.mkdir()
    try:
        yield part
        _check_folder(target, overwrite)
        old = part.with_suffix(".old")
        if target.exists():
            os.rename(target, old)
        os.rename(part, target)
        shutil.rmtree(old, ignore_errors=True)
    except BaseException:
        _remove(part)
        raise


def _remove(folder: Path) -> None:
    """Remove a Zarr folder into which a task may still be writing: it sees that the mark is gone, and does the rest."""
    for mark in MARKS:
        (folder / mark).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _check_folder(target: Path, overwrite: bool) -> None:
    if not target.parent.is_dir():
        raise FileNotFoundError(f"output must lie in a folder that exists, got {target}")
    if not target.exists():
        return
    if not overwrite:
        raise FileExistsError(f"output must not exist unless it may be overwritten, got {target}")
    if not is_zarr(target):  # never a folder of the user's own files
        raise FileExistsError(f"output must be a Zarr folder to be overwritten, got {target}")
