"""``colorquant IMAGE ...``: quantize one image, or many into a folder."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from .._checks import check_integer
from .._runtime.atomic import check_writable
from .._runtime.progress import stage
from .._runtime.threads import limit_threads
from ..indexed import IndexedImage
from ..io.channels import check_scale_of
from ..io.clear_index import clear_first
from ..io.enlarge import MOST, enlarge
from ..io.formats import find_format as find_image_format
from ..io.palettes import find_format, write_palette
from ..io.pictures.png_writing import write_indexed_png
from ..io.pixel_limit import at_most
from ..io.write import is_large_name
from ..io.zarr.places import is_zarr
from ..palette import Palette
from ..pipeline.shared_palette import design_shared
from ..pixels.counting import NoDataError
from ..recipe import Recipe
from . import _files
from ._annotate import check_annotations, write_annotations
from ._errors import UsageError, describe, naming_warnings, note, tell
from ._fit import fit_recipe
from ._paths import Source, check_not_an_input, find_sources, find_targets, is_done, is_same, list_parts
from ._preparing import tell_preparing
from ._profiles import as_chosen, check_kept, choose_rgb, find_profile
from ._progress import show_stages
from ._report import Result, count_colors, describe_colors, describe_result, is_blank
from .recipe_lines import DESIGN

#: What an image without data is mapped onto.
_NO_COLORS = Palette(np.zeros((1, 3), np.uint8))


def run(options: argparse.Namespace) -> int:
    """Check everything that can be checked, then do the images."""
    recipe = _make_recipe(options)
    sources = find_sources(options)
    options.inputs = [*list_parts(sources), *options.read_palettes]
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
    _find_duration(options)  # a wrong one is told before any work
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


def _find_duration(options: argparse.Namespace) -> float | None:
    """Return the seconds that a frame is to be shown, None for those of the source."""
    if options.fps is not None and not 1 / 600 <= options.fps <= 50:
        raise UsageError(f"--fps must lie in 0.0017..50, got {options.fps:g}")
    if options.duration is not None and not 20 <= options.duration <= 600_000:
        raise UsageError(f"--duration must lie in 20..600000 milliseconds, got {options.duration:g}")
    if options.fps is not None:
        return 1 / float(options.fps)
    return None if options.duration is None else float(options.duration) / 1000


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
    image, indexed = _do(source, target, recipe, options)
    if isinstance(indexed, IndexedImage):
        _write_palette(indexed.palette, indexed.recipe, options)
    if not options.quiet:
        file = sys.stderr if target == "-" else sys.stdout
        colors = () if is_blank(indexed) else describe_colors(indexed)
        for line in (*colors, *_describe(image, indexed, options)):
            print(line, file=file)
    return 0


def _do(source: Source, target: str | None, recipe: Recipe, options: argparse.Namespace) -> tuple[Any, Result]:
    """Quantize one image and write it; return it as an array, and the result."""
    to_large = target is not None and target != "-" and is_large_name(target)
    lazy = isinstance(source, tuple) or (source != "-" and (is_zarr(source) or (to_large and _is_large(source))))
    with show_stages(options.quiet) as part:
        with part(0.0, 0.1), stage("Opening the image", 0.0, 1.0):
            opened = _files.read(source, options.channels, lazy=lazy, profile=choose_rgb(target, recipe, options))
        check_kept(opened, target, options)
        recipe = recipe.replace(profile=opened.profile)
        check_scale_of(opened, recipe.scale, _name(source))
        image, decided = opened.levels[0], ""
        if target is not None:
            target = _name_by_content(target, opened, recipe, options)
            check_not_an_input(target, options.inputs)
            recipe, decided = fit_recipe(opened, recipe, target, per_frame=options.per_frame)
        with part(0.1, 0.5 if to_large or lazy else 1.0):
            may_be_blank = target is not None and options.palette_file is None
            if options.tiles is not None:
                levels: list[Any] = [*_files.quantize_in_tiles(opened, recipe, options)]
            else:
                levels = _run(opened, recipe, options, may_be_blank=may_be_blank)
        if target is not None and lazy and not to_large:
            with part(0.5, 1.0):
                levels = [_files.load(levels[0])]
        if target is not None:
            with part(0.5, 1.0):
                _write(levels, target, opened, options)
        write_annotations(image, levels[0], opened, _name(source), options)
    if not options.quiet:
        sampled = _files.describe_sample(opened) if options.sample else ""
        for text in filter(None, (*opened.notes, decided, sampled)):
            note(f"{_name(source)}: {text}")
        if is_blank(levels[0]):
            note(f"{_name(source)}: it has no pixel with data, and its labels say so")
    return image, levels[0]


def _run(opened: Any, recipe: Recipe, options: argparse.Namespace, *, may_be_blank: bool) -> list[Any]:
    """Quantize an image; one without data, as tiles beside a specimen are, gets a palette that stands for none."""
    try:
        return _files.quantize(opened, recipe, per_frame=options.per_frame, sample=options.sample)
    except NoDataError:
        if not may_be_blank:
            raise
        return _files.quantize(opened, recipe.replace(palette=_NO_COLORS, n_colors=1, fixed=(), target={}))


def _name(source: Source) -> str:
    return source if isinstance(source, str) else source[0]


def _describe(image: Any, indexed: Result, options: argparse.Namespace) -> Iterator[str]:
    return describe_result(image, indexed, report=options.report, quiet=options.quiet)


def _do_many(pairs: list[tuple[Source, str | None]], recipe: Recipe, options: argparse.Namespace) -> int:
    from tqdm import tqdm

    failed = 0
    with tqdm(total=len(pairs), unit="image", disable=None if not options.quiet else True) as bar:
        for source, target in pairs:
            try:
                with naming_warnings(_name(source)):
                    image, indexed = _do(source, target, recipe, options)
                lines = [f"{source}: {count_colors(indexed)}", *_describe(image, indexed, options)]
                if not options.quiet:
                    bar.write(", ".join(lines), file=sys.stdout)
            except (ValueError, TypeError, OSError, MemoryError) as error:
                if isinstance(error, BrokenPipeError):
                    raise
                failed += 1
                bar.clear()
                text = describe(error)
                tell(text if str(source) in text else f"{source}: {text}")
            bar.update()
    if recipe.palette is not None and failed < len(pairs):
        _write_palette(recipe.palette, recipe, options)
    if failed == len(pairs):
        return 2
    return 1 if failed else 0


def _is_large(source: Source) -> bool:
    # Without the extra, what fits into memory is done there.
    return isinstance(source, str) and find_image_format(source).chunks and find_spec("dask") is not None


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


def _name_by_content(target: str, opened: Any, recipe: Recipe, options: argparse.Namespace) -> str:
    """Return where an image is written: of many, those that turn out to be stacks become animations."""
    if not _is_in_folder(target, options) or len(opened.axes) < 3 or recipe.keep != "none":
        return target
    return str(Path(target).with_suffix(".gif")) if target.lower().endswith(".png") else target


def _is_in_folder(target: str, options: argparse.Namespace) -> bool:
    return target not in ("-", options.output) and str(Path(target).parent) == str(Path(options.output))


def _write(levels: list[Any], target: str, opened: Any, options: argparse.Namespace) -> None:
    if target == "-":
        larger = enlarge(levels[0], options.enlarge)
        larger = clear_first(larger) if options.transparent == "first" else larger
        write_indexed_png(as_chosen(larger, opened, options.output_profile), sys.stdout.buffer)
        return
    if _is_in_folder(target, options):
        Path(target).parent.mkdir(exist_ok=True)
    chosen = {
        "overwrite": options.force, "enlarge": options.enlarge, "transparent": options.transparent,
        "profile": options.output_profile,
    }  # fmt: skip
    _files.write(levels, target, opened, _find_duration(options), **chosen)


def _write_palette(palette: Palette, recipe: Recipe, options: argparse.Namespace) -> None:
    if options.palette_file is not None:
        write_palette(palette, options.palette_file, overwrite=options.force, recipe=recipe)
