"""Two images of chunks, one the original of the other: how far they are apart."""

from typing import Any

import dask.array as da
import numpy as np
import numpy.typing as npt

from .._typing import RGB8, Colors, Valid
from ..quality.delta_e import rgb_difference
from ..quality.sums import Tally
from ._arrays import match_chunks
from ._lazy_pixels import LazyPixels
from ._scheduling import fold, inside_task


def tally_chunks(pixels: LazyPixels, others: Any, valid: Any = None) -> Tally:
    """Return the differences of two images added up over the chunks of the first.

    Parameters
    ----------
    pixels : LazyPixels
        The original.
    others : array of shape (..., H, W, 3), uint8
        What became of it, numpy or dask.
    valid : array of shape (..., H, W), bool, optional
        Where that has data; pixels that lack them in either image are left out.
    """
    return fold(_tally_chunk, _arrays(pixels, others, valid), _add_tallies)


def map_differences(pixels: LazyPixels, others: Any, valid: Any = None) -> Any:
    """Return the CIEDE2000 difference at every pixel, a dask array (..., H, W) float32; see `tally_chunks`."""
    colors, others, *valids = _arrays(pixels, others, valid)
    return da.map_blocks(
        _differences_of_chunk,
        colors,
        others,
        *(valid[..., None] for valid in valids),
        dtype=np.float32,
        drop_axis=[colors.ndim - 1],
        meta=np.empty((0,) * (colors.ndim - 1), np.float32),
    )


def _arrays(pixels: LazyPixels, others: Any, valid: Any) -> list[Any]:
    """Return both images as (..., H, W, 3) uint8, and where each has data, in the same chunks."""
    arrays = pixels.read_rgb(), others, pixels.read_valid(), valid
    return match_chunks([array for array in arrays if array is not None])


# What follows runs inside tasks, on any thread of any machine.


def _tally_chunk(colors: list[RGB8], others: list[RGB8], *valids: list[Valid]) -> Tally:
    tally = Tally()
    with inside_task():
        for chunk, other, *where in zip(colors, others, *valids, strict=True):
            pair = chunk.reshape(-1, 3), other.reshape(-1, 3)
            if where:
                valid = np.logical_and.reduce([each.reshape(-1) for each in where])
                pair = pair[0][valid], pair[1][valid]
            tally.add(*pair)
    return tally


def _add_tallies(tallies: list[Tally]) -> Tally:
    return sum(tallies[1:], start=tallies[0])


def _differences_of_chunk(colors: RGB8, others: RGB8, *valids: npt.NDArray[np.bool_]) -> Colors:
    found = np.empty(colors.shape[:-1], np.float32)
    rgb_difference(
        np.ascontiguousarray(colors.reshape(-1, 3)), np.ascontiguousarray(others.reshape(-1, 3)), found.reshape(-1)
    )
    for valid in valids:
        found[~valid[..., 0]] = np.nan
    return found
