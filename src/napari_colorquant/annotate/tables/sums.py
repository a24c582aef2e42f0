"""Sums over the pixels of each label, for arrays in memory at once and for dask arrays chunk by chunk."""

from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ...pixels.arrays import fold_arrays, load

#: For each region, or for 0 if there are none, an array of one row per label.
RegionSums: TypeAlias = dict[int, npt.NDArray[np.int64]]


def sum_regions(labels: Any, *, count: int, valid: Any = None, regions: Any = None, colors: Any = None) -> RegionSums:
    """Count the pixels of each label, and add up their colours.

    Parameters
    ----------
    labels : array of shape (..., H, W), uint8
        Numpy or dask, as all others.
    count : int
        The number of labels.
    valid : array of shape (..., H, W), bool, optional
        Pixels where it is False do not count.
    regions : array of shape (..., H, W), int, optional
        Each region but 0 is counted by itself.
    colors : array of shape (..., H, W, 3), uint8, optional

    Returns
    -------
    sums : dict of int to ndarray of shape (count, 1 or 4), int64
        By region (0 if there are none): pixels, and the sums of red, green and blue.
    """
    arrays = {"labels": labels, "valid": valid, "regions": regions, "colors": colors}
    given = {name: array for name, array in arrays.items() if array is not None}
    return fold_arrays(partial(_sum_chunk, names=tuple(given), count=count), list(given.values()), _add_regions)


def sum_values(labels: Any, values: Any, count: int) -> npt.NDArray[np.float64]:
    """Return the number of finite `values` at each label, and their sums, (2, count) float64."""
    return fold_arrays(partial(_sum_values, count=count), [labels, values], _add_up)


def sum_components(
    groups: npt.NDArray[np.int64], count: int, labels: Any, valid: Any = None, regions: Any = None
) -> RegionSums:
    """Count the components, connected pixels (8-connected, within a plane) of labels of one group.

    Parameters
    ----------
    groups : ndarray of shape (K,), int64
        The group of each label, 1 to `count`, or 0 for none.
    count : int
        The number of groups.
    labels, valid, regions
        As in `sum_regions`; a component ends where the region of interest ends.

    Returns
    -------
    counts : dict of int to ndarray of shape (count,), int64
        By region (0 if there are none).
    """
    total: RegionSums = {}
    for plane in np.ndindex(*labels.shape[:-2]):
        parts = load(*(None if array is None else array[plane] for array in (labels, valid, regions)))
        total = _add_regions([total, _count_components(groups, count, *parts)])
    return total


def _sum_chunk(*arrays: Any, names: tuple[str, ...], count: int) -> RegionSums:
    given = dict(zip(names, arrays, strict=True))
    labels, valid, regions, colors = (given.get(name) for name in ("labels", "valid", "regions", "colors"))
    names_of_regions, keys = _encode(labels.reshape(-1), count, regions)  # type: ignore[union-attr]
    chosen = slice(None) if valid is None else valid.reshape(-1)
    keys = keys[chosen]
    sums = [np.bincount(keys, minlength=len(names_of_regions) * count)]
    if colors is not None:
        flat = colors.reshape(-1, 3)[chosen]
        sums += [np.bincount(keys, flat[:, channel], minlength=len(names_of_regions) * count) for channel in range(3)]
    table = np.stack(sums, axis=1).astype(np.int64).reshape(len(names_of_regions), count, -1)
    return {int(name): table[i] for i, name in enumerate(names_of_regions) if regions is None or name != 0}


def _encode(values: Any, count: int, regions: Any) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return the regions, and one number for each pair of region and value, so that one pass counts all."""
    if regions is None:
        return np.zeros(1, np.int64), values
    names, places = np.unique(regions, return_inverse=True)
    return names, places.reshape(values.shape).astype(np.int64) * count + values


def _count_components(groups: Any, count: int, labels: Any, valid: Any, regions: Any) -> RegionSums:
    from skimage.measure import label

    groups = groups[labels]
    background = groups == 0
    if valid is not None:
        background |= ~valid
    if regions is not None:
        background |= regions == 0
    names, keys = _encode(groups, count + 1, regions)
    parts = label(np.where(background, -1, keys), background=-1, connectivity=2)
    key_of = np.zeros(int(parts.max()) + 1, np.int64)
    key_of[parts.reshape(-1)] = keys.reshape(-1)
    table = np.bincount(key_of[1:], minlength=len(names) * (count + 1)).reshape(len(names), count + 1)[:, 1:]
    return {int(name): table[i] for i, name in enumerate(names) if regions is None or name != 0}


def _sum_values(labels: Any, values: Any, count: int) -> npt.NDArray[np.float64]:
    found = np.isfinite(values)
    weights = values[found]
    return np.stack([np.bincount(labels[found], minlength=count), np.bincount(labels[found], weights, count)])


def _add_regions(several: list[RegionSums]) -> RegionSums:
    total: RegionSums = {}
    for each in several:
        for region, sums in each.items():
            total[region] = total[region] + sums if region in total else sums
    return total


def _add_up(several: list[npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    total: npt.NDArray[np.float64] = np.sum(several, axis=0)
    return total
