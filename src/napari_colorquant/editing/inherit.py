"""What a new palette keeps of the one before: names and classes of colours that are nearly the same, and locks."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from .._checks import check_instance, check_list
from ..palette import Palette
from ..spaces import SPACES
from ..spaces.delta_e import ciede2000

#: CIEDE2000 difference up to which a colour may be the one before, a little moved: as much as is seen at a glance.
REACH = 10.0


def inherit(palette: Palette, before: Palette, older: Sequence[Palette] = ()) -> Palette:
    """Give the entries of a palette the names, classes and locks that about the same colours had before.

    Each name goes to one entry, the pairs that are nearest to each other first. Each entry takes the class
    of the colour that it is nearest to. Both only within a CIEDE2000 difference of 10. A lock goes to exactly
    the same colour.

    Parameters
    ----------
    palette : Palette
        What it says of an entry itself stands.
    before : Palette
        Where it has a colour twice, the first one counts.
    older : sequence of Palette, optional
        What `before` has lost: entries of these that it has no name for, or no entry near enough for their class.

    Returns
    -------
    palette : Palette
        The same colours and shares in the same order.

    See Also
    --------
    lost_names : What a new palette has no entry for.

    Examples
    --------
    >>> from napari_colorquant import Palette, editing
    >>> before = Palette([[250, 0, 0], [0, 0, 250]], names=["red", "blue"])
    >>> editing.inherit(Palette([[0, 0, 255], [255, 0, 0]]), before).names
    ('blue', 'red')
    """
    check_instance("palette", palette, Palette)
    known = _known_entries(
        check_instance("before", before, Palette),
        [check_instance("older", each, Palette) for each in check_list("older", older)],
    )
    if not known:
        return palette
    differences = np.hstack([_differences(palette, each)[:, [row]] for each, row in known])
    names, classes = list(palette.names), list(palette.classes)
    for row, column in _pairs(differences, names, [each.names[index] for each, index in known]):
        names[row] = known[column][0].names[known[column][1]]
    differences[:, [each is not before and not each.classes[index] for each, index in known]] = np.inf
    nearest = differences.argmin(axis=1)
    for row, column in enumerate(nearest):
        if not classes[row] and differences[row, column] <= REACH:
            classes[row] = known[column][0].classes[known[column][1]]
    locked = {before.hex[index] for each, index in known if each is before and before.locked[index]}
    return replace(
        palette,
        names=tuple(names),
        classes=tuple(classes),
        locked=tuple(lock or code in locked for lock, code in zip(palette.locked, palette.hex, strict=True)),
    )


def lost_names(palette: Palette, before: Palette) -> list[str]:
    """Return the names of a palette before that no entry of a palette has, in their order, each once.

    Parameters
    ----------
    palette : Palette
        The new palette.
    before : Palette
        The one that it replaces.

    Returns
    -------
    names : list of str
        Empty if all are there.

    See Also
    --------
    inherit : Names, classes and locks for a new palette.

    Examples
    --------
    >>> from napari_colorquant import Palette, editing
    >>> editing.lost_names(Palette([[0, 0, 0]]), Palette([[0, 0, 0]], names=["ink"]))
    ['ink']
    """
    kept = {*check_instance("palette", palette, Palette).names, ""}
    return list(dict.fromkeys(name for name in check_instance("before", before, Palette).names if name not in kept))


def lost_entries(palette: Palette, before: Palette) -> list[int]:
    """Return the entries of a palette before whose name no entry of a palette has, or whose class none within reach."""
    if not any((*before.names, *before.classes)):
        return []
    names, classes = {*palette.names, ""}, np.array(palette.classes)
    near = _differences(palette, before) <= REACH
    return [
        row
        for row, (name, group) in enumerate(zip(before.names, before.classes, strict=True))
        if name not in names or (group and not np.any(near[:, row] & (classes == group)))
    ]


def _known_entries(before: Palette, older: Sequence[Palette]) -> list[tuple[Palette, int]]:
    """Return the entries to inherit from, each code and each name of an older palette once; none if all are silent."""
    first = {code: row for row, code in reversed([*enumerate(before.hex)])}
    known = [(before, row) for row in reversed(first.values())]
    names = {*before.names}
    for each in older:
        known += [
            (each, row) for row in lost_entries(before, each) if not (each.names[row] and each.names[row] in names)
        ]
        names |= {*each.names}
    return known if any(each.names[row] or each.classes[row] or each.locked[row] for each, row in known) else []


def _differences(palette: Palette, before: Palette) -> npt.NDArray[np.float32]:
    """Return the CIEDE2000 difference of each colour of one from each of the other; 0 for those of one code."""
    lab = [SPACES["lab"].from_srgb(each.colors) for each in (palette, before)]
    rows, columns = (part.reshape(-1) for part in np.indices((len(palette), len(before))))
    found: npt.NDArray[np.float32] = ciede2000(lab[0][rows], lab[1][columns]).reshape(len(palette), len(before))
    found[np.array(palette.hex)[:, None] == np.array(before.hex)] = 0
    return found


def _pairs(differences: npt.NDArray[np.float32], own: Sequence[str], names: Sequence[str]) -> list[tuple[int, int]]:
    """Return which entry takes which name, each at most one: the nearest pairs first, of equal ones the first."""
    free = {row for row, name in enumerate(own) if not name}
    left = {column for column, name in enumerate(names) if name and name not in own}
    pairs = []
    for place in np.argsort(differences.T, axis=None, kind="stable"):
        column, row = divmod(int(place), len(own))
        if differences[row, column] > REACH or not (free and left):
            break
        if row in free and column in left:
            pairs.append((row, column))
            free.remove(row)
            left.remove(column)
    return pairs
