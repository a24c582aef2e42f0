"""``colorquant IMAGE ...``: quantize one image, or many into a folder."""

import argparse
import sys
from contextlib import closing, nullcontext
from dataclasses import fields
from typing import Any

from .._checks import check_integer
from .._runtime.atomic import check_writable
from .._runtime.parts import list_once
from .._runtime.threads import limit_threads
from ..indexed import IndexedImage
from ..io.enlarge import MOST
from ..io.palettes import find_format, write_palette
from ..io.pixel_limit import at_most
from ..io.zarr.places import is_zarr
from ..palette import Palette
from ..pipeline.shared_palette import design_shared
from ..recipe import Recipe
from . import _files
from ._annotate import check_annotations
from ._errors import UsageError
from ._image import describe_image, do_image, find_duration
from ._many import Pair, check_jobs, do_images, tell_outcomes
from ._paths import Inputs, Source, check_not_an_input, find_sources, find_targets, is_done, is_same, list_parts
from ._preparing import tell_preparing
from ._profiles import find_profile
from ._report import describe_colors, is_blank
from .recipe_lines import DESIGN


def run(options: argparse.Namespace) -> int:
    """Check everything that can be checked, then do the images."""
    recipe = _make_recipe(options)
    sources = find_sources(options)
    options.inputs = Inputs.of([*list_parts(sources), *options.read_palettes])
    targets = find_targets(options, sources)
    if options.palette_file is not None:
        if len(sources) > 1 and not (options.shared or recipe.palette):
            raise UsageError("--palette with several images needs --shared, one palette for them all")
        if options.per_frame:
            raise UsageError("--palette writes one palette, so --per-frame must be left out")
        find_format(options.palette_file)
        if any(target is not None and is_same(target, options.palette_file) for target in targets):
            raise UsageError(f"--palette and --output must name different files, got {options.palette_file} twice")
        check_writable(options.palette_file, overwrite=options.force)
    for path in (*targets, options.palette_file, *check_annotations(options, sources, targets)):
        check_not_an_input(path, options.inputs)
    if options.threads is not None and options.threads < 1:
        raise UsageError(f"--threads must be at least 1, got {options.threads}")
    check_jobs(options)
    find_duration(options)  # a wrong one is told before any work
    check_integer("--enlarge", options.enlarge, 1, MOST)
    options.output_profile = find_profile(options, targets)
    pairs = [pair for pair in zip(sources, targets, strict=True) if not (options.skip_existing and is_done(pair[1]))]
    if not pairs:
        return 0
    threads = nullcontext() if options.threads is None else limit_threads(options.threads)
    with threads, tell_preparing(options.quiet), at_most(options.max_pixels), _files.scheduler(options.scheduler):
        if options.shared and recipe.palette is None and not options.stack:
            palette, recipe = _design_shared(sources, recipe, options)
            recipe = recipe.replace(palette=palette)
        if len(sources) == 1:
            return _do_one(sources[0], targets[0], recipe, options)
        return _do_many(pairs, recipe, options)


def _make_recipe(options: argparse.Namespace) -> Recipe:
    given = {field.name: getattr(options, field.name) for field in fields(Recipe) if hasattr(options, field.name)}
    _check_tiles(options, given)
    if "palette" in given and (idle := [flag for name, flag in DESIGN.items() if name in given]):
        raise UsageError(f"--map takes a palette as it is, so {', '.join(idle)} must be left out")
    _check_sample(options, given)
    if "palette" in given and options.per_frame:
        raise UsageError("--map takes one palette for all frames, so --per-frame must be left out")
    return Recipe(**given)


def _check_sample(options: argparse.Namespace, given: dict[str, Any]) -> None:
    # With these all pixels are looked at, or none.
    idle = {"--map": "palette" in given, "--shared": options.shared, "--tiles": options.tiles is not None}
    if options.sample and (words := [flag for flag, is_given in idle.items() if is_given]):
        raise UsageError(f"--sample designs from a part of each image, so {', '.join(words)} must be left out")


def _check_tiles(options: argparse.Namespace, given: dict[str, Any]) -> None:
    if options.tiles is None:
        for name in ("palettes", "backdrop", "lossless"):
            if getattr(options, name):
                raise UsageError(f"--{name} needs --tiles, the side of a tile in pixels")
        return
    idle = {"--map": "palette" in given, "--per-frame": options.per_frame, "--shared": options.shared}
    if words := [flag for flag, is_given in idle.items() if is_given]:
        raise UsageError(f"--tiles designs palettes for the tiles of one plane, so {', '.join(words)} must be left out")


def _do_one(source: Source, target: str | None, recipe: Recipe, options: argparse.Namespace) -> int:
    made = do_image(source, target, recipe, options)
    indexed = made.levels[0]
    if isinstance(indexed, IndexedImage):
        _write_palette(indexed.palette, indexed.recipe, options)
    if not options.quiet:
        file = sys.stderr if target == "-" else sys.stdout
        colors = () if is_blank(indexed) else describe_colors(indexed)
        for line in (*colors, *describe_image(made, options)):
            print(line, file=file)
    return 0


def _do_many(pairs: list[Pair], recipe: Recipe, options: argparse.Namespace) -> int:
    with list_once(), closing(do_images(pairs, recipe, options)) as outcomes:
        failed = tell_outcomes(outcomes, len(pairs), quiet=options.quiet)
    if recipe.palette is not None and failed < len(pairs):
        _write_palette(recipe.palette, recipe, options)
    if failed == len(pairs):
        return 2
    return 1 if failed else 0


def _design_shared(sources: list[Source], recipe: Recipe, options: argparse.Namespace) -> tuple[Palette, Recipe]:
    files = [each for each in sources if isinstance(each, str)]
    opened = [
        _files.read(each, options.channels, lazy=True).levels[0]
        if is_zarr(each)
        else _files.Unread(each, options.channels, recipe.scale)
        for each in files
    ]
    try:
        palette, found = design_shared(opened, recipe, frames=True)  # of a file, leading axes are known
        return palette, recipe.replace(stains=found.stains)
    except (TypeError, ValueError):
        for each in opened:
            if isinstance(each, _files.Unread) and each.error is not None:
                raise each.error from None
        raise


def _write_palette(palette: Palette, recipe: Recipe, options: argparse.Namespace) -> None:
    if options.palette_file is not None:
        write_palette(palette, options.palette_file, overwrite=options.force, recipe=recipe)
