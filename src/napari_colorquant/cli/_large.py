"""Zarr and TIFF on the command line: read and written chunk by chunk, here or on a cluster."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from .._runtime.progress import stage
from ..indexed import IndexedImage
from ..io.formats import find_format, write_indexed
from ..io.zarr_folders import is_zarr
from ..recipe import Recipe
from ._errors import UsageError


def is_large(source: str, target: str | None) -> bool:
    """Return True if an image is to be read chunk by chunk: a Zarr, or a TIFF that becomes a Zarr or TIFF."""
    return is_zarr(source) or (is_large_name(target) and is_large_name(source))


def is_large_name(path: str | None) -> bool:
    """Return True if `path` is named as a file that is read and written chunk by chunk, and is no folder for many."""
    entry = None if path is None or path.endswith(("/", os.sep)) else find_format(path)
    return entry is not None and entry.chunks


def sort_naturally(files: Iterable[str]) -> list[str]:
    """Return names of files in the order of the numbers in them: frame2 before frame10."""
    try:
        from tifffile import natural_sorted
    except ImportError:
        raise UsageError(_MISSING) from None
    return natural_sorted(files)


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
        write_indexed(levels, target, image, overwrite=overwrite)
    except ImportError:
        raise UsageError(_MISSING) from None


_MISSING = "Zarr, large TIFF and clusters need an extra: pip install 'napari-colorquant[large]'"
