"""Zarr and TIFF on the command line: read and written chunk by chunk, here or on a cluster."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .._runtime.atomic import check_writable
from .._runtime.progress import stage
from ..indexed import IndexedImage
from ..recipe import Recipe
from ._errors import UsageError

#: The ends of names that only this module writes.
SUFFIXES = (".zarr", ".tif", ".tiff")
_MARKS = ("zarr.json", ".zarray", ".zgroup")


def is_zarr(path: str) -> bool:
    """Return True if `path` is a folder that holds a Zarr array or group."""
    return any((Path(path) / mark).is_file() for mark in _MARKS)


def is_large(source: str, target: str | None) -> bool:
    """Return True if an image is to be read chunk by chunk: a Zarr, or a TIFF that becomes a Zarr or TIFF."""
    return is_zarr(source) or (is_large_name(target) and Path(source).suffix.lower() in SUFFIXES[1:])


def is_large_name(target: str | None) -> bool:
    """Return True if `target` is named as a file that only this module writes, and is no folder for many."""
    return target is not None and Path(target).suffix.lower() in SUFFIXES and not target.endswith(("/", os.sep))


def sort_naturally(files: Iterable[str]) -> list[str]:
    """Return names of files in the order of the numbers in them: frame2 before frame10."""
    try:
        from tifffile import natural_sorted
    except ImportError:
        raise UsageError(_MISSING) from None
    return natural_sorted(files)


def check_target(path: str, *, overwrite: bool) -> None:
    """Raise what writing to `path` would raise, before long work."""
    if not (os.path.isdir(path) and is_zarr(path)):
        check_writable(path, overwrite=overwrite)
    elif not overwrite:
        raise FileExistsError(f"output must not exist unless it may be overwritten, got {path}")


@contextmanager
def scheduler(address: str | None) -> Iterator[None]:
    """Let the cluster at `address`, if there is one, do the enclosed work."""
    if address is None:
        yield
        return
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(_MISSING) from None
    try:
        client = Client(address, timeout=10)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler must be the address of a dask scheduler that answers, got {address}") from error
    with client:
        yield


def read(source: str | tuple[str, ...]) -> Any:
    """Open an image, or files that are the frames of one, as a `LargeImage`."""
    try:
        from ..io.large import read_lazy
    except ImportError:
        raise UsageError(_MISSING) from None
    return read_lazy(source)


def quantize(image: Any, recipe: Recipe) -> list[IndexedImage]:
    """Quantize a `LargeImage` from its full resolution; its other levels get the same palette."""
    from ..pipeline.pyramid import quantize_levels

    return quantize_levels(image.levels, recipe, rgb=image.rgb, measure_shares=True)  # type: ignore[return-value]


def load(indexed: IndexedImage) -> IndexedImage:
    """Return an indexed image in memory, for formats that are written as a whole."""
    with stage("Mapping the pixels", 0.0, 1.0):
        return indexed.load()


def write(levels: list[IndexedImage], target: str, image: Any, *, overwrite: bool) -> None:
    """Write the levels of an indexed image, chunk by chunk."""
    try:
        from ..io.large import write_labels
    except ImportError:
        raise UsageError(_MISSING) from None
    write_labels(target, levels, image, overwrite=overwrite)


_MISSING = "Zarr, large TIFF and clusters need an extra: pip install 'napari-colorquant[large]'"
