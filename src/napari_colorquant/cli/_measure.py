"""``colorquant measure``: a folder of images as one experiment, with tables and a report."""

import argparse
import os
from dataclasses import fields
from pathlib import Path

from .._runtime.atomic import check_writable, write_file
from .._runtime.progress import stage
from ..annotate.report.experiment import design_of_files, run_experiment
from ..annotate.tables.files import measure_files
from ..annotate.tables.table import choose_by, to_csv
from ..io.formats import needs_extra
from ..io.palettes import read_palette_recipe
from ..palette import Palette
from ..recipe import Recipe
from ._errors import UsageError, note, tell
from ._paths import Inputs, check_not_an_input, find_images
from ._progress import show_stages
from .recipe_lines import DESIGN


def run(options: argparse.Namespace) -> int:
    """Do what can be done of the images; 1 if some could not be, 2 if none could."""
    paths = list(find_images(options.images))
    chosen = None if options.design_from is None else list(find_images(options.design_from))
    palette, recipe = _find_recipe(options)
    if palette is not None and chosen is not None:
        raise UsageError("--map takes a palette as it is, so --from must be left out")
    check_not_an_input(options.output, Inputs.of([*paths, *options.read_palettes]))
    try:
        if options.output.lower().endswith(".csv") and not os.path.isdir(options.output):
            return _write_table(paths, chosen or paths, palette, recipe, options)
        with show_stages(options.quiet) as part, part(0.0, 1.0):
            found = run_experiment(
                paths, options.output, palette, recipe, design_from=chosen, channels=options.channels, by=options.by,
                pixel_size=options.pixel_size, unit=options.unit, per_frame=options.frames_apart, title=options.title,
                overwrite=options.force,
            )  # fmt: skip
    except ImportError as error:
        raise UsageError(needs_extra(error)) from None
    if not options.quiet and found.kept:
        note(f"{found.kept} of {len(paths)} images were done before")
    return _tell(found.report, found.errors, len(paths), found.palette, options)


def _write_table(
    paths: list[str], chosen: list[str], palette: Palette | None, recipe: Recipe, options: argparse.Namespace
) -> int:
    """Write the measurements alone, as one file."""
    if options.title:
        raise UsageError("--title is that of a report, so it must be left out where --output is a table")
    check_writable(options.output, overwrite=options.force)
    with show_stages(options.quiet) as part, part(0.0, 1.0):
        with stage("Designing the palette", 0.0, 0.3):
            if palette is None:
                palette, recipe = design_of_files(chosen, recipe, options.channels)
        with stage("Measuring", 0.3, 1.0):
            rows = measure_files(
                paths, palette, recipe, channels=options.channels, by=options.by or choose_by(palette),
                pixel_size=options.pixel_size, unit=options.unit, per_frame=options.frames_apart,
            )  # fmt: skip
    errors = {str(row["image"]): str(row["error"]) for row in rows if "error" in row}
    if len(errors) < len(paths):
        write_file(options.output, to_csv(rows).encode(), overwrite=options.force)
    return _tell(options.output, errors, len(paths), palette, options)


def _tell(output: str | Path, errors: dict[str, str], count: int, palette: Palette, options: argparse.Namespace) -> int:
    """Say what could not be done and where the rest is; return the status."""
    for name, reason in errors.items():
        tell(reason if name in reason else f"{name}: {reason}")
    if not options.quiet and len(errors) < count:
        print(f"{output}: {count - len(errors)} images, {len(palette)} colours")
    return 2 if len(errors) == count else 1 if errors else 0


def _find_recipe(options: argparse.Namespace) -> tuple[Palette | None, Recipe]:
    """Return the palette that is given, if one is, and the recipe: what is written wins over that of its file."""
    given = {field.name: getattr(options, field.name) for field in fields(Recipe) if hasattr(options, field.name)}
    palette = given.pop("palette", None)
    if palette is None:
        return None, Recipe(**given)
    if idle := [flag for name, flag in DESIGN.items() if name in given]:
        raise UsageError(f"--map takes a palette as it is, so {', '.join(idle)} must be left out")
    kept = _read_recipe(options.read_palettes[-1])
    return palette, Recipe(**given) if kept is None else kept.replace(palette=None, **given)


def _read_recipe(name: str) -> Recipe | None:
    """Return the recipe that lies in a palette file of ours."""
    if not name.lower().endswith(".json"):
        return None
    values = read_palette_recipe(name)
    return None if values is None else Recipe.from_dict(values)
