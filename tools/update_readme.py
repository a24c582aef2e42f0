"""Fill the generated parts of README.md: the tables of methods, spaces and dithers, and the benchmark's tables.

``python tools/update_readme.py [benchmarks.md ...]``; a test compares the first part with the registries.
"""

import sys
from collections.abc import Iterable
from pathlib import Path

import napari_colorquant as cq
from napari_colorquant.registry import Method

README = Path(__file__).parents[1] / "README.md"


def make_methods() -> str:
    """Return the tables of all registries as Markdown."""
    spaces = [
        (f"`{space.name}`", ", ".join(space.axes), space.summary, space.reference) for space in cq.SPACES.values()
    ]
    parts = [
        _table(("method", "what it does", "options"), _describe(cq.QUANTIZERS.values())),
        _table(("colour space", "axes", "what for", "reference"), spaces),
        _table(("dither", "what it does", "options"), _describe(cq.DITHERS.values())),
    ]
    return "\n\n".join(parts)


def replace_part(text: str, name: str, content: str) -> str:
    """Return `text` with what stands between the markers of `name` replaced."""
    start, stop = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = text.partition(start)
    _, found, after = rest.partition(stop)
    if not found:
        raise ValueError(f"the text must hold {start} and {stop}")
    return f"{before}{start}\n{content.strip()}\n{stop}{after}"


def _describe(methods: Iterable[Method]) -> list[tuple[str, ...]]:
    return [(f"`{method.name}`", method.summary, _options(method)) for method in methods]


def _options(method: Method) -> str:
    return ", ".join(f"`{option.name}={_plain(option.default)}`" for option in method.options.values())


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def main() -> None:
    """Rewrite README.md."""
    text = replace_part(README.read_text(encoding="utf-8"), "methods", make_methods())
    if tables := [Path(path).read_text(encoding="utf-8") for path in sys.argv[1:]]:
        text = replace_part(text, "benchmarks", "\n".join(tables))
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
