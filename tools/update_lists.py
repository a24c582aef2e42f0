"""Fill the generated parts of the documentation and of the manifest: what the tables of the package hold.

``python tools/update_lists.py [benchmarks.md ...]`` puts tables of benchmarks there, too; tests compare all others with
the tables of the package.
"""

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import napari_colorquant as cq
from napari_colorquant.annotate.tables.columns import COLUMNS
from napari_colorquant.io.formats import IMAGE_FORMATS, list_indexed_suffixes
from napari_colorquant.io.palettes import FORMATS
from napari_colorquant.registry import Method

DOCS = Path(__file__).parents[1] / "docs"
#: The pages with lists, and what each list is called there.
METHODS, FILES, BENCHMARKS = DOCS / "explain/methods.md", DOCS / "reference/files.md", DOCS / "benchmarks.md"
MANIFEST = Path(cq.__file__).parent / "napari.yaml"
#: The names as types, for editors.
CHOICES = Path(cq.__file__).parent / "pipeline/choices.py"
#: Suffixes that belong to pictures, tables and texts of any kind: palettes have a word before them.
_COMMON = (".png", ".gif", ".csv", ".tsv", ".xml", ".txt")
#: What is written under its plain name, but read only if the name says that it is a palette: any text may be JSON.
_CLAIMED_BY_NAME = (".json",)


def make_methods() -> str:
    """Return the tables of all registries as Markdown."""
    spaces = [
        (f"`{space.name}`", ", ".join(space.axes), space.summary, space.reference) for space in cq.SPACES.values()
    ]
    parts = [
        "### Methods",
        _table(("method", "what it does", "options"), _describe(cq.QUANTIZERS.values())),
        "### Colour spaces",
        _table(("colour space", "axes", "what for", "reference"), spaces),
        "### Dithers",
        _table(("dither", "what it does", "options"), _describe(cq.DITHERS.values())),
    ]
    return "\n\n".join(parts)


def make_files() -> str:
    """Return the tables of files, and of what is measured, as Markdown."""
    images = [
        (entry.name, _names(entry.suffixes), entry.use, entry.depth, ", ".join(entry.kept), entry.summary)
        for entry in IMAGE_FORMATS.values()
    ]
    palettes = [
        (entry.name, _names(entry.suffixes), "yes" if entry.write else "", entry.summary) for entry in FORMATS.values()
    ]
    columns = [(f"`{column.name}`", column.summary) for column in COLUMNS.values()]
    parts = [
        "## Images",
        _table(("image", "files", "use", "bits", "keeps", "what"), images),
        "## Palettes",
        _table(("palette", "files", "written", "what"), palettes),
        "## Columns of a measurement",
        _table(("column", "what"), columns),
    ]
    return "\n\n".join(parts)


def make_manifest(text: str) -> str:
    """Return the text of the manifest with its lists, each between two comments, as the tables have them."""
    written = [_unmistakable(s) for entry in FORMATS.values() if entry.write for s in entry.suffixes]
    read = [_unmistakable(s, *_CLAIMED_BY_NAME) for entry in FORMATS.values() for s in entry.suffixes]
    images = [
        f".indexed{s}" if entry.chunks else s
        for entry in IMAGE_FORMATS.values()
        if entry.in_window
        for s in entry.written
    ]
    patterns = [f"*{name}" for name in (*read, *(f".indexed{s}" for s in list_indexed_suffixes()))]
    lists = {"patterns": patterns, "palettes": written, "images": images, "spaces": cq.SPACES, "methods": cq.QUANTIZERS}
    for name, entries in lists.items():
        lines = "".join(f"\\1- {entry!r}\n" if "." in entry else f"\\1- {entry}\n" for entry in dict.fromkeys(entries))
        text = re.sub(rf"( *)# list of {name}\n(?:\1- .*\n)*", rf"\1# list of {name}\n{lines}", text)
    return text


def make_choices(text: str) -> str:
    """Return the text of the file of choices with its lists of names, as the tables have them."""
    for kind, table in {"spaces": cq.SPACES, "methods": cq.QUANTIZERS, "dithers": cq.DITHERS}.items():
        lines = "".join(f'    "{name}",\n' for name in table)
        text = re.sub(rf"    # list of {kind}\n(?:    \".*\n)*", f"    # list of {kind}\n{lines}", text)
    return text


def replace_part(text: str, name: str, content: str) -> str:
    """Return `text` with what stands between the markers of `name` replaced."""
    start, stop = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, _, rest = text.partition(start)
    _, found, after = rest.partition(stop)
    if not found:
        raise ValueError(f"the text must hold {start} and {stop}")
    return f"{before}{start}\n{content.strip()}\n{stop}{after}"


def _unmistakable(suffix: str, *more: str) -> str:
    return f".palette{suffix}" if suffix in (*_COMMON, *more) else suffix


def _names(suffixes: tuple[str, ...]) -> str:
    shown = ", ".join(f"`{suffix}`" for suffix in suffixes[:4])
    return f"{shown}, ..." if len(suffixes) > 4 else shown


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
    """Rewrite the pages and the manifest."""
    MANIFEST.write_text(make_manifest(MANIFEST.read_text(encoding="utf-8")), encoding="utf-8")
    CHOICES.write_text(make_choices(CHOICES.read_text(encoding="utf-8")), encoding="utf-8")
    rewrite(METHODS, "methods", make_methods())
    rewrite(FILES, "files", make_files())
    if tables := [Path(path).read_text(encoding="utf-8") for path in sys.argv[1:]]:
        rewrite(BENCHMARKS, "benchmarks", "\n".join(tables))


def rewrite(page: Path, name: str, content: str) -> None:
    """Replace what stands between the markers of `name` on a page."""
    page.write_text(replace_part(page.read_text(encoding="utf-8"), name, content), encoding="utf-8")


if __name__ == "__main__":
    main()
