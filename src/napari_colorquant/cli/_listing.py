"""``colorquant list``: the registries as text."""

import argparse
from collections.abc import Iterator

from ..io.formats import IMAGE_FORMATS
from ..io.named_palettes import PALETTES
from ..io.palettes import FORMATS
from ..mapping.dithers import DITHERS
from ..quantizers import QUANTIZERS
from ..registry import Method, Option, Registry
from ..spaces import SPACES


def run(options: argparse.Namespace) -> int:
    """Print what was asked for, or everything."""
    listings = {
        "spaces": _list_spaces,
        "methods": lambda: _list_methods(QUANTIZERS),
        "dithers": lambda: _list_methods(DITHERS),
        "palettes": _list_palettes,
        "images": _list_images,
        "formats": _list_formats,
    }
    for what, lines in listings.items():
        if options.what in (None, what):
            print(f"{what}:")
            print("\n".join(f"  {line}" for line in lines()))
    return 0


def _list_spaces() -> Iterator[str]:
    for space in SPACES.values():
        yield f"{space.name:20} {space.summary} Axes: {', '.join(space.axes)}."


def _list_methods(registry: Registry[Method]) -> Iterator[str]:
    for method in registry.values():
        yield f"{method.name:20} {method.summary}"
        for option in method.options.values():
            if option.name != "seed":  # an option of the whole run, --seed
                yield f"    {option.name}={_default(option)} ({_limits(option)})"


def _list_palettes() -> Iterator[str]:
    for entry in PALETTES.values():
        yield f"{entry.name:20} {len(entry):3}  {entry.summary} ({entry.source})"
    yield f"{'gray:N':20}   N  N even grays, 2 to 256"
    yield f"{'colormap:NAME:N':20}   N  N steps of a colormap of napari or matplotlib"


def _list_formats() -> Iterator[str]:
    for entry in FORMATS.values():
        yield f"{entry.name:20} {', '.join(entry.suffixes):10} {entry.summary}"


def _list_images() -> Iterator[str]:
    for entry in IMAGE_FORMATS.values():
        what = "; ".join(filter(None, (entry.use, f"{entry.depth} bits", ", ".join(entry.kept))))
        yield f"{entry.name:20} {', '.join(entry.suffixes[:4]):26} {entry.summary} ({what})"


def _default(option: Option) -> str:
    return str(option.default).lower() if option.kind is bool else str(option.default)


def _limits(option: Option) -> str:
    if option.kind is bool:
        return "true or false"
    if "choices" in option.limits:
        return ", ".join(map(str, option.limits["choices"]))
    return f"{option.limits['min']}..{option.limits['max']}"
