"""Pages of the reference that follow from the code: the command line, the recipe, and texts from the root."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from numpydoc.docscrape import ClassDoc

import napari_colorquant as cq
from docs.gallery import write
from napari_colorquant.cli._parser import COMMANDS, make_parser

ROOT = Path(__file__).parents[2]


def describe_commands() -> Iterator[str]:
    """Yield the page of the command line, from the parsers."""
    yield "# Command line\n"
    for command in ("quantize", *COMMANDS):
        parser = make_parser(command)
        yield f"## `{parser.prog}`\n\n{parser.description}\n"
        yield f"```text\n{parser.format_usage().strip()}\n```\n"
        for group in parser._action_groups:
            rows = [_row(action) for action in group._group_actions if action.help]
            if not rows:
                continue
            title = {"positional arguments": "What is given", "options": "Options"}.get(group.title, group.title)
            yield f"### {title.capitalize()}\n"
            yield "| option | what |\n| --- | --- |"
            yield "\n".join(rows) + "\n"
        if parser.epilog:
            yield f"```text\n{parser.epilog.strip()}\n```\n"


def _row(action: Any) -> str:
    names = ", ".join(f"`{name}`" for name in action.option_strings) or f"`{action.metavar or action.dest}`"
    value = "" if not action.option_strings or action.nargs == 0 else f" `{action.metavar or action.dest.upper()}`"
    if action.choices:
        value = f" `{'|'.join(map(str, action.choices))}`"
    text = (action.help or "").replace("%%", "%").replace("<", "&lt;")
    return "| {} | {} |".format(*(cell.replace("|", "\\|") for cell in (names + value, text)))


def describe_recipe() -> Iterator[str]:
    """Yield the page of the recipe, from its fields."""
    documented = {name.strip(): part for part in ClassDoc(cq.Recipe)["Parameters"] for name in part.name.split(",")}
    yield "# Recipe\n"
    yield (
        "Every choice of a run as one value. It is JSON in layers, in palette files (`recipe`), in indexed files and "
        "in `indexed.recipe.to_json()`; unknown fields and a newer version are refused.\n"
    )
    example = cq.Recipe(8, space="lab", dither="bayer:size=4x4")
    yield f"```json\n{_pretty(example)}\n```\n"
    yield "| field | default | what |\n| --- | --- | --- |"
    defaults = cq.Recipe().to_dict()
    for field in fields(cq.Recipe):
        part = documented[field.name]
        text = " ".join(part.desc).replace("|", "\\|")
        text = re.sub(r"``(.+?)``", r"`\1`", text)
        yield f"| `{field.name}` | `{defaults.get(field.name)}` | *{part.type}* {text} |"


def _pretty(recipe: cq.Recipe) -> str:
    return json.dumps(recipe.to_dict(), indent=2)


def copy_text(name: str) -> str:
    """Return a text from the root as a page of its own, with links that lead to pages."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return text.replace("](docs/", "](").replace("](CHANGELOG.md)", "](changelog.md)")


def write_pages(root: Path) -> None:
    """Write the pages below the folder of the documentation."""
    pages = {
        "reference/command-line.md": "\n".join(describe_commands()),
        "reference/recipe.md": "\n".join(describe_recipe()),
        "contributing.md": copy_text("CONTRIBUTING.md"),
        "changelog.md": copy_text("CHANGELOG.md"),
    }
    for path, text in pages.items():
        write(root / path, f"{text}\n".encode())
