"""Colours that readers can tell apart: entries are shown in others than their own, and nothing else changes."""

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from .._checks import check_instance, check_number
from .._typing import RGB8, Colors
from ..indexed import IndexedImage
from ..palette import Palette
from ..quality.color_vision import seen_lab
from ..quality.distinguishability import LEAST, distinguishability
from ..spaces.delta_e import ciede2000
from .entries import palette_of

#: Levels of each channel among the colours that are tried.
_LEVELS = 18
#: If a difference cannot be had, so much less is tried.
_LESS = 0.92
#: A palette of more colours cannot be told apart, whatever they are.
_MANY = 64


def make_distinguishable(indexed: IndexedImage, least: float = LEAST) -> IndexedImage:
    """Show entries in colours that differ by a least CIEDE2000 for normal sight and for three deficiencies.

    The entries with the largest shares keep their colours, and locked ones before them; an entry that is too near
    to those takes the most similar colour that is not. So what need not move does not, and nothing is drawn
    by chance.

    Parameters
    ----------
    indexed : IndexedImage
        Of 2 to 64 colours. Pixels, colours and measurements stay; `Palette.display` alone changes.
    least : float
        The difference wanted, 0 to 50. Where so many colours cannot differ so much, they differ as much as
        could be had: `napari_colorquant.quality.distinguishability.distinguishability` tells.

    Returns
    -------
    indexed : IndexedImage
        ``display`` of the palette is empty for entries that keep their colours.

    Raises
    ------
    ValueError
        If there are fewer or more colours.

    See Also
    --------
    show_measured : Take it back.
    least_difference : What was reached.

    Examples
    --------
    >>> import numpy as np, napari_colorquant as cq
    >>> indexed = cq.map_pixels(np.uint8([[[208, 0, 0], [208, 0, 0], [96, 96, 0]]]), ["#d00000", "#606000"])
    >>> shown = make_distinguishable(indexed, 10).palette
    >>> shown.hex, shown.display[0], least_difference(shown) >= 10
    (('#d00000', '#606000'), '', True)
    """
    palette = palette_of(indexed)
    least = check_number("least", least, 0.0, 50.0)
    check_number("the number of colours", len(palette), 2, _MANY)
    own = seen_lab(palette.colors)
    goal, found = least, None
    while found is None:
        found = _place(palette, own, goal)
        goal *= _LESS
        if goal < 0.5:  # as they are: nothing was gained
            found = palette.colors
    codes = ["#" + bytes(color).hex() for color in found]
    measured = ["#" + bytes(color).hex() for color in palette.colors]
    display = tuple("" if code == before else code for code, before in zip(codes, measured, strict=True))
    return replace(indexed, palette=replace(palette, display=display), recolored=None)


def show_measured(indexed: IndexedImage) -> IndexedImage:
    """Show all entries in their own colours again.

    Parameters
    ----------
    indexed : IndexedImage
        Whatever its entries are shown in.

    Returns
    -------
    indexed : IndexedImage
        The same, with an empty ``display`` of its palette.

    See Also
    --------
    make_distinguishable : Show colours that readers can tell apart.

    Examples
    --------
    >>> import numpy as np, napari_colorquant as cq
    >>> palette = cq.Palette(["#d00000", "#606000"], display=["", "#0000ff"])
    >>> show_measured(cq.map_pixels(np.zeros((1, 1, 3), np.uint8), palette)).palette.display
    ('', '')
    """
    return replace(indexed, palette=replace(palette_of(indexed), display=()))


def least_difference(palette: Palette) -> float:
    """Return the CIEDE2000 difference of the two entries that are most alike to any sight, as they are shown.

    Parameters
    ----------
    palette : Palette
        Of 2 to 2,048 colours.

    Returns
    -------
    difference : float
        The least of `napari_colorquant.quality.distinguishability.distinguishability`.

    See Also
    --------
    make_distinguishable : Show colours that readers can tell apart.

    Examples
    --------
    >>> import napari_colorquant as cq
    >>> round(least_difference(cq.Palette(["#d00000", "#606000"])), 1)
    5.7
    """
    check_instance("palette", palette, Palette)
    return min(each.difference for each in distinguishability(palette))


def _place(palette: Palette, own: Colors, goal: float) -> RGB8 | None:
    """Return colours of which any two differ by `goal`, or None where the entries that come last find no room."""
    candidates, lab = _candidates()
    colors, room, own_room = palette.colors.copy(), np.full(len(candidates), np.inf), np.full(len(palette), np.inf)
    fixed = np.array(palette.locked)
    for entry in np.lexsort((-palette.shares, ~fixed)):
        seen = own[:, entry]
        if own_room[entry] < goal and not fixed[entry]:
            if not (free := np.flatnonzero(room >= goal)).size:
                return None
            away = ciede2000(lab[0, free], np.broadcast_to(own[0, entry], (len(free), 3)))
            chosen = free[away.argmin()]
            colors[entry], seen = candidates[chosen], lab[:, chosen]
        np.minimum(room, _differences(lab, seen), out=room)
        np.minimum(own_room, _differences(own, seen), out=own_room)
    return colors


def _differences(lab: Colors, seen: Colors) -> npt.NDArray[np.float32]:
    """Return the least difference that any sight has between each of some colours, (4, N, 3), and one, (4, 3)."""
    others = np.broadcast_to(seen[:, None], lab.shape)
    found: npt.NDArray[np.float32] = (
        ciede2000(np.ascontiguousarray(lab).reshape(-1, 3), np.ascontiguousarray(others).reshape(-1, 3))
        .reshape(lab.shape[:2])
        .min(axis=0)
    )
    return found


@cache
def _candidates() -> tuple[Any, Any]:
    """Return colours spread evenly over sRGB, (N, 3) uint8, and how each sight sees them, (4, N, 3) of CIELAB."""
    levels = np.rint(np.linspace(0, 255, _LEVELS)).astype(np.uint8)
    colors = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    return colors, seen_lab(colors)
