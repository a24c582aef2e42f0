"""The values of options: read from words, with what must hold in the message."""

import argparse
from collections.abc import Callable
from typing import Any

from ._errors import describe


def adder(group: Any) -> Callable[..., None]:
    """Return what adds an option to a group; it has no default: what is not written is left to `Recipe`."""

    def add(short: str, long: str, dest: str, parse: Callable[[str], Any], text: str, metavar: str) -> None:
        names = [short, long] if short else [long]
        group.add_argument(
            *names, dest=dest, type=telling(parse), default=argparse.SUPPRESS, help=text, metavar=metavar
        )

    return add


def telling(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return `parse` with its own message, which argparse would swallow; numbers are left to argparse."""
    if parse in (str, int, float):
        return parse

    def parse_or_tell(text: str) -> Any:
        try:
            return parse(text)
        except (ValueError, TypeError, OSError) as error:
            raise argparse.ArgumentTypeError(describe(error).replace("%", "%%")) from None

    return parse_or_tell


class ReadPalette(argparse.Action):
    """Take a palette, and keep under what name: a file that is read must not be written."""

    def __call__(self, _: Any, options: argparse.Namespace, text: Any, __: Any = None) -> None:
        try:
            palette = telling(parse_palette)(text)
        except argparse.ArgumentTypeError as error:
            raise argparse.ArgumentError(self, str(error).replace("%%", "%")) from None
        setattr(options, self.dest, palette.hex if self.dest == "fixed" else palette)
        options.read_palettes = (*options.read_palettes, text)


class ShowVersion(argparse.Action):
    """Show the version, wherever among other options it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        parser.exit(show_version())


def show_version() -> int:
    """Show the version of this package, and return the status of success."""
    from importlib.metadata import version

    print(f"colorquant {version('napari-colorquant')}")
    return 0


def parse_count(text: str) -> int | str:
    """Return a number of colours, or "auto"."""
    return int(text) if text.lstrip("+-").isdigit() else text


def parse_target(text: str) -> dict[str, float]:
    """Return what MEASURE=NUMBER says."""
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"a target must be written MEASURE=NUMBER, got {text!r}")
    return {"mean_de2000" if name == "de2000" else name: _parse_number(value)}


def parse_weights(text: str) -> tuple[float, ...] | dict[str, float]:
    """Return weights of the axes, by their order or by their names."""
    words = [word.strip() for word in text.split(",")]
    if "=" not in text:
        return tuple(_parse_number(word) for word in words)
    pairs = (word.partition("=") for word in words)
    return {name.strip(): _parse_number(value) for name, _, value in pairs}


def parse_scale(text: str) -> str | tuple[float, ...]:
    """Return a scale, by name or as two or three numbers."""
    return tuple(_parse_number(word) for word in text.split(",")) if "," in text else text


def parse_pixel_size(text: str) -> tuple[float, float]:
    """Return the height and width of a pixel: two numbers, or one for both."""
    sides = [_parse_number(word) for word in text.split(",")]
    if len(sides) > 2 or not all(0 < side < float("inf") for side in sides):
        raise ValueError(f"a pixel size must be one or two numbers > 0, got {text!r}")
    return sides[0], sides[-1]


def parse_cleaning(text: str) -> list[dict[str, Any]]:
    """Return the steps of cleaning: options as ``name=value,...``, steps parted by slashes."""
    from ..mapping.cleaning import CLEANING

    steps = []
    for step in text.split("/"):
        pairs = [word.partition("=") for word in step.split(",")]
        if not all(equals for _, equals, _ in pairs):
            raise ValueError(f"options must be written name=value,..., got {step!r}")
        steps.append({name.strip(): CLEANING.find_option(name.strip()).parse(value) for name, _, value in pairs})
    return steps


def parse_palette(text: str) -> Any:
    """Return the palette of a name or a file."""
    from ..io.named_palettes import find_palette

    return find_palette(text)


def _parse_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"must be a number, got {text!r}") from None
