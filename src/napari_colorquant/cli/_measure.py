"""``colorquant measure``: a folder of images as one experiment, with tables and a report."""

import argparse
from dataclasses import fields

from ..annotate.report.experiment import run_experiment
from ..io.formats import needs_extra
from ..io.palettes import read_palette_recipe
from ..palette import Palette
from ..recipe import Recipe
from ._errors import UsageError, note, tell
from ._paths import check_not_an_input, find_images
from ._progress import show_stages
from .recipe_lines import DESIGN


def run(options: argparse.Namespace) -> int:
    """Do what can be done of the images; 1 if some could not be, 2 if none could."""
    paths = list(find_images(options.images))
    chosen = None if options.design_from is None else list(find_images(options.design_from))
    palette, recipe = _find_recipe(options)
    if palette is not None and chosen is not None:
        raise UsageError("--map takes a palette as it is, so --from must be left out")
    check_not_an_input(options.output, [*paths, *options.read_palettes])
    try:
        with show_stages(options.quiet) as part, part(0.0, 1.0):
            found = run_experiment(
                paths, options.output, palette, recipe, design_from=chosen, channels=options.channels, by=options.by,
                pixel_size=options.pixel_size, unit=options.unit, per_frame=options.frames_apart, title=options.title,
                overwrite=options.force,
            )  # fmt: skip
    except ImportError as error:
        raise UsageError(needs_extra(error)) from None
    for name, reason in found.errors.items():
        tell(reason if name in reason else f"{name}: {reason}")
    if not options.quiet:
        if found.kept:
            note(f"{found.kept} of {len(paths)} images were done before")
        print(f"{found.report}: {found.measured + found.kept} images, {len(found.palette)} colours")
    failed = len(found.errors)
    return 2 if failed == len(paths) else 1 if failed else 0


def _find_recipe(options: argparse.Namespace) -> tuple[Palette | None, Recipe]:
    """Return the palette that is given, if one is, and the recipe: what is written wins over that of its file."""
    given = {field.name: getattr(options, field.name) for field in fields(Recipe) if hasattr(options, field.name)}
    palette = given.pop("palette", None)
    if palette is None:
        return None, Recipe(**given)
    if idle := [name for name in DESIGN if name in given]:
        raise UsageError(f"--map takes a palette as it is, so {', '.join(idle)} must be left out")
    kept = _read_recipe(options.read_palettes[-1])
    return palette, Recipe(**given) if kept is None else kept.replace(palette=None, **given)


def _read_recipe(name: str) -> Recipe | None:
    """Return the recipe that lies in a palette file of ours."""
    if not name.lower().endswith(".json"):
        return None
    values = read_palette_recipe(name)
    return None if values is None else Recipe.from_dict(values)
