"""Sets of colours packed into palettes: tiles that share one, so that each has all of its colours in it."""

from collections.abc import Sequence

#: Places that are tried before a packing counts as not found. In pictures of consoles, the first way down is right.
_MOST_TRIED = 20_000


def find_packing(sets: Sequence[frozenset[int]], room: int, most: int) -> list[int] | None:
    """Return the number of the palette of each set, such that no palette has more than `room` colours.

    Parameters
    ----------
    sets : sequence of frozenset of int
        The colours of each tile.
    room : int
        Colours of a palette.
    most : int
        Palettes that there may be.

    Returns
    -------
    numbers : list of int, or None
        None where there is no packing, or where none was found in 20,000 places that were tried.
    """
    if any(len(each) > room for each in sets):
        return None
    largest = _find_largest(sets)
    bins = _pack(largest, room, most, max(_MOST_TRIED, 2 * len(largest)))
    if bins is None:
        return None
    return [next(number for number, theirs in enumerate(bins) if each <= theirs) for each in sets]


def count_palettes(sets: Sequence[frozenset[int]], room: int) -> int:
    """Return in how many palettes all sets find room, each in the one that it makes grow least."""
    bins = _pack(_find_largest(sets), room, len(sets), len(sets) + 1)
    return len(bins or ())


def _find_largest(sets: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    """Return the distinct sets that are no part of others, the largest first; one at least."""
    ordered = sorted(set(sets), key=lambda each: (-len(each), sorted(each)))
    largest: list[frozenset[int]] = []
    for each in ordered:
        if not any(each <= other for other in largest):
            largest.append(each)
    return largest


def _pack(sets: list[frozenset[int]], room: int, most: int, tried: int) -> list[frozenset[int]] | None:
    """Return the palettes of a packing, found by trying places in order of how little a palette grows."""
    stack: list[tuple[int, list[frozenset[int]]]] = [(0, [])]
    while stack and tried:
        tried -= 1
        number, bins = stack.pop()
        if number == len(sets):
            return bins
        each = sets[number]
        grown = [(len(theirs | each) - len(theirs), i) for i, theirs in enumerate(bins) if len(theirs | each) <= room]
        if len(bins) < most:
            stack.append((number + 1, [*bins, each]))  # last of all
        for _, i in sorted(grown, reverse=True):
            stack.append((number + 1, [*bins[:i], bins[i] | each, *bins[i + 1 :]]))
    return None
