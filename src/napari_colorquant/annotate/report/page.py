"""The report of an experiment: one page of HTML that needs nothing beside it."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np

from ..._runtime.atomic import write_file
from ...palette import Palette
from ...pipeline.mapped import describe_mapping
from ...quality.distinguishability import describe_closest
from ...recipe import Recipe
from ..patterns.adjacency import to_matrix
from ..tables.features import class_colors
from ..tables.table import Row
from .parts import draw_bar, draw_matrix, draw_spread, draw_table, format_share


@dataclass(frozen=True)
class Pictures:
    """An image by its name, and the texts of its pictures: as it is, and what became of it; none of a broken one."""

    name: str
    pictures: Sequence[str]


@dataclass(frozen=True)
class Part:
    """A colour or class of the experiment: what it is called, its colour, and its share in each image."""

    name: str
    color: str
    shares: dict[str, float]

    @property
    def mean(self) -> float:
        """The mean share in an image."""
        return float(np.mean(list(self.shares.values()))) if self.shares else 0.0


def write_report(
    path: str | os.PathLike[str],
    title: str,
    palette: Palette,
    recipe: Recipe,
    tables: dict[str, list[Row]],
    pictures: Sequence[Pictures],
    options: dict[str, Any],
) -> None:
    """Write the page.

    Parameters
    ----------
    path : path-like
        Replaced if it exists.
    title : str
    palette, recipe
        What all images were mapped onto, and how.
    tables : dict of str to list of dict
        The rows of `napari_colorquant.annotate.report.experiment.TABLES`, each with ``image``.
    pictures : sequence of Pictures
        One for each image, in their order.
    options : dict
        by, pixel_size, unit and per_frame.
    """
    rows = [row for row in tables["measurements"] if "error" not in row]
    parts = _find_parts(rows, palette, options["by"])
    summary = " · ".join(filter(None, (_summarize(pictures, parts, options), describe_mapping(recipe, palette))))
    body = "\n".join(
        [
            f"<header><h1>{escape(title)}</h1><p>{escape(summary)}</p></header>",
            *_tell_errors(tables["measurements"]),
            *_describe_palette(parts, palette, options),
            *_draw_spread(parts),
            *_draw_neighbours(tables["adjacency"], parts),
            *_draw_images(pictures, parts),
            *_write_tables(tables),
            *_write_recipe(palette, recipe, options),
        ]
    )
    style = files(__package__).joinpath("report.css").read_text("utf-8")
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="color-scheme" content="light dark"><title>{escape(title)}</title><style>{style}</style>'
    )
    page = f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body><main>\n{body}\n</main></body></html>\n'
    write_file(path, page.encode("utf-8", "replace"), overwrite=True)


def _find_parts(rows: Sequence[Row], palette: Palette, by: str) -> list[Part]:
    """Return the colours or classes in the order of the palette; of several frames, shares are their mean."""
    if by == "class":
        names = tuple(dict.fromkeys(name for name in palette.classes if name))
        codes = ["#" + bytes(color).hex() for color in class_colors(palette, names)]
        keys: list[Any] = list(names)
    else:
        names = tuple(name or code for name, code in zip(palette.names, palette.hex, strict=True))
        codes = ["#" + bytes(color).hex() for color in palette.shown]
        keys = list(range(len(palette)))
    found: dict[Any, dict[str, list[float]]] = {key: {} for key in keys}
    for row in rows:
        found[row["class" if by == "class" else "index"]].setdefault(str(row["image"]), []).append(float(row["share"]))
    means = [{name: float(np.mean(shares)) for name, shares in found[key].items()} for key in keys]
    return [Part(*each) for each in zip(names, codes, means, strict=True)]


def _summarize(pictures: Sequence[Pictures], parts: Sequence[Part], options: dict[str, Any]) -> str:
    done = sum(bool(each.pictures) for each in pictures)
    images = f"{done} image" if done == 1 else f"{done} images"
    what = {"class": ("class", "classes"), "color": ("colour", "colours")}[options["by"]][len(parts) != 1]
    failed = len(pictures) - done
    return f"{images} · {len(parts)} {what}, the same in all" + (f" · {failed} could not be read" if failed else "")


def _tell_errors(rows: Sequence[Row]) -> Iterator[str]:
    if errors := [row for row in rows if "error" in row]:
        items = "".join(f"<li><b>{escape(str(row['image']))}</b> {escape(str(row['error']))}</li>" for row in errors)
        yield f'<section class="errors"><h2>Passed over</h2><ul>{items}</ul></section>'


def _describe_palette(parts: Sequence[Part], palette: Palette, options: dict[str, Any]) -> Iterator[str]:
    swatches = "".join(
        f'<li><span class="swatch" style="background:{part.color}"></span><span class="name">{escape(part.name)}</span>'
        f'<span class="share">{format_share(part.mean)}</span></li>'
        for part in parts
    )
    warning = describe_closest(palette) if options["by"] == "color" else ""
    note = f'<p class="note">{escape(warning[:1].upper() + warning[1:])}.</p>' if warning else ""
    yield f'<section><h2>Palette</h2><ul class="palette">{swatches}</ul>{note}</section>'


def _draw_spread(parts: Sequence[Part]) -> Iterator[str]:
    if len({name for part in parts for name in part.shares}) > 1:
        yield (
            '<section><h2>Shares</h2><p class="lead">Each dot is an image, each line the mean of all.</p>'
            f'<div class="wide">{draw_spread([(part.name, part.color, part.shares) for part in parts])}</div></section>'
        )


def _draw_neighbours(rows: Sequence[Row], parts: Sequence[Part]) -> Iterator[str]:
    if rows and 1 < len(parts) <= 32:
        names, matrix = to_matrix(rows)
        colors = {part.name: part.color for part in parts}
        yield (
            '<section><h2>Neighbours</h2><p class="lead">Of the pixels beside those of a row, the share in each '
            "column; the mean of all images.</p>"
            f'<div class="wide">{draw_matrix(names, [colors.get(name, "#808080") for name in names], matrix)}</div>'
            "</section>"
        )


def _draw_images(pictures: Sequence[Pictures], parts: Sequence[Part]) -> Iterator[str]:
    cards = []
    for each in pictures:
        if not each.pictures:
            continue
        name = escape(each.name)
        shown = "".join(
            f'<img src="{text}" alt="{name}, {what}" loading="lazy">'
            for text, what in zip(each.pictures, ("as it is", "in the colours of the palette"), strict=True)
        )
        bar = draw_bar([(part.name, part.color, part.shares.get(each.name, 0.0)) for part in parts])
        cards.append(f'<figure><div class="pair">{shown}</div>{bar}<figcaption>{name}</figcaption></figure>')
    if cards:
        yield f'<section><h2>Images</h2><div class="cards">{"".join(cards)}</div></section>'


def _write_tables(tables: dict[str, list[Row]]) -> Iterator[str]:
    folds = []
    for name, rows in tables.items():
        known = [row for row in rows if "error" not in row]
        if known:
            title = f"<summary>{escape(name.capitalize())} <small>{len(known)} rows, {name}.csv</small></summary>"
            folds.append(f'<details>{title}<div class="wide">{draw_table(known)}</div></details>')
    if folds:
        yield f"<section><h2>Tables</h2>{''.join(folds)}</section>"


def _write_recipe(palette: Palette, recipe: Recipe, options: dict[str, Any]) -> Iterator[str]:
    by, (height, width), unit = options["by"], options["pixel_size"], options["unit"]
    frames = options["per_frame"]
    line = f"colorquant measure IMAGES -o REPORT --map palette.json --by {by}"
    line += f" --pixel-size {height:g},{width:g} --unit {unit}" if (height, width, unit) != (1, 1, "pixel") else ""
    line += " --per-frame" if frames else ""
    python = (
        "import napari_colorquant as cq\n"
        "from napari_colorquant.io.palettes import read_palette_recipe\n"
        "from napari_colorquant.annotate.report.experiment import run_experiment\n"
        'palette = cq.read_palette("palette.json")\n'
        'recipe = cq.Recipe.from_dict(read_palette_recipe("palette.json"))\n'
        f'run_experiment(images, "report", palette, recipe, by="{by}", pixel_size=({height:g}, {width:g}), '
        f'unit="{unit}", per_frame={frames})'
    )
    values = {name: value for name, value in recipe.to_dict().items() if name != "palette"}
    content = json.dumps({"palette": palette.to_dict(), "recipe": values}, indent=1, ensure_ascii=False)
    yield (
        '<section><h2>To do it again</h2><p class="lead">palette.json lies beside this page; it is also what stands '
        "at the end.</p>"
        f"<pre>{escape(line)}</pre><pre>{escape(python)}</pre>"
        f"<details><summary>Palette and recipe</summary><pre>{escape(content)}</pre></details></section>"
    )
