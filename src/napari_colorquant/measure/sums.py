"""Sums over the pixels of each label, for arrays in memory at once and for dask arrays chunk by chunk."""

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..pixels.memory import is_lazy

#: For each zone, or for 0 if there are none, an array of one row per label.
Zones: TypeAlias = dict[int, npt.NDArray[np.int64]]

#: Pixels of a plane of a dask array whose connected regions can be counted, with some gigabytes of memory.
LARGEST_PLANE = 1 << 28


def sum_zones(labels: Any, *, count: int, valid: Any = None, zones: Any = None, colors: Any = None) -> Zones:
    """Count the pixels of each label, and add up their colours.

    Parameters
    ----------
    labels : array of shape (..., H, W), uint8
        Numpy or dask, as all others.
    count : int
        The number of labels.
    valid : array of shape (..., H, W), bool, optional
        Pixels where it is False do not count.
    zones : array of shape (..., H, W), int, optional
        Each zone but 0 is counted by itself.
    colors : array of shape (..., H, W, 3), uint8, optional

    Returns
    -------
    sums : dict of int to ndarray of shape (count, 1 or 4), int64
        By zone (0 if there are none): pixels, and the sums of red, green and blue.
    """
    arrays = {"labels": labels, "valid": valid, "zones": zones, "colors": colors}
    given = {name: array for name, array in arrays.items() if array is not None}
    function = partial(_sum_chunks, names=tuple(given), count=count)
    return _over_chunks(function, _add_zones, list(given.values()))  # type: ignore[no-any-return]


def sum_values(labels: Any, values: Any, count: int) -> npt.NDArray[np.float64]:
    """Return the number of finite `values` at each label, and their sums, (2, count) float64."""
    total: npt.NDArray[np.float64] = _over_chunks(partial(_sum_values, count=count), _add_up, [labels, values])
    return total


def count_connected(
    groups: npt.NDArray[np.int64], count: int, labels: Any, valid: Any = None, zones: Any = None
) -> Zones:
    """Count the connected regions (8-connected, within a plane) of labels of the same group.

    Parameters
    ----------
    groups : ndarray of shape (K,), int64
        The group of each label, 1 to `count`, or 0 for none.
    count : int
        The number of groups.
    labels, valid, zones
        As in `sum_zones`; a region ends where its zone ends.

    Returns
    -------
    counts : dict of int to ndarray of shape (count,), int64
        By zone (0 if there are none).

    Raises
    ------
    ValueError
        If a plane of a dask array has more than 2**28 pixels: it is looked at as a whole.
    """
    height_width = labels.shape[-2:]
    if is_lazy(labels) and math.prod(height_width) > LARGEST_PLANE:
        raise ValueError(
            f"connected regions are counted in frames of at most {LARGEST_PLANE} pixels of a dask array, "
            f"got {height_width[0]} x {height_width[1]}; do without them"
        )
    total: Zones = {}
    for plane in np.ndindex(*labels.shape[:-2]):
        parts = (None if array is None else np.asarray(array[plane]) for array in (labels, valid, zones))
        total = _add_zones([total, _count_regions(groups, count, *parts)])
    return total


def _over_chunks(function: Callable[..., Any], combine: Callable[[list[Any]], Any], arrays: Sequence[Any]) -> Any:
    """Return what `function` makes of lists of chunks, combined; of arrays in memory each is one chunk."""
    if not any(is_lazy(array) for array in arrays):
        return function(*([array] for array in arrays))
    from ..chunks import fold, match_chunks

    return fold(function, match_chunks(arrays), combine)


def _sum_chunks(*columns: list[Any], names: tuple[str, ...], count: int) -> Zones:
    return _add_zones([_sum_chunk(count, **dict(zip(names, row, strict=True))) for row in zip(*columns, strict=True)])


def _sum_chunk(count: int, labels: Any, valid: Any = None, zones: Any = None, colors: Any = None) -> Zones:
    names, keys = _encode(labels.reshape(-1), count, zones)
    chosen = slice(None) if valid is None else valid.reshape(-1)
    keys = keys[chosen]
    sums = [np.bincount(keys, minlength=len(names) * count)]
    if colors is not None:
        flat = colors.reshape(-1, 3)[chosen]
        sums += [np.bincount(keys, flat[:, channel], minlength=len(names) * count) for channel in range(3)]
    table = np.stack(sums, axis=1).astype(np.int64).reshape(len(names), count, -1)
    return {int(name): table[i] for i, name in enumerate(names) if zones is None or name != 0}


def _encode(values: Any, count: int, zones: Any) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the names of the zones, and one number for each pair of zone and value, so that one pass counts all."""
    if zones is None:
        return np.zeros(1, np.int64), values
    names, places = np.unique(zones, return_inverse=True)
    return names, places.reshape(values.shape).astype(np.int64) * count + values


def _count_regions(groups: Any, count: int, labels: Any, valid: Any, zones: Any) -> Zones:
    from skimage.measure import label

    groups = groups[labels]
    background = groups == 0
    if valid is not None:
        background |= ~valid
    if zones is not None:
        background |= zones == 0
    names, keys = _encode(groups, count + 1, zones)
    regions = label(np.where(background, -1, keys), background=-1, connectivity=2)
    key_of = np.zeros(int(regions.max()) + 1, np.int64)
    key_of[regions.reshape(-1)] = keys.reshape(-1)
    table = np.bincount(key_of[1:], minlength=len(names) * (count + 1)).reshape(len(names), count + 1)[:, 1:]
    return {int(name): table[i] for i, name in enumerate(names) if zones is None or name != 0}


def _sum_values(labels: list[Any], values: list[Any], count: int) -> npt.NDArray[np.float64]:
    total = np.zeros((2, count))
    for some, their in zip(labels, values, strict=True):
        found = np.isfinite(their)
        total += np.bincount(some[found], minlength=count), np.bincount(some[found], their[found], minlength=count)
    return total


def _add_zones(several: list[Zones]) -> Zones:
    total: Zones = {}
    for each in several:
        for zone, sums in each.items():
            total[zone] = total[zone] + sums if zone in total else sums
    return total


def _add_up(several: list[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    total: npt.NDArray[np.float64] = np.sum(several, axis=0)
    return total
