"""XML of palette files, element by element: bounded, and without the entities by which a small text grows large."""

from collections.abc import Callable
from xml.parsers import expat

#: From the depth of an element, its name without a prefix, and its attributes by lower-case name without a prefix.
OnElement = Callable[[int, str, dict[str, str]], None]


def read_elements(data: bytes, on_element: OnElement) -> None:
    """Call `on_element` for the beginning of each element, in their order; the root has the depth 0.

    Raises
    ------
    ValueError
        If it is no XML that can be read, or declares entities: palettes need none, and a few lines of them can
        stand for gigabytes. What `on_element` raises ends the reading, too.
    """
    parser = expat.ParserCreate()
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        on_element(depth, _bare(name), {_bare(key).lower(): value for key, value in attributes.items()})
        depth += 1

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(name: str, *_: object) -> None:
        raise ValueError(f"the XML must declare no entities, got {name[:40]!r}")

    parser.StartElementHandler, parser.EndElementHandler, parser.EntityDeclHandler = start, end, refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, UnicodeError) as error:
        raise ValueError(f"the file must be XML that can be read: {error}") from None


def _bare(name: str) -> str:
    return name.rpartition(":")[2]
