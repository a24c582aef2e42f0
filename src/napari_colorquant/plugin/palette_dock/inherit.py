"""What a new run keeps of the old palette: the names, classes and locks of the colours that are still there."""

from dataclasses import replace

from ...indexed import IndexedImage
from ...palette import Palette


def carry_over(old: Palette, indexed: IndexedImage) -> IndexedImage:
    """Give the entries of a new result the names, classes and locks that the same colours had before.

    Parameters
    ----------
    old : Palette
        The palette of the last result.
    indexed : IndexedImage
        The new result; what it says of a colour itself stands.
    """
    known = {code: index for index, code in reversed(list(enumerate(old.hex)))}
    palette = indexed.palette
    same = [known.get(code) for code in palette.hex]

    def merged(own: tuple[str, ...], before: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word or ("" if at is None else before[at]) for word, at in zip(own, same, strict=True))

    locked = tuple(lock or (at is not None and old.locked[at]) for lock, at in zip(palette.locked, same, strict=True))
    names, classes = merged(palette.names, old.names), merged(palette.classes, old.classes)
    return replace(indexed, palette=replace(palette, names=names, classes=classes, locked=locked))
