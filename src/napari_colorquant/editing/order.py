"""The order of a palette: set, swapped, or sorted by a key; the picture stays the same."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from .._checks import check_choice, check_instance, check_list, refusal
from .._typing import label_type
from ..indexed import IndexedImage
from ..mapping.labels import relabel
from ..palette import Palette, check_entry
from ..spaces import SPACES
from .entries import check_index, palette_of, with_colors_of

#: The orders that `sort_order` knows.
SORT_KEYS = ("lightness", "hue", "share", "name", "path")
#: Oklab chroma below which a colour has no hue worth sorting by.
GRAY_CHROMA = 0.02


def reorder(indexed: IndexedImage, order: Sequence[int]) -> IndexedImage:
    """Put the palette into another order; the picture stays the same.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    order : sequence of int
        The old index of each new entry: a permutation of ``range(K)``.

    Returns
    -------
    indexed : IndexedImage
        The same picture, with labels and palette in the new order.

    Raises
    ------
    ValueError
        If `order` is no permutation.

    See Also
    --------
    sort_order : The order by lightness, hue, share or name.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> indexed = quantize(np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 255]]], np.uint8), 2)
    >>> editing.reorder(indexed, [1, 0]).labels
    array([[1, 1, 0]], dtype=uint8)
    """
    count = len(palette_of(indexed))
    places = [check_entry("order", index, count) for index in check_list("order", order)]
    if sorted(places) != list(range(count)):
        raise refusal("order", f"hold each of 0..{count - 1} once", places)
    rank = np.empty(count, label_type(count))
    rank[places] = np.arange(count)
    return replace(indexed, labels=relabel(indexed.labels, rank, indexed.valid), palette=indexed.palette.take(places))


def swap(indexed: IndexedImage, first: int, second: int) -> IndexedImage:
    """Exchange the colours of two entries, in full depth; the picture changes, the labels do not.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    first, second : int
        Palette indices.

    Returns
    -------
    indexed : IndexedImage
        The same labels, with the two colours exchanged.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> indexed = quantize(np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 255]]], np.uint8), 2)
    >>> editing.swap(indexed, 0, 1).palette.hex
    ('#0000ff', '#ff0000')
    """
    pair = [check_index(indexed, index) for index in (first, second)]
    return with_colors_of(indexed, dict(zip(pair, reversed(pair), strict=True)))


def sort_order(palette: Palette, key: str) -> list[int]:
    """Return the order, for `reorder`, in which a palette is sorted.

    Parameters
    ----------
    palette : Palette
        What to sort; it stays as it is.
    key : {"lightness", "hue", "share", "name", "path"}
        Dark to light; by hue with the grays first; the largest share first; alphabetically; or a
        smooth path that starts at the darkest colour and always goes on to the nearest left.

    Returns
    -------
    order : list of int
        The index of each entry in its new place.

    Raises
    ------
    ValueError
        For another key.

    See Also
    --------
    reorder : Put an indexed image's palette into that order.

    Examples
    --------
    >>> from napari_colorquant import Palette, editing
    >>> editing.sort_order(Palette([[255, 255, 255], [0, 0, 0], [128, 128, 128]]), "lightness")
    [1, 2, 0]
    """
    check_choice("key", key, SORT_KEYS)
    oklab = SPACES["oklab"].from_srgb(check_instance("palette", palette, Palette).colors)
    lightness, chroma = oklab[:, 0], np.hypot(oklab[:, 1], oklab[:, 2])
    if key == "lightness":
        return [int(i) for i in np.argsort(lightness, kind="stable")]
    if key == "hue":
        hue = np.where(chroma < GRAY_CHROMA, -np.inf, np.arctan2(oklab[:, 2], oklab[:, 1]) % (2 * np.pi))
        return [int(i) for i in np.lexsort((lightness, hue))]
    if key == "share":
        return [int(i) for i in np.argsort(-palette.shares, kind="stable")]
    if key == "name":
        return sorted(range(len(palette)), key=lambda i: (palette.names[i] == "", palette.names[i].casefold()))
    return _greedy_path(oklab * np.array([1, 2, 2], np.float32), int(lightness.argmin()))


def _greedy_path(points: npt.NDArray[np.float32], start: int) -> list[int]:
    path, left = [start], set(range(len(points))) - {start}
    while left:
        here = points[path[-1]]
        path.append(min(left, key=lambda i: (float(((points[i] - here) ** 2).sum()), i)))
        left.remove(path[-1])
    return path
