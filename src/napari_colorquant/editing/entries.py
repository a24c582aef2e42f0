"""Edits of the entries themselves: colour, name, lock, class and order. No pixel is looked at."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_choice, check_instance, check_list, check_mapping, refusal
from .._typing import label_type
from ..clustering.nearest import nearest
from ..indexed import IndexedImage
from ..mapping.labels import relabel
from ..palette import Palette, check_entry, parse_colors
from ..pixels.written_colors import parse_with_alpha
from ..spaces import SPACES

#: The orders that `sort_order` knows.
SORT_KEYS = ("lightness", "hue", "share", "name", "path")
#: Oklab chroma below which a colour has no hue worth sorting by.
GRAY_CHROMA = 0.02


def recolor(indexed: IndexedImage, colors: dict[int, Any]) -> IndexedImage:
    """Give palette entries other colours; no pixel changes its label.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    colors : dict
        Palette index to new colour, (r, g, b) in 0..255 or ``#rrggbb``; with alpha (r, g, b, a) or ``#rrggbbaa``.
        Without, an entry keeps its alpha.

    Returns
    -------
    indexed : IndexedImage
        The same labels, with the colours changed.

    Raises
    ------
    IndexError
        If there is no such entry.

    See Also
    --------
    set_colors : Colours for all entries in order.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> indexed = quantize(np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 255]]], np.uint8), 2)
    >>> editing.recolor(indexed, {0: "#ff8800"}).palette.hex
    ('#ff8800', '#0000ff')
    """
    rgba = palette_of(indexed).rgba
    for index, color in check_mapping("colors", colors).items():
        known = parse_with_alpha(color)
        rgba[check_index(indexed, index), : len(known)] = known
    return _with_colors(indexed, colors=np.ascontiguousarray(rgba[:, :3]), alphas=rgba[:, 3])


def rename(indexed: IndexedImage, names: dict[int, str]) -> IndexedImage:
    """Name palette entries.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    names : dict
        Palette index to name.

    Returns
    -------
    indexed : IndexedImage
        The same with the names changed.

    See Also
    --------
    classify : Put entries into classes.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> indexed = quantize(np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 255]]], np.uint8), 2)
    >>> editing.rename(indexed, {1: "sky"}).palette.names
    ('', 'sky')
    """
    return with_entries(indexed, "names", names)


def lock(indexed: IndexedImage, locks: dict[int, bool]) -> IndexedImage:
    """Lock or unlock palette entries; locked colours are fixed colours of the next design.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    locks : dict
        Palette index to True or False.

    Returns
    -------
    indexed : IndexedImage
        The same with the locks changed.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> indexed = quantize(np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 255]]], np.uint8), 2)
    >>> editing.lock(indexed, {0: True}).palette.locked
    (True, False)
    """
    return with_entries(indexed, "locked", locks)


def classify(indexed: IndexedImage, classes: dict[int, str]) -> IndexedImage:
    """Put palette entries into named classes.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    classes : dict
        Palette index to the name of its class, "" for none.

    Returns
    -------
    indexed : IndexedImage
        The same with the classes changed.

    See Also
    --------
    rename : Name entries.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> indexed = quantize(np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 255]]], np.uint8), 2)
    >>> editing.classify(indexed, {0: "nuclei"}).palette.classes
    ('nuclei', '')
    """
    return with_entries(indexed, "classes", classes)


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


def set_colors(indexed: IndexedImage, colors: Any) -> IndexedImage:
    """Give the entries the given colours in order (of a colormap, of another palette); extra ones are not used.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    colors : Palette, array_like or sequence of str
        The new colours; where there are fewer than entries, the others keep theirs.

    Returns
    -------
    indexed : IndexedImage
        The same labels, with the colours changed.

    See Also
    --------
    recolor : Other colours for some entries.
    snap : The nearest of other colours for each entry.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> indexed = quantize(np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 255]]], np.uint8), 2)
    >>> editing.set_colors(indexed, ["#111111"]).palette.hex
    ('#111111', '#0000ff')
    """
    table = palette_of(indexed).colors.copy()
    given = parse_colors(colors)[: len(table)]
    table[: len(given)] = given
    return _with_colors(indexed, colors=table)


def ramp(indexed: IndexedImage, entries: Sequence[int]) -> IndexedImage:
    """Let entries lead from the first to the last of them in even steps of Oklab, as a ramp of pixel art does.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    entries : sequence of int
        At least three different palette indices, in the order of the ramp. The first and the last keep their
        colours, and so do locked ones. No pixel changes its label.

    Returns
    -------
    indexed : IndexedImage
        The same labels, with the colours between changed.

    Raises
    ------
    ValueError
        If there are fewer, or one stands there twice.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, map_pixels
    >>> indexed = map_pixels(np.zeros((1, 1, 3), np.uint8), ["#000000", "#ff0000", "#ffffff"])
    >>> editing.ramp(indexed, [0, 1, 2]).palette.hex
    ('#000000', '#636363', '#ffffff')
    """
    palette = palette_of(indexed)
    places = [check_index(indexed, index) for index in check_list("entries", entries)]
    if len(places) < 3 or len(set(places)) < len(places):
        raise refusal("entries", "hold at least three different entries", places)
    ends = SPACES["oklab"].from_srgb(palette.colors[[places[0], places[-1]]])
    steps = np.linspace(0, 1, len(places), dtype=np.float32)[:, None]
    colors = SPACES["oklab"].to_srgb8(ends[0] + steps * (ends[1] - ends[0]))
    table = palette.colors.copy()
    for place, color in list(zip(places, colors, strict=True))[1:-1]:
        if not palette.locked[place]:
            table[place] = color
    return _with_colors(indexed, colors=table)


def snap(indexed: IndexedImage, colors: Any) -> IndexedImage:
    """Replace each colour by the nearest of another palette (web-safe, say), in the space of the recipe.

    Locked colours stay. No pixel changes its label, so two entries may come to show one colour.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    colors : Palette, array_like or sequence of str
        The colours to choose from.

    Returns
    -------
    indexed : IndexedImage
        The same labels, with the colours changed.

    See Also
    --------
    set_colors : Other colours in order.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> indexed = quantize(np.array([[[255, 0, 0], [255, 0, 0], [0, 0, 255]]], np.uint8), 2)
    >>> editing.snap(indexed, ["#000080", "#800000"]).palette.hex
    ('#800000', '#000080')
    """
    palette, given = palette_of(indexed), parse_colors(colors)
    metric = indexed.recipe.replace(profile=None).metric
    table = given[nearest(metric.coordinates(palette.colors), metric.coordinates(given))]
    table[list(palette.locked)] = palette.colors[list(palette.locked)]
    return _with_colors(indexed, colors=table)


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


def with_entries(indexed: IndexedImage, field: str, changes: dict[int, Any]) -> IndexedImage:
    """Return the image with one field of some palette entries changed."""
    values = list(getattr(palette_of(indexed), field))
    for index, value in check_mapping(field, changes).items():
        values[check_index(indexed, index)] = value
    parts: dict[str, Any] = {field: tuple(values)}
    return replace(indexed, palette=replace(indexed.palette, **parts))


def with_colors_of(indexed: IndexedImage, givers: dict[int, int]) -> IndexedImage:
    """Return the image with entries in the colours of others, in full depth; `givers` maps index to index."""
    order = [givers.get(index, index) for index in range(len(indexed.palette))]
    return _with_colors(indexed, colors=indexed.palette.colors[order], levels=indexed.palette.levels[order])


def _with_colors(indexed: IndexedImage, **parts: Any) -> IndexedImage:
    # What pixels kept of their own was drawn to the colours as they were, and a colour that is chosen shall be seen.
    before = indexed.palette
    same = (parts["colors"] == before.colors).all(axis=1)
    display = tuple(code if kept else "" for code, kept in zip(before.display, same, strict=True))
    return replace(indexed, palette=replace(before, display=display, **parts), recolored=None)


def check_index(indexed: IndexedImage, index: int) -> int:
    """Return `index` if there is such a palette entry; IndexError otherwise."""
    return check_entry("a palette index", index, len(palette_of(indexed)))


def palette_of(indexed: IndexedImage) -> Palette:
    """Return the palette of an indexed image; TypeError if it is none."""
    palette: Palette = check_instance("indexed", indexed, IndexedImage).palette
    return palette
