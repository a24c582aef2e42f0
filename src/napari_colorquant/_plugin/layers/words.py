"""Names, classes and locks of the result before, for the layers of a new one; and what is told of words."""

from collections.abc import Sequence

import numpy as np

from ...editing import inherit, lost_names
from ...palette import Palette
from .layer_values import LayerDataTuple
from .provenance import KEY

_MOST_TOLD = 3


def inherit_words(made: Sequence[LayerDataTuple], before: Palette, *older: Palette) -> Palette:
    """Let layers to be say of their colours what palettes before them said of nearly the same ones.

    Parameters
    ----------
    made : sequence of LayerDataTuple
        The layers of one result, all with the same palette.
    before, *older : Palette
        As `inherit` takes them.

    Returns
    -------
    palette : Palette
        That of the layers, with all it has inherited.
    """
    for _, values, _ in made:
        provenance = values["metadata"][KEY]
        palette = inherit(Palette.from_dict(provenance["palette"]), before, older)
        provenance["palette"] = palette.to_dict()
        if "features" in values:
            for column, words in (("name", palette.names), ("class", palette.classes)):
                if any(words):
                    values["features"] = {**values["features"], column: np.array(words)}
    return palette


def tell_names(palette: Palette, before: Palette | None) -> str:
    """Return how many of the names before a palette still has, and which not; "" if there were none."""
    names = {name for name in (before.names if before is not None else ()) if name}
    if before is None or not names:
        return ""
    lost = lost_names(palette, before)
    if not lost:
        return "all names kept" if len(names) > 1 else "its name kept"
    shown = ", ".join(lost[:_MOST_TOLD]) + (f" and {len(lost) - _MOST_TOLD} more" if len(lost) > _MOST_TOLD else "")
    return f"{len(names) - len(lost)} of {len(names)} names kept, without {shown}"


def tell_left_out(palette: Palette) -> str:
    """Return, to be put behind the number of rows of a table by class, which colours are in none; "" if all are."""
    count = sum(not name for name in palette.classes)
    return f"; {count} {'colour' if count == 1 else 'colours'} without a class left out" if count else ""
