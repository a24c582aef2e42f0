"""What a new palette keeps of the one before: the names, classes and locks of the colours that are in both."""

from dataclasses import replace

from .._checks import check_instance
from ..palette import Palette


def inherit(palette: Palette, before: Palette) -> Palette:
    """Give the entries of a palette the names, classes and locks that the same colours had before.

    Parameters
    ----------
    palette : Palette
        What it says of an entry itself stands.
    before : Palette
        Where it has a colour twice, the first one counts.

    Returns
    -------
    palette : Palette
        The same colours and shares in the same order.
    """
    check_instance("palette", palette, Palette)
    codes = check_instance("before", before, Palette).hex
    known = {code: index for index, code in reversed(list(enumerate(codes)))}
    same = [known.get(code) for code in palette.hex]

    def merged(own: tuple[str, ...], old: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word or ("" if at is None else old[at]) for word, at in zip(own, same, strict=True))

    was_locked = [at is not None and before.locked[at] for at in same]
    return replace(
        palette,
        names=merged(palette.names, before.names),
        classes=merged(palette.classes, before.classes),
        locked=tuple(lock or was for lock, was in zip(palette.locked, was_locked, strict=True)),
    )
