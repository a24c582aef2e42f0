"""How well readers can tell the colours of a palette apart, those with deficient colour vision among them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._checks import check_flag, check_instance, check_number
from ..palette import Palette, parse_colors
from ..spaces.delta_e import ciede2000
from .color_vision import VISIONS, seen_lab

#: CIEDE2000 difference below which areas beside each other are mixed up.
LEAST = 10.0
#: How many of the nearest colours are looked at: all of a palette that a person reads.
_MANY = 2048


@dataclass(frozen=True)
class Closest:
    """The two entries of a palette that are most alike to one kind of sight.

    Attributes
    ----------
    vision : {"normal", "protan", "deutan", "tritan"}
    first, second : int
        Their indices, in this order.
    difference : float
        Their CIEDE2000 difference as it is seen.
    """

    vision: str
    first: int
    second: int
    difference: float


def distinguishability(palette: Any, *, displayed: bool = True) -> tuple[Closest, ...]:
    """Find the two colours of a palette that are most alike, for normal sight and for three deficiencies.

    Parameters
    ----------
    palette : Palette, or colours
        2 to 2,048 colours, as `napari_colorquant.palette.parse_colors` takes them.
    displayed : bool
        Whether the entries of a `Palette` are meant as they are shown or as they are, see `Palette.display`.

    Returns
    -------
    closest : tuple of Closest
        For "normal", "protan", "deutan" and "tritan", see `napari_colorquant.quality.color_vision`.

    Raises
    ------
    ValueError
        If there is nothing to tell apart, or there are more colours.

    Examples
    --------
    >>> [found.vision for found in distinguishability(["#d00000", "#606000", "#0000ff"]) if found.difference < 10]
    ['protan', 'deutan']
    """
    displayed = check_flag("displayed", displayed)
    colors = palette.shown if displayed and isinstance(palette, Palette) else parse_colors(palette)
    check_number("the number of colours", len(colors), 2, _MANY)
    rows, columns = np.triu_indices(len(colors), 1)
    found = []
    for vision, lab in zip(VISIONS, seen_lab(colors), strict=True):
        differences = ciede2000(lab[rows], lab[columns])
        nearest = int(differences.argmin())
        found.append(Closest(vision, int(rows[nearest]), int(columns[nearest]), float(differences[nearest])))
    return tuple(found)


def describe_closest(palette: Palette, least: float = LEAST) -> str:
    """Return a line about the colours of a palette that readers may mix up; "" if all differ by `least` at least."""
    least = check_number("least", least, 0.0, 100.0)
    if not 2 <= len(check_instance("palette", palette, Palette)) <= _MANY:
        return ""
    found = [each for each in distinguishability(palette) if each.difference < least]
    if not found:
        return ""
    worst = min(found, key=lambda each: each.difference)
    names = [palette.names[index] or palette.hex[index] for index in (worst.first, worst.second)]
    sights = " and ".join(filter(None, [", ".join(each.vision for each in found[:-1]), found[-1].vision]))
    whose = "" if found[0].vision == "normal" else f" with {sights} vision"
    return f"hard to tell apart{whose}: {names[0]} and {names[1]}, dE2000 {worst.difference:.1f}"
