"""Images on the command line: opened at once or chunk by chunk, and written; Zarr and TIFF here or on a cluster."""

import math
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import numpy as np

from .._runtime.progress import stage
from ..indexed import IndexedFrames, IndexedImage
from ..io.channels import DISPLAYED, check_scale_of, choose_channels
from ..io.formats import needs_extra
from ..io.read import read_image
from ..io.write import write_indexed
from ..pixels.intensities import Scale
from ..recipe import Recipe
from ._errors import UsageError


def sort_naturally(files: Iterable[str]) -> list[str]:
    """Return names of files in the order of the numbers in them: frame2 before frame10."""
    from tifffile import natural_sorted

    return natural_sorted(files)


@contextmanager
def scheduler(address: str | None) -> Iterator[None]:
    """Let the cluster at `address`, if there is one, do the enclosed work."""
    if address is None:
        yield
        return
    try:
        from distributed import CancelledError, Client, KilledWorker
    except ImportError as error:
        raise UsageError(needs_extra(error)) from None
    try:
        client = Client(address, timeout=10)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise UsageError(f"--scheduler must be the address of a dask scheduler that answers, got {address}") from error
    with client:
        try:
            yield
        except (KilledWorker, CancelledError) as error:  # workers die of the work again and again, or all is gone
            reason = str(error).partition("\nFutures:")[0]
            raise UsageError(f"the cluster at {address} must live until the work is done, got {reason}") from error


def read(source: str | tuple[str, ...], channels: str = DISPLAYED, *, lazy: bool = False, profile: str = "srgb") -> Any:
    """Open an image, or files that are the frames of one, as an `ImageFile` whose pixels have colours.

    Parameters
    ----------
    source : str, or tuple of str
        "-" is the standard input.
    channels : str
        Those that are meant, see `napari_colorquant.io.channels.choose_channels`.
    lazy : bool
        Whether it is read chunk by chunk.
    profile : {"srgb", "keep"}
        Whether RGB of a profile becomes sRGB.
    """
    name = source if isinstance(source, str) else source[0]
    try:
        with _silent_libraries():
            opened = read_image(sys.stdin.buffer if source == "-" else source, lazy=lazy, profile=profile)
    except ImportError as error:
        raise UsageError(needs_extra(error)) from None
    # With a voice again: to find the windows of channels, all of a large file may be read, under a bar.
    where = "the input" if name == "-" else name
    return choose_channels(opened, channels, where)


class Unread:
    """An image that is read when its pixels are asked for, so that of many one at a time is in memory."""

    def __init__(self, source: str, channels: str, scale: Scale) -> None:
        self._source, self._channels, self._scale = source, channels, scale
        #: Why it could not be read: who asks for an array only learns that it is none.
        self.error: Exception | None = None

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        try:
            opened = read(self._source, self._channels)
            check_scale_of(opened, self._scale, self._source)
            return np.asarray(opened.levels[0])
        except Exception as error:
            self.error = error
            raise


@contextmanager
def _silent_libraries() -> Iterator[None]:
    """Keep what libtiff and its like write about a broken file, past Python, off the standard error."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def quantize(
    image: Any, recipe: Recipe, *, per_frame: bool = False, sample: bool = False
) -> list[IndexedImage] | list[IndexedFrames]:
    """Quantize an `ImageFile` from its full resolution, or a sample of it; its other levels get the same palette."""
    from ..pipeline.pyramid import quantize_levels

    design_from: Any = "sample" if sample else "full"
    return quantize_levels(
        image.levels, recipe, rgb=image.rgb, design_from=design_from, measure_shares=not sample, per_frame=per_frame
    )


def describe_sample(image: Any) -> str:
    """Return a line if a design from a sample does not look at all pixels of an `ImageFile`, or ""."""
    from ..pixels.sample import SAMPLE_PIXELS
    from ..pixels.source import shape_of

    size = math.prod(shape_of(image.levels[0], image.rgb))
    if size <= SAMPLE_PIXELS:
        return ""
    return f"the palette and its shares are those of about {SAMPLE_PIXELS / 1e6:.1f} of {size / 1e6:.1f} million pixels"


def quantize_in_tiles(image: Any, recipe: Recipe, options: Any) -> list[IndexedImage]:
    """Quantize an `ImageFile` with a palette for each tile, as the options of the command line say."""
    from ..pipeline.tiles import quantize_tiles

    choices: dict[str, Any] = {
        each.name: getattr(recipe, each.name) for each in fields(Recipe) if each.name not in ("n_colors", "palette")
    }
    most = 4 if options.palettes is None else options.palettes
    tiled = quantize_tiles(
        image.levels[0], recipe.n_colors, tile=options.tiles, palettes=most, shared=options.backdrop,  # type: ignore[arg-type]
        lossless=options.lossless, rgb=image.rgb, **choices,
    )  # fmt: skip
    return [tiled.indexed]


def load(indexed: IndexedImage | IndexedFrames) -> IndexedImage | IndexedFrames:
    """Return an indexed image in memory, for formats that are written as a whole."""
    with stage("Mapping the pixels", 0.0, 1.0):
        return indexed.load()


def write(levels: Sequence[Any], target: str, image: Any, duration: float | None, **options: Any) -> None:
    """Write the levels of an indexed image, chunk by chunk where the format is written so."""
    indexed = levels[0] if isinstance(levels[0], IndexedFrames) else levels
    try:
        write_indexed(indexed, target, image, duration=duration, **options)
    except ImportError as error:
        raise UsageError(needs_extra(error)) from None
