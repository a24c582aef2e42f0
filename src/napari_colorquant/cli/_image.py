"""One image on the command line: opened, quantized, written, and what there is to say of it."""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from .._runtime.progress import stage
from ..io.channels import check_scale_of
from ..io.clear_index import clear_first
from ..io.enlarge import enlarge
from ..io.formats import find_format as find_image_format
from ..io.pictures.png_writing import write_indexed_png
from ..io.write import is_large_name
from ..io.zarr.places import is_zarr
from ..palette import Palette
from ..pipeline.choices import onto
from ..pixels.counting import NoDataError
from ..recipe import Recipe
from . import _files
from ._annotate import write_annotations
from ._errors import UsageError, describe, naming_warnings, note
from ._fit import fit_recipe
from ._paths import Source, check_not_an_input
from ._profiles import as_chosen, check_kept, choose_rgb
from ._progress import show_stages
from ._report import Result, count_colors, describe_result, is_blank

#: What an image without data is mapped onto.
_NO_COLORS = Palette(np.zeros((1, 3), np.uint8))


@dataclass(frozen=True)
class Outcome:
    """What became of one of many images.

    Attributes
    ----------
    text : str
        What to say of it in one line.
    is_done : bool
        Whether it was done; else `text` is the error.
    notes : str
        Lines for the standard error, of an image that another process did.
    """

    text: str
    is_done: bool
    notes: str = ""


def try_image(source: Source, target: str | None, recipe: Recipe, options: argparse.Namespace) -> Outcome:
    """Do one of many images, of which one that cannot be done keeps no other from it."""
    try:
        with naming_warnings(_name(source)):
            image, indexed = do_image(source, target, recipe, options)
        lines = [f"{source}: {count_colors(indexed)}", *describe_image(image, indexed, options)]
        return Outcome(", ".join(lines), is_done=True)
    except (ValueError, TypeError, OSError, MemoryError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        text = describe(error)
        return Outcome(text if str(source) in text else f"{source}: {text}", is_done=False)


def find_duration(options: argparse.Namespace) -> float | None:
    """Return the seconds that a frame is to be shown, None for those of the source."""
    if options.fps is not None and not 1 / 600 <= options.fps <= 50:
        raise UsageError(f"--fps must lie in 0.0017..50, got {options.fps:g}")
    if options.duration is not None and not 20 <= options.duration <= 600_000:
        raise UsageError(f"--duration must lie in 20..600000 milliseconds, got {options.duration:g}")
    if options.fps is not None:
        return 1 / float(options.fps)
    return None if options.duration is None else float(options.duration) / 1000


def do_image(source: Source, target: str | None, recipe: Recipe, options: argparse.Namespace) -> tuple[Any, Result]:
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
        return _files.quantize(opened, onto(recipe, _NO_COLORS))


def _name(source: Source) -> str:
    return source if isinstance(source, str) else source[0]


def describe_image(image: Any, indexed: Result, options: argparse.Namespace) -> Iterator[str]:
    """Iterate over what else there is to say of a result, as the options ask for it."""
    return describe_result(image, indexed, report=options.report, quiet=options.quiet)


def _is_large(source: Source) -> bool:
    # Without the extra, what fits into memory is done there.
    return isinstance(source, str) and find_image_format(source).chunks and find_spec("dask") is not None


def _name_by_content(target: str, opened: Any, recipe: Recipe, options: argparse.Namespace) -> str:
    """Return where an image is written: of many, those that turn out to be stacks become animations."""
    if len(opened.axes) < 3 or recipe.keep != "none" or not _is_in_folder(target, options):
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
    _files.write(levels, target, opened, find_duration(options), **chosen)
