"""What a format of palette files is: a name, its suffixes, and two functions between bytes and a palette."""

from collections.abc import Callable
from dataclasses import dataclass

from ...palette import MAX_COLORS, Palette


@dataclass(frozen=True)
class Format:
    """One format of palette files.

    Attributes
    ----------
    name : str
        Its name in lists and in ``write_palette(..., format=)``.
    suffixes : tuple of str
        The ends of its files' names, lower case, with the dot.
    read : callable
        From the bytes of a file to a `Palette`; ValueError if they are not such a file.
    write : callable or None
        From a `Palette` to the bytes of a file; None if the format is only read.
    summary : str
        One line: whose format it is and what it keeps beside the colours.
    marks : tuple of bytes
        What its files begin with; tells formats of one suffix apart. Empty if nothing is certain.
    sizes : tuple of int
        How many bytes its files have, where that tells it, too.
    is_titled : bool
        Whether its files name the palette; one that does not is called as the file is.
    alpha : bool
        Whether its files keep the alpha of colours; those of others hold each colour as opaque.
    max_bytes : int
        The largest file that is read: what is read takes a bounded amount of memory, whatever it claims.
    most_colors : int
        The longest palette that it holds.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes], Palette]
    write: Callable[[Palette], bytes] | None
    summary: str
    marks: tuple[bytes, ...] = ()
    sizes: tuple[int, ...] = ()
    is_titled: bool = False
    alpha: bool = False
    max_bytes: int = 1 << 23
    most_colors: int = MAX_COLORS
