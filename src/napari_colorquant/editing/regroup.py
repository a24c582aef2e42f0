"""Edits that move pixels from one palette entry to another and need no image: to merge entries, and to paint."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_list, refusal
from .._typing import RGB8, label_type
from ..indexed import IndexedImage
from ..mapping.labels import relabel
from ..pixels.arrays import as_array
from .entries import check_index, classify, lock, palette_of, recolor, rename, with_colors_of
from .pixels import with_labels


def merge(indexed: IndexedImage, indices: Sequence[int]) -> IndexedImage:
    """Merge colours into the first of `indices`, which becomes their mean, weighted by share.

    The mean is taken in the space of the recipe, unless one of them is locked: that one stays.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    indices : sequence of int
        Two or more entries.

    Returns
    -------
    indexed : IndexedImage
        With fewer colours; names and classes are those of the first that has any.

    Raises
    ------
    ValueError
        If fewer than two entries are given.

    See Also
    --------
    split : The reverse.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> image = np.array([[[255, 0, 0], [200, 0, 0], [0, 0, 255]]], np.uint8)
    >>> indexed = quantize(image, 3)
    >>> len(editing.merge(indexed, [0, 1]).palette)
    2
    """
    group = list(dict.fromkeys(check_index(indexed, index) for index in check_list("indices", indices)))
    if len(group) < 2:
        raise refusal("indices", "be those of at least two colours", group)
    palette, keeper = indexed.palette, group[0]
    locked = [index for index in group if palette.locked[index]]
    names = next((palette.names[index] for index in group if palette.names[index]), "")
    classes = next((palette.classes[index] for index in group if palette.classes[index]), "")
    left = [entry for entry in range(len(palette)) if entry == keeper or entry not in group]
    rank = np.zeros(len(palette), label_type(len(palette)))
    rank[left] = np.arange(len(left))
    rank[group] = rank[keeper]
    if locked:
        merged = with_colors_of(indexed, {keeper: locked[0]})
    else:
        merged = recolor(indexed, {keeper: _mean_color(indexed, group)})
    merged = classify(rename(merged, {keeper: names}), {keeper: classes})
    merged = lock(merged, {keeper: bool(locked)})
    return with_labels(indexed, relabel(indexed.labels, rank, indexed.valid), merged.palette.take(left))


def painted(indexed: IndexedImage, labels: npt.NDArray[Any], valid: Any = None) -> IndexedImage:
    """Take labels that were painted, and bring the shares up to date.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    labels : array_like of int, shape (..., H, W)
        Palette indices.
    valid : array_like of bool, same shape, optional
        False where there is no data, and where labels become 0; None where all pixels have data now.

    Returns
    -------
    indexed : IndexedImage
        With the labels as given, and the shares that they have.

    Raises
    ------
    TypeError, ValueError
        If a label is no whole number or not in the palette, or a shape differs.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> image = np.array([[[255, 0, 0], [200, 0, 0], [0, 0, 255]]], np.uint8)
    >>> indexed = quantize(image, 3)
    >>> editing.painted(indexed, np.zeros((1, 3), int)).palette.shares
    array([1., 0., 0.])
    """
    count = len(palette_of(indexed))
    given, shown_at = as_array(labels, "labels"), None if valid is None else as_array(valid, "valid")
    _check_array("labels", given, indexed, "iu", "whole numbers")
    if given.min(initial=0) < 0 or given.max(initial=0) >= count:
        raise ValueError(f"labels must lie in 0..{count - 1}, got {given.min()}..{given.max()}")
    given = given.astype(label_type(count), copy=False)
    if shown_at is not None:
        _check_array("valid", shown_at, indexed, "b", "booleans")
        given = given * shown_at
    return replace(indexed, labels=given, valid=shown_at, recolored=None).with_shares()


def _mean_color(indexed: IndexedImage, group: list[int]) -> RGB8:
    space = indexed.recipe.metric.space
    shares = indexed.palette.shares[group]
    shares = shares if shares.sum() > 0 else np.ones(len(group))
    mean = np.average(space.from_srgb(indexed.palette.colors[group]), axis=0, weights=shares)
    color: RGB8 = space.to_srgb8(mean[None].astype(np.float32))[0]
    return color


def _check_array(what: str, array: Any, indexed: IndexedImage, kinds: str, noun: str) -> None:
    if array.dtype.kind not in kinds:
        raise TypeError(f"{what} must be an array of {noun}, got {array.dtype}")
    if array.shape != indexed.shape:
        raise ValueError(f"{what} must have shape {indexed.shape}, got {array.shape}")
