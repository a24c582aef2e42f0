"""Edits of the entries themselves: colour, name, lock and class. No pixel is looked at."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from .._checks import check_instance, check_list, check_mapping, refusal
from ..clustering.nearest import nearest
from ..indexed import IndexedImage
from ..palette import Palette, check_entry, parse_colors
from ..palette.colors import codes_of_same
from ..pixels.written_colors import parse_with_alpha
from ..spaces import SPACES


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
    codes = codes_of_same(before, parts["colors"])
    return replace(indexed, palette=replace(before, **codes, **parts), recolored=None)


def check_index(indexed: IndexedImage, index: int) -> int:
    """Return `index` if there is such a palette entry; IndexError otherwise."""
    return check_entry("a palette index", index, len(palette_of(indexed)))


def palette_of(indexed: IndexedImage) -> Palette:
    """Return the palette of an indexed image; TypeError if it is none."""
    palette: Palette = check_instance("indexed", indexed, IndexedImage).palette
    return palette
