"""Edits that look at the image again: of its pixels, only those that are concerned are mapped anew."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_integer
from .._typing import ImageLike, Labels, Levels, label_type
from ..design.design import design
from ..indexed import IndexedImage
from ..mapping.labels import label_levels, relabel
from ..palette import MAX_COLORS, Palette, parse_color
from ..pixels.counting import count_parts
from ..pixels.intensities import to_8bit, to_16bit
from ..pixels.source import open_original
from .entries import check_index, palette_of
from .order import reorder


def add_color(indexed: IndexedImage, image: ImageLike, color: Any, **reading: Any) -> IndexedImage:
    """Add a colour; the pixels that are nearer to it than to any other colour take it.

    Parameters
    ----------
    indexed : IndexedImage
        With fewer than 65,536 colours.
    image : array_like
        The image that was quantized.
    color : (r, g, b) or str
        8-bit sRGB.
    **reading
        How the image is read: ``rgb``, ``mask``.

    Returns
    -------
    indexed : IndexedImage
        With one colour more, at the end of the palette.

    Raises
    ------
    ValueError
        If there are 65,536 colours already, or the colour is there.

    See Also
    --------
    delete_color : The reverse.
    split : New colours for the pixels of one.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> image = np.array([[[255, 0, 0], [200, 0, 0], [0, 0, 255]]], np.uint8)
    >>> indexed = quantize(image, 2)
    >>> editing.add_color(indexed, image, "#c80000").labels
    array([[0, 2, 1]], dtype=uint8)
    """
    palette = palette_of(indexed)
    new = parse_color(color)[None]
    if len(palette) == MAX_COLORS:
        raise ValueError(f"a palette must have at most {MAX_COLORS} colours, got one more; delete or merge one first")
    if (palette.colors == new).all(axis=1).any():
        raise ValueError(f"a new colour must not be in the palette yet, got {Palette(new).hex[0]}")
    longer = extend(palette, new)
    labels = np.asarray(indexed.labels).astype(label_type(len(longer)))
    newest = len(palette)
    nearest = _map_some(_read_levels(image, indexed, reading), longer, indexed)
    taken = nearest.reshape(labels.shape) == newest
    if indexed.valid is not None:
        taken &= indexed.valid
    labels[taken] = newest
    return with_labels(indexed, labels, longer)


def delete_color(indexed: IndexedImage, image: ImageLike, index: int, **reading: Any) -> IndexedImage:
    """Delete a colour; each of its pixels goes to the nearest colour that is left.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    image : array_like
        The image that was quantized.
    index : int
        Which entry to delete.
    **reading
        How the image is read: ``rgb``, ``mask``.

    Returns
    -------
    indexed : IndexedImage
        With one colour less.

    Raises
    ------
    ValueError
        If it is the only colour.
    IndexError
        If there is no such entry.

    See Also
    --------
    merge : Colours into one, their mean.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> image = np.array([[[255, 0, 0], [200, 0, 0], [0, 0, 255]]], np.uint8)
    >>> indexed = quantize(image, 3)
    >>> editing.delete_color(indexed, image, 1).labels.max()
    np.uint8(1)
    """
    index = check_index(indexed, index)
    if len(indexed.palette) == 1:
        raise ValueError("a palette must keep at least one colour, got the index of the only one")
    left = [entry for entry in range(len(indexed.palette)) if entry != index]
    palette = indexed.palette.take(left)
    rank = np.zeros(len(indexed.palette), label_type(len(indexed.palette)))
    rank[left] = np.arange(len(left))
    labels = relabel(indexed.labels, rank, indexed.valid)
    mine = _pixels_of(indexed, index)
    if mine.any():
        labels[mine] = _map_some(_read_levels(image, indexed, reading)[mine.reshape(-1)], palette, indexed)
    return with_labels(indexed, labels, palette)


def split(indexed: IndexedImage, image: ImageLike, index: int, n_colors: int = 2, **reading: Any) -> IndexedImage:
    """Split a colour into `n_colors` by clustering its pixels alone; the new ones follow it in the palette.

    Parameters
    ----------
    indexed : IndexedImage
        What to edit; it stays as it is.
    image : array_like
        The image that was quantized.
    index : int
        Which entry to split.
    n_colors : int
        Into how many, 2 at least.
    **reading
        How the image is read: ``rgb``, ``mask``.

    Returns
    -------
    indexed : IndexedImage
        With more colours.

    Raises
    ------
    ValueError
        If there would be more than 65,536 colours, or its pixels do not have that many colours.

    See Also
    --------
    merge : The reverse.

    Examples
    --------
    >>> import numpy as np
    >>> from napari_colorquant import editing, quantize
    >>> image = np.array([[[255, 0, 0], [200, 0, 0], [0, 0, 255]]], np.uint8)
    >>> indexed = quantize(image, 2)
    >>> len(editing.split(indexed, image, 0).palette)
    3
    """
    index = check_index(indexed, index)
    palette = indexed.palette
    n_colors = check_integer("n_colors", n_colors, 2, MAX_COLORS + 1 - len(palette))
    mine = _pixels_of(indexed, index)
    levels = _read_levels(image, indexed, reading)[mine.reshape(-1)]
    counts = count_parts([(levels, None, None)])
    if len(counts) < n_colors:
        raise ValueError(f"colour {index} must have pixels of at least {n_colors} colours, got {len(counts)}")
    parts = design(counts, indexed.recipe.replace(fixed=(), n_colors=n_colors)).palette.in_profile(palette.profile)
    order = [*range(index), index, *range(len(palette), len(palette) + n_colors - 1), *range(index + 1, len(palette))]
    longer = extend(palette, parts.colors[1:])
    table = np.concatenate([palette.levels, parts.levels[1:]])
    table[index] = parts.levels[0]
    classes = list(longer.classes)
    classes[len(palette) :] = [palette.classes[index]] * (n_colors - 1)
    shown = Palette.of_levels(table, palette.profile).colors
    longer = replace(longer, colors=shown, levels=table, classes=tuple(classes))
    labels = np.asarray(indexed.labels).astype(label_type(len(longer)))
    places = np.array([index, *range(len(palette), len(longer))], label_type(len(longer)))
    labels[mine] = places[_map_some(levels, parts, indexed)]
    return reorder(with_labels(indexed, labels, longer), order)


def extend(palette: Palette, colors: Levels) -> Palette:
    """Return the palette with colours added at its end, without names, locks or shares."""
    extra = len(colors)
    return replace(
        palette,
        colors=np.concatenate([palette.colors, to_8bit(colors)]),
        levels=np.concatenate([palette.levels, to_16bit(colors)]),
        shares=np.concatenate([palette.shares, np.zeros(extra)]),
        names=(*palette.names, *[""] * extra),
        locked=(*palette.locked, *[False] * extra),
        classes=(*palette.classes, *[""] * extra),
        alphas=np.concatenate([palette.alphas, np.full(extra, 255, np.uint8)]),
        display=(*palette.display, *[""] * extra),
        written=(*palette.written, *[""] * extra),
    )


def _pixels_of(indexed: IndexedImage, index: int) -> npt.NDArray[np.bool_]:
    mine: npt.NDArray[np.bool_] = np.asarray(indexed.labels) == index
    return mine if indexed.valid is None else mine & indexed.valid


def _read_levels(image: ImageLike, indexed: IndexedImage, reading: dict[str, Any]) -> Levels:
    source = open_original(image, indexed.shape, scale=indexed.recipe.scale, **reading)
    return source.load().read_levels()[0]


def _map_some(levels: Levels, palette: Palette, indexed: IndexedImage) -> Labels:
    return label_levels(levels, palette.levels_in(indexed.recipe.profile), indexed.recipe.metric)


def with_labels(indexed: IndexedImage, labels: Labels, palette: Palette) -> IndexedImage:
    """Return a result with other labels of another palette, and the shares that these have."""
    labels = labels.astype(label_type(len(palette)), copy=False)
    return replace(indexed, labels=labels, palette=palette, recolored=None).with_shares()
