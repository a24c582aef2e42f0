"""Sums over the pixels of each label, for arrays in memory at once and for dask arrays chunk by chunk."""

from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ..pixels.arrays import fold_arrays, load

#: For each zone, or for 0 if there are none, an array of one row per label.
Zones: TypeAlias = dict[int, npt.NDArray[np.int64]]


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
    return fold_arrays(partial(_sum_chunk, names=tuple(given), count=count), list(given.values()), _add_zones)


def sum_values(labels: Any, values: Any, count: int) -> npt.NDArray[np.float64]:
    """Return the number of finite `values` at each label, and their sums, (2, count) float64."""
    return fold_arrays(partial(_sum_values, count=count), [labels, values], _add_up)


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
    """
    total: Zones = {}
    for plane in np.ndindex(*labels.shape[:-2]):
        parts = load(*(None if array is None else array[plane] for array in (labels, valid, zones)))
        total = _add_zones([total, _count_regions(groups, count, *parts)])
    return total


def _sum_chunk(*arrays: Any, names: tuple[str, ...], count: int) -> Zones:
    given = dict(zip(names, arrays, strict=True))
    labels, valid, zones, colors = (given.get(name) for name in ("labels", "valid", "zones", "colors"))
    names_of_zones, keys = _encode(labels.reshape(-1), count, zones)  # type: ignore[union-attr]
    chosen = slice(None) if valid is None else valid.reshape(-1)
    keys = keys[chosen]
    sums = [np.bincount(keys, minlength=len(names_of_zones) * count)]
    if colors is not None:
        flat = colors.reshape(-1, 3)[chosen]
        sums += [np.bincount(keys, flat[:, channel], minlength=len(names_of_zones) * count) for channel in range(3)]
    table = np.stack(sums, axis=1).astype(np.int64).reshape(len(names_of_zones), count, -1)
    return {int(name): table[i] for i, name in enumerate(names_of_zones) if zones is None or name != 0}


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


def _sum_values(labels: Any, values: Any, count: int) -> npt.NDArray[np.float64]:
    found = np.isfinite(values)
    weights = values[found]
    return np.stack([np.bincount(labels[found], minlength=count), np.bincount(labels[found], weights, count)])


def _add_zones(several: list[Zones]) -> Zones:
    total: Zones = {}
    for each in several:
        for zone, sums in each.items():
            total[zone] = total[zone] + sums if zone in total else sums
    return total


def _add_up(several: list[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    total: npt.NDArray[np.float64] = np.sum(several, axis=0)
    return total
